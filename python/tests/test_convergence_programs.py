"""The rest of the convergence contract's client surface: widgets, exporter, servers, and the loop's event bus."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import enum
import json
import os
import pathlib
import signal
import subprocess
import sys
import types
import urllib.error
import urllib.request

import pytest
from websockets.sync.client import connect

import loopscope
from conftest import BINARY, Server, events_of, eventually, free_port
from kimi_dashboard import DashboardClient, EventType, WebSocketEventBus, start_server
from kimi_dashboard.exceptions import ConnectionError
from kimi_dashboard.exporters import GrafanaExporter
from kimi_dashboard.widgets import Widget, WidgetConfig, register_widget
from loopscope.convergence.widgets import WidgetHost, create_widget


class Findings(Widget):
    """Counts findings by iteration."""

    async def on_event(self, event: loopscope.Event) -> None:
        if event.event_type == EventType.STEP_COMPLETE:
            self.data.append({"x": event.iteration, "y": event.data.get("findings_count", 0)})

    async def update(self) -> None:
        self.data = self.data[-100:]


def test_widgets_see_events_and_render(server: Server) -> None:
    register_widget("findings", Findings)
    config = WidgetConfig(title="Findings", x="iteration", y="findings", refresh_seconds=0.05, colour="red")
    widget = create_widget("findings", config)
    assert isinstance(widget, Findings) and widget.config.colour == "red" and widget.config.get("none", 1) == 1
    assert asyncio.run(Widget(WidgetConfig(title="Empty")).render()) == {
        "type": "chart",
        "data": [],
        "options": {"title": "Empty", "x": "x", "y": "y"},
    }
    for wrong in (("", Findings), ("name", object), ("name", Findings(config))):
        with pytest.raises(ValueError):
            register_widget(*wrong)  # type: ignore[arg-type]

    async def host() -> dict[str, object]:
        drawn: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()

        def on_render(name: str, chart: dict[str, object]) -> None:
            if name == "findings" and chart["data"] and not drawn.done():
                drawn.set_result(chart)

        hosted = WidgetHost({"findings": widget}, server.ws)
        running = asyncio.create_task(hosted.run(on_render))
        while not hosted.client.connected:
            await asyncio.sleep(0.01)
        await hosted.client.ping()
        await asyncio.to_thread(loopscope.Client(server.url).send, events_of("widget"), dialect="convergence")
        chart = await asyncio.wait_for(drawn, 30)
        await hosted.client.disconnect()
        await asyncio.wait_for(asyncio.gather(running, return_exceptions=True), 30)
        return chart

    chart = asyncio.run(host())
    assert chart["type"] == "chart" and chart["data"][0] == {"x": 1, "y": 2}  # type: ignore[index]
    assert chart["options"] == {"title": "Findings", "x": "iteration", "y": "findings"}


def test_the_exporter_tells_prometheus(server: Server) -> None:
    loopscope.Client(server.url).send(events_of("exported"), dialect="convergence")
    with GrafanaExporter(server.url, prometheus_port=0, host="127.0.0.1") as exporter:
        assert exporter.start() is exporter
        with urllib.request.urlopen(exporter.url) as answer:
            assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
            text = answer.read().decode()
        for name in (
            "kimi_dashboard_up 1",
            "kimi_sessions_total ",
            "kimi_sessions_active ",
            "kimi_sessions_converged_total ",
            "kimi_sessions_failed_total ",
            "kimi_average_iterations ",
            "kimi_average_duration_seconds ",
            'kimi_findings_total{severity="critical"}',
        ):
            assert name in text
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(exporter.url.replace("/metrics", "/other"))
        with pytest.raises(loopscope.LoopscopeError, match="another prometheus_port"):
            GrafanaExporter(server.url, exporter.prometheus_port, host="127.0.0.1").start()
    gone = GrafanaExporter(f"http://127.0.0.1:{free_port()}", prometheus_port=0)
    assert "kimi_dashboard_up 0" in gone.text() and "kimi_sessions_total" not in gone.text()


def test_a_program_starts_a_server(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPSCOPE_BIN", BINARY)
    with start_server("127.0.0.1", 0, None, tmp_path / "own" / "d.db") as running:
        assert running.running and asyncio.run(DashboardClient(running.url).list_sessions()).total == 0
        with pytest.raises(loopscope.LoopscopeError, match="did not start"):
            start_server("127.0.0.1", int(running.url.rpartition(":")[2]), None, tmp_path / "other.db")
    assert not running.running
    running.stop()
    with pytest.raises(ValueError, match="port must be"):
        start_server(port="8766")  # type: ignore[arg-type]
    monkeypatch.setenv("LOOPSCOPE_BIN", str(tmp_path / "none"))
    with pytest.raises(loopscope.LoopscopeError, match="cannot start"):
        start_server()


STAYS = (
    "import sys, kimi_dashboard\nprint(kimi_dashboard.start_server('127.0.0.1', 0, None, sys.argv[1]).url, flush=True)"
)


def test_a_program_that_ends_with_start_server_stays(tmp_path: pathlib.Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", STAYS, str(tmp_path / "d.db")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LOOPSCOPE_BIN": BINARY},
    )
    assert program.stdout
    url = program.stdout.readline().strip()
    eventually(lambda: loopscope.Client(url).sessions() is not None)
    assert program.poll() is None
    program.send_signal(signal.SIGINT)
    assert program.wait(30) == 0
    program.stdout.close()
    with pytest.raises(ConnectionError):
        loopscope.Client(url).sessions()


def test_the_loops_event_bus_is_dialled(own_server: Server) -> None:
    bus = WebSocketEventBus(ws_host="127.0.0.1", ws_port=0)
    heard: list[str] = []
    bus.subscribe("*", lambda event: heard.append(event["event_type"]))
    with bus:
        # What was told before anyone came is not lost.
        bus.emit("SESSION_STARTED", {"target": "gate"})
        bus.emit("ITERATION_STARTED", {"iteration": 1})
        with connect(f"ws://127.0.0.1:{bus.ws_port}/any/path") as link:
            assert json.loads(link.recv(10))["type"] == "connected"
            assert json.loads(link.recv(10))["event_type"] == "SESSION_STARTED"
            assert json.loads(link.recv(10))["iteration"] == 1
            bus.publish({"event_type": "STEP_STARTED", "data": {"step": "fix"}})
            step = json.loads(link.recv(10))
            assert step["session_id"] == bus.session_id and step["iteration"] == 1 and step["state"] == "IDLE"
            link.send('{"action":"ping"}')
            assert json.loads(link.recv(10)) == {"type": "pong"}
            assert bus.client_count == 1
        assert heard == ["SESSION_STARTED", "ITERATION_STARTED", "STEP_STARTED"]
        with pytest.raises(ValueError, match="event_type"):
            bus.emit("")
        with pytest.raises(loopscope.LoopscopeError, match="another port"):
            WebSocketEventBus("127.0.0.1", bus.ws_port).start()
    bus.close()


def test_a_dashboard_follows_a_bus() -> None:
    bus = WebSocketEventBus("127.0.0.1", 0)
    with bus:
        dialling = Server("--convergence-url", f"ws://127.0.0.1:{bus.ws_port}")
        try:
            client = loopscope.Client(dialling.url)
            eventually(lambda: bus.client_count)
            bus.emit("SESSION_STARTED", {"target": "gate"})
            eventually(lambda: client.session(bus.session_id).summary.session_id)
        finally:
            dialling.end()


COROUTINE = """
import asyncio, sys, kimi_dashboard
server = kimi_dashboard.start_server("127.0.0.1", 0, None, sys.argv[1])
print(server.url, flush=True)
try:
    asyncio.run(server)
