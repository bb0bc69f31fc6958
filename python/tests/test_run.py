"""The short surface: init, log, step, finish; what becomes of it on the server."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import enum
import logging
import math
import subprocess
import sys
import uuid

import pytest

import loopscope
from conftest import Server, eventually


def told(client: loopscope.Client, run_id: str, name: str) -> list[loopscope.Event]:
    return [event for event in client.all_events(run_id) if event.event_type == name]


def test_two_lines_show_a_program(server: Server, client: loopscope.Client) -> None:
    run = loopscope.init("Nightly run #7", url=server.url, target="services/gate", config={"lr": 0.1}, max_iterations=3)
    assert run.id.startswith("nightly-run-7-")
    with run.iterate(), run.step("validate", tool="pytest") as step:
        step.progress(1, 4)
        step.result(metrics={"coverage": 0.93})
    loopscope.log({"loss": 0.5}, step=1)
    loopscope.log({"loss": 0.25}, step=2)
    loopscope.log("half way")
    loopscope.finding("unchecked length", "high", file="src/frame.rs", line=41)
    loopscope.fix("checked it", file="src/frame.rs")
    counters = loopscope.finish(timeout=30)
    assert counters["waiting"] == counters["dropped"] == counters["rejected"] == 0
    assert counters["acknowledged"] == counters["emitted"] > 8

    names = [event.name for event in client.all_events(run.id)]
    assert names[0] == "SESSION_STARTED" and names[-1] == "SESSION_ENDED"
    assert names.count("STEP_STARTED") == names.count("STEP_COMPLETE") == 1
    step_event = told(client, run.id, "STEP_COMPLETE")[0]
    assert step_event.data["step"] == "validate" and step_event.data["success"] is True
    assert step_event.iteration == 1
    seqs = [event.seq for event in client.all_events(run.id, page=3)]
    assert seqs == list(range(1, len(names) + 1))

    metrics = {row.name: row for row in eventually(lambda: client.metrics(run.id))}
    assert metrics["loss"]["count"] == 2 and metrics["loss"].last == 0.25 and metrics["loss"].last_step == 2
    assert metrics["coverage"].last == 0.93
    (series,) = client.series(run.id, "loss", axis="step")
    assert list(series.columns.first) == [0.5, 0.25]

    session = client.session(run.id)
    assert session.summary.session_id == run.id
    with pytest.raises(loopscope.LoopscopeError, match="init"):
        loopscope.log({"loss": 1})


def test_a_block_that_raises_is_a_failed_step_of_a_failed_run(server: Server, client: loopscope.Client) -> None:
    with pytest.raises(ZeroDivisionError), loopscope.start(server.url, name="breaks") as run, run.step("divide"):
        _ = 1 / 0
    assert told(client, run.id, "STEP_FAILED")[0].data["error"] == "ZeroDivisionError: division by zero"
    assert told(client, run.id, "SESSION_ENDED")[0].data == {"outcome": "failed"}
    with pytest.raises(RuntimeError, match="over"):
        run.log({"a": 1})
    assert run.finish()["waiting"] == 0


def test_steps_decorate_functions_plain_and_async(server: Server, client: loopscope.Client) -> None:
    run = loopscope.start(server.url, name="decorated")

    @run.step("plain")
    def plain(value: int) -> int:
        return value + 1

    @run.step("awaited")
    async def awaited(value: int) -> int:
        async with run.step("inner"):
            await asyncio.sleep(0)
        return value + 1

    assert plain(1) == 2 and plain(2) == 3 and asyncio.run(awaited(1)) == 2
    run.finish(timeout=30)
    steps = [event.data["step"] for event in told(client, run.id, "STEP_COMPLETE")]
    assert steps == ["plain", "plain", "inner", "awaited"]


class Colour(enum.Enum):
    RED = "red"


class Fancy:
    """Like a tensor with one element."""

    shape = (1,)

    def item(self) -> float:
        return 0.75


def test_values_of_any_type_arrive(server: Server, client: loopscope.Client) -> None:
    run = loopscope.start(server.url, name="values")
    at = datetime.datetime(2026, 1, 5, 10, tzinfo=datetime.timezone.utc)
    ident = uuid.uuid4()
    run.send(
        "CUSTOM",
        {
            "text": 'quote " backslash \\ line\nbell \x07 é 🦀',
            "surrogate": "a\ud800b",
            "big": 2**70,
            "whole": -5,
            "small": 1e-300,
            "large": 1e300,
            "flags": [True, False, None],
            "nested": {"tuple": (1, 2), "set": {3}, 7: "key"},
            "enum": Colour.RED,
            "at": at,
            "id": ident,
            "decimal": decimal.Decimal("1.5"),
            "error": ValueError("no"),
            "fancy": Fancy(),
            "odd": object,
        },
    )
    run.log({"nan": math.nan, "inf": -math.inf, "fancy": Fancy(), "word": "x", "none": None, "flag": True}, step=3)
    run.finish(timeout=30)
    data = told(client, run.id, "CUSTOM")[0].data
    assert data["text"] == 'quote " backslash \\ line\nbell \x07 é 🦀'
    assert data["surrogate"].startswith("a") and data["surrogate"].endswith("b")
    assert data["big"] == 2**70 and data["whole"] == -5 and data["small"] == 1e-300 and data["large"] == 1e300
    assert data["flags"] == [True, False, None]
    assert data["nested"] == {"tuple": [1, 2], "set": [3], "7": "key"}
    assert data["enum"] == "red" and data["at"] == at.isoformat() and data["id"] == str(ident)
    assert data["decimal"] == 1.5 and data["error"] == "ValueError: no" and data["fancy"] == 0.75
    logged = told(client, run.id, "METRICS")[0].data
    assert logged["metrics"] == {"nan": None, "inf": None, "fancy": 0.75}
    assert logged["_non_finite"] == {"/metrics/nan": "NaN", "/metrics/inf": "-Infinity"}
    assert logged["word"] == "x" and logged["none"] is None and logged["flag"] is True and logged["step"] == 3
    rows = {row.name: row for row in eventually(lambda: client.metrics(run.id))}
    assert rows["nan"].last == "NaN" and rows["inf"].last == "-Infinity"


def test_wrong_values_are_named(server: Server) -> None:
    run = loopscope.start(server.url, name="wrong")
    loop: list[object] = []
    loop.append(loop)
    for call, error, words in (
        (lambda: run.log(3), TypeError, "mapping of names to numbers"),
        (lambda: run.send(""), ValueError, "name must be a text that is not empty"),
        (lambda: run.send("a\nb"), ValueError, "control character"),
        (lambda: run.send("n" * 300), ValueError, "limit is 256"),
        (lambda: run.send("LOOP", {"loop": loop}), ValueError, "data/loop/0.*nested deeper"),
        (lambda: run.send("BIG", {"text": "x" * (1 << 20)}), ValueError, "limit is 1048576"),
        (lambda: run.set_iteration(-1), loopscope.ConfigurationError, "iteration must be a whole number"),
        (lambda: run.step(""), loopscope.ConfigurationError, "step's name"),
        (lambda: run.finish("well"), loopscope.ConfigurationError, "completed, converged, failed"),
        (lambda: loopscope.start(server.url, session=7), loopscope.ConfigurationError, "session must be a text"),
        (lambda: loopscope.start(server.url, config=[1]), loopscope.ConfigurationError, "config must be a mapping"),
        (lambda: loopscope.start(server.url, dialect="x"), loopscope.ConfigurationError, "dialect must be one of"),
        (lambda: loopscope.start(server.url, spil_dir="x"), loopscope.ConfigurationError, "known are .*spill_dir"),
        (lambda: loopscope.start("ftp://host"), loopscope.ConfigurationError, "http://localhost:8766"),
        (lambda: loopscope.start("http://host:99999"), loopscope.ConfigurationError, "http://localhost:8766"),
        (lambda: loopscope.start(7), loopscope.ConfigurationError, "url must be a text"),
    ):
        with pytest.raises(error, match=words):
            call()  # type: ignore[no-untyped-call]


def test_lines_of_logging_arrive(server: Server, client: loopscope.Client) -> None:
    run = loopscope.init("logs", url=server.url)
    logger = logging.getLogger("some.program")
    handler = loopscope.Handler(level="INFO")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug("not this")
        logger.warning("disk is %d %% full", 93)
        try:
            raise KeyError("gone")
        except KeyError:
            logger.exception("lost")
        logging.getLogger("loopscope").addHandler(handler)
        logging.getLogger("loopscope").warning("not sent in a circle")
    finally:
        logger.removeHandler(handler)
        logging.getLogger("loopscope").removeHandler(handler)
    loopscope.finish(timeout=30)
    lines = told(client, run.id, "LOG")
    assert [line.data["message"] for line in lines] == ["disk is 93 % full", "lost"]
    assert [line.severity for line in lines] == ["medium", "high"]
    assert lines[1].data["error"] == "KeyError: 'gone'" and lines[0].data["logger"] == "some.program"
    handler.emit(logging.LogRecord("late", 30, __file__, 1, "no run", None, None))


PROGRAM = """
import os, sys, loopscope
run = loopscope.init("child", session=sys.argv[1], url=sys.argv[2])
run.log({"a": 1})
if sys.argv[3] == "dies":
    raise SystemError("no more")
if sys.argv[3] == "forks":
    child = os.fork()
    run.log({"of child" if child == 0 else "of parent": 1})
    if child:
        assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.parametrize(("how", "outcome"), [("ends", "completed"), ("dies", "failed"), ("forks", "completed")])
def test_a_program_that_says_no_more_ends_its_run(
    server: Server, client: loopscope.Client, how: str, outcome: str
) -> None:
    session = f"program-{how}-{uuid.uuid4().hex[:6]}"
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, session, server.url, how],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.returncode == 0) == (how != "dies"), ran.stderr
    ends = told(client, session, "SESSION_ENDED")
    assert [end.data for end in ends] == [{"outcome": outcome}]
    if how == "dies":
        assert told(client, session, "ERROR")[0].data["error"] == "SystemError: no more"
    if how == "forks":
        names = {name for event in told(client, session, "METRICS") for name in event.data["metrics"]}
        assert names == {"a", "of child", "of parent"}
