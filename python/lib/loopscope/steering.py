"""What people ask of a running program: commands, and answers to its questions.

In: handlers, or a loop over `commands()`; questions. Out: each command once, with a receipt that says what became of
it; each question's first answer.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _turns, _values
from ._runner import Runner
from .errors import ConfigurationError, DecisionError
from .records import Record

if TYPE_CHECKING:
    from ._transport import Transport

__all__ = ["Command", "Commands", "Steering"]

_Handler = tuple[Callable[..., Any], "asyncio.AbstractEventLoop | None"]
"""A function, and the loop that it was given in."""

GRACE_S = 10.0
"""How long the server's own answer at the end of a question's time may take."""

_OVER: Any = object()
"""In place of an answer: nobody waits for one any more."""


class Command(Record):
    """One command: `type`, `parameters`, `reason`, `by`, `command_id` and what else the server says of it."""

    __slots__ = ("_answered", "_runner", "redelivered")

    def __init__(self, fields: Mapping[str, Any], runner: Runner, redelivered: bool) -> None:
        super().__init__(fields)
        object.__setattr__(self, "_runner", runner)
        object.__setattr__(self, "_answered", False)
        object.__setattr__(self, "redelivered", redelivered)

    @property
    def parameters(self) -> dict[str, Any]:
        """What it says beside its type."""
        return dict(self._fields.get("parameters") or {})

    @property
    def answered(self) -> bool:
        """Whether the program said what became of it."""
        return bool(self._answered)

    def acknowledge(self) -> bool:
        """Says that the program has it. Out: whether to begin it; not where it was taken back meanwhile."""
        told = self._runner.receipt(self._fields["command_id"], "acknowledged")
        return told is not None and told.get("state") == "acknowledged"

    def succeed(self, result: Any = None) -> None:
        """It is done."""
        self._tell("succeeded", result=_result(result))

    def fail(self, error: object) -> None:
        """It could not be done."""
        self._tell("failed", error=_values.shown(error))

    def _tell(self, status: str, **fields: Any) -> None:
        if not self._answered:
            object.__setattr__(self, "_answered", True)
            self._runner.receipt(self._fields["command_id"], status, **fields)


class Commands(Iterator[Command], AsyncIterator[Command]):
    """Commands as they come, for ``for`` and ``async for``. One that the loop's body said nothing of is done when the
    loop asks for the next."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self._last: Command | None = None

    def get(self, timeout: float | None = None) -> Command | None:
        """The next one; None where there was none in that time, or the run is over."""
        self._settle()
        self._last = self._steering._next_command(timeout)
        return self._last

    def _settle(self) -> None:
        last, self._last = self._last, None
        if last is not None:
            last.succeed()

    def __iter__(self) -> Commands:
        return self

    def __next__(self) -> Command:
        command = self.get()
        if command is None:
            raise StopIteration
        return command

    def __aiter__(self) -> Commands:
        return self

    async def __anext__(self) -> Command:
        await asyncio.to_thread(self._settle)
        while True:
            self._last = await self._steering._turns.next()
            if self._last is not None:
                return self._last
            if self._steering._stopped.is_set():
                raise StopAsyncIteration


