"""A telemetry event, as the training contract writes it."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import uuid
from typing import Any

from .. import _values

__all__ = ["TelemetryEvent", "TelemetryEventType", "as_event", "snapshot", "wire"]


class TelemetryEventType(str, enum.Enum):
    """The contract's event types, of every generation; a member equals its wire name."""

    TRAINING_STARTED = "TRAINING_STARTED"
    EPOCH_COMPLETED = "EPOCH_COMPLETED"
    BATCH_EPOCH_COMPLETED = "BATCH_EPOCH_COMPLETED"
    BATCH_COMPLETED = "BATCH_COMPLETED"
    PPO_UPDATE_COMPLETED = "PPO_UPDATE_COMPLETED"
    SEED_GERMINATED = "SEED_GERMINATED"
    SEED_STAGE_CHANGED = "SEED_STAGE_CHANGED"
    SEED_FOSSILIZED = "SEED_FOSSILIZED"
    SEED_PRUNED = "SEED_PRUNED"
    SEED_CULLED = "SEED_CULLED"
    SEED_GATE_EVALUATED = "SEED_GATE_EVALUATED"
    PLATEAU_DETECTED = "PLATEAU_DETECTED"
    DEGRADATION_DETECTED = "DEGRADATION_DETECTED"
    IMPROVEMENT_DETECTED = "IMPROVEMENT_DETECTED"
    TAMIYO_INITIATED = "TAMIYO_INITIATED"
    ANALYTICS_SNAPSHOT = "ANALYTICS_SNAPSHOT"
    COUNTERFACTUAL_MATRIX_COMPUTED = "COUNTERFACTUAL_MATRIX_COMPUTED"
    COUNTERFACTUAL_COMPUTED = "COUNTERFACTUAL_COMPUTED"
    EPISODE_OUTCOME = "EPISODE_OUTCOME"
    GOVERNOR_ROLLBACK = "GOVERNOR_ROLLBACK"
    GOVERNOR_PANIC = "GOVERNOR_PANIC"
    GOVERNOR_SNAPSHOT = "GOVERNOR_SNAPSHOT"
    RATIO_EXPLOSION_DETECTED = "RATIO_EXPLOSION_DETECTED"
    RATIO_COLLAPSE_DETECTED = "RATIO_COLLAPSE_DETECTED"
    VALUE_COLLAPSE_DETECTED = "VALUE_COLLAPSE_DETECTED"
    NUMERICAL_INSTABILITY_DETECTED = "NUMERICAL_INSTABILITY_DETECTED"
    GRADIENT_ANOMALY = "GRADIENT_ANOMALY"
    GRADIENT_PATHOLOGY_DETECTED = "GRADIENT_PATHOLOGY_DETECTED"
    PERFORMANCE_DEGRADATION = "PERFORMANCE_DEGRADATION"
    MEMORY_WARNING = "MEMORY_WARNING"
    REWARD_HACKING_SUSPECTED = "REWARD_HACKING_SUSPECTED"
    REWARD_COMPUTED = "REWARD_COMPUTED"
    CHECKPOINT_LOADED = "CHECKPOINT_LOADED"
    CHECKPOINT_SAVED = "CHECKPOINT_SAVED"
    MORPHOLOGY_CAUSAL_LOG = "MORPHOLOGY_CAUSAL_LOG"
    TOPOLOGY_MANIFEST_RECORDED = "TOPOLOGY_MANIFEST_RECORDED"
    PHASE_PROFILE_COMPLETED = "PHASE_PROFILE_COMPLETED"
    ALLOCATOR_STATS = "ALLOCATOR_STATS"
    ISOLATION_VIOLATION = "ISOLATION_VIOLATION"
    COMMAND_ISSUED = "COMMAND_ISSUED"
    COMMAND_EXECUTED = "COMMAND_EXECUTED"
    COMMAND_FAILED = "COMMAND_FAILED"
    POLICY_ACTION = "POLICY_ACTION"
    ANOMALY_DETECTED = "ANOMALY_DETECTED"

    def __str__(self) -> str:
        return str(self._value_)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


@dataclasses.dataclass
class TelemetryEvent:
    """One event. Without anything it is an epoch's end, now."""

    event_type: TelemetryEventType | str = TelemetryEventType.EPOCH_COMPLETED
    timestamp: datetime.datetime | str = dataclasses.field(default_factory=_now)
    epoch: int | None = None
    seed_id: str | None = None
    slot_id: str | None = None
    group_id: str = "default"
    message: str = ""
    data: Any = dataclasses.field(default_factory=dict)
    severity: str = "info"
    event_id: str = dataclasses.field(default_factory=lambda: str(uuid.uuid4()))

    def to_dict(self) -> dict[str, Any]:
        """As it stands on the wire."""
        return wire(self)

    def to_json(self) -> str:
        """The same as text; NaN and infinities become null."""
        return _values.dumps(wire(self))


MAX_DEPTH = 60
"""Deeper values are not copied: a value may hold itself."""

FIELDS = tuple(field.name for field in dataclasses.fields(TelemetryEvent))


def wire(event: Any) -> dict[str, Any]:
    """The wire form of an event: one of ours, any object with the same attributes, or a mapping."""
    if isinstance(event, dict):
        found = dict(event)
    else:
        found = {name: getattr(event, name) for name in FIELDS if hasattr(event, name)}
        data = found.get("data")
        if data is not None and not isinstance(data, dict):
            found["data"] = data.to_dict() if hasattr(data, "to_dict") else _values.plain(data)
    for name in ("event_type", "severity"):
        value = found.get(name)
        # Also an enum whose values are numbers: its name is the wire's.
        if isinstance(value, enum.Enum):
            found[name] = value.value if isinstance(value.value, str) else value.name
    stamp = found.get("timestamp")
    if isinstance(stamp, datetime.datetime):
        aware = stamp.astimezone(datetime.timezone.utc) if stamp.tzinfo else stamp.replace(tzinfo=datetime.timezone.utc)
        found["timestamp"] = aware.isoformat(timespec="microseconds")
    return found


def snapshot(event: Any) -> Any:
    """The same event with a payload of its own, so that a program may go on with its dictionary."""
    if isinstance(event, dict):
        return _copied(event)
    if isinstance(event, TelemetryEvent) and isinstance(event.data, (dict, list)):
        return dataclasses.replace(event, data=_copied(event.data))
    return event


def _copied(value: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return {key: _copied(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item, depth + 1) for item in value]
    return value


def as_event(event: Any) -> dict[str, Any] | None:
    """The wire form where it is an event at all; a backend never raises."""
    try:
        found = wire(event)
    except Exception:
        return None
    return found if found.get("event_type") else None
