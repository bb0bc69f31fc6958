"""The client behind runs: made once for each server, shared, ended with the program. It is native (`_core`).

In: a server's address and bounds. Out: emitters that never wait; flush, counters.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from . import _core, _http, _values
from ._http import Address
from .errors import APIError, ConfigurationError, ProtocolError

if TYPE_CHECKING:
    from .run import Run

__all__ = ["DIALECTS", "RUNS", "Transport", "shared"]

DIALECTS = ("generic", "convergence", "agents", "orchestrator", "training")

RUNS: set[Run] = set()
"""Runs that go on: ended with the program."""

OPTIONS = ("project", "spill", "spill_dir", "spill_bytes", "memory_bytes", "linger_ms")

EXIT_TIMEOUT_S = 5.0

_LOG = logging.getLogger("loopscope")
_SHARED: dict[tuple[Any, ...], Transport] = {}
_LOCK = threading.Lock()


class Transport:
    """One client. `users` counts who holds it; the last to release it ends it."""

    def __init__(self, key: tuple[Any, ...], address: Address, options: dict[str, Any]) -> None:
        self.key, self.address, self.users = key, address, 0
        self._options = options
        self.project: str | None = options.get("project")
        self._client = self._made()

    def _made(self) -> _core.Client:
        try:
            return _core.Client(
                self.address.base, token=self.address.token, on_trouble=_trouble, plain=_values.plain, **self._options
            )
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise ConfigurationError(str(error)) from None

    def emitter(self, session_id: str, dialect: str) -> _core.Emitter:
        """What a run emits to."""
        try:
            return self._client.emitter(session_id, dialect)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None

    def flush(self, timeout: float) -> bool:
        """Waits for receipts, so long at most."""
        return self._client.flush(max(0.0, float(timeout)))

    def settle(self, until: float) -> None:
        """The same, until a time of the clock `time.monotonic`, but not so long where the server is known to be away:
        what waits is on disk."""
        while not self.flush(min(0.25, until - time.monotonic())) and time.monotonic() < until:
            if self._client.trouble() is not None:
                return

    def check(self, timeout: float = 5.0) -> None:
        """Whether a server is there and lets the token send; one of `loopscope.errors` where not."""
        try:
            # No events: what is asked is whether they would be taken. Who may send need not be one who may read.
            _http.request(self.address, "/api/v1/events", method="POST", body=[], timeout=timeout)
        except APIError as error:
            if error.status_code not in (404, 405, 501):
                raise
            raise ProtocolError(
                f"{self.address.base} does not take Loopscope's own protocol; give the address of the server's main "
                "port, such as http://localhost:8766"
            ) from None

    def counters(self) -> dict[str, int]:
        """What became of the events of all its runs."""
        return self._client.counters()

    def release(self) -> None:
        """One user fewer."""
        with _LOCK:
            self.users -= 1
            if self.users > 0:
                return
            _SHARED.pop(self.key, None)
        self._client.close()


def shared(url: str | None = None, *, token: str | None = None, **options: Any) -> Transport:
    """The transport to a server, made where there is none yet."""
    unknown = set(options) - set(OPTIONS)
    if unknown:
        known = ", ".join(sorted((*OPTIONS, "token")))
        raise ConfigurationError(f"unknown option {sorted(unknown)[0]!r}; known are {known}")
    if options.get("spill_dir") is not None:
        options["spill_dir"] = os.fspath(options["spill_dir"])
    for name in ("spill_bytes", "memory_bytes", "linger_ms"):
        value = options.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 62):
            raise ConfigurationError(f"{name} must be a whole number of zero or more, got {value!r}")
    if options.get("project") is None and (project := os.environ.get("LOOPSCOPE_PROJECT")):
        options["project"] = project
    address = Address(url, token)
    key = (address.base, address.token, *sorted(options.items()))
    _end_with_worker()
    with _LOCK:
        found = _SHARED.get(key)
        if found is None:
            found = _SHARED[key] = Transport(key, address, options)
        found.users += 1
    return found


def _trouble(words: str) -> None:
    """What went wrong behind the program's back; once each time it begins, not for each event."""
    _LOG.warning(words)


def _at_exit() -> None:
    """Ends what goes on: as failed where the program died of an error. All runs share one wait, and Ctrl-C ends it:
    what waits is on disk."""
    died = getattr(sys, "last_value", None)
    runs = list(RUNS)
    until = time.monotonic() + EXIT_TIMEOUT_S
    for run in runs:
        if run.announced and run.is_ours and not run.over:
            run.tell_end("failed" if died is not None else "completed", died)
    for run in runs:
        try:
            run.transport.settle(until)
        except KeyboardInterrupt:
            until = 0.0
        try:
            run.close(0.0)
        except KeyboardInterrupt:
            until = 0.0


def _end_with_worker(_: object = None) -> None:
    """A worker of `multiprocessing` ends without `atexit`: by its own list of what is to be done last, which is emptied
    when it begins. Safe to call often."""
    global _WORKER
    process, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if process is None or util is None or process.parent_process() is None or os.getpid() == _WORKER:
        return
    _WORKER = os.getpid()
    util.Finalize(None, _at_exit, exitpriority=100)


def _after_fork() -> None:
    global _LOCK
    _LOCK = threading.Lock()
    _core.forked()
    for run in list(RUNS):
        run.after_fork()
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        # A worker empties its list when it begins, and then asks those who registered here.
        util.register_after_fork(_WORKERS, _end_with_worker)


class _Workers:
    """What is registered for; a list of weak references holds it."""


_WORKERS = _Workers()
_WORKER = 0
"""The process that has it on its list."""

atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
