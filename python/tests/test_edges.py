"""What a program meets where something is taken, over, refused or of a kind that nobody thought of."""

from __future__ import annotations

import asyncio
import enum
import json
import logging
import pathlib
import socket
import threading
import time
import uuid
from typing import Any

import pytest
from websockets.sync.client import connect

import loopscope
from conftest import BINARY, Server, eventually, free_port
from loopscope import _transport, _values, agents, orchestrator
from loopscope.agents.state import DashboardState
from loopscope.convergence import WebSocketClient, WebSocketEventBus, start_server
from loopscope.orchestrator import emit
from loopscope.training import FileOutput, TelemetryEvent, WebSocketOutput


def test_a_started_server_shows_the_token_that_it_made(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOPSCOPE_BIN", BINARY)
    # For every machine, and so behind a token, which it says once and never again.
    with start_server("0.0.0.0", 0, None, tmp_path / "d.db"):
        said = capsys.readouterr().err
    assert said.count("token=lsc_") == 1, said


def test_a_run_that_is_over_hides_no_error_of_the_program(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    run = loopscope.init("over", url=server.url)
    with pytest.raises(loopscope.ConfigurationError, match="outcome"):
        loopscope.finish("done")
    assert loopscope.current_run() is run, "what was refused ended nothing"
    logger = logging.getLogger("over")
    handler = loopscope.Handler(run)
    logger.addHandler(handler)
    with pytest.raises(KeyError), run.iterate(), run.step("a"):
        loopscope.finish(timeout=30)
        raise KeyError("the program's own")
    logger.warning("late")
    logger.removeHandler(handler)
    assert capsys.readouterr().err == ""


def test_an_agent_never_fails_for_what_is_not_taken(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    state = DashboardState()
    agents.connect(server.url, system=f"crew-{uuid.uuid4().hex[:6]}", state=state)
    asyncio.run(state.agent_started("a", "scout", "x" * (3 << 20)))
    assert "was not told: data has more than" in caplog.text
    agents.disconnect(30, state=state)
    asyncio.run(state.agent_started("b", "scout", "later"))
    assert len(state.get_recent_events()) == 2


class Word(str, enum.Enum):
    """A text that shows itself otherwise."""

    HIGH = "high"


class Long:
    """A number as numpy's longdouble is: its own item."""

    shape = ()

    def item(self) -> Long:
        return self

    def __float__(self) -> float:
        return 1.5


def test_odd_values_are_the_same_by_every_way() -> None:
    assert _values.finite({Word.HIGH: Word.HIGH, 7: float("nan")}) == {"high": "high", "7": None}
    assert _values.finite({"x": Long()}) == {"x": 1.5}


def test_an_answer_that_is_no_http_is_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def babble() -> None:
            link, _ = listening.accept()
            with link:
                link.recv(1 << 16)
                link.sendall(b"no such protocol\r\n\r\n")

        threading.Thread(target=babble, daemon=True).start()
        with pytest.raises(loopscope.ConnectionError, match="cannot reach"):
            loopscope.Client(f"http://127.0.0.1:{listening.getsockname()[1]}").overview()


def event() -> TelemetryEvent:
    return TelemetryEvent(event_type="EPOCH_COMPLETED", epoch=1, data={})


def test_a_stream_that_is_closed_at_once_leaves_its_port() -> None:
    port = free_port()
    output = WebSocketOutput("127.0.0.1", port)
    output.emit(event())
    output.close()
    with socket.create_server(("127.0.0.1", port)):
        pass
    assert "loopscope-stream" not in [thread.name for thread in threading.enumerate() if thread.is_alive()]


def test_a_taken_port_is_told_and_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with WebSocketEventBus("127.0.0.1", 0) as first:
        output = WebSocketOutput("127.0.0.1", first.ws_port)
        output.emit(event())
        eventually(lambda: "another port" in caplog.text)
        output.close()
        caplog.clear()
        second = WebSocketEventBus("127.0.0.1", first.ws_port)
        heard: list[str] = []
        second.subscribe("*", lambda told: heard.append(told["event_type"]))
        for name in ("METRICS", "STEP_STARTED"):
            second.emit(name, {})
        assert heard == ["METRICS", "STEP_STARTED"]
        assert caplog.text.count("shown on no dashboard") == 1
        with pytest.raises(loopscope.LoopscopeError, match="another port"):
            second.start()
        second.close()


def test_a_bus_says_what_it_was_told_before_it_closes() -> None:
    bus = WebSocketEventBus("127.0.0.1", 0)
    bus.start()
    with connect(f"ws://127.0.0.1:{bus.ws_port}", max_size=None) as viewer:
        assert json.loads(viewer.recv(10))["type"] == "connected"
        # More than the system holds for a client that does not read yet.
        for number in range(3_000):
            bus.emit("METRICS", {"number": number, "text": "x" * 2_000})
        closing = threading.Thread(target=bus.close)
        closing.start()
        seen = [json.loads(text)["data"]["number"] for text in viewer]
        closing.join()
    assert seen == list(range(3_000))


def test_a_callback_that_raises_says_why_its_link_closes(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    run = loopscope.start(server.url, name="raises")

    async def program() -> None:
        def fails(_: Any) -> None:
            raise KeyError("the program's own")

        client = WebSocketClient(server.url.replace("http", "ws"))
        client.on_event = fails
        await client.connect()
        await client.subscribe(["*"])
        until = time.monotonic() + 30
        while "on_event failed" not in caplog.text and time.monotonic() < until:
            run.send("TICK")
            await asyncio.sleep(0.05)
        await client.disconnect()

    asyncio.run(program())
    assert "on_event failed" in caplog.text and "the program's own" in caplog.text
    run.finish(timeout=30)


def test_all_runs_share_the_wait_at_the_programs_end(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    closed: list[object] = []

    class Ending:
        announced = is_ours = over = False

        @property
        def transport(self) -> Ending:
            return self

        def settle(self, until: float) -> None:
            waits.append(until)
            if len(waits) == 2:
                raise KeyboardInterrupt

        def close(self, timeout: float) -> None:
            closed.append(timeout)

    monkeypatch.setattr(_transport, "RUNS", {Ending() for _ in range(3)})
    began = time.monotonic()
    _transport._at_exit()
    assert began <= waits[0] - _transport.EXIT_TIMEOUT_S <= time.monotonic(), "a time of the clock"
    assert waits[0] == waits[1] and waits[2] == 0.0, "Ctrl-C ends the wait of all"
    assert closed == [0.0] * 3


def test_sessions_that_are_silent_are_let_go(
    server: Server, client: loopscope.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emit, "MAX_RUNS", 2)
    emit.configure(server.url)
    sessions = [f"many-{uuid.uuid4().hex[:6]}" for _ in range(4)]

    async def tell() -> None:
        for session in (*sessions, *sessions):
            await orchestrator.emit_skill_event("started", {"skill": "s"}, session)

    asyncio.run(tell())
    assert emit.flush(30)
    for session in sessions:
        names = [told.name for told in client.all_events(session)]
        assert names.count("skill:started") == 2, names
    assert len(emit._RUNS) == 2


def test_a_line_that_was_cut_short_takes_no_other_with_it(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"event_type": "EPO')
    for _ in range(2):
        output = FileOutput(path, buffer_size=1)
        output.emit(event())
        output.close()
    lines = path.read_text().splitlines()
    assert len(lines) == 3 and [json.loads(line)["epoch"] for line in lines[1:]] == [1, 1]
