"""An event of a crew of agents, as the contract writes it."""

from __future__ import annotations

import datetime
import enum
import uuid
from collections.abc import Mapping
from typing import Any

from .. import _values

__all__ = ["SEVERITIES", "DashboardEvent", "EventType", "utc_now"]

SEVERITIES = ("info", "success", "warning", "error")


class EventType(str, enum.Enum):
    """The contract's event types; a member equals its wire name."""

    AGENT_EXECUTION_STARTED = "agent_execution_started"
    AGENT_EXECUTION_COMPLETED = "agent_execution_completed"
    OPPORTUNITY_DISCOVERED = "opportunity_discovered"
    SYNTHESIS_STARTED = "synthesis_started"
    SYNTHESIS_COMPLETED = "synthesis_completed"
    QUALITY_SCORE_UPDATED = "quality_score_updated"
    ERROR_OCCURRED = "error_occurred"
    SYSTEM_HEALTH_UPDATED = "system_health_updated"
    AGENT_REGISTERED = "agent_registered"
    METRICS_UPDATED = "metrics_updated"
    REPUTATION_UPDATED = "reputation_updated"
    TASK_OUTCOME_RECORDED = "task_outcome_recorded"

    def __str__(self) -> str:
        return str(self._value_)

    def __format__(self, spec: str) -> str:
        return format(str(self._value_), spec)


def utc_now() -> str:
    """The time as the contract writes it: UTC, without a zone."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None).isoformat()


class DashboardEvent:
    """One event. Only a type is required; the rest is filled in."""

    __slots__ = ("data", "event_id", "event_type", "severity", "timestamp")

    def __init__(
        self,
        event_id: str | None = None,
        event_type: EventType | str = "",
        timestamp: str | datetime.datetime | None = None,
        data: Mapping[str, Any] | None = None,
        severity: str = "info",
    ) -> None:
        self.event_id = event_id or str(uuid.uuid4())
        self.event_type = event_type
        self.timestamp = timestamp.isoformat() if isinstance(timestamp, datetime.datetime) else timestamp or utc_now()
        self.data: dict[str, Any] = dict(data or {})
        self.severity = severity

    @property
    def name(self) -> str:
        """The type as it stands on the wire."""
        kind = self.event_type
        return str(kind.value if isinstance(kind, enum.Enum) else kind)

    def to_dict(self) -> dict[str, Any]:
        """As it stands on the wire."""
        return {
            "event_id": self.event_id,
            "event_type": self.name,
            "timestamp": self.timestamp,
            "data": self.data,
            "severity": self.severity,
        }

    def to_json(self) -> str:
        """The same as text; NaN and infinities become null."""
        return _values.dumps(self.to_dict())

    def __repr__(self) -> str:
        return f"DashboardEvent({self.name!r}, {self.data!r}, severity={self.severity!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DashboardEvent) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]
