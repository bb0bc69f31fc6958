"""`WebSocketOutput`: a WebSocket server inside the training process, which dashboards dial.

In: events, from the training loop. Out: each as a text frame to everyone connected; with nobody there, to nobody.
`emit` puts the event into a bounded queue as it is then, and returns; text is made of it on the server's own thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import queue
import re
from collections import deque
from typing import Any

from .. import _values
from .._broadcast import Broadcast
from ..errors import ConfigurationError, LoopscopeError
from .backends import OutputBackend
from .event import as_event

__all__ = ["GREETING", "MessageQueue", "WebSocketOutput", "frame"]

GREETING = '{"type":"connected","message":"Connected to Karn telemetry stream"}'
POLL_S = 0.05
PING_INTERVAL_S = 30.0
PING_TIMEOUT_S = 10.0

NOT_JSON = re.compile(r"NaN|Infinity")
"""What Python writes for numbers that JSON has not."""


class MessageQueue:
    """Events that wait, bounded; taken out as text. Where it is full the newest is left out and counted."""

    def __init__(self, max_size: int) -> None:
        if isinstance(max_size, bool) or not isinstance(max_size, int) or max_size < 1:
            raise ConfigurationError(f"max_queue_size must be a whole number above zero, got {max_size!r}")
        self._waiting: deque[Any] = deque()
        self.maxsize = max_size
        self.dropped = 0

    def put_nowait(self, event: Any) -> bool:
        """Takes an event as it is now; says whether there was room. What is no event at all is passed over."""
        if len(self._waiting) >= self.maxsize:
            self.dropped += 1
            return False
        taken = _taken(event)
        if taken is not None:
            self._waiting.append(taken)
        return True

    def get_nowait(self) -> str:
        """The oldest, as text; `queue.Empty` where there is none."""
        while True:
            try:
                text = _text(self._waiting.popleft())
            except IndexError:
                raise queue.Empty from None
            if text is not None:
                return text

    def qsize(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def empty(self) -> bool:
        """Whether none does."""
        return not self._waiting

    def full(self) -> bool:
        """Whether the next would be left out."""
        return len(self._waiting) >= self.maxsize


def _taken(event: Any) -> str | dict[str, Any] | None:
    """An event, free of what the program does with its own dictionary afterwards; None for what is no event."""
    if isinstance(event, str):
        return event
    if isinstance(event, (bytes, bytearray)):
        return bytes(event).decode("utf-8", "replace")
    found = as_event(event)
    with contextlib.suppress(Exception):
        finite = None if found is None else _values.finite(found)
        return finite if isinstance(finite, dict) else None
    return None


def _text(taken: str | dict[str, Any]) -> str | None:
    try:
        if isinstance(taken, dict):
            return json.dumps(taken, separators=(",", ":"))
        return _values.dumps(json.loads(taken)) if NOT_JSON.search(taken) else taken
    except (TypeError, ValueError, RecursionError):
        return taken if isinstance(taken, str) else None


def frame(event: Any) -> str | None:
    """The text of an event; None for what is no event."""
    taken = _taken(event)
    return None if taken is None else _text(taken)


class WebSocketOutput(OutputBackend):
    """The stream backend: ``WebSocketOutput(port=8765)``."""

    def __init__(
        self, host: str = "localhost", port: int = 8765, start_server: bool = True, max_queue_size: int = 10_000
    ) -> None:
        if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
            raise ConfigurationError(f"port must be a whole number from 0 to 65535, got {port!r}")
        self._queue = MessageQueue(max_queue_size)
        self._unheard = 0
        self._server = self._made(host, port)
        self._closed = False
        self.start_server = start_server

    def _made(self, host: str, port: int) -> Broadcast:
        return Broadcast(host, port, **self._settings())

    def _settings(self) -> dict[str, Any]:
        return {
            "greeting": self._greeting,
            "background": self._pump,
            "ping_interval_s": PING_INTERVAL_S,
            "ping_timeout_s": PING_TIMEOUT_S,
        }

    @property
    def host(self) -> str:
        """Where it listens."""
        return self._server.host

    @property
    def port(self) -> int:
        """The port; where 0 was asked for, the one that the system chose."""
        return self._server.port

    @property
    def client_count(self) -> int:
        """How many are connected."""
        return len(self._server.clients)

    @property
    def queue_size(self) -> int:
        """How many events wait."""
        return self._queue.qsize()

    @property
    def dropped(self) -> int:
        """How many found the queue full."""
        return self._queue.dropped

    @property
    def unheard(self) -> int:
        """How many went out while nobody was connected."""
        return self._unheard

    def start(self) -> None:
        """Listens, and waits until it does, five seconds at most; a second call changes nothing."""
        if self.start_server and not self._closed:
            self._server.start(5.0)

    def emit(self, event: Any) -> None:
        """Takes an event. Never raises, never waits; the first one starts the server where `start()` did not."""
        self._queue.put_nowait(event)
        if self.start_server and not self._closed and not self._server.started:
            try:
                self._server.start(0.0)
            except (LoopscopeError, RuntimeError):
                self.start_server = False

    def close(self) -> None:
        """Sends what waits, closes every link and the port, in two seconds at most; safe twice."""
        self._closed = True
        self._server.close(2.0)

    def wait(self) -> None:
        """Waits until it is closed."""
        self._server.wait()

    def _greeting(self) -> list[str]:
        # What was told before is for those who are there already: the first event after the greeting is a live one.
        self._move(self._server)
        return [GREETING]

    async def _pump(self, server: Broadcast) -> None:
        """Moves what waits to the clients, twenty times a second, and once more at the end."""
        try:
            while True:
                self._move(server)
                await asyncio.sleep(POLL_S)
        finally:
            self._move(server)

    def _move(self, server: Broadcast) -> None:
        for _ in range(self._queue.qsize()):
            try:
                text = self._queue.get_nowait()
            except queue.Empty:
                return
            if server.clients:
                server.tell(text)
            else:
                self._unheard += 1
