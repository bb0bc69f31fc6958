"""Every member of the agents contract's library surface (its section 8)."""

from __future__ import annotations

import asyncio
import json
import math
import pathlib
import sys
import threading
import urllib.error
import urllib.request
import uuid
from typing import Any

import pytest
from websockets.sync.client import ClientConnection as Connection
from websockets.sync.client import connect as dial

import loopscope
from conftest import Server, eventually
from loopscope import agents
from loopscope.agents import (
    DashboardEvent,
    DashboardState,
    DashboardWebSocketServer,
    EventType,
    get_dashboard,
)


async def tell_all(state: DashboardState) -> None:
    await state.agent_started("a-7", "Scout", "scan", team="blue")
    await state.agent_completed("a-7", "Scout", "scan", 2000.4, True, "cache", 98.5)
    await state.agent_started("a-8", "Miner", "dig")
    await state.agent_completed("a-8", "Miner", "dig", duration_ms=10, success=False)
    await state.agent_started("a-9", "Sleeper", "wait")
    await state.opportunity_discovered("o-1", "A tool", "sell it", 0.87, "$1M ARR", "devtools", estimated_revenue_min=1)
    await state.synthesis_started("merge", "merging")
    await state.synthesis_completed("merge", 12.5, 3)
    await state.quality_score_updated("judge", 91.25, {"depth": 90.0})
    await state.error_occurred("net", "no route", "OSError", description="overridden")
    await state.system_health_updated(cpu_percent=3.5, memory_percent=None, active_agents=1)
    await state.reputation_updated("a-7", "Scout", 0.5, 0.6, total_tasks=4, trend="rising")
    await state.task_outcome_recorded("a-7", "Scout", "t-1", True, quality_score=90.0, duration_ms=5)
    await state.broadcast_event(DashboardEvent(event_type="custom_thing", data={"any": 1}, severity="warning"))


NAMES = [
    "agent_execution_started",
    "agent_execution_completed",
    "agent_execution_started",
    "agent_execution_completed",
    "agent_execution_started",
    "opportunity_discovered",
    "synthesis_started",
    "synthesis_completed",
    "quality_score_updated",
    "error_occurred",
    "system_health_updated",
    "reputation_updated",
    "task_outcome_recorded",
    "custom_thing",
]


def test_the_state_counts_and_keeps() -> None:
    state = DashboardState(max_history=100)
    asyncio.run(tell_all(state))
    recent = state.get_recent_events(limit=50)
    assert [event["event_type"] for event in reversed(recent)] == NAMES
    assert state.get_recent_events(1)[0]["event_type"] == "custom_thing"
    by_name = {event["event_type"]: event for event in recent}
    assert recent[-1]["data"]["description"] == "Agent Scout started: scan" and recent[-1]["data"]["team"] == "blue"
    assert recent[-2]["data"]["description"] == "Agent Scout completed in 2000ms"
    assert recent[-2]["severity"] == "success" and recent[-4]["severity"] == "error"
    assert recent[-4]["data"]["description"] == "Agent Miner failed in 10ms"
    assert by_name["quality_score_updated"]["severity"] == "warning"
    assert by_name["quality_score_updated"]["data"]["description"] == "Quality score: 91.2%"
    assert by_name["error_occurred"]["data"]["description"] == "overridden"
    assert by_name["synthesis_completed"]["data"]["description"] == "Synthesis completed: 3 patterns found"
    assert by_name["reputation_updated"]["data"]["change"] == pytest.approx(0.1)
    assert by_name["opportunity_discovered"]["data"]["estimated_revenue_min"] == 1
    stats = state.get_dashboard_stats()
    assert stats["metrics"]["total_events"] == 14 and stats["metrics"]["total_agents_executed"] == 2
    assert stats["metrics"]["total_opportunities_discovered"] == 1 and stats["metrics"]["avg_quality_score"] == 98.5
    assert stats["active_agents"] == 1 and stats["total_opportunities"] == 1 and stats["recent_events"] == 14
    assert stats["system_uptime_seconds"] >= 0 and stats["metrics"]["system_uptime_seconds"] >= 0
    (found,) = state.get_opportunities()
    assert found["title"] == "A tool" and found["confidence_score"] == 0.87
    assert state.metrics["total_events"] == 14 and len(state.event_history) == 14 and state.max_history == 100
    assert state.active_agents["a-9"]["status"] == "running" and state.opportunities and state.start_time > 0
    assert get_dashboard() is get_dashboard()
    with pytest.raises(ValueError, match="max_history"):
        DashboardState(0)
    with pytest.raises(ValueError, match="DashboardEvent"):
        asyncio.run(state.broadcast_event({"event_type": "x"}))  # type: ignore[arg-type]


