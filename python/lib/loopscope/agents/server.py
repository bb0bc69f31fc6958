"""`DashboardWebSocketServer`: the agents contract's server, inside the program whose agents it shows.

In: the process's state. Out: `/` (redirect), `/dashboard`, `/ws`, `/health`, `/stats`, as the contract has them. A
viewer that does not read holds up nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import uuid
from collections import deque
from pathlib import Path
from typing import Any

from .. import _values
from .._broadcast import Answer, Broadcast, Client
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
        self._ended: asyncio.Event | None = None
        # Touched on the server's own loop only, so that history and live frames meet without a gap or a repetition.
        self._recent: deque[str] = deque(maxlen=REPLAYED)

    @property
    def host(self) -> str:
        """Where it listens."""
        return self._server.host

    @property
    def port(self) -> int:
        """The port; where 0 was asked for, the one that the system chose."""
        return self._server.port

    @property
    def clients(self) -> set[Client]:
        """The viewers that are connected."""
        return self._server.clients

    async def start(self) -> None:
        """Listens; a second call changes nothing."""
        if not self._server.started:
            self._recent.clear()
            self._recent.extend(event.to_json() for event in list(self.dashboard.event_history)[-REPLAYED:])
            self.dashboard.add_listener(self.broadcast_event)
        try:
            await asyncio.to_thread(self._server.start)
        except BaseException:
            self.dashboard.remove_listener(self.broadcast_event)
            raise
        self._ended = self._ended or asyncio.Event()

    async def stop(self) -> None:
        """Closes every viewer and the port; safe twice."""
        self.dashboard.remove_listener(self.broadcast_event)
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
        """A frame for every viewer; for events of the dashboard it is called by itself."""
        frame = event.to_json() if isinstance(event, DashboardEvent) else _values.dumps(event)
        self._server.call(self._tell, frame)

    def _tell(self, frame: str) -> None:
        self._recent.append(frame)
        self._server.tell(frame)

    def _greeting(self) -> list[str]:
        """Greeting, history, numbers."""
        hello = {
            "event_type": "connection_established",
            "client_id": uuid.uuid4().hex[:8],
            "timestamp": utc_now(),
            "message": "Connected to Agentic Standards Protocol Dashboard",
        }
        numbers = {
            "event_type": "metrics_updated",
            "timestamp": utc_now(),
            "data": self.dashboard.get_dashboard_stats(),
            "severity": "info",
        }
        return [_values.dumps(hello), *self._recent, _values.dumps(numbers)]

    def _page(self, path: str) -> Answer | None:
        path = path.split("?")[0]
        if path == "/":
            return 302, "text/plain; charset=utf-8", "see /dashboard\n", {"Location": "/dashboard"}
        if path == "/dashboard":
            return self._html()
        if path == "/health":
            return 200, "application/json", _values.dumps(self._health()), {}
        if path == "/stats":
            numbers = {**self.dashboard.get_dashboard_stats(), "connected_clients": len(self.clients)}
            return 200, "application/json", _values.dumps(numbers), {}
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
