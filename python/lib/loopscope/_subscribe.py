"""`Subscription`: a stream of events over `/ws/v1` that is made again where it was lost, from its cursor.

In: filters, a cursor. Out: each event once, in order. Where the server cannot go on without a gap it says so, and the
reason is appended to `resets`.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any

from websockets.exceptions import ConnectionClosed

from . import _values, _wire
from ._http import Address
from ._turns import Turns
from .errors import ConnectionError, from_response
from .records import Event

__all__ = ["Subscription"]

QUIET_S = 60.0
"""The server says something at least every 25 seconds; after this long the link is taken as lost."""


class Subscription(Iterator[Event]):
    """An iterator over events; also ``with``. `cursor` is what was seen: keep it to go on another day."""

    def __init__(self, address: Address, since: str | None, filters: dict[str, Any]) -> None:
        self._address, self._filters = address, {key: value for key, value in filters.items() if value is not None}
        self.cursor = since
        self.resets: list[str] = []
        self._link: Any = None
        self._ready: deque[tuple[Event, str]] = deque()
        self._closed = False
        self._wait_s = 0.1
        self._reached = False
        self._turns: Turns[Event | None] = Turns(self.get)

    def get(self, timeout: float | None = None) -> Event | None:
        """The next event; None where none came in that time. `ConnectionError` where there never was a server."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self._closed:
            if self._ready:
                event, self.cursor = self._ready.popleft()
                return event
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return None
            try:
                if self._link is None:
                    self._open()
                text = self._link.recv(timeout=QUIET_S if left is None else min(left, QUIET_S))
            except TimeoutError:
                if left is None or left > QUIET_S:
                    self._lost()
                continue
            except (ConnectionClosed, ConnectionError, EOFError):
                if not self._reached:
                    raise
                self._lost()
                pause = self._wait_s * random.uniform(0.5, 1.0)
                time.sleep(pause if left is None else min(pause, max(0.0, left)))
                self._wait_s = min(5.0, self._wait_s * 2)
                continue
            self._frame(json.loads(text))
        return None

    def close(self) -> None:
        """Ends it; also from another thread."""
        self._closed = True
        self._lost()

    def aiter(self) -> AsyncIterator[Event]:
        """The same for ``async for``."""
        return _Async(self)

    def __iter__(self) -> Subscription:
        return self

    def __next__(self) -> Event:
        event = self.get()
        if event is None:
            raise StopIteration
        return event

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        link = _wire.connect_sync(f"{self._address.ws}/ws/v1", self._address)
        asked = {"type": "subscribe", "batch": True, **self._filters}
        if self.cursor is not None:
            asked["since"] = self.cursor
        link.send(_values.dumps(asked))
        self._link, self._reached = link, True

    def _lost(self) -> None:
        link, self._link = self._link, None
        # Events that were not handed out come again from the cursor.
        self._ready.clear()
        if link is not None:
            link.close()

    def _frame(self, frame: dict[str, Any]) -> None:
        kind = frame.get("type")
        self._wait_s = 0.1
        if kind in ("subscribed", "cursor"):
            self.cursor = frame["cursor"]
        elif kind == "events":
            events, epoch = frame["events"], str(frame["cursor"]).partition("-")[0]
            for event in events:
                self._ready.append((Event(event), f"{epoch}-{event['offset']}"))
            if not events:
                self.cursor = frame["cursor"]
        elif kind == "event":
            event = frame["event"]
            self._ready.append((Event(event), str(event["offset"])))
        elif kind == "reset":
            self.resets.append(str(frame["reason"]))
            self.cursor = frame["cursor"]
        elif kind == "error":
            self.close()
            raise from_response(422, frame, "subscribing")


class _Async:
    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    def __aiter__(self) -> _Async:
        return self

    async def __anext__(self) -> Event:
        while not self._subscription._closed:
            event = await self._subscription._turns.next()
            if event is not None:
                return event
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends it."""
        await asyncio.to_thread(self._subscription.close)
