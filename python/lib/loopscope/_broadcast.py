"""A WebSocket server inside a program: frames go to everyone who is connected, and nobody waits for a slow one.

In: frames, from any thread. Out: a thread with an event loop that greets clients, sends them what comes, and closes
those that stop reading. Used by the training stream, the convergence event bus and the agents' server.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from .errors import LoopscopeError

__all__ = ["Answer", "Broadcast", "Client", "Page", "respond"]

_LOG = logging.getLogger("loopscope")

MAX_BEHIND = 20_000
"""Frames that wait for one client; beyond that its oldest are left out, and it is closed when it never reads."""

MAX_FRAME_BYTES = 64 << 20
"""What a client says is looked at or passed over, and no reason to close its link: this bounds memory alone."""

Answer = tuple[int, str, "bytes | str", Mapping[str, str]]
"""Status, content type, body, further headers."""

Page = Callable[[str], "Answer | None"]
"""Answers a plain request's path; None for one that it does not know."""


class Client:
    """One connected client, with the frames that it has not read yet."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.frames: deque[str] = deque()
        self.left_out = 0
        self._more = asyncio.Event()

    def give(self, frame: str) -> None:
        """Queues a frame; the oldest goes where the bound is reached."""
        if len(self.frames) >= MAX_BEHIND:
            self.frames.popleft()
            self.left_out += 1
        self.frames.append(frame)
        self._more.set()

    async def send(self) -> None:
        """Sends what is queued, until the link ends."""
        while True:
            while self.frames:
                await self.socket.send(self.frames.popleft())
            self._more.clear()
            await self._more.wait()


class Broadcast:
    """The server. `start()` and `close()` are safe twice and from any thread."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        greeting: Callable[[], Iterable[str]],
        is_stream: Callable[[str], bool] = lambda path: True,
        page: Page | None = None,
        on_message: Callable[[ServerConnection, bytes], Awaitable[None]] | None = None,
        ping_interval_s: float = 20.0,
        ping_timeout_s: float = 20.0,
        idle_frame: Callable[[], str] | None = None,
        idle_after_s: float = 60.0,
        background: Callable[[Broadcast], Awaitable[None]] | None = None,
    ) -> None:
        self.host, self.port = host, port
        self.clients: set[Client] = set()
        self._greeting, self._is_stream, self._page = greeting, is_stream, page
        self._on_message, self._idle_frame, self._idle_after_s = on_message, idle_frame, idle_after_s
        self._ping_interval_s, self._ping_timeout_s = ping_interval_s, ping_timeout_s
        self._background = background
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._is_awaited = False

    @property
    def started(self) -> bool:
        """Whether it was started, and neither failed nor was closed since."""
        return self._thread is not None and self._failure is None

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop that it runs on, while it runs."""
        return self._loop

    def start(self, timeout_s: float = 5.0) -> None:
        """Listens; an error where the port is taken. Who does not wait for it is told by `logging`."""
        if self._thread is None:
            self._ready.clear()
            self._failure = None
            self._is_awaited = timeout_s > 0
            self._thread = threading.Thread(target=self._run, daemon=True, name="loopscope-stream")
            self._thread.start()
        if timeout_s > 0:
            self._ready.wait(timeout_s)
        if self._failure is not None:
            self._thread = None
            raise LoopscopeError(self._refusal()) from self._failure

    def close(self, timeout_s: float = 2.0) -> None:
        """Closes every socket and the port."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        until = time.monotonic() + timeout_s
        # Who has just begun it may close it before it listens.
        self._ready.wait(timeout_s)
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(stop.set)
        if thread is not threading.current_thread():
            thread.join(max(0.0, until - time.monotonic()))

    def wait(self) -> None:
        """Waits until it is closed."""
        thread = self._thread
        while thread is not None and thread.is_alive():
            thread.join(0.5)

    def tell(self, frame: str) -> None:
        """A frame for everyone, from the server's own loop."""
        for client in self.clients:
            client.give(frame)

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Runs a function on the server's loop, soon."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(function, *args)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
            if not self._is_awaited:
                _LOG.error(self._refusal())
        finally:
            self._loop = None
            self._ready.set()

    def _refusal(self) -> str:
        return f"cannot listen on {self.host}:{self.port}: {self._failure}; choose another port"

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with serve(
            self._client,
            self.host,
            self.port,
            process_request=self._request,
            compression=None,
            ping_interval=self._ping_interval_s,
            ping_timeout=self._ping_timeout_s,
            close_timeout=1,
            max_size=MAX_FRAME_BYTES,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self._loop = asyncio.get_running_loop()
            self._ready.set()
            beside = asyncio.ensure_future(self._background(self)) if self._background else None
            await self._stop.wait()
            if beside is not None:
                beside.cancel()
                await asyncio.wait([beside])
            # What was told last is on its way before the links are closed.
            with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
                await asyncio.wait_for(self._drained(), 1.0)

    async def _drained(self) -> None:
        while any(client.frames for client in self.clients):
            await asyncio.sleep(0.01)

    def _request(self, _: ServerConnection, request: Request) -> Response | None:
        path = request.path.split("?")[0]
        if request.headers.get("Upgrade", "").lower() == "websocket" and self._is_stream(path):
            return None
        answer = self._page(request.path) if self._page else None
        # Older versions of the library refuse other methods by themselves.
        if answer is not None and answer[0] == 200 and getattr(request, "method", "GET") not in ("GET", "HEAD"):
            answer = (405, "application/json", '{"detail":"Method Not Allowed"}', {"Allow": "GET, HEAD"})
        return respond(*(answer or (404, "text/plain; charset=utf-8", f"there is nothing at {path}\n", {})))

    async def _client(self, socket: ServerConnection) -> None:
        client = Client(socket)
        # In one turn of the loop: nothing is told between the greeting and the first live frame.
        for frame in self._greeting():
            client.give(frame)
        self.clients.add(client)
        sender = asyncio.create_task(client.send())
        reader = asyncio.create_task(self._read(client))
        try:
            await asyncio.wait([sender, reader], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.clients.discard(client)
            for task in (sender, reader):
                task.cancel()
            await asyncio.gather(sender, reader, return_exceptions=True)

    async def _read(self, client: Client) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                try:
                    message = await asyncio.wait_for(client.socket.recv(decode=False), self._idle_after_s)
                except (TimeoutError, asyncio.TimeoutError):
                    if self._idle_frame is not None:
                        client.give(self._idle_frame())
                    continue
                if self._on_message is not None:
                    await self._on_message(client.socket, message)


def respond(status: int, content_type: str, body: bytes | str, more: Mapping[str, str]) -> Response:
    """An answer to a plain request."""
    data = body.encode() if isinstance(body, str) else body
    headers = Headers(
        {
            "Content-Type": content_type,
            "Content-Length": str(len(data)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Connection": "close",
            **more,
        }
    )
    return Response(status, HTTPStatus(status).phrase, headers, data)
