"""`WebSocketClient`: the convergence contract's socket, awaited.

In: an address, callbacks set by subclassing or by assignment, plain or async. Out: `on_event` for each event, in order,
from `connect()` on; answers to `list_sessions`, `get_session` and `ping`. A callback may itself call any method.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import json
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from .. import _http, _values, _wire
from ..errors import APIError, ConfigurationError, ConnectionError, SessionNotFoundError
from ..records import Event, Page, Session

__all__ = ["WebSocketClient"]

_LOG = logging.getLogger("loopscope")

ANSWER_TIMEOUT_S = 30.0
QUEUE = 10_000
"""Events that wait for `on_event`; while it is full the socket is not read."""

_CALLS: contextvars.ContextVar[tuple[list[object], ...]] = contextvars.ContextVar("loopscope_calls", default=())
"""The callbacks that this task runs in, also one that a callback made: of each its client, and nothing once it is
over."""


class _Link:
    """One link: what was read and not handed out yet, and who waits for an answer."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        # Set when `on_connect` is done: events come after it.
        self.begun = asyncio.Event()
        self.given_up = False
        self.events: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE)
        self.waiting: dict[str, deque[asyncio.Future[Any]]] = {}

    async def read(self) -> None:
        """Reads it to its end."""
        async for text in self.socket:
            try:
                frame = json.loads(text)
            except ValueError:
                continue
            if isinstance(frame, dict):
                if frame.get("type") == "event":
                    await self.events.put(_event(frame))
                else:
                    self._answered(frame)

    def over(self, url: str) -> None:
        """Nobody waits for an answer any more."""
        for waiting in self.waiting.values():
            for answer in waiting:
                if not answer.done():
                    answer.set_exception(ConnectionError(f"the link to {url} has ended"))

    def _answered(self, frame: dict[str, Any]) -> None:
        """Hands an answer to who asked for it first."""
        kind, action = frame.get("type"), str(frame.get("request_action"))
        answer: Any = frame.get("data")
        if kind == "pong":
            action, answer = "ping", frame
        elif kind == "error":
            message = str(frame.get("message") or frame.get("error"))
            is_missing = action == "get_session" and frame.get("error") == "not_found"
            answer = SessionNotFoundError(message) if is_missing else APIError(message)
        elif kind != "response":
            return
        waiting = next((one for one in self.waiting.get(action, ()) if not one.done()), None)
        if waiting is None:
            return
        if isinstance(answer, Exception):
            waiting.set_exception(answer)
        else:
            waiting.set_result(answer)


