"""Every member of the training contract's library surface (its section 8), and the tests that it documents."""

from __future__ import annotations

import datetime
import json
import math
import pathlib
import re
import threading
import urllib.error
import urllib.request
import uuid
from typing import Any

import pytest
from websockets.sync.client import connect as dial

import loopscope
from conftest import Server, eventually
from loopscope.training import (
    ConsoleOutput,
    DashboardServer,
    DirectoryOutput,
    FileOutput,
    Hub,
    LoopscopeOutput,
    OutputBackend,
    TelemetryEvent,
    TelemetryEventType,
    WebSocketOutput,
    get_hub,
    run_dashboard_server,
)
from loopscope.training import dashboard as dashboard_module


def epoch(number: int = 10, accuracy: float = 75.5) -> TelemetryEvent:
    return TelemetryEvent(
        event_type=TelemetryEventType.EPOCH_COMPLETED, epoch=number, data={"val_accuracy": accuracy, "val_loss": 0.5}
    )


def test_an_event_has_the_documented_defaults() -> None:
    event = TelemetryEvent()
    assert event.event_type == TelemetryEventType.EPOCH_COMPLETED == "EPOCH_COMPLETED"
    assert event.severity == "info" and event.group_id == "default" and event.message == "" and event.data == {}
    assert event.epoch is event.seed_id is event.slot_id is None
    assert uuid.UUID(event.event_id) and event.event_id != TelemetryEvent().event_id
    told = json.loads(TelemetryEvent(data={"loss": math.nan}, severity="warning").to_json())
    assert told["timestamp"].endswith("+00:00") and told["data"] == {"loss": None} and told["severity"] == "warning"
    assert set(TelemetryEvent().to_dict()) == {
        "event_type",
        "timestamp",
        "epoch",
        "seed_id",
        "slot_id",
        "group_id",
        "message",
        "data",
        "severity",
        "event_id",
    }
    assert str(TelemetryEventType.SEED_PRUNED) == "SEED_PRUNED" and len(TelemetryEventType) >= 40


def test_without_a_server_events_only_queue() -> None:
    output = WebSocketOutput(start_server=False, max_queue_size=2)
    output.start()
    output.emit(epoch())
    assert output.queue_size == 1 and output.client_count == 0
    message = output._queue.get_nowait()
    assert "EPOCH_COMPLETED" in message and "75.5" in message
    for _ in range(3):
        output.emit(epoch())
    assert output.queue_size == 2 and output.dropped == 1 and output._queue.full()
    for odd in (None, 3, object(), {"no": "type"}):
        output.emit(odd)
    output.close()
    output.close()
    with pytest.raises(ValueError, match="max_queue_size"):
        WebSocketOutput(max_queue_size=0)


def test_an_event_reaches_a_connected_client() -> None:
    output = WebSocketOutput(host="127.0.0.1", port=0)
    assert isinstance(output, OutputBackend)
    # Protocol pings: every 30 s, 10 s for the answer.
    assert (output._server._ping_interval_s, output._server._ping_timeout_s) == (30.0, 10.0)
    output.emit({"event_type": "TRAINING_STARTED", "data": {"n_envs": 1}})
    output.start()
    output.start()
    eventually(lambda: output.unheard == 1 and output.queue_size == 0)
    # Told a moment before a client comes, it is not the client's either.
    output.emit({"event_type": "TRAINING_STARTED", "data": {"n_envs": 2}})
    try:
        with dial(f"ws://127.0.0.1:{output.port}/") as browser:
            greeting = json.loads(browser.recv(10))
            assert greeting["type"] == "connected" and "Karn" in greeting["message"]
            assert output.unheard == 2
            for ignored in ("clients' frames are ignored", b"\xff", "x" * (6 << 20)):
                browser.send(ignored)
            # No replay: the first event after the greeting is the live one.
            output.emit(epoch())
            told = json.loads(browser.recv(10))
            assert told["event_type"] == "EPOCH_COMPLETED" and told["epoch"] == 10
            assert told["data"] == {"val_accuracy": 75.5, "val_loss": 0.5}
            assert output.client_count == 1
            for number in range(5_000):
                output.emit(epoch(number))
            seen = [json.loads(browser.recv(30))["epoch"] for _ in range(5_000)]
            assert seen == list(range(5_000)) and output.dropped == 0
            # What was told last arrives, however soon the end comes.
            for number in range(1_000):
                output.emit(epoch(number))
            output.close()
            assert [json.loads(browser.recv(10))["epoch"] for _ in range(1_000)] == list(range(1_000))
        taken = WebSocketOutput("127.0.0.1", 0)
        taken.start()
        with pytest.raises(loopscope.LoopscopeError, match="another port"):
            WebSocketOutput("127.0.0.1", taken.port).start()
        # emit never raises, not even where the port is taken.
        blocked = WebSocketOutput("127.0.0.1", taken.port)
        blocked.emit(epoch())
        blocked.close()
        taken.close()
    finally:
        output.close()


