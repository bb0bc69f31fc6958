"""What is native: values become JSON on the caller's thread, forks, Ctrl-C, many threads, the end of the program."""

from __future__ import annotations

import collections
import enum
import math
import signal
import subprocess
import sys
import threading
import time
import uuid
from typing import Any

import pytest

import loopscope
from conftest import Server, eventually, free_port


def told(client: loopscope.Client, run_id: str, name: str) -> list[loopscope.Event]:
    return [event for event in client.all_events(run_id) if event.event_type == name]


class Level(enum.IntEnum):
    HIGH = 7
    HUGE = 2**70


class Word(str):
    """A text of a program's own."""


class Tensor:
    """Like numpy's and torch's numbers: no number of Python's, with an item."""

    def __init__(self, value: float) -> None:
        self.shape = ()
        self._value = value

    def item(self) -> float:
        return self._value


def test_values_of_libraries_and_of_ones_own_types(server: Server, client: loopscope.Client) -> None:
    run = loopscope.start(server.url, name="own types")
    moved = collections.OrderedDict(a=1, b=2)
    moved.move_to_end("a")
    run.send(
        "TYPES",
        {
            Word("word"): Word("text"),
            "level": Level.HIGH,
            "huge": Level.HUGE,
            "moved": moved,
            "chain": collections.ChainMap({"x": 1}, {"y": 2}),
            "named": collections.namedtuple("Named", "left right")(1, 2),
            "deep": {"nan": [1.0, math.nan], "a/b~c": math.inf},
            "surrogate\ud800": 1,
            None: 1,
            True: 2,
            2.5: 3,
            "zero": -0.0,
            "empty": [{}, [], ()],
        },
    )
    run.log({"loss": Tensor(0.5), "nan": Tensor(math.nan), "step": 4.0, "word": "x"}, step=Tensor(3))
    run.log({"metrics": {"inner": 1.0}, "beside": [1]}, epoch=2)
    run.log(collections.OrderedDict(loss=0.25))
    run.log({})
    run.send("NONE")
    run.send("OWN", {"_non_finite": "theirs", "nan": math.nan})
    counters = run.finish(timeout=30)
    assert counters["rejected"] == counters["dropped"] == counters["waiting"] == 0
    data = told(client, run.id, "TYPES")[0].data
    assert data["word"] == "text" and data["level"] == 7 and data["huge"] == 2**70
    assert list(data["moved"]) == ["b", "a"] and data["chain"] == {"x": 1, "y": 2} and data["named"] == [1, 2]
    assert data["deep"] == {"nan": [1.0, None], "a/b~c": None}
    assert data["_non_finite"] == {"/deep/nan/1": "NaN", "/deep/a~1b~0c": "Infinity"}
    assert data["null"] == 1 and data["true"] == 2 and data["2.5"] == 3 and data["empty"] == [{}, [], []]
    assert str(data["zero"]) == "-0.0" and "surrogate?" in data
    first, second, third, fourth = [event.data for event in told(client, run.id, "METRICS")]
    assert first == {
        "metrics": {"loss": 0.5, "nan": None, "step": 4.0},
        "step": 3,
        "word": "x",
        "_non_finite": {"/metrics/nan": "NaN"},
    }
    assert second == {"metrics": {"inner": 1.0}, "epoch": 2, "beside": [1]}
    assert third == {"metrics": {"loss": 0.25}} and fourth == {"metrics": {}}
    assert told(client, run.id, "NONE")[0].data == {}
    assert told(client, run.id, "OWN")[0].data == {"nan": None, "_non_finite": {"/nan": "NaN"}}


def test_what_cannot_be_said_names_its_place_and_leaves_the_run_alone(server: Server) -> None:
    run = loopscope.start(server.url, name="not said")

    class Broken:
        def __str__(self) -> str:
            raise OSError("no words")

    for call, error, words in (
        (lambda: run.send("X", 7), TypeError, "int"),
        (lambda: run.send("X", {"a": {"big": 10**5000}}), ValueError, "data/a/big.*digits"),
        (lambda: run.send("X", {}, fields=[1]), TypeError, "fields must be a mapping, got list"),
        (lambda: run.log({"a": ["x" * 1000] * 2000}), ValueError, "limit is 1048576"),
        (lambda: run.log(), TypeError, "values"),
        (lambda: run.set_iteration(2**32), loopscope.ConfigurationError, "iteration"),
        (lambda: loopscope.start(server.url, spill_bytes="many"), loopscope.ConfigurationError, "spill_bytes"),
        (lambda: loopscope.start(server.url, linger_ms=-1), loopscope.ConfigurationError, "linger_ms"),
        (lambda: loopscope.start(server.url, session="s" * 600), loopscope.ConfigurationError, "session"),
    ):
        with pytest.raises(error, match=words):
            call()  # type: ignore[no-untyped-call]
    # One that cannot even be shown is told by its type.
    run.send("SHOWN", {"broken": Broken()})
    counters = run.finish(timeout=30)
    assert counters["emitted"] == counters["acknowledged"] and counters["rejected"] == 0


