"""`ProducerClient`: an orchestrator's link to its dashboard.

In: events by name and payload. Out: whether they were taken; commands for the session, carried out by the handlers of
`conn_manager` and of the client itself.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import os
import time
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any

from ..errors import ConfigurationError, ConnectionError
from ..run import Run, start
from ._farewell import say_farewell
from .manager import conn_manager
from .words import is_terminal, name_of, payload_of, plain_name

__all__ = ["RESERVED", "ProducerClient"]

RESERVED = ("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener")
"""Names that the contract's transport keeps for itself."""

_LOG = logging.getLogger("loopscope")

FAREWELL_S = 3.0

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
        # What was told last, and whether the run's end was.
        self._last: dict[str, Any] | None = None
        self._is_ended = False

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
        """Opens the link. False, and a warning in the log, where it cannot: no server, another one, a wrong address or
        token. The program goes on without a dashboard."""
        if self._run is not None:
            return True
        run: Run | None = None
        try:
            run = start(
                self.server_url, session=self.session_id, dialect="orchestrator", announce=False, **self._options
            )
            await asyncio.wait_for(asyncio.to_thread(run.transport.check, timeout), timeout + 0.5)
        except BaseException as error:
            if run is not None:
                await asyncio.to_thread(run.close, 0.0)
            if not isinstance(error, Exception):
                raise
            what = str(error) or f"no answer in {timeout:g} s"
            _LOG.warning("%s is shown on no dashboard: %s", self.session_id, what)
            return False
        self._run, self._last, self._is_ended = run, None, False
        for command in (*COMMANDS, *self._handlers):
            run.on(command, self._carry_out)
        # Whatever else it is asked for, by handlers that come later too.
        run.on_others(self._carry_out)
        conn_manager.watch(self._declare)
        conn_manager.add_connection(self._sid, self.session_id)
        return True

    async def emit_event(self, event_type: str, data: Any = None) -> bool:
        """Takes an event. False where it is not connected, or the name is none, or the transport's own. Data that is no
        object is told as one, under `value`."""
        name = name_of(event_type)
        if self._run is None or not name or name in RESERVED:
            return False
        number = str(uuid.uuid4())
        try:
            self._run.send(name, payload_of(data), event_id=number)
        except Exception as error:
            _LOG.warning("%s was not told: %s", name, error)
            return False
        self._last = {"event_type": name, "event_id": number}
        # A run that begins again has not ended.
        self._is_ended = is_terminal(name) or (self._is_ended and plain_name(name) != "execution:started")
        conn_manager.track_event(name, self.session_id)
        return True

    async def disconnect(self, timeout: float = 5) -> None:
        """Waits until the last event is on the server's disk, and ends the link; safe twice. A run whose end was not
        told is left as `disconnected`: nobody knows what became of it."""
        run, self._run = self._run, None
        if run is not None:
            conn_manager.remove_connection(self._sid)
            conn_manager.unwatch(self._declare)
            await asyncio.to_thread(self._leave, run, timeout)

    def _leave(self, run: Run, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        # The contract's transport knows no projects: in another one than the default this session is not to be found.
        project = self._options.get("project") or os.environ.get("LOOPSCOPE_PROJECT") or "default"
        if self._last and not self._is_ended and project == "default" and run.flush(timeout_s):
            event = {"session_id": self.session_id, **self._last, "data": {}}
            say_farewell(run.transport.address, event, min(FAREWELL_S, max(0.5, until - time.monotonic())))
        run.close(max(0.0, until - time.monotonic()))

    def register_command_handler(self, command: str, handler: Callable[..., Any]) -> None:
        """Calls a function for this session's commands of a type; it goes before those of `conn_manager`."""
        self._handlers[command.upper()] = handler
        self._declare(command)

    def _declare(self, command: str) -> None:
        """A handler came: dashboards may offer its command."""
        if self._run is not None:
            self._run.on(command, self._carry_out)

    def _carry_out(self, asked: Any) -> Any:
        command = str(asked["type"]).upper()
        conn_manager.track_command(command, self.session_id)
        return conn_manager.carry_out(command, asked, self.session_id, self._handlers.get(command))

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
