"""`WebSocketClient`: the convergence contract's socket, awaited.

In: an address, callbacks set by subclassing or by assignment, plain or async. Out: `on_event` for each event, in order,
from `connect()` on; answers to `list_sessions`, `get_session` and `ping`.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from .. import _http, _values, _wire
from ..errors import APIError, ConfigurationError, ConnectionError, SessionNotFoundError
from ..records import Event, Page, Record

__all__ = ["WebSocketClient"]

ANSWER_TIMEOUT_S = 30.0
QUEUE = 10_000
"""Events that wait for `on_event`; while it is full the socket is not read."""


class WebSocketClient:
    """Follows a dashboard: ``WebSocketClient("ws://localhost:8766")``."""

    def __init__(self, url: str | None = None, *, token: str | None = None) -> None:
        self._address = _http.Address(url, token)
        self.url = self._address.ws
        self.connected = False
        self._socket: Any = None
        self._reader: asyncio.Task[None] | None = None
        self._events: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE)
        self._waiting: dict[str, deque[asyncio.Future[Any]]] = {}

    def on_connect(self) -> Any:
        """Called when the link is up. Override it, or assign a function."""

    def on_disconnect(self) -> Any:
        """Called when the link has ended, whoever ended it."""

    def on_event(self, event: Event) -> Any:
        """Called for each event."""

    async def connect(self) -> None:
        """Opens the link; events come from here on. `ConnectionError` where there is no server."""
        if self.connected:
            return
        self._socket = await _wire.connect(self.url, self._address)
        self.connected = True
        await _call(self.on_connect)
        self._events = asyncio.Queue(QUEUE)
        self._reader = asyncio.create_task(self._follow())
        # Where nobody awaits it, how it ended is told by `on_disconnect` alone.
        self._reader.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def disconnect(self) -> None:
        """Ends the link; safe at any time, also twice."""
        socket, reader = self._socket, self._reader
        if socket is not None:
            await socket.close()
        if reader is not None and reader is not asyncio.current_task():
            # What ended the link is told by `run_forever`, not here.
            await asyncio.wait([reader])
        self._socket = None

    async def run_forever(self) -> None:
        """Follows events until the link ends: returns where it was closed in order, raises where it was cut."""
        await self.connect()
        reader = self._reader
        if reader is not None:
            await asyncio.shield(reader)

    async def subscribe(self, events: Iterable[str] = ("*",)) -> None:
        """Asks for events by name; ``["*"]`` is all. The first call replaces "everything", later ones add."""
        await self._send("subscribe", events=_names(events))

    async def unsubscribe(self, events: Iterable[str] | None = None) -> None:
        """Takes names back; without names, all of them."""
        await self._send("unsubscribe", **({} if events is None else {"events": _names(events)}))

    async def ping(self) -> str:
        """Asks for a sign of life; the server's time."""
        answer = await self._ask("ping")
        return str(answer.get("timestamp", ""))

    async def list_sessions(self, limit: int = 10, offset: int = 0) -> Page[Record]:
        """Sessions, newest start first."""
        answer = await self._ask("list_sessions", limit=limit, offset=offset)
        return Page([Record(row) for row in answer["sessions"]], answer)

    async def get_session(self, session_id: str) -> Record:
        """One session; `SessionNotFoundError` where there is none."""
        return Record(await self._ask("get_session", session_id=session_id))

    async def __aenter__(self) -> WebSocketClient:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    async def _send(self, action: str, **fields: Any) -> None:
        if self._socket is None or not self.connected:
            raise ConnectionError("not connected; await connect() first")
        try:
            await self._socket.send(_values.dumps({"action": action, **fields}))
        except _wire.Closed as error:
            raise ConnectionError(f"the link to {self.url} has ended") from error

    async def _ask(self, action: str, **fields: Any) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(action, deque()).append(answer)
        try:
            await self._send(action, **fields)
            return await asyncio.wait_for(answer, ANSWER_TIMEOUT_S)
        except (asyncio.TimeoutError, TimeoutError):
            raise ConnectionError(f"{self.url} gave no answer to {action} in {ANSWER_TIMEOUT_S:.0f} s") from None
        finally:
            with contextlib.suppress(ValueError):
                self._waiting[action].remove(answer)

    async def _follow(self) -> None:
        """Reads the link to its end; `on_event` runs beside, so that it may itself ask the server."""
        handler = asyncio.create_task(self._handle())
        failure: BaseException | None = None
        try:
            reading = asyncio.create_task(self._read())
            await asyncio.wait([reading, handler], return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                reading.cancel()
            await asyncio.wait([reading])
            failure = None if reading.cancelled() else reading.exception()
        except asyncio.CancelledError as error:
            failure = error
        self.connected = False
        with contextlib.suppress(Exception):
            await self._socket.close()
        for waiting in self._waiting.values():
            for answer in waiting:
                if not answer.done():
                    answer.set_exception(ConnectionError(f"the link to {self.url} has ended"))
        await asyncio.wait([handler])
        await _call(self.on_disconnect)
        failure = failure or handler.exception()
        if isinstance(failure, _wire.Closed):
            raise ConnectionError(f"the link to {self.url} was cut: {failure}") from failure
        if failure is not None:
            raise failure

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                await self._frame(text)
        finally:
            await self._events.put(None)

    async def _handle(self) -> None:
        while (event := await self._events.get()) is not None:
            await _call(self.on_event, event)

    async def _frame(self, text: str | bytes) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if not isinstance(frame, dict):
            return
        kind = frame.get("type")
        if kind == "event":
            await self._events.put(_event(frame))
        elif kind == "response":
            self._answered(str(frame.get("request_action")), frame.get("data"))
        elif kind == "pong":
            self._answered("ping", frame)
        elif kind == "error":
            action = str(frame.get("request_action"))
            message = str(frame.get("message") or frame.get("error"))
            error: Exception = APIError(message)
            if action == "get_session" and frame.get("error") == "not_found":
                error = SessionNotFoundError(message)
            self._answered(action, error)

    def _answered(self, action: str, answer: Any) -> None:
        for waiting in self._waiting.get(action, ()):
            if waiting.done():
                continue
            if isinstance(answer, Exception):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)
            return


def _event(frame: dict[str, Any]) -> Event:
    """Of a flat frame, and of a nested one, as `/ws` sends it before a subscription."""
    inner = frame.get("data")
    nested = "event_type" not in frame and isinstance(inner, dict) and "event_type" in inner
    return Event(inner if nested else {key: value for key, value in frame.items() if key != "type"})  # type: ignore[arg-type]


async def _call(callback: Callable[..., Any], *args: Any) -> None:
    result = callback(*args)
    if inspect.isawaitable(result):
        await result


def _names(events: Iterable[str]) -> list[str]:
    if isinstance(events, str):
        return [str(events)]
    names = [str(name) for name in events if isinstance(name, str)]
    if not names:
        raise ConfigurationError('events must be a list of event names, or ["*"]')
    return names
