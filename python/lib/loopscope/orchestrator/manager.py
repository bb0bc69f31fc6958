"""`conn_manager`: who is connected, which state an execution is in, and who carries out commands.

In: connections, handlers, commands. Out: counts; the execution's state, which HALT and RESUME move; what handlers
returned.
"""

from __future__ import annotations

import asyncio
import datetime
import enum
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from .. import _turns
from ..errors import ConfigurationError

__all__ = ["ConnectionManager", "ExecutionState", "conn_manager", "get_connection_stats"]

KEPT = 1_000
"""How many events and commands are remembered."""


class ExecutionState(str, enum.Enum):
    """How an execution is."""

    RUNNING = "running"
    HALTED = "halted"
    COMPLETED = "completed"
    FAILED = "failed"

    def __str__(self) -> str:
        return str(self._value_)


class ConnectionManager:
    """State of this process. The state is kept for each session; without one it is the process's own."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._handlers: dict[str, Callable[..., Any]] = {}
        # Where handlers were registered: what they await belongs there.
        self._loops: dict[str, asyncio.AbstractEventLoop | None] = {}
        self._states: dict[str | None, ExecutionState] = {}
        self._connections: dict[str, str | None] = {}
        self._watchers: list[Callable[[str], object]] = []
        self.event_history: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.command_history: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def register_command_handler(self, command: str, handler: Callable[..., Any]) -> None:
        """Calls a function for commands of a type, in any letter case. It takes the command, or nothing."""
        word = str(getattr(command, "value", command))
        if not word or not callable(handler):
            raise ConfigurationError(f"a handler needs a command's type and a function, got {command!r}, {handler!r}")
        with self._lock:
            self._handlers[word.upper()] = handler
            self._loops[word.upper()] = _turns.running_loop()
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher(word.upper())

    def watch(self, watcher: Callable[[str], object]) -> None:
        """Calls a function with each type that has a handler, now and later: what takes commands declares them."""
        with self._lock:
            self._watchers.append(watcher)
            known = list(self._handlers)
        for word in known:
            watcher(word)

    def unwatch(self, watcher: Callable[[str], object]) -> None:
        """Calls it no more."""
        with self._lock:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

    def get_execution_state(self, session_id: str | None = None) -> ExecutionState:
        """How an execution is; running where nobody said otherwise."""
        with self._lock:
            return self._states.get(session_id, self._states.get(None, ExecutionState.RUNNING))

    def set_execution_state(self, state: ExecutionState | str, session_id: str | None = None) -> None:
        """Says how it is."""
        try:
            known = ExecutionState(state)
        except ValueError:
            words = ", ".join(word.value for word in ExecutionState)
            raise ConfigurationError(f"state must be one of {words}, got {state!r}") from None
        with self._lock:
            self._states[session_id] = known
            if session_id is None:
                self._states = {None: known}

    def add_connection(self, sid: str, session: str | None = None) -> None:
        """Somebody is connected, to a session or to none."""
        with self._lock:
            self._connections[sid] = session

    def remove_connection(self, sid: str) -> None:
        """Nobody any more."""
        with self._lock:
            self._connections.pop(sid, None)

    def get_connection_count(self, session: str | None = None) -> int:
        """How many: of a session, or of all."""
        with self._lock:
            return sum(session is None or joined == session for joined in self._connections.values())

    def track_event(self, event_type: str, data: Any = None, session: str | None = None) -> None:
        """Remembers that an event was told, with its data where there is some. A text in its place is the session."""
        self.event_history.append(_tracked("event_type", event_type, data, session))

    def track_command(self, command_type: str, data: Any = None, session: str | None = None) -> None:
        """Remembers that a command came; the same."""
        self.command_history.append(_tracked("command_type", command_type, data, session))

    def connection_stats(self) -> dict[str, Any]:
        """`total_connections`, `sessions` (how many each has), `timestamp`."""
        with self._lock:
            sessions: dict[str, int] = {}
            for session in self._connections.values():
                if session is not None:
                    sessions[session] = sessions.get(session, 0) + 1
            return {"total_connections": len(self._connections), "sessions": sessions, "timestamp": _now()}

    def carry_out(
        self, command: str, asked: Any, session: str | None, handler: Callable[..., Any] | None = None
    ) -> Any:
        """Carries a command out by its handler; the state follows. What HALT and RESUME mean is known without one,
        any other command without one is a failure."""
        word = command.upper()
        with self._lock:
            handler = handler or self._handlers.get(word)
        result: Any = None
        if handler is not None:
            result = _turns.call(handler, asked, self._loops.get(word))
        elif word not in ("HALT", "RESUME"):
            raise NotImplementedError(f"this program has no handler for {word}")
        if word == "HALT":
            self.set_execution_state(ExecutionState.HALTED, session)
        elif word == "RESUME":
            self.set_execution_state(ExecutionState.RUNNING, session)
        return result


def _tracked(field: str, word: str, data: Any, session: str | None) -> dict[str, Any]:
    if session is None and isinstance(data, str):
        data, session = None, data
    told = {field: word, "session_id": session, "timestamp": _now()}
    return told if data is None else {**told, "data": data}


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")


conn_manager = ConnectionManager()
"""The one of this process."""


def get_connection_stats() -> dict[str, Any]:
    """Who is connected in this process."""
    return conn_manager.connection_stats()