class WebSocketClient:
    """Follows a dashboard: ``WebSocketClient("ws://localhost:8766")``."""

    def __init__(self, url: str | None = None, *, token: str | None = None) -> None:
        self._address = _http.Address(url, token)
        self.url = self._address.ws
        self.connected = False
        self._link: _Link | None = None
        self._reader: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

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
        async with self._opening:
            if self.connected:
                return
            link = self._link = _Link(await _wire.connect(self.url, self._address))
            self.connected = True
            # Read from here on, so that `on_connect` may itself ask the server.
            self._reader = asyncio.create_task(self._follow(link))
            # Where nobody awaits it, how it ended is told by `on_disconnect` alone.
            self._reader.add_done_callback(lambda task: task.cancelled() or task.exception())
            try:
                await self._call(self.on_connect)
            except BaseException:
                link.begun.set()
                await self.disconnect()
                raise
            link.begun.set()

    async def disconnect(self) -> None:
        """Ends the link; safe at any time, also twice, and in a callback: then no further event is handed out."""
        link, reader = self._link, self._reader
        if [self] in _CALLS.get():
            # The link's end waits for the callback, so the callback does not wait for the link's end.
            if link is not None:
                self.connected, link.given_up = False, True
                await link.socket.close()
            return
        if link is not None:
            await link.socket.close()
        if reader is not None:
            # What ended the link is told by `run_forever`, not here.
            await asyncio.wait([reader])
        if self._link is link:
            self._link = self._reader = None

    async def run_forever(self) -> None:
        """Follows events until the link ends: returns where it was closed in order, raises where it was cut. A link
        that has ended already is not made anew: first it is told how it ended."""
        if self._reader is None:
            await self.connect()
        link, reader = self._link, self._reader
        if link is None or reader is None:
            return
        link.begun.set()
        try:
            await asyncio.shield(reader)
        finally:
            if reader.done() and self._reader is reader:
                self._reader = None

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

    async def list_sessions(self, limit: int = 10, offset: int = 0) -> Page[Session]:
        """Sessions, newest start first."""
        answer = await self._ask("list_sessions", limit=limit, offset=offset)
        return Page([Session(row) for row in answer["sessions"]], answer)

    async def get_session(self, session_id: str) -> Session:
        """One session; `SessionNotFoundError` where there is none."""
        return Session(await self._ask("get_session", session_id=session_id))

    async def __aenter__(self) -> WebSocketClient:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    def _open_link(self) -> _Link:
        if self._link is None or not self.connected:
            raise ConnectionError("not connected; await connect() first")
        return self._link

    async def _send(self, action: str, **fields: Any) -> None:
        try:
            await self._open_link().socket.send(_values.dumps({"action": action, **fields}))
        except _wire.Closed as error:
            raise ConnectionError(f"the link to {self.url} has ended") from error

    async def _ask(self, action: str, **fields: Any) -> Any:
        waiting = self._open_link().waiting.setdefault(action, deque())
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        waiting.append(answer)
        try:
            await self._send(action, **fields)
            return await asyncio.wait_for(answer, ANSWER_TIMEOUT_S)
        except (asyncio.TimeoutError, TimeoutError):
            raise ConnectionError(f"{self.url} gave no answer to {action} in {ANSWER_TIMEOUT_S:.0f} s") from None
        finally:
            with contextlib.suppress(ValueError):
                waiting.remove(answer)

    async def _follow(self, link: _Link) -> None:
        """Follows a link to its end; `on_event` runs beside, so that it may itself ask the server."""
        handler = asyncio.create_task(self._handle(link))
        failure: BaseException | None = None
        try:
            reading = asyncio.create_task(link.read())
            await asyncio.wait([reading, handler], return_when=asyncio.FIRST_COMPLETED)
            reading.cancel()
            await asyncio.wait([reading])
            failure = None if reading.cancelled() else reading.exception()
        except asyncio.CancelledError as error:
            failure = error
        if self._link is link:
            self.connected = False
        with contextlib.suppress(Exception):
            await link.socket.close()
        link.over(self.url)
        # Beside the handler: it may be taking nothing more.
        end = asyncio.create_task(link.events.put(None))
        await asyncio.wait([handler])
        end.cancel()
        await self._call(self.on_disconnect)
        failure = failure or handler.exception()
        if isinstance(failure, _wire.Closed):
            raise ConnectionError(f"the link to {self.url} was cut: {failure}") from failure
        if failure is not None:
            raise failure

    async def _handle(self, link: _Link) -> None:
        await link.begun.wait()
        while not link.given_up and (event := await link.events.get()) is not None:
            try:
                await self._call(self.on_event, event)
            except Exception:
                # Raised where `run_forever` is awaited; somebody may only have connected.
                _LOG.exception("on_event failed; the link is closed")
                raise

    async def _call(self, callback: Callable[..., Any], *args: Any) -> None:
        call: list[object] = [self]
        mark = _CALLS.set((*_CALLS.get(), call))
        try:
            result = callback(*args)
            if inspect.isawaitable(result):
                await result
        finally:
            call.clear()
            _CALLS.reset(mark)


def _event(frame: dict[str, Any]) -> Event:
    """Of a flat frame, and of a nested one, as `/ws` sends it before a subscription."""
    inner = frame.get("data")
    nested = "event_type" not in frame and isinstance(inner, dict) and "event_type" in inner
    return Event(inner if nested else {key: value for key, value in frame.items() if key != "type"})  # type: ignore[arg-type]


def _names(events: Iterable[str]) -> list[str]:
    if isinstance(events, str):
        return [str(events)]
    names = [str(name) for name in events if isinstance(name, str)]
    if not names:
        raise ConfigurationError('events must be a list of event names, or ["*"]')
    return names
