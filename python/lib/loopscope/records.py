"""What the server tells, as objects: sessions, numbers, events.

A `Record` is a mapping and has its keys as attributes, however deep: ``session.metrics.total_findings`` and
``session["metrics"]["total_findings"]`` are the same.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

__all__ = ["Event", "EventType", "Page", "Record", "Session", "event_type"]

T = TypeVar("T")


class EventType(str, enum.Enum):
    """Names of a convergence loop's events. They equal their text in any letter case."""

    SESSION_STARTED = "SESSION_STARTED"
    SESSION_ENDED = "SESSION_ENDED"
    ITERATION_STARTED = "ITERATION_STARTED"
    ITERATION_ENDED = "ITERATION_ENDED"
    STATE_CHANGED = "STATE_CHANGED"
    STEP_STARTED = "STEP_STARTED"
    STEP_COMPLETE = "STEP_COMPLETE"
    STEP_FAILED = "STEP_FAILED"
    CONVERGENCE_REACHED = "CONVERGENCE_REACHED"
    ERROR = "ERROR"
    METRICS = "METRICS"
    VULNERABILITY_FOUND = "VULNERABILITY_FOUND"

    @classmethod
    def _missing_(cls, value: object) -> EventType | None:
        return cls.__members__.get(value.upper()) if isinstance(value, str) else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and str.upper(self) == str.upper(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._value_)

    def __str__(self) -> str:
        return str(self._value_)

    def __format__(self, spec: str) -> str:
        return format(str(self._value_), spec)


def event_type(name: str) -> str:
    """The constant that a name stands for, else the name: both equal their text."""
    try:
        return EventType(name)
    except ValueError:
        return name


class Record(Mapping[str, Any]):
    """A JSON object with its keys as attributes."""

    __slots__ = ("_fields",)
    _known: tuple[str, ...] = ()
    """Names that are there, as None, where the server told nothing under them."""

    def __init__(self, fields: Mapping[str, Any] | None = None) -> None:
        object.__setattr__(self, "_fields", dict(fields or {}))

    def __getitem__(self, key: str) -> Any:
        return _wrapped(self._fields[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            if name in self._known:
                return None
            known = ", ".join(self._fields) or "nothing"
            raise AttributeError(f"the server told no {name!r}; it told {known}") from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: what the server told is not changed")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._fields!r})"

    def to_dict(self) -> dict[str, Any]:
        """The plain dictionary."""
        return dict(self._fields)


class Event(Record):
    """One event: `event_type`, `timestamp`, `session_id`, `iteration`, `state`, `event_id`, `data`.

    Events of Loopscope's own protocol also have `offset`, `seq`, `name`, `kind`, `dialect`, `severity`.
    """

    __slots__ = ()

    def __init__(self, fields: Mapping[str, Any]) -> None:
        fields = dict(fields)
        name = str(fields.get("event_type") or fields.get("name") or "UNKNOWN")
        fields["event_type"] = event_type(name)
        for field, value in (("event_id", ""), ("session_id", ""), ("timestamp", ""), ("iteration", 0), ("state", "")):
            fields.setdefault(field, value)
        data = fields.get("data")
        fields["data"] = data if isinstance(data, dict) else {}
        super().__init__(fields)

    @property
    def data(self) -> dict[str, Any]:
        """The payload, a plain dictionary."""
        data: dict[str, Any] = self._fields["data"]
        return data


class _Config(Record):
    """What a session was set up with; what the loop did not say is None."""

    __slots__ = ()
    _known = ("max_iterations", "timeout_seconds")


class _Totals(Record):
    """What a session counted; what is not told is None."""

    __slots__ = ()
    _known = ("total_findings", "total_fixes", "total_vulnerabilities", "tests_passed", "tests_failed")


class Session(Record):
    """A session of the convergence contract. Every field that its lists and details have is an attribute: None where
    this answer does not tell it."""

    __slots__ = ()
    _known = (
        "session_id",
        "start_time",
        "end_time",
        "status",
        "target",
        "config",
        "current_state",
        "current_iteration",
        "final_state",
        "iterations",
        "convergence_reached",
        "duration_seconds",
        "metrics",
    )
    _parts = {"config": _Config, "metrics": _Totals}

    def __getitem__(self, key: str) -> Any:
        value = self._fields[key]
        return self._parts[key](value) if key in self._parts and isinstance(value, Mapping) else _wrapped(value)

    def __getattr__(self, name: str) -> Any:
        value = super().__getattr__(name)
        # `session.config.max_iterations` is None, too, where there is no config.
        return self._parts[name]() if value is None and name in self._parts else value


class Page(list[T], Generic[T]):
    """A list that also knows how many there are in all (`total`), and what else the answer said (`answer`)."""

    def __init__(self, items: list[T], answer: Mapping[str, Any]) -> None:
        super().__init__(items)
        self.answer = Record(answer)
        self.total: int = answer.get("total", len(items))


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return Record(value)
    if isinstance(value, list):
        return [_wrapped(item) for item in value]
    return value
