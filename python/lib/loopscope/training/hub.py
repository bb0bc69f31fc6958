"""The hub: events from the training loop to every backend, each with a queue and a thread of its own.

In: events. Out: the same to each backend, in order. A backend that is slow, or raises, delays and breaks no other.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import Any

from ..errors import ConfigurationError
from .event import snapshot

__all__ = ["Hub", "get_hub"]

_LOG = logging.getLogger("loopscope.training")

MAX_WAITING = 100_000
"""Events that wait for one backend; beyond that the newest are left out and counted."""


class _Line:
    """One backend with its queue."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.dropped = 0
        self.waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, daemon=True, name=f"hub-{type(backend).__name__}")
        self.thread.start()

    def _run(self) -> None:
        failed = False
        while (event := self.waiting.get()) is not _END:
            try:
                self.backend.emit(event)
            except Exception:
                if not failed:
                    _LOG.exception("%s does not take events", type(self.backend).__name__)
                failed = True


_END = object()


class Hub:
    """``hub = Hub(); hub.add_backend(FileOutput("events.jsonl")); hub.emit(event)``."""

    def __init__(self) -> None:
        self._lines: list[_Line] = []

    def add_backend(self, backend: Any) -> None:
        """Starts a backend and sends it every event from here on. One that cannot start, because its port is taken, is
        told of through `logging`, and left out: training goes on without it."""
        if not callable(getattr(backend, "emit", None)):
            raise ConfigurationError(f"a backend needs emit(event), got {backend!r}")
        start = getattr(backend, "start", None)
        try:
            if callable(start):
                start()
        except Exception as error:
            _LOG.error("%s does not start, and gets no events: %s", type(backend).__name__, error)
            return
        self._lines = [*self._lines, _Line(backend)]

    def remove_backend(self, backend: Any) -> None:
        """Sends it nothing more; it is closed when it has taken what waits."""
        for line in [line for line in self._lines if line.backend is backend]:
            self._lines = [other for other in self._lines if other is not line]
            self._end(line, 2.0)

    def emit(self, event: Any) -> None:
        """Takes an event as it is now; never raises, never waits."""
        if self._lines:
            try:
                event = snapshot(event)
            except Exception:
                # A dictionary that another thread changes meanwhile: it goes as it is.
                _LOG.debug("an event could not be copied", exc_info=True)
        for line in self._lines:
            if line.waiting.qsize() < MAX_WAITING:
                line.waiting.put(event)
            else:
                line.dropped += 1

    @property
    def dropped(self) -> int:
        """How many events found a queue full."""
        return sum(line.dropped for line in self._lines)

    def close(self, timeout: float = 2.0) -> None:
        """Closes every backend when it has taken what waits, so long at most; safe twice."""
        lines, self._lines = self._lines, []
        for line in lines:
            line.waiting.put(_END)
        for line in lines:
            self._end(line, timeout, told=True)

    @staticmethod
    def _end(line: _Line, timeout: float, told: bool = False) -> None:
        if not told:
            line.waiting.put(_END)
        line.thread.join(timeout)
        close = getattr(line.backend, "close", None)
        if callable(close):
            try:
                close()
            except Exception:
                _LOG.exception("%s did not close", type(line.backend).__name__)

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_HUB: Hub | None = None


def get_hub() -> Hub:
    """The one of this process."""
    global _HUB
    if _HUB is None:
        _HUB = Hub()
    return _HUB
