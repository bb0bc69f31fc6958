"""What saying something costs a training loop: `python bench/emit.py [--calls 200000]`.

In: a server at LOOPSCOPE_URL, or none (what is told then waits on disk). Out: time of one `log`, and of one `with step`
(two events), at the half, the 99th and the 99.9th of a hundred: as fast as they come, and at 1,000 a second; beside each
what a plain function of Python costs there that copies a mapping of three, which is the machine's share; the share of a
core that such a loop spends on it, sending included.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import loopscope


Log = Callable[[dict[str, float], int], None]


def plain(values: dict[str, float], step: int) -> None:
    """What the figures are beside: a call that says nothing."""
    dict(values)["step"] = step


def calls(log: Log, count: int) -> list[int]:
    """Nanoseconds of each call. Between two there is a little work, as there is in a loop."""
    now = time.perf_counter_ns
    taken = [0] * count
    for number in range(count):
        values = {"loss": 1.0 / (number + 1), "accuracy": 0.5, "lr": 1e-3}
        began = now()
        log(values, number)
        taken[number] = now() - began
        for _unused in range(200):
            pass
    return taken


class PlainStep:
    """What a step is beside: a block that says nothing, and copies a mapping on its way in and on its way out."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        plain({"step": 0.0}, 0)

    def __exit__(self, *_error: object) -> None:
        plain({"success": 1.0}, 0)


def steps(step: Callable[[str], AbstractContextManager[object]], count: int) -> list[int]:
    """The same of `with run.step(…)`."""
    now = time.perf_counter_ns
    taken = [0] * count
    for number in range(count):
        began = now()
        with step("validate"):
            pass
        taken[number] = now() - began
        for _unused in range(200):
            pass
    return taken


def paced(log: Log, seconds: float, rate: int = 1_000) -> list[int]:
    """Nanoseconds of each call of a loop that says something a thousand times a second."""
    now = time.perf_counter_ns
    taken = []
    start = time.perf_counter()
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, start + number / rate - time.perf_counter()))
        values = {"loss": 1.0 / (number + 1), "accuracy": 0.5, "lr": 1e-3}
        began = now()
        log(values, number)
        taken.append(now() - began)
    return taken


def show(what: str, taken: list[int]) -> None:
    """Its half, and its slowest."""
    taken.sort()
    for words, part in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
        print(f"{what} {words:>6}  {taken[int(len(taken) * part)] / 1000:8.2f} µs")


def clock() -> int:
    """What reading the clock twice costs: it is in every figure."""
    now = time.perf_counter_ns
    taken = []
    for _ in range(20_000):
        began = now()
        taken.append(now() - began)
    return sorted(taken)[len(taken) // 2]


def share(run: loopscope.Run, seconds: float, rate: int = 1_000) -> float:
    """The share of a core at so many events a second, beside what the waiting itself costs."""

    def spent(emit: bool) -> float:
        before = resource.getrusage(resource.RUSAGE_SELF)
        began = time.perf_counter()
        sent = 0
        while (since := time.perf_counter() - began) < seconds:
            while sent < since * rate:
                if emit:
                    run.log({"loss": 0.5, "accuracy": 0.5}, sent)
                sent += 1
            time.sleep(0.005)
        after = resource.getrusage(resource.RUSAGE_SELF)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / seconds

    idle = spent(False)
    return spent(True) - idle


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=200_000)
    options.add_argument("--seconds", type=float, default=5.0)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = loopscope.start(name="bench", spill_dir=folder)
        calls(run.log, 2_000)
        show("plain", calls(plain, asked.calls))
        show("log  ", calls(run.log, asked.calls))
        run.flush(30)
        show("plain step", steps(PlainStep, asked.calls))
        show("step ", steps(run.step, asked.calls))
        run.flush(30)
        show("plain, paced", paced(plain, asked.seconds))
        show("log, paced  ", paced(run.log, asked.seconds))
        print(f" clock  {clock() / 1000:8.2f} µs of each")
        arrived = run.flush(30)
        print(f" share  {share(run, asked.seconds) * 100:8.2f} % of a core at 1,000 events a second")
        print(f"        {'all arrived' if arrived else 'no server'}: {run.finish(timeout=30)}")


if __name__ == "__main__":
    main()
