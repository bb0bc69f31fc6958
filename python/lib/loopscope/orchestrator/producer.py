"""`ProducerClient`: an orchestrator's link to its dashboard.

In: events by name and payload. Out: whether they were taken; commands for the session, carried out by the handlers of
`conn_manager` and of the client itself.
"""

from __future__ import annotations

import asyncio
import datetime
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from ..errors import ConfigurationError, ConnectionError, LoopscopeError
from ..run import Run, start
from .manager import conn_manager

__all__ = ["RESERVED", "ProducerClient"]

RESERVED = ("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener")
"""Names that the contract's transport keeps for itself."""

COMMANDS = ("HALT", "RESUME", "ROLLBACK", "REDIRECT", "DECISION", "INJECT")


class ProducerClient:
    """``async with ProducerClient("http://localhost:8766", "do_1") as client: await client.emit_event(…)``."""

    def __init__(self, server_url: str | None = None, session_id: str | None = None, **options: Any) -> None:
        if session_id is not None and (not isinstance(session_id, str) or not session_id):
            raise ConfigurationError(f"session_id must be a text that is not empty, got {session_id!r}")
        now = datetime.datetime.now()
        self.server_url = server_url
        self.session_id = session_id or f"do_{now:%Y%m%d_%H%M%S}_{uuid.uuid4().hex[:8]}"
        self._options = options
        self._run: Run | None = None
        self._handlers: dict[str, Callable[..., Any]] = {}

    @property
    def connected(self) -> bool:
        """Whether events are taken. They are, from `connect()` on, also while the server is away for a moment."""
        return self._run is not None

    @property
    def run(self) -> Run:
        """The run behind it, for what the contract has no name for."""
        if self._run is None:
            raise ConnectionError("not connected; await connect() first")
        return self._run

    async def connect(self, timeout: float = 5) -> bool:
        """Opens the link; False where no server answered in that time, and the program may go on without one."""
        if self._run is not None:
            return True
        run = start(self.server_url, session=self.session_id, dialect="orchestrator", announce=False, **self._options)
        try:
            await asyncio.wait_for(asyncio.to_thread(run.transport.check, timeout), timeout + 0.5)
        except (ConnectionError, asyncio.TimeoutError, TimeoutError):
            await asyncio.to_thread(run.close, 0.0)
            return False
        except LoopscopeError:
            # A wrong token is not "no dashboard": nobody would ever see why nothing is shown.
            await asyncio.to_thread(run.close, 0.0)
            raise
        self._run = run
        for command in COMMANDS:
            run.on(command, self._handler(command))
        conn_manager.add_connection(self._sid, self.session_id)
        return True

    async def emit_event(self, event_type: str, data: Mapping[str, Any] | None = None) -> bool:
        """Takes an event. False where it is not connected, or the name is the transport's own."""
        name = str(getattr(event_type, "value", event_type))
        if self._run is None or not name or name in RESERVED:
            return False
        self._run.send(name, data)
        conn_manager.track_event(name, self.session_id)
        return True

    async def disconnect(self, timeout: float = 5) -> None:
        """Waits until the last event is on the server's disk, and ends the link; safe twice."""
        run, self._run = self._run, None
        if run is not None:
            conn_manager.remove_connection(self._sid)
            await asyncio.to_thread(run.close, timeout)

    def register_command_handler(self, command: str, handler: Callable[..., Any]) -> None:
        """Calls a function for this session's commands of a type; it goes before those of `conn_manager`."""
        self._handlers[command.upper()] = handler

    def _handler(self, command: str) -> Callable[[Any], Any]:
        def carry_out(asked: Any) -> Any:
            conn_manager.track_command(command, self.session_id)
            handler = self._handlers.get(command)
            return conn_manager.carry_out(command, asked, self.session_id, handler)

        return carry_out

    @property
    def _sid(self) -> str:
        return f"producer:{self.session_id}"

    async def __aenter__(self) -> ProducerClient:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()
