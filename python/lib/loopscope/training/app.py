"""The training dashboard as an ASGI application, without a framework.

In: ASGI's scopes; a queue of events. Out: `/` the page, `/api/health`, `/ws` the stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import queue
from typing import Any

from .._broadcast import Answer
from .._pages import page_of
from .stream import GREETING, POLL_S, _text

__all__ = ["DashboardApp", "Socket", "broadcast_loop"]

PER_TURN = 50
ERROR_PAUSE_S = 1.0
PING_AFTER_S = 60.0


class Socket:
    """One connected browser."""

    def __init__(self, send: Any) -> None:
        self._send = send

    async def send_text(self, text: str) -> None:
        """A text frame."""
        await self._send({"type": "websocket.send", "text": text})


class DashboardApp:
    """``uvicorn.run(create_app(queue))``."""

    title = "Karn Dashboard"
    version = "0.1.0"

    def __init__(self, telemetry_queue: Any = None) -> None:
        self.telemetry_queue = telemetry_queue
        self.clients: set[Any] = set()
        self._loop: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._begin()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._loop is not None:
                    self._loop.cancel()
                    self._loop = None
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _begin(self) -> None:
        """Servers without a lifespan begin with the first client."""
        if self.telemetry_queue is not None and (self._loop is None or self._loop.done()):
            self._loop = asyncio.create_task(broadcast_loop(self.clients, self.telemetry_queue))

    async def _http(self, scope: dict[str, Any], send: Any) -> None:
        path = scope["path"]
        if path == "/api/health":
            waiting = self.telemetry_queue.qsize() if self.telemetry_queue is not None else 0
            health = {"status": "ok", "clients": len(self.clients), "queue_size": waiting}
            answer: Answer = (200, "application/json", json.dumps(health), {})
        else:
            answer = page_of("training", path) or (404, "application/json", '{"detail":"Not Found"}', {})
        status, kind, body, more = answer
        data = body.encode() if isinstance(body, str) else body
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
        headers += [(key.lower().encode(), value.encode()) for key, value in more.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else data})

    async def _socket(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        if scope["path"] not in ("/", "/ws"):
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.accept"})
        socket = Socket(send)
        await socket.send_text(GREETING)
        self.clients.add(socket)
        self._begin()
        waiting = asyncio.ensure_future(receive())
        try:
            while True:
                done, _ = await asyncio.wait([waiting], timeout=PING_AFTER_S)
                if not done:
                    await socket.send_text('{"type":"ping"}')
                    continue
                if waiting.result()["type"] == "websocket.disconnect":
                    return
                waiting = asyncio.ensure_future(receive())
        finally:
            waiting.cancel()
            self.clients.discard(socket)


async def broadcast_loop(clients: set[Any], telemetry_queue: Any) -> None:
    """Sends what is put into a queue to every client (`send_text`), twenty times a second; one that fails is let go."""
    while True:
        try:
            for _ in range(PER_TURN):
                event = telemetry_queue.get_nowait()
                text = _text(event)
                if text is None:
                    continue
                for client in list(clients):
                    try:
                        await client.send_text(text)
                    except Exception:
                        clients.discard(client)
        except (queue.Empty, asyncio.QueueEmpty):
            pass
        except asyncio.CancelledError:
            raise
        except Exception:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(ERROR_PAUSE_S)
        await asyncio.sleep(POLL_S)
