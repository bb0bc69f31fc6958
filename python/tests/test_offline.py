"""What was told while nobody listened: nothing is lost, or it is counted and said."""

from __future__ import annotations

import contextlib
import logging
import pathlib
import signal
import subprocess
import sys
import time

import pytest

import loopscope
from conftest import Server, eventually


def points(client: loopscope.Client, session: str) -> list[int]:
    return [event.data["metrics"]["n"] for event in client.all_events(session) if event.name == "METRICS"]


def test_a_server_that_is_away_for_a_while_gets_everything_once_in_order(own_server: Server) -> None:
    run = loopscope.start(own_server.url, name="away", session="away")
    for n in range(50):
        run.log({"n": n})
    assert run.flush(30)
    own_server.stop(signal.SIGKILL)
    for n in range(50, 5000):
        run.log({"n": n})
    assert not run.flush(0.3)
    assert run.counters["waiting"] >= 4900
    own_server.start()
    assert run.flush(60)
    counters = run.finish(timeout=30)
    assert counters["dropped"] == counters["waiting"] == 0
    assert points(loopscope.Client(own_server.url), "away") == list(range(5000))


PROGRAM = """
import os, sys, loopscope
run = loopscope.start(sys.argv[1], session="killed")
for n in range(1000):
    run.log({"n": n})
assert not run.flush(0.5)
print("told", flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_program_that_is_killed_left_its_events_to_the_next(own_server: Server) -> None:
    own_server.stop(signal.SIGKILL)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, own_server.url], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == -9 and "told" in ran.stdout, ran.stderr
    own_server.start()
    run = loopscope.start(own_server.url, session="next")
    assert run.flush(30)
    client = loopscope.Client(own_server.url)
    assert eventually(lambda: points(client, "killed") == list(range(1000)))
    assert run.finish(timeout=30)["recovered"] >= 1000


def test_a_full_disk_bound_drops_counts_and_says_so(own_server: Server, caplog: pytest.LogCaptureFixture) -> None:
    own_server.stop(signal.SIGKILL)
    run = loopscope.start(own_server.url, session="full", spill_bytes=256 << 10, memory_bytes=64 << 10)
    with caplog.at_level(logging.WARNING, logger="loopscope"):
        for n in range(20_000):
            run.log({"n": n})
        eventually(lambda: run.counters["dropped"] > 0, "a drop")
        eventually(lambda: caplog.messages, "a word of it")
    own_server.start()
    assert run.flush(60)
    counters = run.finish(timeout=30)
    assert counters["dropped"] > 0 and counters["waiting"] == 0
    kept = points(loopscope.Client(own_server.url), "full")
    assert kept == sorted(set(kept))
    assert len(kept) + counters["dropped"] >= 20_000


def test_an_event_that_is_too_large_stops_no_other(server: Server) -> None:
    run = loopscope.start(server.url, name="odd")
    run.log({"n": 1})
    with contextlib.suppress(ValueError):
        # Refused at once, or when text is made of it.
        run.log({"x" * (1 << 20): 1.0})
    run.log({"n": 2})
    counters = run.finish(timeout=30)
    assert counters["waiting"] == counters["dropped"] == 0
    assert counters["emitted"] == counters["acknowledged"] + counters["rejected"]
    assert points(loopscope.Client(server.url), run.id) == [1, 2]


def test_a_folder_that_cannot_be_written_is_named(own_server: Server, tmp_path: pathlib.Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(loopscope.ConfigurationError, match="file"):
        loopscope.start(own_server.url, spill_dir=blocked / "spill")


def test_saying_something_does_not_wait_for_a_server_that_does_not_answer() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        run = loopscope.start(f"http://127.0.0.1:{silent.getsockname()[1]}", name="silent")
        began = time.monotonic()
        for n in range(20_000):
            run.log({"n": n})
        # A minute would be a wait for the network; what it costs is measured elsewhere.
        assert time.monotonic() - began < 20
        assert not run.flush(0.1)