class Steering:
    """What a run can do with people's word. The link is opened with the first use of it."""

    id: str
    transport: Transport

    def __init__(self) -> None:
        self._handlers: dict[str, _Handler] = {}
        self._others: _Handler | None = None
        self._is_looped = False
        self._stopped = threading.Event()
        self._let_go_of_steering()

    def _let_go_of_steering(self) -> None:
        """Begins as one that nobody asked for anything, and touches nothing of what was there."""
        self._runner: Runner | None = None
        self._inbox: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        # Of the run: a loop that begins after another was cancelled has what that one's turn got.
        self._turns: _turns.Turns[Command | None] = _turns.Turns(self._next_command)
        self._work: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None
        self._asked: dict[str, queue.SimpleQueue[Any]] = {}
        self._cancelled: set[str] = set()
        self._steering_lock = threading.Lock()

    def on(self, command: str, handler: Callable[..., Any] | None = None, *, label: str | None = None) -> Any:
        """Calls a function for commands of a type: ``@run.on("HALT")``. It takes the command, or nothing; what it
        returns is the result, what it raises the failure. Functions may be async: they are awaited in the loop that
        `on` was called in, where that runs."""
        if not isinstance(command, str) or not command:
            raise ConfigurationError(f"a command's type must be a text that is not empty, got {command!r}")
        if handler is None:
            return lambda function: self.on(command, function, label=label)
        self._handlers[command.upper()] = (handler, _turns.running_loop())
        self._attached().declare(command.upper(), label)
        self._work_on()
        return handler

    def on_others(self, handler: Callable[..., Any]) -> None:
        """Calls a function for commands that have no handler of their own, unless the program loops over
        `commands()`."""
        self._others = (handler, _turns.running_loop())
        self._attached()
        self._work_on()

    def commands(self, *types: str) -> Commands:
        """Commands without a handler, as they come; `types` says which the program knows."""
        self._is_looped = True
        runner = self._attached()
        for name in types or ("HALT", "RESUME"):
            runner.declare(str(name).upper())
        return Commands(self)

    def ask(
        self,
        question: str,
        options: Sequence[Any] = ("yes", "no"),
        *,
        default: Any = None,
        timeout: float | None = None,
        priority: str = "medium",
        decision_id: str | None = None,
        **more: Any,
    ) -> Any:
        """Asks people and waits for the first answer. When the time or the run is over it is the default;
        `DecisionError` where there is none. The GIL is free meanwhile."""
        if isinstance(options, (str, bytes)) or not options:
            raise ConfigurationError("options must be a list of at least one choice")
        number = decision_id or str(uuid.uuid4())
        answers = self._asked.setdefault(number, queue.SimpleQueue())
        data = {
            "decision_id": number,
            "question": str(question),
            "options": list(options),
            "priority": priority,
            **({} if default is None else {"default": default}),
            **({} if timeout is None else {"timeout_seconds": timeout}),
            **more,
        }
        try:
            # Looked at after it is on the list, on which the end of the run looks for those that wait.
            if self._stopped.is_set():
                raise RuntimeError("the run is over; begin another with loopscope.init()")
            self._attached().declare("DECISION")
            self.send("decision:point", data)  # type: ignore[attr-defined]
            answer = answers.get(timeout=None if timeout is None else timeout + GRACE_S)
        except queue.Empty:
            answer = _OVER
        finally:
            self._asked.pop(number, None)
        if answer is not _OVER:
            return answer
        if default is not None:
            return default
        when = "before the run was over" if timeout is None or self._stopped.is_set() else f"in {timeout:g} s"
        raise DecisionError(f"nobody answered {question!r} {when}, and it has no default")

    async def ask_async(self, question: str, options: Sequence[Any] = ("yes", "no"), **how: Any) -> Any:
        """The same, awaited. Where the task is cancelled nobody waits any more; the question stands on the page."""
        number = str(how.pop("decision_id", None) or uuid.uuid4())
        answers = self._asked.setdefault(number, queue.SimpleQueue())
        try:
            return await asyncio.to_thread(self.ask, question, options, decision_id=number, **how)
        except asyncio.CancelledError:
            # The thread may only begin now: it finds that on the list, and takes it off.
            answers.put(_OVER)
            raise
        except BaseException:
            self._asked.pop(number, None)
            raise

    def _next_command(self, timeout: float | None) -> Command | None:
        """The next command without a handler that is not taken back; None as `Commands.get` says."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if until is None else max(0.0, until - time.monotonic())
            try:
                command = self._inbox.get(timeout=left)
            except queue.Empty:
                return None
            if command is None:
                self._inbox.put(None)
                return None
            if command.acknowledge():
                return command

    def _attached(self) -> Runner:
        with self._steering_lock:
            if self._runner is None:
                self._runner = Runner(
                    self.transport.address, self.transport.project, self.id, self._take, self._cancelled.add
                )
            return self._runner

    def _take(self, fields: dict[str, Any], redelivered: bool) -> None:
        runner = self._runner
        if runner is None:
            return
        command = Command(fields, runner, redelivered)
        kind = str(fields.get("type", "")).upper()
        answers = self._asked.get(str(command.parameters.get("decision_id"))) if kind == "DECISION" else None
        if answers is not None:
            answers.put(command.parameters.get("choice"))
            threading.Thread(target=command.succeed, daemon=True).start()
        elif kind in self._handlers or (self._others is not None and not self._is_looped):
            self._work.put(command)
        elif self._is_looped:
            self._inbox.put(command)
        else:
            # Else it would stand as delivered for ever.
            why = f"this program does not take {kind}"
            threading.Thread(target=command.fail, args=(why,), daemon=True).start()

    def _carry_out(self) -> None:
        while (command := self._work.get()) is not None:
            found = self._handlers.get(str(command["type"]).upper()) or self._others
            if found is None or command["command_id"] in self._cancelled or not command.acknowledge():
                continue
            try:
                handler, loop = found
                command.succeed(_turns.call(handler, command, loop))
            except BaseException as error:
                # Whatever it is, also `sys.exit()`: the next one is taken.
                command.fail(error)

    def _work_on(self) -> None:
        with self._steering_lock:
            if self._worker is None:
                self._worker = threading.Thread(target=self._carry_out, daemon=True, name="loopscope-commands")
                self._worker.start()

    def _stop_steering(self) -> None:
        self._stopped.set()
        for answers in list(self._asked.values()):
            answers.put(_OVER)
        self._inbox.put(None)
        self._work.put(None)
        if self._runner is not None:
            self._runner.stop()


def _result(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    return dict(value) if isinstance(value, Mapping) else {"value": value}
