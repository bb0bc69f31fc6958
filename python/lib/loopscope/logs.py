"""`Handler`: lines of Python's `logging` as lines of a run's log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from . import _values, current
from .errors import LoopscopeError

if TYPE_CHECKING:
    from .run import Run

__all__ = ["Handler"]


class Handler(logging.Handler):
    """``logging.getLogger().addHandler(loopscope.Handler())``. Without a run it goes to the current one, where there
    is one. What is said after the run's end is passed over. Emitting never waits and never raises."""

    def __init__(self, run: Run | None = None, level: int | str = logging.NOTSET) -> None:
        super().__init__(level)
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        """Takes one line. Those of this library itself are left out: they tell of trouble with sending lines."""
        if record.name == "loopscope" or record.name.startswith("loopscope."):
            return
        try:
            run = self._run or current.current_run()
        except LoopscopeError:
            return
        if run.over:
            return
        try:
            data: dict[str, Any] = {
                "message": self.format(record) if self.formatter else record.getMessage(),
                "logger": record.name,
                "level": record.levelname,
                "file": record.pathname,
                "line": record.lineno,
            }
            if record.exc_info and record.exc_info[1] is not None:
                data["error"] = _values.shown(record.exc_info[1])
            run.send("LOG", data, severity=_severity(record.levelno))
        except Exception:
            self.handleError(record)


def _severity(level: int) -> str:
    if level >= logging.CRITICAL:
        return "critical"
    if level >= logging.ERROR:
        return "high"
    return "medium" if level >= logging.WARNING else "info"
