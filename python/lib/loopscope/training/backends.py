"""Output backends: where a hub's events go. `emit` never raises and never waits for a network.

In: telemetry events. Out: lines on a console, in a file, in a folder of runs; or a Loopscope server.
"""

from __future__ import annotations

import datetime
import os
import sys
import threading
from pathlib import Path
from typing import IO, Any

from .. import _values
from ..errors import ConfigurationError
from ..run import Run, start
from .event import as_event

__all__ = ["ConsoleOutput", "DirectoryOutput", "FileOutput", "LoopscopeOutput", "OutputBackend"]


class OutputBackend:
    """What a hub calls: `start()` once, `emit(event)` for each event, `close()` at the end."""

    def start(self) -> None:
        """Gets ready."""

    def emit(self, event: Any) -> None:
        """Takes an event."""
        raise NotImplementedError

    def close(self) -> None:
        """Lets go."""

    def __enter__(self) -> OutputBackend:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ConsoleOutput(OutputBackend):
    """One short line an event."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream

    def emit(self, event: Any) -> None:
        """Writes a line."""
        found = as_event(event)
        if found is None:
            return
        data = found.get("data")
        shown = ""
        if isinstance(data, dict):
            numbers = [(key, value) for key, value in data.items() if isinstance(value, (int, float, str))]
            shown = " ".join(
                f"{key}={value:.4g}" if isinstance(value, float) else f"{key}={value}" for key, value in numbers[:8]
            )
        parts = [str(found.get("timestamp", ""))[11:19], str(found["event_type"])]
        if found.get("epoch") is not None:
            parts.append(f"epoch {found['epoch']}")
        line = " ".join(part for part in (*parts, str(found.get("message") or ""), shown) if part)
        try:
            print(line, file=self._stream or sys.stdout)
        except (OSError, ValueError):
            # A closed pipe is no reason to end a training run.
            return


class FileOutput(OutputBackend):
    """JSON lines, appended; written out after every `buffer_size` events. Behind a line that was cut short a new one
    is begun."""

    def __init__(self, path: str | os.PathLike[str], buffer_size: int = 10) -> None:
        if isinstance(buffer_size, bool) or not isinstance(buffer_size, int) or buffer_size < 1:
            raise ConfigurationError(f"buffer_size must be a whole number above zero, got {buffer_size!r}")
        self.path = Path(path)
        self.buffer_size = buffer_size
        self._lines: list[str] = []
        self._lock = threading.Lock()

    def emit(self, event: Any) -> None:
        """Takes an event."""
        found = as_event(event)
        if found is None:
            return
        line = _values.dumps(found)
        with self._lock:
            self._lines.append(line)
            if len(self._lines) >= self.buffer_size:
                self._write()

    def flush(self) -> None:
        """Writes out what waits."""
        with self._lock:
            self._write()

    def close(self) -> None:
        """The same, at the end."""
        self.flush()

    def _write(self) -> None:
        if not self._lines:
            return
        text = "".join(f"{line}\n" for line in self._lines)
        if _is_unfinished(self.path):
            text = f"\n{text}"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            # Kept for the next time, up to a bound.
            del self._lines[: max(0, len(self._lines) - 10_000)]
            print(f"loopscope: cannot write {self.path}: {error}", file=sys.stderr)
            return
        self._lines.clear()


def _is_unfinished(path: Path) -> bool:
    """Whether a file ends within a line, as a program that was killed leaves it: what follows is a line of its own."""
    try:
        if not path.is_file() or path.stat().st_size == 0:
            return False
        with open(path, "rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError:
        return False


class DirectoryOutput(FileOutput):
    """A folder for this run below `base`: `telemetry_YYYY-MM-DD_HHMMSS/events.jsonl`."""

    def __init__(self, base: str | os.PathLike[str], buffer_size: int = 10) -> None:
        stamp = datetime.datetime.now().strftime("telemetry_%Y-%m-%d_%H%M%S")
        root = Path(base)
        root.mkdir(parents=True, exist_ok=True)
        for number in range(1000):
            folder = root / (stamp if number == 0 else f"{stamp}_{number:03}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            self.directory = folder
            super().__init__(folder / "events.jsonl", buffer_size)
            return
        raise ConfigurationError(f"{root} holds a thousand runs of this second")


class LoopscopeOutput(OutputBackend):
    """Sends events to a Loopscope server: kept on disk while the server is away."""

    def __init__(self, url: str | None = None, *, run: str | None = None, **options: Any) -> None:
        self._url, self._session, self._options = url, run, options
        self._run: Run | None = None

    @property
    def run(self) -> Run:
        """The run behind it."""
        if self._run is None:
            self._run = start(
                self._url, name="training", session=self._session, dialect="training", announce=False, **self._options
            )
        return self._run

    def start(self) -> None:
        """Begins the run; the server need not be there."""
        _ = self.run

    def emit(self, event: Any) -> None:
        """Takes an event."""
        found = as_event(event)
        if found is None:
            return
        try:
            data = found.pop("data", None)
            name = str(found.pop("event_type"))
            fields = {key: value for key, value in found.items() if value not in (None, "")}
            self.run.send(name, data if isinstance(data, dict) else {}, fields=fields)
        except (ValueError, TypeError, RuntimeError, OverflowError) as error:
            print(f"loopscope: an event was not taken: {error}", file=sys.stderr)

    def flush(self, timeout: float = 5.0) -> bool:
        """Waits until what was told is on the server's disk; says whether it is."""
        return self._run is None or self._run.flush(timeout)

    def close(self) -> None:
        """The same, and lets go."""
        run, self._run = self._run, None
        if run is not None:
            run.close(2.0)
