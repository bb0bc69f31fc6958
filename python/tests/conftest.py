"""Starts real servers: each on its own port, in its own folder, stopped by its own process id."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import loopscope
from loopscope import _transport

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("LOOPSCOPE_BIN", str(ROOT / "target/debug/loopscope"))
WAIT_S = 30.0

# Whoever is begun in the background of a shell ignores Ctrl-C, and so would every program that is begun here.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Server:
    """A running server; `url` is where it listens. It may be killed and started again on the same port and data."""

    def __init__(self, *args: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="loopscope-")
        self.dir = pathlib.Path(self._folder.name)
        self._args = args
        self._port = "0"
        self.start()

    def start(self) -> None:
        settings = {
            "DASHBOARD_HOST": "127.0.0.1",
            "DASHBOARD_PORT": self._port,
            "DASHBOARD_DB_PATH": str(self.dir / "loopscope.db"),
            "CONVERGENCE_WS_URL": "none",
        }
        self.log = open(self.dir / "stderr.log", "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [BINARY, *self._args],
            cwd=self.dir,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            found = re.search(r"listening on (http://\S+)", line)
            if found:
                self.url = found[1].rstrip("/")
                self._port = self.url.rpartition(":")[2]
                return
        self.log.seek(0)
        raise RuntimeError(f"the server ended with {self.process.wait()}:\n{''.join(said)}{self.log.read()}")

    @property
    def ws(self) -> str:
        """The address for WebSockets."""
        return self.url.replace("http://", "ws://")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it and waits; its data stays."""
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()

    def end(self) -> None:
        """Ends it for good."""
        if self.process.poll() is None:
            self.stop()
        self._folder.cleanup()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.end()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """One for a test that stops it."""
    running = Server()
    yield running
    running.end()


@pytest.fixture(autouse=True)
def clean(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What waits is kept in the test's own folder, and no run outlives its test."""
    monkeypatch.setenv("LOOPSCOPE_SPILL_DIR", str(tmp_path / "spill"))
    for name in ("LOOPSCOPE_URL", "LOOPSCOPE_TOKEN", "LOOPSCOPE_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    yield
    for run in list(_transport.RUNS):
        run.close(0.0)


@pytest.fixture
def client(server: Server) -> loopscope.Client:
    return loopscope.Client(server.url)


def eventually(look: Callable[[], Any], what: str = "it") -> Any:
    """What `look` finds, as soon as it finds something; refusals are waited out."""
    until = time.monotonic() + WAIT_S
    last: Exception | None = None
    while time.monotonic() < until:
        try:
            found = look()
        except (loopscope.LoopscopeError, AssertionError) as error:
            last, found = error, None
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come in {WAIT_S:.0f} s") from last


def events_of(session: str) -> list[dict[str, object]]:
    """A small run of a convergence loop."""
    steps = {"findings_count": 2, "success": True, "metrics": {"critical": 1, "low": 1}}
    told: list[tuple[str, dict[str, object]]] = [
        ("SESSION_STARTED", {"session_id": session, "target": "services/gate", "config": {"max_iterations": 5}}),
        ("ITERATION_STARTED", {"iteration": 1}),
        ("STEP_STARTED", {"step": "diagnose", "tool": "scan", "args": []}),
        ("STEP_COMPLETE", {"step": "diagnose", **steps}),
        ("CONVERGENCE_REACHED", {"iterations": 1}),
        ("SESSION_ENDED", {"session_id": session}),
    ]
    return [
        {
            "event_id": str(uuid.uuid4()),
            "session_id": session,
            "iteration": int(index > 0),
            "state": "IDLE",
            "event_type": name,
            "data": data,
        }
        for index, (name, data) in enumerate(told)
    ]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
