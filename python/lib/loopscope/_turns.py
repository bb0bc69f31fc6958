"""Between threads and `asyncio`: functions of the program that are called from a thread of ours, and waits of ours that
a task of the program awaits.

In: handlers, waits. Out: what they gave, on the loop that they belong to.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from concurrent import futures
from typing import Any, Generic, TypeVar

__all__ = ["Turns", "call", "running_loop"]

T = TypeVar("T")

TURN_S = 0.25
"""How long one turn waits: a program that is over waits no longer for its threads."""


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that this is called in, where there is one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def call(handler: Callable[..., Any], argument: object, loop: asyncio.AbstractEventLoop | None = None) -> Any:
    """Calls a handler, which takes the argument or nothing. What is to be awaited is awaited in the program's own loop
    where that runs: its events and queues are of that one. Else in a loop of its own."""
    result = handler(argument) if _takes_one(handler) else handler()
    if not inspect.isawaitable(result):
        return result
    if loop is None or not loop.is_running() or loop is running_loop():
        return asyncio.run(_wait(result))
    future = asyncio.run_coroutine_threadsafe(_wait(result), loop)
    while not futures.wait([future], TURN_S).done:
        if not loop.is_running():
            raise RuntimeError("the event loop of the handler ended before it did")
    return future.result()


class Turns(Generic[T]):
    """A wait as a task awaits it. It is done in short turns by a thread. One that is under way when its task is
    cancelled is kept for the next that asks: what it gets is not lost, and no two wait at once."""

    def __init__(self, get: Callable[[float], T]) -> None:
        self._get = get
        self._threads = futures.ThreadPoolExecutor(1, "loopscope-turn")
        self._turn: futures.Future[T] | None = None

    async def next(self) -> T:
        """What the next turn gives."""
        if self._turn is None or self._turn.cancelled():
            self._turn = self._threads.submit(self._get, TURN_S)
        try:
            given = await asyncio.wrap_future(self._turn)
        except asyncio.CancelledError:
            raise
        except BaseException:
            self._turn = None
            raise
        self._turn = None
        return given


async def _wait(value: Any) -> Any:
    return await value


def _takes_one(handler: Callable[..., Any]) -> bool:
    try:
        inspect.signature(handler).bind(None)
    except TypeError:
        return False
    except ValueError:
        return True
    return True