except KeyboardInterrupt:
    print("ended", server.running, flush=True)
"""


def test_a_server_may_be_run_as_a_coroutine(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPSCOPE_BIN", BINARY)
    program = subprocess.Popen(
        [sys.executable, "-c", COROUTINE, str(tmp_path / "c.db")], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    url = program.stdout.readline().strip()
    assert asyncio.run(DashboardClient(url).list_sessions()).total == 0
    # To the program alone, as a supervisor does: the dashboard ends with it.
    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=60)
    assert said == "ended False\n" and program.returncode == 0

    async def serve() -> int | None:
        async def soon() -> None:
            await asyncio.sleep(0.05)
            running.stop()

        running = start_server("127.0.0.1", 0, None, tmp_path / "d.db")
        stopping = asyncio.create_task(soon())
        code = await running
        await stopping
        return code

    assert asyncio.run(asyncio.wait_for(serve(), 60)) == 0
    with contextlib.closing(start_server("127.0.0.1", 0, None, tmp_path / "e.db")) as closed:
        assert closed.running
    assert not closed.running


def test_the_command_is_the_server(tmp_path: pathlib.Path) -> None:
    def ask(*args: str, binary: str = BINARY) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from loopscope.convergence.server import main; main()", *args],
            env={**os.environ, "LOOPSCOPE_BIN": binary, "DASHBOARD_PORT": str(free_port())},
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
        )

    version = ask("--version")
    assert version.returncode == 0 and version.stdout.startswith("loopscope ")
    # Its flags and its environment: nobody listens there.
    assert ask("--health-check").returncode != 0
    missing = ask(binary=str(tmp_path / "none"))
    assert missing.returncode == 1 and "cannot start" in missing.stderr
    project = pathlib.Path(__file__).resolve().parents[1] / "pyproject.toml"
    assert 'kimi-dashboard = "loopscope.convergence.server:main"' in project.read_text(encoding="utf-8")


class Kind(enum.Enum):
    STEP_FAILED = "STEP_FAILED"
    RETRIED = 7


@dataclasses.dataclass
class Told:
    event_type: object
    data: dict[str, object]
    iteration: int = 3
    timestamp: object = None


def test_the_bus_takes_the_loops_own_events() -> None:
    with WebSocketEventBus("127.0.0.1", 0, session_id="own") as bus, connect(f"ws://127.0.0.1:{bus.ws_port}") as viewer:
        assert json.loads(viewer.recv(10))["type"] == "connected"
        at = datetime.datetime(2026, 1, 5, 10, tzinfo=datetime.timezone.utc)
        bus.emit(Told(Kind.STEP_FAILED, {"step": "fix", "error": "no"}, timestamp=at))
        frame = json.loads(viewer.recv(10))
        assert frame["event_type"] == "STEP_FAILED" and frame["data"] == {"step": "fix", "error": "no"}
        assert frame["iteration"] == 3 and frame["timestamp"] == "2026-01-05T10:00:00+00:00"
        assert frame["session_id"] == "own" and frame["event_id"] and frame["state"] == "IDLE"
        bus.emit(types.SimpleNamespace(event_type="METRICS", data=None))
        frame = json.loads(viewer.recv(10))
        assert frame["event_type"] == "METRICS" and frame["data"] == {}
        bus.emit(Kind.RETRIED, {"n": 1})
        assert json.loads(viewer.recv(10))["event_type"] == "RETRIED"
        bus.emit({"event_type": Kind.STEP_FAILED})
        assert json.loads(viewer.recv(10))["event_type"] == "STEP_FAILED"
        with pytest.raises(ValueError, match="event_type"):
            bus.emit(object())
