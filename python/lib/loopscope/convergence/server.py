"""`start_server`: a dashboard started by a program, by the `loopscope` binary.

In: where to listen, which loop to dial, where to keep events. Out: a handle. The program may go on at once; a program
whose last statement this is stays until Ctrl-C, as with any server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from collections import deque
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any

from .. import _stay
from ..errors import ConfigurationError, LoopscopeError

__all__ = ["Server", "find_binary", "main", "start_server"]

READY_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0


class Server(Coroutine[Any, Any, "int | None"]):
    """A running dashboard: `url`, `stop()`, `wait()`. Also a context manager. It may be awaited, and it is what
    `asyncio.run` takes, for programs whose servers are coroutines: it is over when the dashboard is, and a task of it
    that is cancelled stops the dashboard."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said: deque[str] = deque(maxlen=200)
        # Two streams are read: what was said first is shown first, and once.
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._steps: Coroutine[Any, Any, int | None] | None = None
        self.url = ""
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True, name="loopscope-server").start()
        threading.Thread(target=self._until_end, daemon=True, name="loopscope-server").start()
        if not self._ready.wait(READY_TIMEOUT_S) or not self.url:
            self.stop()
            raise LoopscopeError("the server did not start:\n" + "".join(self._said).strip())
        self._held = _stay.until_end(self.wait, self.stop)

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def wait(self, timeout: float | None = None) -> int | None:
        """Waits until it ends; its exit code, or None where the time was over first."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout)
        return None

    def stop(self) -> None:
        """Ends it in order; safe twice."""
        held = getattr(self, "_held", None)
        if held is not None:
            held.release()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            if self.wait(STOP_TIMEOUT_S) is None:
                self._process.kill()
                self._process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __await__(self) -> Generator[Any, Any, int | None]:
        return self._served().__await__()

    async def _served(self) -> int | None:
        try:
            return await asyncio.to_thread(self.wait)
        except asyncio.CancelledError:
            await asyncio.to_thread(self.stop)
            raise

    def send(self, value: Any) -> Any:
        """One step of it as a coroutine; an event loop calls this."""
        return self._as_coroutine().send(value)

    def throw(self, *error: Any) -> Any:
        """The same, with an exception."""
        return self._as_coroutine().throw(*error)

    def close(self) -> None:
        """The same as `stop()`; of a coroutine, that nobody goes on with it."""
        steps, self._steps = self._steps, None
        if steps is not None:
            steps.close()
        self.stop()

    def _as_coroutine(self) -> Coroutine[Any, Any, int | None]:
        if self._steps is None:
            self._steps = self._served()
        return self._steps

    def __repr__(self) -> str:
        return f"<loopscope server {self.url}, {'running' if self.running else 'ended'}>"

    def _read(self, stream) -> None:  # type: ignore[no-untyped-def]
        for line in stream:
            with self._lock:
                found = None if self.url else re.search(r"listening on (http\S+)", line)
                if found:
                    # What it said before is the user's to see too: the address with the first token, warnings.
                    print(*self._said, sep="", end="", file=sys.stderr)
                    self.url = found[1].rstrip("/")
                    self._ready.set()
                elif self.url:
                    print(line, end="", file=sys.stderr)
                else:
                    # Shown when it listens; where it never does, the error tells it.
                    self._said.append(line)

    def _until_end(self) -> None:
        self._process.wait()
        self._ready.set()


def start_server(
    host: str = "0.0.0.0",
    port: int = 8766,
    convergence_ws_url: str | None = "ws://localhost:8765",
    db_path: str | os.PathLike[str] = "./dashboard.db",
    *,
    binary: str | os.PathLike[str] | None = None,
) -> Server:
    """Starts a dashboard, and returns when it listens."""
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
        raise ConfigurationError(f"port must be a whole number from 0 to 65535, got {port!r}")
    command = [
        str(binary or find_binary()),
        *("--host", str(host)),
        *("--port", str(port)),
        *("--convergence-url", convergence_ws_url or "none"),
        *("--db-path", os.fspath(db_path)),
    ]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    except OSError as error:
        raise LoopscopeError(f"cannot start {command[0]}: {error}") from error
    return Server(process)


def find_binary() -> str:
    """The `loopscope` binary: `LOOPSCOPE_BIN`, else one beside this Python, else one on the `PATH`."""
    named = os.environ.get("LOOPSCOPE_BIN")
    if named:
        return named
    beside = Path(sysconfig.get_path("scripts")) / "loopscope"
    found = str(beside) if beside.is_file() else shutil.which("loopscope")
    if not found:
        raise LoopscopeError(
            "the loopscope binary was not found; put it on the PATH, or set LOOPSCOPE_BIN to where it is"
        )
    return found


def main() -> None:
    """The command `kimi-dashboard`: the server, with its own flags and environment."""
    try:
        binary = find_binary()
        os.execv(binary, [binary, *sys.argv[1:]])
    except LoopscopeError as error:
        sys.exit(f"kimi-dashboard: {error}")
    except OSError as error:
        sys.exit(f"kimi-dashboard: cannot start {binary}: {error}")
