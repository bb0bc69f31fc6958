"""Emitters: what a run says, as lines for the outbox.

In: names and payloads. Out: events in a queue, which a thread sends. Numbers of series cost the caller half a
microsecond, because text is made of them on that thread; anything else some microseconds.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from time import time_ns
from typing import Any

from ._outbox import Outbox

__all__ = ["OPTIONS", "Client", "Emitter", "__version__"]

__version__ = "0.1.0"
OPTIONS = ["project", "spill", "spill_dir", "spill_bytes", "memory_bytes", "linger_ms"]

MAX_NAME, MAX_ID, MAX_DATA, MAX_DEPTH, MAX_NON_FINITE = 256, 512, 1 << 20, 60, 64
OVER = "the run is over; begin another with loopscope.init()"
GIVEN = ("event_type", "session_id", "data", "dialect")


class Client:
    """One server, and everything that is sent to it."""

    def __init__(
        self,
        url: str,
        *,
        plain: Callable[[Any], Any],
        token: str | None = None,
        on_trouble: Callable[[str], Any] | None = None,
        **options: Any,
    ) -> None:
        self._plain = plain
        self._outbox = Outbox(url, token, on_trouble or print, **options)

    def emitter(self, session_id: str, dialect: str) -> Emitter:
        """What a run emits to."""
        return Emitter(self._outbox, self._plain, session_id, dialect)

    def flush(self, within_s: float) -> bool:
        """Waits until everything so far is on the server's disk."""
        return self._outbox.flush(within_s)

    def trouble(self) -> str | None:
        """Why the server takes no events at present."""
        return self._outbox.trouble

    def counters(self) -> dict[str, int]:
        """What became of the events so far."""
        return self._outbox.counters()

    def close(self, within_s: float) -> None:
        """Waits so long at most, and ends the thread."""
        self._outbox.flush(within_s)
        self._outbox.close()