def test_an_event_is_the_contracts() -> None:
    event = DashboardEvent("id", EventType.ERROR_OCCURRED, "2026-01-05T10:00:00", {"a": float("nan")}, "error")
    assert event.to_dict()["event_type"] == "error_occurred" and EventType.ERROR_OCCURRED == "error_occurred"
    assert json.loads(event.to_json()) == {
        "event_id": "id",
        "event_type": "error_occurred",
        "timestamp": "2026-01-05T10:00:00",
        "data": {"a": None},
        "severity": "error",
    }
    assert DashboardEvent(event_type="x").severity == "info" and len({kind.value for kind in EventType}) == 12


def test_a_connected_state_is_a_system_on_the_server(server: Server, client: loopscope.Client) -> None:
    state = DashboardState()
    system = f"crew-{uuid.uuid4().hex[:6]}"
    run = agents.connect(server.url, system=system, state=state)
    asyncio.run(tell_all(state))
    agents.disconnect(30, state=state)
    events = list(client.all_events(system))
    assert [event.name for event in events] == NAMES
    assert {event.dialect for event in events} == {"agents"}
    sent = [event["event_id"] for event in reversed(state.get_recent_events())]
    assert [event.event_id for event in events] == sent
    crew = eventually(lambda: client.session(system).summary.crew)
    assert crew.agents_executed == 2 and crew.agents_failed == 1 and crew.active_agents == 1
    assert run.over
    # What stands there is what was told, with nothing kept beside it but what the contract's frame needs.
    with urllib.request.urlopen(f"{server.url}/agents/events?limit=1") as answer:
        assert json.load(answer)["events"][0]["data"] == {"any": 1}


