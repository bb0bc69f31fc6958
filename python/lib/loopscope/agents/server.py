"""`DashboardWebSocketServer`: the agents contract's server, inside the program whose agents it shows.

In: the process's state. Out: `/` (redirect), `/dashboard`, `/ws`, `/health`, `/stats`, `/events`,
`/opportunities`, as the contract has them. A viewer that does not read holds up nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import urllib.parse
import uuid
from collections import deque
from pathlib import Path
from typing import Any

from .. import _values
from .._broadcast import MAX_BEHIND, Answer, Broadcast, Client
from .._pages import page_of
from ..errors import ConfigurationError
from .event import DashboardEvent, utc_now
from .state import DashboardState, get_dashboard

__all__ = ["DashboardWebSocketServer"]

REPLAYED = 50


class DashboardWebSocketServer:
    """Serves viewers: ``await DashboardWebSocketServer(port=8000).run_forever()``."""

    def __init__(
        self,
        host: str = "0.0.0.0",
        port: int = 8000,
        dashboard_html_path: str | os.PathLike[str] | None = None,
        *,
        dashboard: DashboardState | None = None,
    ) -> None:
        if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
            raise ConfigurationError(f"port must be a whole number from 0 to 65535, got {port!r}")
        self.host, self.port = host, port
        self.dashboard_html_path = dashboard_html_path
        self.dashboard = dashboard or get_dashboard()
        self._server = Broadcast(
            host,
            port,
            greeting=self._greeting,
            is_stream=lambda path: path in ("/", "/ws"),
            page=self._page,
            ping_interval_s=25.0,
        )
        self.clients: set[Client] = self._server.clients
        self._ended: asyncio.Event | None = None
        # The state whose events are told, and those that were not told yet; both under the state's lock.
        self._tapped: DashboardState | None = None
        self._waiting: deque[str] = deque(maxlen=MAX_BEHIND)

    async def start(self) -> None:
        """Listens; a second call changes nothing."""
        if not self._server.started:
            self._server.host, self._server.port = self.host, self.port
            self._tap(self.dashboard)
        try:
            await asyncio.to_thread(self._server.start)
        except BaseException:
            self._tap(None)
            raise
        self.port = self._server.port
        # What was told meanwhile, when there was no loop to wake.
        self._server.call(self._tell)
        self._ended = self._ended or asyncio.Event()

    async def stop(self) -> None:
        """Closes every viewer and the port; safe twice."""
        self._tap(None)
        await asyncio.to_thread(self._server.close)
        if self._ended is not None:
            self._ended.set()
            self._ended = None

    async def run_forever(self) -> None:
        """Starts, and serves until `stop()` or the end of the task."""
        await self.start()
        try:
            # Somebody may have stopped it while it started.
            if self._ended is not None and self._server.started:
                await self._ended.wait()
        finally:
            with contextlib.suppress(Exception):
                await asyncio.shield(self.stop())

    async def broadcast_event(self, event: DashboardEvent | dict[str, Any]) -> None:
        """A frame for every viewer that is there. Events of the dashboard are told by themselves, and are those that
        later viewers get as history."""
        frame = event.to_json() if isinstance(event, DashboardEvent) else _values.dumps(event)
        self._server.call(self._tell, frame)

    def _tap(self, state: DashboardState | None) -> None:
        if self._tapped is not None:
            self._tapped.untap(self._take)
        self._tapped = state
        self._waiting.clear()
        if state is not None:
            state.tap(self._take)

    def _take(self, event: DashboardEvent) -> None:
        """An event of the state, on the thread that told it; the state's lock is held."""
        self._waiting.append(event.to_json())
        if len(self._waiting) == 1:
            self._server.call(self._tell)

    def _tell(self, *frames: str) -> None:
        """Tells what waits; on the server's own loop, as are greetings."""
        with (self._tapped or self.dashboard).lock:
            waiting = list(self._waiting)
            self._waiting.clear()
        for frame in (*waiting, *frames):
            self._server.tell(frame)

    def _greeting(self) -> list[str]:
        """Greeting, history, numbers: as of one event, after which live frames go on."""
        hello = {
            "event_type": "connection_established",
            "client_id": uuid.uuid4().hex[:8],
            "timestamp": utc_now(),
            "message": "Connected to Agentic Standards Protocol Dashboard",
        }
        state = self._tapped or self.dashboard
        with state.lock:
            # For those who are there already; who comes now has it in the history.
            self._tell()
            recent = list(state.event_history)[-REPLAYED:]
            stats = state.get_dashboard_stats()
        numbers = {"event_type": "metrics_updated", "timestamp": utc_now(), "data": stats, "severity": "info"}
        return [_values.dumps(hello), *(event.to_json() for event in recent), _values.dumps(numbers)]

    def _page(self, path: str) -> Answer | None:
        path, _, query = path.partition("?")
        if path == "/":
            return 302, "text/plain; charset=utf-8", "see /dashboard\n", {"Location": "/dashboard"}
        if path == "/dashboard":
            return self._html()
        if path == "/health":
            return 200, "application/json", _values.dumps(self._health()), {}
        if path == "/stats":
            numbers = {**self.dashboard.get_dashboard_stats(), "connected_clients": len(self.clients)}
            return 200, "application/json", _values.dumps(numbers), {}
        if path == "/events":
            events = self.dashboard.get_recent_events(_limit(query))
            return 200, "application/json", _values.dumps({"events": events}), {}
        if path == "/opportunities":
            found = self.dashboard.get_opportunities()
            return 200, "application/json", _values.dumps({"opportunities": found, "total": len(found)}), {}
        return page_of("agents", path)

    def _health(self) -> dict[str, Any]:
        return {
            "status": "healthy",
            "service": "DashboardWebSocketServer",
            "timestamp": utc_now() + "Z",
            "connected_clients": len(self.clients),
            "uptime_seconds": self.dashboard.uptime_seconds,
        }

    def _html(self) -> Answer:
        if not self.dashboard_html_path:
            return page_of("agents", "/") or (404, "text/plain; charset=utf-8", "the bundled page is missing\n", {})
        path = Path(self.dashboard_html_path)
        try:
            return 200, "text/html; charset=utf-8", path.read_bytes(), {}
        except FileNotFoundError:
            return 404, "text/plain; charset=utf-8", f"there is no dashboard page at {path}\n", {}
        except OSError as error:
            return 500, "text/plain; charset=utf-8", f"cannot read the dashboard page {path}: {error}\n", {}


def _limit(query: str) -> int:
    """How many events are asked for: at most a hundred, fifty where it is not said."""
    asked = urllib.parse.parse_qs(query).get("limit", [""])[0]
    return min(100, int(asked)) if asked.isascii() and asked.isdigit() else 50