def test_the_dashboard_has_page_stream_and_health(capsys: pytest.CaptureFixture[str]) -> None:
    server = DashboardServer(port=0, host="127.0.0.1")
    server.start()
    assert server.url == f"http://127.0.0.1:{server.port}"
    with urllib.request.urlopen(server.url) as page:
        assert "KARN" in page.read().decode()
    with urllib.request.urlopen(server.url + "/api/health") as answer:
        assert json.load(answer) == {"status": "ok", "clients": 0, "queue_size": 0, "dropped": 0}
    for unknown in ("/nope", "/api/runs"):
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(server.url + unknown)
        with missing.value as answer:
            assert answer.code == 404 and answer.headers["content-type"] == "application/json"
            assert json.load(answer) == {"detail": "Not Found"}
    server.emit(epoch(1))
    for path in ("/ws", "/"):
        with dial(f"ws://127.0.0.1:{server.port}{path}") as browser:
            assert json.loads(browser.recv(10))["type"] == "connected"
            server.emit(epoch())
            assert json.loads(browser.recv(10))["epoch"] == 10
    server.stop()
    server.close()


def test_run_dashboard_server_serves_until_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[DashboardServer] = []

    class Kept(DashboardServer):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            made.append(self)

    monkeypatch.setattr(dashboard_module, "DashboardServer", Kept)
    running = threading.Thread(target=run_dashboard_server, kwargs={"host": "127.0.0.1", "port": 0})
    running.start()
    url = eventually(lambda: made and made[0].port and made[0].url)
    with urllib.request.urlopen(url + "/api/health") as answer:
        assert json.load(answer)["status"] == "ok"
    made[0].stop()
    running.join(30)
    assert not running.is_alive() and "Ctrl-C" in capsys.readouterr().out


def test_an_event_is_what_it_was_when_it_was_told() -> None:
    data: dict[str, Any] = {"value": 1, "heads": {"op": [1]}}

    def change() -> None:
        data["value"] = 2
        data["heads"]["op"].append(2)

    output = WebSocketOutput(start_server=False)
    output.emit(TelemetryEvent(data=data))
    output.emit({"event_type": "EPOCH_COMPLETED", "data": data})
    change()
    for _ in range(2):
        assert json.loads(output._queue.get_nowait())["data"] == {"value": 1, "heads": {"op": [1]}}
    output.emit('{"event_type":"X","data":{"a":NaN,"b":"Infinity"}}')
    assert json.loads(output._queue.get_nowait())["data"] == {"a": None, "b": "Infinity"}
    cyclic: dict[str, Any] = {}
    cyclic["self"] = cyclic
    output.emit(TelemetryEvent(data=cyclic))
    output.emit(b'{"event_type":"Y"}')
    assert output._queue.get_nowait() == '{"event_type":"Y"}' and output.queue_size == 0

    held, seen = threading.Event(), []

    class Held(OutputBackend):
        def emit(self, event: TelemetryEvent) -> None:
            held.wait(30)
            seen.append(event.data["value"])

    with Hub() as hub:
        hub.add_backend(Held())
        hub.emit(TelemetryEvent(data=data))
        data["value"] = 3
        held.set()
    assert seen == [2]


