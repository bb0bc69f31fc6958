"""What was said and has no receipt yet: a queue, a file, and the thread that sends.

In: events as lines. Out: each on the server once, in order. What the server does not take is kept in a file, which the
next program sends if this one dies. Beyond the bounds of file and memory the newest are dropped, counted and told.
"""

from __future__ import annotations

import http.client
import json
import random
import ssl
import threading
import time
import urllib.parse
from collections import deque
from collections.abc import Callable
from typing import Any

from ._spill import Spill

__all__ = ["Outbox"]

BATCH_LINES, BATCH_BYTES = 1_000, 1 << 20
QUEUE_LINES = 65_536
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 5.0


Item = bytes | tuple[Any, ...]
"""A line, or a function that makes it and what it takes."""

TURN = 16
"""Lines that are made before the program may have the interpreter again."""


class Outbox:
    """See the module."""

    def __init__(
        self,
        url: str,
        token: str | None,
        tell: Callable[[str], Any],
        *,
        project: str | None = None,
        spill: bool = True,
        spill_dir: str | None = None,
        spill_bytes: int | None = None,
        memory_bytes: int | None = None,
        linger_ms: int | None = None,
    ) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"`{url}` is no address of a server; give one such as http://localhost:8766")
        self._parts, self._url, self._tell = parts, url, tell
        query = urllib.parse.urlencode({"project": project} if project else {})
        self._route = f"{parts.path}/api/v1/events{'?' + query if query else ''}"
        self._headers = {"Content-Type": "application/x-ndjson"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._linger_s = (10 if linger_ms is None else linger_ms) / 1000
        self._kept = Spill(
            spill_dir if spill else None,
            f"{url} {project or 'default'}",
            spill_bytes if spill_bytes is not None else 256 << 20,
            memory_bytes if memory_bytes is not None else 16 << 20,
            enabled=spill,
        )
        self._queue: deque[Item] = deque()
        self._lock = threading.Lock()
        self._settled = threading.Condition()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._counts = dict.fromkeys(
            ("emitted", "recovered", "sent", "acknowledged", "duplicates", "rejected", "dropped", "own"), 0
        )
        self._counts["recovered"] = self._kept.recovered
        self._link: http.client.HTTPConnection | None = None
        self.trouble: str | None = None
        self._lost_told = False
        self.closed = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="loopscope")
        self._thread.start()

    def push(self, item: Item) -> None:
        """Takes an event; where the thread is behind, whoever pushes writes for a moment."""
        self._queue.append(item)
        if not self._wake.is_set():
            self._wake.set()
        if len(self._queue) > QUEUE_LINES:
            self._gather()

    def flush(self, within_s: float) -> bool:
        """Waits until what was pushed so far has settled."""
        with self._lock:
            upto = self._counts["emitted"] + len(self._queue)
        self._wake.set()
        with self._settled:
            return self._settled.wait_for(lambda: self._counts["own"] >= upto, within_s)

    def counters(self) -> dict[str, int]:
        """What became of the events."""
        with self._lock:
            found = dict(self._counts)
            found["emitted"] += len(self._queue)
            found["queued"] = len(self._queue)
        del found["own"]
        over = found["acknowledged"] + found["rejected"] + found["dropped"]
        found["waiting"] = max(0, found["emitted"] + found["recovered"] - over)
        found["spilled_bytes"] = self._kept.bytes_on_disk
        return found

    def close(self) -> None:
        """Ends the thread; what waits stays in its file."""
        self.closed = True
        self._stop.set()
        self._wake.set()
        if self._thread is not threading.current_thread():
            self._thread.join(2.0)
        self._gather()
        left = self.counters()["waiting"]
        if left:
            where = "they are kept on disk, and sent by the next program" if self._kept.on_disk else "they are lost"
            self._tell(f"{left} events wait for their receipt; {where}")
        self._kept.close()

    def _gather(self) -> None:
        """Empties the queue into file and memory."""
        with self._lock:
            lines: list[bytes] = []
            taken = len(self._queue)
            odd: Exception | None = None
            for number in range(taken):
                item = self._queue.popleft()
                try:
                    lines.append(item if isinstance(item, bytes) else item[0](*item[1:]))
                except Exception as error:
                    odd = error
                if number % TURN == TURN - 1:
                    time.sleep(0)
            refused = taken - len(lines)
            dropped = self._kept.add(lines)
            self._counts["emitted"] += taken
            self._counts["rejected"] += refused
            self._counts["own"] += refused
            self._counts["dropped"] += dropped
            self._counts["own"] += dropped
        if odd is not None:
            self._tell(f"{refused} events cannot be written as JSON and are left out: {odd}")
        if dropped and not self._lost_told:
            self._lost_told = True
            self._tell("events are lost: what may wait in memory and on disk is full while the server takes nothing")

    def _run(self) -> None:
        wait_s, retry_at = FIRST_WAIT_S, 0.0
        while not self._stop.is_set():
            if not self._queue and not self._kept:
                self._wake.wait()
            self._wake.clear()
            self._stop.wait(self._linger_s)
            self._gather()
            if not self._kept or time.monotonic() < retry_at:
                self._stop.wait(min(0.05, max(0.0, retry_at - time.monotonic())))
                continue
            why = self._send()
            if why is None:
                wait_s, self.trouble, self._lost_told = FIRST_WAIT_S, None, False
                continue
            if self.trouble is None:
                self._tell(f"{why}; events are kept meanwhile")
            self.trouble = why
            retry_at = time.monotonic() + wait_s * random.uniform(0.5, 1.0)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _send(self) -> str | None:
        """Sends the oldest batch; why it was not taken, where it was not."""
        with self._lock:
            batch, own = self._kept.front(BATCH_LINES, BATCH_BYTES)
        if not batch:
            return None
        try:
            status, answer = self._post(b"".join(batch))
        except (OSError, http.client.HTTPException) as error:
            self._link = None
            return f"no server answers at {self._url}: {error}; is it running, and may this machine reach it?"
        self._counts["sent"] += len(batch)
        if status in (200, 207, 422) and isinstance(answer.get("accepted"), int):
            self._count(answer, len(batch), own)
            return None
        said = answer.get("error") if isinstance(answer.get("error"), dict) else {}
        words = said.get("message") or f"status {status}" if isinstance(said, dict) else f"status {status}"
        if status in (401, 403):
            return f"{self._url} does not take the token: {words}; give one by LOOPSCOPE_TOKEN"
        return f"{self._url} takes no events: {words}"

    def _count(self, answer: dict[str, Any], lines: int, own: bool) -> None:
        rejected = int(answer.get("rejected", 0))
        if rejected:
            receipts = answer.get("receipts") or []
            first = next((row["error"].get("message") for row in receipts if row.get("error")), "no reason given")
            self._tell(f"the server refused {rejected} events and will not have them: {first}")
        with self._lock:
            self._kept.settle()
            self._counts["acknowledged"] += lines - rejected
            self._counts["duplicates"] += int(answer.get("duplicates", 0))
            self._counts["rejected"] += rejected
            self._counts["own"] += lines if own else 0
        with self._settled:
            self._settled.notify_all()

    def _post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        fresh = self._link is None
        if self._link is None:
            host, port = self._parts.hostname or "", self._parts.port
            self._link = (
                http.client.HTTPSConnection(host, port, timeout=30, context=ssl.create_default_context())
                if self._parts.scheme == "https"
                else http.client.HTTPConnection(host, port, timeout=30)
            )
        try:
            self._link.request("POST", self._route, body, self._headers)
            answer = self._link.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self._link.close()
            self._link = None
            if fresh:
                raise
            # A link that was kept may have been closed by the other side.
            return self._post(body)
        try:
            told = json.loads(text)
        except ValueError:
            told = {}
        return answer.status, told if isinstance(told, dict) else {}
