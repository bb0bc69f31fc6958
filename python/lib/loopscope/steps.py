"""Steps and passes as context managers: begun on entering, ended on leaving; an exception is a failure."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from . import _values
from .errors import ConfigurationError

if TYPE_CHECKING:
    from .run import Run

__all__ = ["Pass", "Step"]

F = TypeVar("F", bound=Callable[..., Any])


class Step:
    """A timed unit of work. Also a decorator, of plain and of async functions."""

    def __init__(self, run: Run, name: str, details: dict[str, Any]) -> None:
        if not isinstance(name, str) or not name:
            raise ConfigurationError(f"a step's name must be a text that is not empty, got {name!r}")
        self.run = run
        self.name = name
        self._details = details
        self._result: dict[str, Any] = {}
        self._over = False
        self.started_at = 0.0

    def progress(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """How far it is."""
        data = {"step": self.name, "done": done, "total": total, "message": message}
        self.run.send("STEP_PROGRESS", {key: value for key, value in data.items() if value is not None})

    def message(self, text: str) -> None:
        """What it is at."""
        self.run.send("STEP_PROGRESS", {"step": self.name, "message": str(text)})

    def finding(self, description: str, severity: str | None = None, **more: Any) -> None:
        """Something that it found."""
        self.run.finding(description, severity, step=self.name, **more)

    def fix(self, description: str, **more: Any) -> None:
        """Something that it put right."""
        self.run.fix(description, step=self.name, **more)

    def result(self, **fields: Any) -> None:
        """What came of it, told when it ends: ``step.result(metrics={"coverage": 0.9})``."""
        self._result.update(fields)

    def fail(self, error: object = "failed") -> None:
        """It broke; leaving the block says nothing more."""
        self._end("STEP_FAILED", {"error": _values.shown(error)})

    def __enter__(self) -> Step:
        self._over = False
        self._result = {}
        self.started_at = time.monotonic()
        self.run.send("STEP_STARTED", {**self._details, "step": self.name})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.run.over:
            # It was finished meanwhile; an exception of the block is not to be hidden by that.
            return
        if error is None:
            self._end("STEP_COMPLETE", {"success": True})
        else:
            self._end("STEP_FAILED", {"error": _values.shown(error)})

    async def __aenter__(self) -> Step:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: F) -> F:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def waited(*args: Any, **named: Any) -> Any:
                with Step(self.run, self.name, self._details):
                    return await function(*args, **named)

            return waited  # type: ignore[return-value]

        @functools.wraps(function)
        def called(*args: Any, **named: Any) -> Any:
            with Step(self.run, self.name, self._details):
                return function(*args, **named)

        return called  # type: ignore[return-value]

    def _end(self, name: str, data: dict[str, Any]) -> None:
        if not self._over:
            self._over = True
            self.run.send(name, {**data, **self._result, "step": self.name})


class Pass:
    """A pass of a loop. Without a number it is the one after the last."""

    def __init__(self, run: Run, number: int | None) -> None:
        self.run = run
        self.number = run.iteration + 1 if number is None else number

    def __enter__(self) -> Pass:
        self.run.set_iteration(self.number)
        self.run.send("ITERATION_STARTED", {"iteration": self.number})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.run.over:
            self.run.send("ITERATION_ENDED", {"iteration": self.number})

    async def __aenter__(self) -> Pass:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)