def test_times_have_a_zone_and_microseconds() -> None:
    whole = datetime.datetime(2026, 1, 5, 10, 0, 0)
    for stamp in (
        whole,
        whole.replace(tzinfo=datetime.timezone.utc),
        whole.replace(hour=12, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
    ):
        assert TelemetryEvent(timestamp=stamp).to_dict()["timestamp"] == "2026-01-05T10:00:00.000000+00:00"
    assert re.fullmatch(r"\S+T\d\d:\d\d:\d\d\.\d{6}\+00:00", json.loads(TelemetryEvent().to_json())["timestamp"])


def test_a_taken_port_does_not_break_training(caplog: pytest.LogCaptureFixture) -> None:
    taken = WebSocketOutput("127.0.0.1", 0)
    taken.start()
    seen: list[Any] = []

    class Good(OutputBackend):
        def emit(self, event: Any) -> None:
            seen.append(event)

    with Hub() as hub:
        hub.add_backend(WebSocketOutput("127.0.0.1", taken.port))
        assert "another port" in caplog.text
        hub.add_backend(Good())
        hub.emit(epoch())
        eventually(lambda: seen)
    taken.close()


def test_files_and_folders_and_the_console(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep" / "events.jsonl"
    output = FileOutput(path, buffer_size=10)
    for number in range(9):
        output.emit(epoch(number))
    assert not path.exists()
    output.emit(epoch(9))
    assert len(path.read_text().splitlines()) == 10
    output.emit(epoch(10))
    output.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["epoch"] for line in lines] == list(range(11)) and lines[0]["group_id"] == "default"
    FileOutput(tmp_path, buffer_size=1).emit(epoch())
    assert "cannot write" in capsys.readouterr().err

    first, second = DirectoryOutput(tmp_path / "runs"), DirectoryOutput(tmp_path / "runs")
    assert first.directory != second.directory and first.directory.name.startswith("telemetry_20")
    with first as opened:
        opened.emit(epoch())
    assert json.loads((first.directory / "events.jsonl").read_text())["epoch"] == 10

    ConsoleOutput().emit(epoch())
    assert "EPOCH_COMPLETED epoch 10 val_accuracy=75.5" in capsys.readouterr().out
    with pytest.raises(ValueError, match="buffer_size"):
        FileOutput(path, 0)


def test_a_slow_or_broken_backend_delays_no_other() -> None:
    seen: list[int] = []
    release = threading.Event()

    class Good(OutputBackend):
        started = closed = False

        def start(self) -> None:
            self.started = True

        def emit(self, event: TelemetryEvent) -> None:
            seen.append(event.epoch or 0)

        def close(self) -> None:
            self.closed = True

    class Slow(OutputBackend):
        def emit(self, event: TelemetryEvent) -> None:
            release.wait(30)

    class Broken(OutputBackend):
        def emit(self, event: TelemetryEvent) -> None:
            raise RuntimeError("no")

    good = Good()
    hub = Hub()
    for backend in (Slow(), Broken(), good):
        hub.add_backend(backend)
    for number in range(1, 101):
        hub.emit(epoch(number))
    eventually(lambda: len(seen) == 100)
    assert seen == list(range(1, 101)) and good.started and hub.dropped == 0
    release.set()
    hub.close()
    hub.close()
    assert good.closed and get_hub() is get_hub()
    with pytest.raises(ValueError, match="emit"):
        hub.add_backend(object())


def test_a_hub_sends_a_run_to_the_server(server: Server, client: loopscope.Client) -> None:
    run_id = f"run-{uuid.uuid4().hex[:8]}"
    output = LoopscopeOutput(server.url, run=run_id)
    started = TelemetryEvent(TelemetryEventType.TRAINING_STARTED, data={"n_envs": 1, "max_epochs": 5, "n_episodes": 2})
    update = TelemetryEvent(
        TelemetryEventType.PPO_UPDATE_COMPLETED, epoch=1, data={"entropy": 0.8, "kl_divergence": math.nan}
    )
    alert = TelemetryEvent("GRADIENT_ANOMALY", message="exploding", severity="warning", slot_id="mid", data=None)

    def of_training() -> list[loopscope.Event]:
        # An alert that it fires is the server's own event.
        return [event for event in client.all_events(run_id) if event.dialect == "training"]

    told = (started, epoch(1, 40.5), update, alert)
    with Hub() as hub:
        hub.add_backend(output)
        for event in told:
            hub.emit(event)
        eventually(lambda: len(of_training()) == 4)
        assert output.flush(30)
    events = of_training()
    assert [event.event_id for event in events] == [event.event_id for event in told]
    with urllib.request.urlopen(f"{server.url}/training/api/runs/{run_id}/events") as answer:
        frames = json.load(answer)["events"]
    assert [frame["event_type"] for frame in frames] == [event.name for event in events]
    assert frames[1]["epoch"] == 1 and frames[1]["data"]["val_accuracy"] == 40.5
    assert frames[2]["data"]["kl_divergence"] is None
    assert frames[3]["message"] == "exploding" and frames[3]["severity"] == "warning" and frames[3]["slot_id"] == "mid"
    assert frames[0]["timestamp"] == started.to_dict()["timestamp"] and frames[0]["event_id"] == started.event_id
    rows = {row.name: row for row in eventually(lambda: client.metrics(run_id))}
    assert any(name.endswith("entropy") for name in rows)