def test_a_mapping_that_changes_while_it_is_looked_at_breaks_nothing(server: Server) -> None:
    run = loopscope.start(server.url, name="changes")
    values: dict[str, Any] = {}

    class Grows:
        def __str__(self) -> str:
            values[str(len(values))] = 1
            return "grown"

    values.update(first=Grows(), second=Grows(), third=1.0)
    run.log(values)
    run.send("GROWS", values)
    assert len(values) >= 5
    assert run.finish(timeout=30)["rejected"] == 0


def test_many_threads_say_everything_once(server: Server, client: loopscope.Client) -> None:
    run = loopscope.start(server.url, name="threads")

    def say(thread: int) -> None:
        for n in range(500):
            run.log({"n": n}, step=thread)

    threads = [threading.Thread(target=say, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    counts = run.finish(timeout=60)
    # What programs of other tests left in their files is sent on the way, and counted with it.
    assert counts["emitted"] >= 4002
    assert (counts["waiting"], counts["dropped"]) == (0, 0)
    points = [(event.data["step"], event.data["metrics"]["n"]) for event in told(client, run.id, "METRICS")]
    assert len(points) == len(set(points)) == 4000
    for thread in range(8):
        assert [n for step, n in points if step == thread] == list(range(500))


FORKS = """
import os, sys, threading, loopscope
run = loopscope.start(sys.argv[1], session=sys.argv[2])
log = run.log
stop = threading.Event()
def busy():
    while not stop.is_set():
        log({"busy": 1.0})
threads = [threading.Thread(target=busy) for _ in range(2)]
for thread in threads: thread.start()
for number in range(10):
    log({"parent": number})
    child = os.fork()
    if child == 0:
        log({"child": number})
        assert run.flush(60)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, number
stop.set()
for thread in threads: thread.join()
counters = run.finish(timeout=60)
assert counters["emitted"] == counters["acknowledged"], counters
"""

WORKERS = """
import multiprocessing, sys, loopscope
def work(number):
    run = loopscope.start(sys.argv[1], session=sys.argv[2], announce=False)
    run.log({"worker": number})
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[3])
    if sys.argv[3] == "fork":
        loopscope.start(sys.argv[1], session=sys.argv[2], announce=False).log({"before": 1})
    started = [multiprocessing.Process(target=work, args=(number,)) for number in range(3)]
    for process in started: process.start()
    for process in started: process.join()
    assert [process.exitcode for process in started] == [0, 0, 0]
"""


def logged(client: loopscope.Client, session: str, name: str) -> list[Any]:
    events = told(client, session, "METRICS")
    return sorted(event.data["metrics"][name] for event in events if name in event.data["metrics"])


def ran(program: str, *args: str, path: Any = None) -> None:
    call = [sys.executable, "-W", "ignore"]
    if path is None:
        call += ["-c", program, *args]
    else:
        path.write_text(program, encoding="utf-8")
        call += [str(path), *args]
    done = subprocess.run(call, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr


def test_children_of_a_busy_program_neither_hang_nor_send_twice(server: Server, client: loopscope.Client) -> None:
    session = f"forks-{uuid.uuid4().hex[:6]}"
    ran(FORKS, server.url, session)
    assert logged(client, session, "parent") == logged(client, session, "child") == list(range(10))
    ids = [event.event_id for event in client.all_events(session)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("how", ["fork", "spawn", "forkserver"])
def test_workers_lose_nothing_when_they_end(
    server: Server, client: loopscope.Client, tmp_path: Any, how: str
) -> None:
    session = f"workers-{how}-{uuid.uuid4().hex[:6]}"
    ran(WORKERS, server.url, session, how, path=tmp_path / "workers.py")
    assert logged(client, session, "worker") == [0, 1, 2]
    assert logged(client, session, "before") == ([1] if how == "fork" else [])


WAITS = """
import sys, loopscope
run = loopscope.start(sys.argv[1], session="waits")
run.log({"a": 1})
try:
    print("waits", flush=True)
    run.flush(120)
except KeyboardInterrupt:
    print("stopped", flush=True)
    run.close(0)
    sys.exit(0)
sys.exit(3)
"""


def test_ctrl_c_ends_a_wait(tmp_path: Any) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    program = subprocess.Popen([sys.executable, "-c", WAITS, url], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None and program.stdout.readline() == "waits\n"
    program.send_signal(signal.SIGINT)
    rest, _ = program.communicate(timeout=60)
    assert program.returncode == 0 and rest == "stopped\n"


def test_other_threads_run_while_one_waits() -> None:
    run = loopscope.start(f"http://127.0.0.1:{free_port()}", name="waits")
    run.log({"a": 1})
    seen: list[bool] = []
    waits = threading.Thread(target=lambda: seen.append(run.flush(5)))
    waits.start()
    turns = 0
    # Were the interpreter held, this loop would not turn before the wait is over.
    while waits.is_alive():
        turns += 1
        time.sleep(0.01)
    assert seen == [False] and turns > 20