class Emitter:
    """What one run says."""

    def __init__(self, outbox: Outbox, plain: Callable[[Any], Any], session_id: str, dialect: str) -> None:
        _named("session", session_id, MAX_ID)
        self._outbox, self._plain = outbox, plain
        self._session, self._dialect = session_id, dialect
        self._iteration = 0
        self._over = False

    def log(self, values: Mapping[str, Any] | str, step: float | None = None, epoch: float | None = None) -> None:
        """Numbers of series, or a line of the log."""
        if type(values) is dict and (step is None or type(step) is int) and epoch is None:
            for value in values.values():
                if type(value) is not float and type(value) is not int:
                    break
            else:
                # Plain numbers, which nobody can change meanwhile: text is made of them on the sending thread.
                if self._over or self._outbox.closed:
                    raise RuntimeError(OVER)
                self._outbox.push((self._points, values.copy(), step, self._iteration, time_ns()))
                return
        if isinstance(values, str):
            return self._push("LOG", {"message": _text(values)}, {})
        told = values if isinstance(values, Mapping) else self._plain(values)
        if not isinstance(told, Mapping):
            kind = type(values).__name__
            raise TypeError(
                f'log() takes a mapping of names to numbers, such as {{"loss": 0.3}}, or a text; got {kind}'
            )
        walk = _Walk(self._plain)
        metrics: dict[str, Any] = {}
        data: dict[str, Any] = {"metrics": metrics}
        for name, value in (("step", step), ("epoch", epoch)):
            if value is not None:
                data[name] = walk.value(value, f"/{name}", 1)
        for key, value in told.items():
            name = _key(key)
            if not isinstance(value, (int, float, str)) and value is not None:
                value = self._plain(value)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                metrics[name] = walk.value(value, f"/metrics/{_part(name)}", 2)
            else:
                data[name] = walk.value(value, f"/{_part(name)}", 1)
        return self._push("METRICS", walk.remember(data), {})

    def send(
        self,
        name: str,
        data: Mapping[str, Any],
        severity: str | None = None,
        iteration: int | None = None,
        event_id: str | None = None,
        timestamp: str | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        """Any event."""
        _named("name", name, MAX_NAME)
        beside: dict[str, Any] = {}
        if fields:
            walk = _Walk(self._plain)
            beside = {_key(key): walk.value(value, "", 1) for key, value in fields.items() if key not in GIVEN}
        said = {"severity": severity, "event_id": event_id, "timestamp": timestamp, "iteration": iteration}
        beside.update({key: value for key, value in said.items() if value is not None})
        walk = _Walk(self._plain)
        self._push(name, walk.remember(walk.value(data, "", 0)), beside)

    def set_iteration(self, number: int) -> None:
        """Which pass later events belong to."""
        self._iteration = number

    def close(self) -> None:
        """Nothing more is taken."""
        self._over = True

    def _push(self, name: str, data: dict[str, Any], beside: dict[str, Any]) -> None:
        if self._over or self._outbox.closed:
            raise RuntimeError(OVER)
        self._outbox.push(self._line(name, data, beside))

    def _points(self, values: dict[Any, Any], step: int | None, iteration: int, at_ns: int) -> bytes:
        walk = _Walk(self._plain)
        metrics = {
            (name := _key(key)): walk.value(value, f"/metrics/{_part(name)}", 2) for key, value in values.items()
        }
        data: dict[str, Any] = {"metrics": metrics} if step is None else {"metrics": metrics, "step": step}
        at = datetime.fromtimestamp(at_ns / 1e9, timezone.utc).isoformat()
        return self._line("METRICS", walk.remember(data), {"timestamp": at, "iteration": iteration})

    def _line(self, name: str, data: dict[str, Any], beside: dict[str, Any]) -> bytes:
        payload = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        if len(payload) > MAX_DATA // 4 and len(payload.encode()) > MAX_DATA:
            size = len(payload.encode())
            raise ValueError(f"data has {size} bytes; the limit is {MAX_DATA}. Send it in parts, or send where it lies")
        head = {
            "event_type": name,
            "session_id": self._session,
            "event_id": beside.pop("event_id", None) or str(uuid.uuid4()),
            "timestamp": beside.pop("timestamp", None) or datetime.now(timezone.utc).isoformat(),
            # A run of no dialect may use the orchestrators' words: questions, checkpoints.
            "dialect": "orchestrator" if self._dialect == "generic" and ":" in name else self._dialect,
            "iteration": self._iteration,
            **beside,
        }
        return f'{json.dumps(head, ensure_ascii=False)[:-1]},"data":{payload}}}\n'.encode()


class _Walk:
    """A payload with values that JSON has. Numbers that it has not are remembered, as the server does it."""

    def __init__(self, plain: Callable[[Any], Any]) -> None:
        self._plain = plain
        self._non_finite: dict[str, str] = {}

    def value(self, value: Any, at: str, depth: int, known: bool = False) -> Any:
        """The same value, plain."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return self._float(float(value), at)
        if isinstance(value, (Mapping, list, tuple)):
            if depth >= MAX_DEPTH:
                raise ValueError(f"data{at[:80]}…: nested deeper than {MAX_DEPTH} levels; does it hold itself?")
            if isinstance(value, Mapping):
                return {
                    (name := _key(key)): self.value(item, f"{at}/{_part(name)}", depth + 1)
                    for key, item in value.items()
                }
            return [self.value(item, f"{at}/{index}", depth + 1) for index, item in enumerate(value)]
        return _text(str(value)) if known else self.value(self._plain(value), at, depth, known=True)

    def remember(self, data: dict[str, Any]) -> dict[str, Any]:
        """The payload with what became null."""
        return {**data, "_non_finite": self._non_finite} if self._non_finite else data

    def _float(self, number: float, at: str) -> float | None:
        if math.isfinite(number):
            return number
        if len(self._non_finite) < MAX_NON_FINITE:
            self._non_finite[at] = "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
        return None


def _named(field: str, text: str, most: int) -> None:
    if not text.strip():
        raise ValueError(f"{field} must be a text that is not empty")
    if len(text.encode("utf-8", "replace")) > most:
        raise ValueError(f"{field} has {len(text.encode('utf-8', 'replace'))} bytes; the limit is {most}")
    if any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in text):
        raise ValueError(f"{field} holds a control character")


def _text(text: str) -> str:
    """Without lone surrogates."""
    return str.__str__(text) if text.isascii() else text.encode("utf-8", "replace").decode()


def _key(key: Any) -> str:
    if isinstance(key, str):
        return _text(key)
    return {True: "true", False: "false", None: "null"}.get(key) or str(key) if key in (True, False, None) else str(key)


def _part(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
