"""The one run of a small program: ``loopscope.init()``, ``log()``, ``finish()``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import LoopscopeError
from .run import Run, start
from .steps import Step

__all__ = ["current_run", "error", "finding", "finish", "fix", "forget", "init", "log", "step"]

_RUN: Run | None = None


def init(name: str | None = None, *, url: str | None = None, **options: Any) -> Run:
    """Begins a run and makes it the current one; the one before is finished. Options are those of `loopscope.start`:
    `session`, `target`, `config`, `max_iterations`, `links`, `token`, `project`. Does not wait for the server; where
    the one before told another, its receipts are waited for, five seconds at most."""
    global _RUN
    begun = start(url, name=name, **options)
    before, _RUN = _RUN, begun
    if before is not None and not before.over:
        # What the two share goes on sending; else what is still under way would stay on disk.
        before.finish(timeout=0.0 if before.transport is begun.transport else 5.0)
    return begun


def current_run() -> Run:
    """The current run; an error where there is none."""
    if _RUN is None or _RUN.over:
        raise LoopscopeError("there is no current run; call loopscope.init() first")
    return _RUN


def forget(run: Run) -> None:
    """It is not the current one any more."""
    global _RUN
    if _RUN is run:
        _RUN = None


def log(values: Mapping[str, Any] | str, step: float | None = None, epoch: float | None = None) -> None:
    """Numbers of series, or a line of the log, of the current run."""
    current_run().log(values, step, epoch)


def step(name: str, **details: Any) -> Step:
    """A step of the current run: ``with loopscope.step("validate"):``."""
    return current_run().step(name, **details)


def finding(description: str, severity: str | None = None, **more: Any) -> None:
    """A finding of the current run."""
    current_run().finding(description, severity, **more)


def fix(description: str, **more: Any) -> None:
    """A fix of the current run."""
    current_run().fix(description, **more)


def error(what: object, **more: Any) -> None:
    """An error of the current run."""
    current_run().error(what, **more)


def finish(outcome: str = "completed", reason: object = None, *, timeout: float = 5.0) -> dict[str, int]:
    """Ends the current run and waits for its receipts. Out: the counters."""
    run = current_run()
    counters = run.finish(outcome, reason, timeout=timeout)
    # Not before: where the outcome is refused, the run goes on.
    forget(run)
    return counters
