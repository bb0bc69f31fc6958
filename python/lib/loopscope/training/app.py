"""The training dashboard as an ASGI application, without a framework.

In: ASGI's scopes; a queue of events. Out: `/` the page, `/api/health`, `/ws` the stream. A client that does not read
holds up nobody: each has a bounded queue of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import queue
from collections import deque
from collections.abc import Collection, Mapping
from typing import Any

from .._broadcast import Answer
from .._pages import page_of
from .stream import GREETING, POLL_S, frame

__all__ = ["DashboardApp", "Socket", "answer_of", "broadcast_loop"]

_LOG = logging.getLogger("loopscope.training")

PER_TURN = 1_000
"""Events that are taken from the queue at once, before others have their turn."""
MAX_BEHIND = 10_000
"""Frames that wait for one client; beyond that its oldest are left out."""
ERROR_PAUSE_S = 1.0
PING_AFTER_S = 60.0

JSON = "application/json"


def answer_of(path: str, health: Mapping[str, int]) -> Answer:
    """What stands at a path; `health` is what is told beside "ok"."""
    if path.split("?")[0] == "/api/health":
        return 200, JSON, json.dumps({"status": "ok", **health}), {}
    return page_of("training", path) or (404, JSON, '{"detail":"Not Found"}', {})


class Socket:
    """One connected browser."""

    def __init__(self, send: Any) -> None:
        self._send = send

    async def send_text(self, text: str) -> None:
        """A text frame."""
        await self._send({"type": "websocket.send", "text": text})


class _Line:
    """One client, with the frames that it has not got yet."""

    def __init__(self, client: Any, fan: _Fan) -> None:
        self.client = client
        self._frames: deque[str] = deque(maxlen=MAX_BEHIND)
        self._more = asyncio.Event()
        self.task = asyncio.ensure_future(self._send(fan))

    def give(self, text: str) -> None:
        self._frames.append(text)
        self._more.set()

    async def _send(self, fan: _Fan) -> None:
        try:
            while True:
                await self._more.wait()
                self._more.clear()
                while self._frames:
                    await self.client.send_text(self._frames.popleft())
        except Exception:
            fan.let_go(self)


class _Fan:
    """Hands what is put into a queue to all of some clients. They may come and go while it runs."""

    def __init__(self, clients: Collection[Any], telemetry_queue: Any) -> None:
        self._clients, self._queue = clients, telemetry_queue
        self._lines: dict[int, _Line] = {}

    def turn(self) -> None:
        """What waits in the queue goes to who is there now."""
        self._meet()
        with contextlib.suppress(queue.Empty, asyncio.QueueEmpty):
            for _ in range(PER_TURN):
                text = frame(self._queue.get_nowait())
                if text is not None:
                    for line in self._lines.values():
                        line.give(text)

    def let_go(self, line: _Line) -> None:
        """A client failed: it is a client no more."""
        with contextlib.suppress(ValueError, KeyError, AttributeError):
            # A set or a list, as the program has it.
            self._clients.remove(line.client)  # type: ignore[attr-defined]
        self._drop(line)

    def close(self) -> None:
        """Sends nothing more."""
        for line in list(self._lines.values()):
            self._drop(line)

    def _meet(self) -> None:
        here = {id(client): client for client in list(self._clients)}
        for key, line in list(self._lines.items()):
            if key not in here:
                self._drop(line)
        for key, client in here.items():
            if key not in self._lines:
                self._lines[key] = _Line(client, self)

    def _drop(self, line: _Line) -> None:
        self._lines.pop(id(line.client), None)
        if line.task is not asyncio.current_task():
            line.task.cancel()


class DashboardApp:
    """``uvicorn.run(create_app(queue))``."""

    title = "Karn Dashboard"
    version = "0.1.0"

    def __init__(self, telemetry_queue: Any = None) -> None:
        self.telemetry_queue = telemetry_queue
        self.clients: set[Any] = set()
        self._fan = _Fan(self.clients, telemetry_queue)
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
            self._loop = asyncio.create_task(_follow(self._fan))

    async def _http(self, scope: dict[str, Any], send: Any) -> None:
        path, method = _path(scope), scope.get("method", "GET")
        told = self.telemetry_queue
        waiting = told.qsize() if told is not None else 0
        health = {"clients": len(self.clients), "queue_size": waiting, "dropped": int(getattr(told, "dropped", 0))}
        answer = answer_of(path, health)
        if path == "":
            # Mounted below a path: what the page names stands below it too.
            answer = (307, JSON, "", {"Location": f"{scope.get('root_path', '')}/"})
        elif answer[0] == 200 and method not in ("GET", "HEAD"):
            answer = (405, JSON, '{"detail":"Method Not Allowed"}', {"Allow": "GET, HEAD"})
        status, kind, body, more = answer
        data = body.encode() if isinstance(body, str) else body
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(data)).encode())]
        headers += [(b"cache-control", b"no-store")]
        headers += [(key.lower().encode(), value.encode()) for key, value in more.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else data})

    async def _socket(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        if _path(scope) not in ("", "/", "/ws"):
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.accept"})
        socket = Socket(send)
        await socket.send_text(GREETING)
        if self.telemetry_queue is not None:
            # What was told before is for those who are there already.
            self._fan.turn()
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


def _path(scope: Mapping[str, Any]) -> str:
    """The path below where the application is mounted."""
    path, root = str(scope["path"]), str(scope.get("root_path") or "").rstrip("/")
    return path[len(root) :] if root and (path == root or path.startswith(root + "/")) else path


async def broadcast_loop(clients: Collection[Any], telemetry_queue: Any) -> None:
    """Sends what is put into a queue to every client (`send_text`), twenty times a second; one that fails is let go,
    and one that is slow delays no other. `clients` is a set or a list, and may change meanwhile."""
    await _follow(_Fan(clients, telemetry_queue))


async def _follow(fan: _Fan) -> None:
    try:
        while True:
            try:
                fan.turn()
            except Exception:
                _LOG.exception("the events of a queue are not told")
                await asyncio.sleep(ERROR_PAUSE_S)
            await asyncio.sleep(POLL_S)
    finally:
        fan.close()
