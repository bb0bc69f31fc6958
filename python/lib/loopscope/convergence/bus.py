"""`WebSocketEventBus`: the loop's side of the convergence contract, a WebSocket server that dashboards dial.

In: events of a loop, from any thread. Out: each as a JSON frame to everyone connected; the greeting and the pong that
the contract has. What nobody was connected for is kept for the first that comes, up to a bound, so that a run's first
events are not lost while the dashboard dials.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import logging
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from .. import _values
from .._broadcast import Broadcast
from ..errors import ConfigurationError, LoopscopeError
from ..records import event_type

__all__ = ["WebSocketEventBus"]

KEPT = 1_000

_LOG = logging.getLogger("loopscope")


class WebSocketEventBus:
    """A loop's event bus: ``WebSocketEventBus(ws_port=8765)``; pass it to the loop, which calls `emit`."""

    def __init__(self, ws_host: str = "0.0.0.0", ws_port: int = 8765, *, session_id: str | None = None) -> None:
        if isinstance(ws_port, bool) or not isinstance(ws_port, int):
            raise ConfigurationError(f"ws_port must be a whole number, got {ws_port!r}")
        self.session_id = session_id or str(uuid.uuid4())
        self.iteration = 0
        self._handlers: list[tuple[str, Callable[[dict[str, Any]], object]]] = []
        self._early: deque[str] = deque(maxlen=KEPT)
        self._is_refused = False
        self._server = Broadcast(ws_host, ws_port, greeting=self._greeting, on_message=self._on_message)

    @property
    def ws_host(self) -> str:
        """Where it listens."""
        return self._server.host

    @property
    def ws_port(self) -> int:
        """The port; where 0 was asked for, the one that the system chose."""
        return self._server.port

    @property
    def client_count(self) -> int:
        """How many are connected."""
        return len(self._server.clients)

    def start(self) -> WebSocketEventBus:
        """Listens; `emit` does it too. An error where the port is taken."""
        self._server.start()
        self._is_refused = False
        return self

    def close(self) -> None:
        """Closes the port and every link."""
        self._server.close()

    stop = close

    def subscribe(self, name: str, handler: Callable[[dict[str, Any]], object]) -> None:
        """Calls a function of this program for events of a name, or for all (``"*"``)."""
        self._handlers.append((str(name), handler))

    def emit(
        self,
        event: Any,
        data: Mapping[str, Any] | None = None,
        *,
        iteration: int | None = None,
        state: str = "IDLE",
    ) -> dict[str, Any]:
        """Tells an event: by name and payload, or whole, as a mapping or as any object with an `event_type`; what it
        lacks is filled in. Out: the event. A port that is taken is told by `logging`, and breaks no loop."""
        fields = _fields(event)
        if data is not None:
            fields["data"] = dict(data)
        if iteration is not None:
            fields["iteration"] = iteration
        name = _word(fields.get("event_type"))
        if not isinstance(name, str) or not name:
            raise ConfigurationError("an event needs event_type, a text that is not empty")
        if event_type(name) == "ITERATION_STARTED":
            self.iteration = fields.get("iteration") or self.iteration + 1
        whole = {
            "event_id": str(uuid.uuid4()),
            "timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "session_id": self.session_id,
            "iteration": self.iteration,
            "state": state,
            "data": {},
            **fields,
            "event_type": name,
        }
        self._show(_values.dumps(whole))
        for wanted, handler in list(self._handlers):
            if wanted in ("*", whole["event_type"]):
                handler(whole)
        return whole

    publish = emit

    def _show(self, frame: str) -> None:
        if not self._is_refused:
            try:
                self._server.start()
            except LoopscopeError as error:
                # Once: `start()` tries again.
                self._is_refused = True
                _LOG.warning("events are shown on no dashboard: %s", error)
        if self._is_refused:
            self._early.append(frame)
        else:
            self._server.call(self._tell, frame)

    def _tell(self, frame: str) -> None:
        if self._server.clients:
            self._server.tell(frame)
        else:
            self._early.append(frame)

    def _greeting(self) -> list[str]:
        early = list(self._early)
        self._early.clear()
        greeting = {"type": "connected", "timestamp": datetime.datetime.now().isoformat()}
        return [json.dumps(greeting), *early]

    async def _on_message(self, socket: Any, message: bytes) -> None:
        try:
            frame = json.loads(message)
        except ValueError:
            return
        if isinstance(frame, dict) and frame.get("action") == "ping":
            await socket.send('{"type":"pong"}')

    def __enter__(self) -> WebSocketEventBus:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()


FIELDS = ("event_id", "timestamp", "session_id", "iteration", "state", "event_type", "data")


def _fields(event: Any) -> dict[str, Any]:
    """What an event says: one of the loop's own classes too."""
    if isinstance(event, Mapping):
        return dict(event)
    if isinstance(event, (str, enum.Enum)):
        return {"event_type": event}
    found = {name: getattr(event, name) for name in FIELDS if getattr(event, name, None) is not None}
    if "event_type" not in found:
        raise ConfigurationError(f"an event is a name, a mapping or an object with event_type, got {event!r}")
    if isinstance(found.get("timestamp"), datetime.datetime):
        found["timestamp"] = found["timestamp"].isoformat()
    if "state" in found:
        found["state"] = _word(found["state"])
    data = found.get("data")
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        found["data"] = _values.plain(data)
    return found


def _word(value: Any) -> Any:
    """The text of a name, also of one of an enum: a constant's own text, else its name."""
    if isinstance(value, enum.Enum):
        value = value.value if isinstance(value.value, str) else value.name
    return str(value) if isinstance(value, str) else value