def get(url: str) -> tuple[int, str, str]:
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(url) as answer:
            return answer.status, answer.headers["content-type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("location") or error.headers["content-type"], error.read().decode()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def test_the_server_in_the_program_serves_viewers(tmp_path: pathlib.Path) -> None:
    async def serve() -> None:
        state = DashboardState()
        server = DashboardWebSocketServer(host="127.0.0.1", port=0, dashboard=state)
        assert server.dashboard is state and server.dashboard_html_path is None
        for number in range(60):
            await state.broadcast_event(DashboardEvent(event_type="early", data={"n": number}))
        await server.start()
        await server.start()
        url = f"http://127.0.0.1:{server.port}"
        assert server.host == "127.0.0.1"

        def look() -> None:
            with dial(f"ws://127.0.0.1:{server.port}/ws") as viewer:
                hello = json.loads(viewer.recv(10))
                assert hello["event_type"] == "connection_established" and len(hello["client_id"]) == 8
                assert hello["message"] == "Connected to Agentic Standards Protocol Dashboard"
                history = [json.loads(viewer.recv(10)) for _ in range(50)]
                assert [event["data"]["n"] for event in history] == list(range(10, 60))
                numbers = json.loads(viewer.recv(10))
                assert numbers["event_type"] == "metrics_updated" and "event_id" not in numbers
                assert numbers["data"]["metrics"]["total_events"] == 60
                assert "connected_clients" not in numbers["data"]
                assert len(server.clients) == 1
                viewer.send("whatever a viewer says is ignored")
                told = asyncio.run_coroutine_threadsafe(state.agent_started("a", "A", "t"), loop)
                told.result(10)
                assert json.loads(viewer.recv(10))["event_type"] == "agent_execution_started"
                asyncio.run_coroutine_threadsafe(server.broadcast_event({"event_type": "own"}), loop).result(10)
                assert json.loads(viewer.recv(10)) == {"event_type": "own"}
                status, _, body = get(url + "/stats")
                assert status == 200 and json.loads(body)["connected_clients"] == 1
            status, _, body = get(url + "/health")
            health = json.loads(body)
            assert status == 200 and health["status"] == "healthy" and health["uptime_seconds"] >= 0
            assert health["service"] == "DashboardWebSocketServer" and health["timestamp"].endswith("Z")
            assert get(url + "/")[:2] == (302, "/dashboard")
            status, kind, body = get(url + "/dashboard")
            assert status == 200 and kind.startswith("text/html") and "Agentic Standards Protocol" in body
            assert get(url + "/live.js")[0] == get(url + "/live.css")[0] == get(url + "/live.svg")[0] == 200
            assert get(url + "/nothing")[0] == 404

        loop = asyncio.get_running_loop()
        await asyncio.to_thread(look)
        own = tmp_path / "own.html"
        server.dashboard_html_path = own
        assert (await asyncio.to_thread(get, url + "/dashboard"))[0] == 404
        own.write_text("<p>own</p>")
        assert (await asyncio.to_thread(get, url + "/dashboard"))[2] == "<p>own</p>"
        with pytest.raises(loopscope.LoopscopeError, match="another port"):
            await DashboardWebSocketServer("127.0.0.1", server.port, dashboard=state).start()
        await server.stop()
        await server.stop()

        again = DashboardWebSocketServer("127.0.0.1", 0, dashboard=state)
        forever = asyncio.create_task(again.run_forever())
        while not again.port:
            await asyncio.sleep(0.01)
        await again.stop()
        await asyncio.wait_for(forever, 30)

    asyncio.run(serve())
    with pytest.raises(ValueError, match="port must be"):
        DashboardWebSocketServer(port=-1)


def frames_until_numbers(viewer: Connection) -> list[dict[str, Any]]:
    """What a viewer gets on connect: greeting, history, numbers."""
    seen = [json.loads(viewer.recv(20))]
    while seen[-1]["event_type"] != "metrics_updated" or "event_id" in seen[-1]:
        seen.append(json.loads(viewer.recv(20)))
    return seen


def test_viewers_connect_while_threads_start_agents() -> None:
    """History and live frames meet without a gap or a repetition, and the numbers are those of the same moment."""
    state = DashboardState()
    server = DashboardWebSocketServer("127.0.0.1", 0, dashboard=state)
    over = threading.Event()
    switch = sys.getswitchinterval()

    def agent(thread: int) -> None:
        async def run() -> None:
            number = 0
            while not over.is_set():
                for _ in range(5):
                    await state.agent_started(f"a-{thread}-{number}", "N", "t", thread=thread, number=number)
                    number += 1
                await asyncio.sleep(0.002)

        asyncio.run(run())

    async def serve() -> None:
        await server.start()
        threads = [threading.Thread(target=agent, args=(thread,)) for thread in range(3)]
        for thread in threads:
            thread.start()
        try:
            await asyncio.to_thread(look)
        finally:
            over.set()
            for thread in threads:
                await asyncio.to_thread(thread.join)
            await server.stop()

    def look() -> None:
        url = f"127.0.0.1:{server.port}"
        for _ in range(20):
            with dial(f"ws://{url}/ws", max_queue=None) as viewer:
                seen = frames_until_numbers(viewer)
                numbers = seen[-1]["data"]
                events = [*seen[1:-1], *(json.loads(viewer.recv(20)) for _ in range(20))]
                assert numbers["active_agents"] == numbers["metrics"]["total_events"] >= len(seen) - 2
                assert numbers["recent_events"] == min(100, numbers["metrics"]["total_events"])
                for thread in range(3):
                    told = [event["data"]["number"] for event in events if event["data"]["thread"] == thread]
                    assert told == list(range(told[0], told[0] + len(told))) if told else True
            with urllib.request.urlopen(f"http://{url}/stats") as answer:
                assert json.load(answer)["active_agents"] > 0

    try:
        sys.setswitchinterval(1e-5)
        asyncio.run(asyncio.wait_for(serve(), 120))
    finally:
        sys.setswitchinterval(switch)


def test_what_is_told_while_it_starts_is_replayed() -> None:
    async def serve() -> None:
        state = DashboardState(max_history=5)
        server = DashboardWebSocketServer("127.0.0.1", 1, dashboard=state)
        server.port = 0
        starting = asyncio.create_task(server.start())
        await asyncio.sleep(0)
        for number in range(3):
            await state.error_occurred("s", str(number), "t")
        await starting

        def replay() -> list[str]:
            with dial(f"ws://127.0.0.1:{server.port}/ws") as viewer:
                *seen, numbers = frames_until_numbers(viewer)
                assert numbers["data"]["recent_events"] == len(seen) - 1
                # Never closed for what it sends: large, no text, whatever.
                viewer.send("x" * (6 << 20))
                viewer.send(b"\xff\x00")
                viewer.send('{"event_type":"forged"}')
                viewer.ping().wait(20)
                return [event["data"]["error_message"] for event in seen[1:]]

        assert await asyncio.to_thread(replay) == ["0", "1", "2"]
        for number in range(3, 9):
            await state.error_occurred("s", str(number), "t")
        # Of the viewers' own server alone: it is no history.
        await server.broadcast_event(DashboardEvent(event_type="only_live", data={"error_message": "live"}))
        assert await asyncio.to_thread(replay) == ["4", "5", "6", "7", "8"]
        state.max_history = 2
        await state.error_occurred("s", "9", "t")
        assert await asyncio.to_thread(replay) == ["8", "9"] and len(state.event_history) == 2
        await server.stop()

    asyncio.run(asyncio.wait_for(serve(), 60))


def test_numbers_are_read_leniently() -> None:
    async def tell() -> DashboardState:
        state = DashboardState()
        for score in (math.inf, math.nan, "98.5", None, "high", True, 0):
            await state.agent_completed("a", "A", "t", 1.0, True, None, score)  # type: ignore[arg-type]
        for score in (None, math.nan, "97.2"):
            await state.quality_score_updated("judge", score, None)  # type: ignore[arg-type]
        await state.agent_completed("a", "A", "t", "12.6", True)  # type: ignore[arg-type]
        await state.reputation_updated("a", "A", "0.5", "0.75")  # type: ignore[arg-type]
        await state.reputation_updated("a", "A", None, math.nan)  # type: ignore[arg-type]
        return state

    state = asyncio.run(tell())
    # The mean over executions that reported a score, zero included.
    assert state.get_dashboard_stats()["metrics"]["avg_quality_score"] == 49.25
    unknown, up, done, good, *_ = state.get_recent_events()
    assert good["severity"] == "success" and good["data"]["description"] == "Quality score: 97.2%"
    assert done["data"]["description"] == "Agent A completed in 13ms"
    assert up["data"]["change"] == 0.25 and up["severity"] == "success"
    assert up["data"]["description"] == "A reputation: 75.0% (+25.0% change, stable)"
    assert unknown["data"]["change"] is None and "?%" in unknown["data"]["description"]
    told = json.loads(state.event_history[0].to_json())
    assert told["data"]["quality_score"] is None and told["severity"] == "success"


def test_members_are_plain_attributes() -> None:
    state = DashboardState()
    server = DashboardWebSocketServer(dashboard=state)
    assert (server.host, server.port, server.clients) == ("0.0.0.0", 8000, set())
    server.host, server.port = "127.0.0.1", 9000
    assert (server.host, server.port) == ("127.0.0.1", 9000)
    state.metrics["total_events"] += 1
    asyncio.run(state.error_occurred("s", "m", "t"))
    assert state.metrics["total_events"] == 2
    assert state.get_dashboard_stats()["metrics"]["total_events"] == 2
