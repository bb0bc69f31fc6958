"""`DashboardServer`: page, stream and health of the training contract on one port, inside the training process.

In: events by `emit`, or a queue of them. Out: `/`, `/ws`, `/api/health`. `create_app` is the same as an ASGI
application, for programs that bring their own server.
"""

from __future__ import annotations

import asyncio
import queue
from typing import Any

from .._broadcast import Answer
from .app import DashboardApp, answer_of, broadcast_loop
from .stream import WebSocketOutput

__all__ = ["DashboardServer", "broadcast_loop", "create_app", "run_dashboard_server"]

PING = '{"type":"ping"}'


class DashboardServer(WebSocketOutput):
    """``DashboardServer(port=8000).start()``; a hub's backend too."""

    def __init__(self, port: int = 8000, host: str = "0.0.0.0", max_queue_size: int = 10_000) -> None:
        super().__init__(host, port, True, max_queue_size)

    def _settings(self) -> dict[str, Any]:
        return {
            **super()._settings(),
            "is_stream": lambda path: path in ("/", "/ws"),
            "page": self._page,
            "idle_frame": lambda: PING,
            "idle_after_s": 60.0,
        }

    @property
    def url(self) -> str:
        """Its page."""
        host = "localhost" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://{host}:{self.port}"

    def stop(self) -> None:
        """The same as `close()`."""
        self.close()

    def _page(self, path: str) -> Answer:
        health = {"clients": self.client_count, "queue_size": self.queue_size, "dropped": self.dropped}
        return answer_of(path, health)


def create_app(telemetry_queue: queue.Queue[Any] | asyncio.Queue[Any] | None = None) -> DashboardApp:
    """An ASGI application with page, greeting, pings; with a queue, also what is put into it."""
    return DashboardApp(telemetry_queue)


def run_dashboard_server(host: str = "0.0.0.0", port: int = 8000) -> None:
    """Serves until Ctrl-C."""
    server = DashboardServer(port, host)
    server.start()
    print(f"Karn Dashboard on {server.url}; Ctrl-C stops it", flush=True)
    try:
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
