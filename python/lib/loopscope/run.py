"""`Run`: one run of a program, and everything that it says.

In: what the program does. Out: events on a Loopscope server. Saying something pushes it to a queue and
returns, whether or not a server is there; what waits is kept on disk and sent when it is.
"""

from __future__ import annotations

import datetime
import os
import secrets
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from . import _http, _transport, _values
from .errors import ConfigurationError
from .steering import Steering
from .steps import Pass, Step

__all__ = ["Run", "start"]

OUTCOMES = ("completed", "converged", "failed")


class Run(Steering):
    """A run. Made by `loopscope.init()` or `start()`; ended by `finish()`, or by leaving its ``with`` block."""

    def __init__(
        self,
        transport: _transport.Transport,
        session_id: str,
        name: str,
        dialect: str = "generic",
    ) -> None:
        self.id = session_id
        self.name = name
        self.dialect = dialect
        self.transport = transport
        self.iteration = 0
        self.announced = False
        self._over = self._closed = False
        self._pid = os.getpid()
        self._lock = threading.Lock()
        super().__init__()
        self._emitter = transport.emitter(session_id, dialect)
        # The shortest way for what a loop calls most.
        self.log = self._emitter.log  # type: ignore[method-assign]
        self.send = self._emitter.send  # type: ignore[method-assign]
        _transport.RUNS.add(self)

    def after_fork(self) -> None:
        """In a forked child: locks that another thread of the parent held would be held for ever. The emitter makes
        itself anew when it is used. Commands are the parent's, and so is the link that brings them."""
        self._lock = threading.Lock()
        self._let_go_of_steering()

    @property
    def is_ours(self) -> bool:
        """Whether it was begun by this process, and not by the one that this one was forked from."""
        return self._pid == os.getpid()

    @property
    def url(self) -> str:
        """Its page."""
        page = self.transport.address.base + _http.path("sessions", self.id)
        return page + _http.query(project=self.transport.project)

    def log(self, values: Mapping[str, Any] | str, step: float | None = None, epoch: float | None = None) -> None:
        """Numbers of series, ``run.log({"loss": 0.3}, step=12)``; what is no number stands beside them. A text is a
        line of the log."""
        raise NotImplementedError  # replaced by the emitter's

    def send(
        self,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        severity: str | None = None,
        iteration: int | None = None,
        event_id: str | None = None,
        timestamp: str | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        """Any event: a name, and a payload. `fields` stand beside the payload, for dialects that have such."""
        raise NotImplementedError  # replaced by the emitter's

    def message(self, text: str, severity: str = "info", **more: Any) -> None:
        """A line of the log."""
        self.send("LOG", {"message": str(text), **more}, severity=severity)

    def error(self, error: object, **more: Any) -> None:
        """Something went wrong in the program itself."""
        self.send("ERROR", {"error": _values.shown(error), **more}, severity="high")

    def step(self, name: str, **details: Any) -> Step:
        """A timed unit of work: ``with run.step("validate"):``. Also for ``async with``, and as a decorator."""
        return Step(self, name, details)

    def iterate(self, number: int | None = None) -> Pass:
        """A pass of the loop: ``with run.iterate():``. What is told meanwhile belongs to it."""
        return Pass(self, number)

    def set_iteration(self, number: int) -> None:
        """The pass that later events belong to; 0 for none."""
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 1 << 32:
            raise ConfigurationError(f"iteration must be a whole number of zero or more, got {number!r}")
        self.iteration = number
        self._emitter.set_iteration(number)

    def finding(
        self,
        description: str,
        severity: str | None = None,
        *,
        file: str | os.PathLike[str] | None = None,
        line: int | None = None,
        type: str | None = None,  # noqa: A002 - the wire's word
        attack: bool = False,
        **more: Any,
    ) -> None:
        """Something wrong that was found; `attack` where it was found by attacking."""
        data = _said(description=str(description), severity=severity, file=file, line=line, type=type, **more)
        self.send("VULNERABILITY_FOUND" if attack else "FINDING", data, severity=severity)

    def fix(
        self,
        description: str,
        *,
        file: str | os.PathLike[str] | None = None,
        type: str | None = None,  # noqa: A002 - the wire's word
        error: object = None,
        **more: Any,
    ) -> None:
        """Something that was put right; `error` says why it did not work."""
        shown = None if error is None else _values.shown(error)
        self.send("FIX", _said(description=str(description), file=file, type=type, error=shown, **more))

    def state(self, word: str) -> None:
        """The state of the program's machine, in its own word."""
        self.send("STATE_CHANGED", {"to": str(word)})

    def checkpoint(self, checkpoint_id: str, label: str = "", **more: Any) -> None:
        """A state that can be returned to."""
        self.send("checkpoint:created", {"checkpoint_id": str(checkpoint_id), "label": label, **more})

    def flush(self, timeout: float = 10.0) -> bool:
        """Waits until everything so far is on the server's disk; says whether it is. The GIL is free meanwhile."""
        return self.transport.flush(timeout)

    @property
    def counters(self) -> dict[str, int]:
        """What became of the events: `emitted`, `acknowledged`, `waiting`, `dropped` and others."""
        return self.transport.counters()

    def finish(self, outcome: str = "completed", reason: object = None, *, timeout: float = 5.0) -> dict[str, int]:
        """Ends the run and waits for the receipts, so long at most. Out: the counters. What is still under way then is
        on disk, and sent by the next program."""
        if outcome not in OUTCOMES:
            raise ConfigurationError(f"outcome must be one of {', '.join(OUTCOMES)}, got {outcome!r}")
        self.tell_end(outcome, reason)
        return self.close(timeout)

    def tell_end(self, outcome: str, reason: object = None) -> None:
        """Says how the run ended, once, and waits for nothing."""
        with self._lock:
            over, self._over = self._over, True
        if over:
            return
        if outcome == "converged":
            self.send("CONVERGENCE_REACHED", {"iterations": self.iteration})
        elif outcome == "failed" and reason is not None:
            self.error(reason)
        self.send("SESSION_ENDED", {"outcome": outcome})

    def close(self, timeout: float = 5.0) -> dict[str, int]:
        """Waits for the receipts and lets go, without ending the run: another program may go on with it."""
        with self._lock:
            if self._closed:
                return self.transport.counters()
            self._closed = self._over = True
        self._emitter.close()
        self._stop_steering()
        _transport.RUNS.discard(self)
        self.transport.flush(timeout)
        counted = self.transport.counters()
        self.transport.release()
        return counted

    @property
    def over(self) -> bool:
        """Whether it was finished or closed."""
        return self._over

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._over:
            failed = error is not None and not (isinstance(error, SystemExit) and not error.code)
            self.finish("failed" if failed else "completed", error if failed else None)
        from . import current

        current.forget(self)

    async def __aenter__(self) -> Run:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import asyncio

        await asyncio.to_thread(self.__exit__, kind, error, trace)

    def __repr__(self) -> str:
        return f"<loopscope run {self.id!r}, {'over' if self._over else 'running'}: {self.url}>"


def start(
    url: str | None = None,
    *,
    name: str | None = None,
    session: str | None = None,
    dialect: str = "generic",
    announce: bool = True,
    target: str | None = None,
    config: Mapping[str, Any] | None = None,
    max_iterations: int | None = None,
    links: Mapping[str, str] | None = None,
    **options: Any,
) -> Run:
    """Begins a run and returns at once; the server need not be there. `session` goes on with a run of that id. Options
    are those of `Transport`: `token`, `project`, `spill_dir`, `spill_bytes` and others."""
    if dialect not in _transport.DIALECTS:
        raise ConfigurationError(f"dialect must be one of {', '.join(_transport.DIALECTS)}, got {dialect!r}")
    for field, value in (("name", name), ("session", session), ("target", target)):
        if value is not None and not isinstance(value, str):
            raise ConfigurationError(f"{field} must be a text, got {type(value).__name__}")
    if config is not None and not isinstance(config, Mapping):
        raise ConfigurationError(f"config must be a mapping, got {type(config).__name__}")
    shown = name or session or os.path.basename(sys.argv[0] or "") or "python"
    run = Run(_transport.shared(url, **options), session or _made_id(shown), shown, dialect)
    if announce:
        said = _said(target=target, config=config, max_iterations=max_iterations, links=links)
        run.send("SESSION_STARTED", {"name": shown, **said})
        run.announced = True
    return run


def _said(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _made_id(name: str) -> str:
    """`nightly-20260105-100000-3fa9`."""
    slug = "-".join("".join(sign if sign.isalnum() else " " for sign in name.lower()[:64]).split()) or "session"
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d-%H%M%S")
    return f"{slug}-{stamp}-{secrets.token_hex(2)}"
