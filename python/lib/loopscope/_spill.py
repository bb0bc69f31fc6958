"""Lines that wait, in a file and in memory, in order.

In: lines. Out: the oldest of them as a batch, until it is settled. A file belongs to whoever holds its lock; one that
nobody holds was left by a program that died, and is sent before our own. A torn last line is left out.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import uuid
from collections import deque
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows: files of programs that died are not told from those of programs that run
    fcntl = None  # type: ignore[assignment]

__all__ = ["Spill"]


class _File:
    """One file, read from its beginning."""

    def __init__(self, path: pathlib.Path, file: BinaryIO, own: bool) -> None:
        self.path, self.file, self.own = path, file, own
        self.size = os.fstat(file.fileno()).st_size
        self.read_at = 0

    def append(self, lines: list[bytes]) -> None:
        try:
            self.file.seek(self.size)
            self.file.write(b"".join(lines))
            self.file.flush()
        except OSError:
            # Nothing of it, rather than a torn line.
            self.file.truncate(self.size)
            raise
        self.size = self.file.tell()

    def front(self, most_lines: int, most_bytes: int) -> list[bytes]:
        self.file.seek(self.read_at)
        lines = self.file.read(most_bytes).splitlines(keepends=True)[:most_lines]
        if lines and not lines[-1].endswith(b"\n"):
            torn = lines.pop()
            if not lines and self.read_at + len(torn) < self.size:
                # A line longer than a batch.
                self.file.seek(self.read_at)
                lines = [self.file.readline()]
        return lines

    def settle(self, count: int) -> None:
        self.read_at += count
        if self.own and self.read_at >= self.size:
            self.file.truncate(0)
            self.size = self.read_at = 0


class Spill:
    """See the module. Where `enabled` is not, everything is in memory."""

    def __init__(
        self, folder: str | None, whom: str, most_on_disk: int, most_in_memory: int, *, enabled: bool = True
    ) -> None:
        self._most_on_disk, self._most_in_memory = most_on_disk, most_in_memory
        self._memory: deque[bytes] = deque()
        self._memory_bytes = 0
        self._files: deque[_File] = deque()
        self._batch: tuple[_File | None, list[bytes]] = (None, [])
        self.recovered = 0
        self.on_disk = enabled
        if enabled:
            name = hashlib.sha256(whom.encode()).hexdigest()[:16]
            at = pathlib.Path(folder or os.environ.get("LOOPSCOPE_SPILL_DIR") or _state_folder()) / f"python-{name}"
            at.mkdir(parents=True, exist_ok=True)
            self._adopt(at)
            self._files.append(_own_file(at))

    def __bool__(self) -> bool:
        return bool(self._memory) or any(file.read_at < file.size for file in self._files)

    @property
    def bytes_on_disk(self) -> int:
        """How much waits in files."""
        return sum(file.size - file.read_at for file in self._files)

    def add(self, lines: list[bytes]) -> int:
        """Takes lines; how many found no room. What is in memory stays behind what is in the file."""
        if not lines:
            return 0
        if self.on_disk and not self._memory:
            own = self._files[-1]
            room = self._most_on_disk - own.size
            fits = 0
            for line in lines:
                room -= len(line)
                if room < 0:
                    break
                fits += 1
            with contextlib.suppress(OSError):
                own.append(lines[:fits])
                lines = lines[fits:]
        for index, line in enumerate(lines):
            if self._memory_bytes + len(line) > self._most_in_memory:
                return len(lines) - index
            self._memory.append(line)
            self._memory_bytes += len(line)
        return 0

    def front(self, most_lines: int, most_bytes: int) -> tuple[list[bytes], bool]:
        """The oldest lines, and whether they are this program's own."""
        while self._files:
            file = self._files[0]
            lines = file.front(most_lines, most_bytes)
            if lines:
                self._batch = (file, lines)
                return lines, file.own
            if file.own:
                break
            self._done(file)
        lines = []
        for line in self._memory:
            if len(lines) == most_lines:
                break
            lines.append(line)
        self._batch = (None, lines)
        return lines, True

    def settle(self) -> None:
        """The batch that was given last is on the server."""
        file, lines = self._batch
        if file is not None:
            file.settle(sum(map(len, lines)))
        else:
            for line in lines:
                self._memory.popleft()
                self._memory_bytes -= len(line)
        self._batch = (None, [])

    def close(self) -> None:
        """Lets go of the files; empty ones are removed. What is in memory is written where it can be."""
        if self._files and self._memory:
            with contextlib.suppress(OSError):
                self._files[-1].append(list(self._memory))
        for file in list(self._files):
            if file.read_at >= file.size:
                self._done(file)
            elif file.read_at:
                rest = file.file
                rest.seek(file.read_at)
                left = rest.read()
                rest.seek(0)
                rest.write(left)
                rest.truncate()
                rest.flush()
            with contextlib.suppress(OSError):
                file.file.close()

    def _done(self, file: _File) -> None:
        self._files.remove(file)
        with contextlib.suppress(OSError):
            file.path.unlink()
        file.file.close()

    def _adopt(self, at: pathlib.Path) -> None:
        if fcntl is None:
            return
        for path in sorted(at.glob("*.ndjson"), key=lambda path: path.stat().st_mtime):
            try:
                file = open(path, "r+b", buffering=0)
            except OSError:
                continue
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                continue
            whole = file.read().count(b"\n")
            self.recovered += whole
            self._files.append(_File(path, file, own=False))


def _own_file(at: pathlib.Path) -> _File:
    # Locked before it has its name, so that nobody takes it for a dead program's.
    path = at / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    file = open(path, "w+b", buffering=0)
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    named = path.with_suffix(".ndjson")
    path.rename(named)
    return _File(named, file, own=True)


def _state_folder() -> pathlib.Path:
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return pathlib.Path(base) / "loopscope/spill" if base else pathlib.Path.home() / ".local/state/loopscope/spill"
