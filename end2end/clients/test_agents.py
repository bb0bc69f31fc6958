"""PyPI's `websockets` and `requests`, unmodified: viewers and producers of the agents contract."""

import asyncio
import json
import math
import uuid

import pytest
import requests
import websockets


def event(name, data, severity="info"):
    return {
        "event_id": str(uuid.uuid4()),
        "event_type": name,
        "timestamp": "2026-01-05T10:00:00.123456",
        "data": {"description": "as sent", **data},
        "severity": severity,
    }


async def begin(server, path):
    """A viewer, its history, and the numbers that it begins with."""
    socket = await websockets.connect(server.ws + path)
    greeting = json.loads(await asyncio.wait_for(socket.recv(), 2))
    assert greeting["event_type"] == "connection_established" and "data" not in greeting
    history = []
    while True:
        frame = json.loads(await asyncio.wait_for(socket.recv(), 2))
        if frame["event_type"] == "metrics_updated" and "event_id" not in frame:
            return socket, history, frame["data"]
        history.append(frame)


@pytest.mark.parametrize("path", ["/agents/ws", "/agents"])
def test_history_is_the_newest_fifty_oldest_first(server, path):
    name = f"crew-{uuid.uuid4()}"
    events = [event("metrics_updated", {"n": n}) for n in range(70)]
    answer = requests.post(f"{server.url}/agents/events?system={name}", json=events, timeout=10)
    assert answer.status_code == 202 and answer.json()["accepted"] == 70

    async def walk():
        socket, history, numbers = await begin(server, f"{path}?system={name}")
        assert history == events[20:]
        assert numbers["metrics"]["total_events"] == 70
        assert numbers["recent_events"] == 70
        assert "connected_clients" not in numbers
        await socket.close()

    asyncio.run(walk())


def test_quality_is_the_mean_over_scored_executions(server):
    name = f"crew-{uuid.uuid4()}"
    scores = [90.0, None, 0.0, 60.0]
    events = [
        event(
            "agent_execution_completed",
            {"agent_id": f"a-{n}", "agent_name": "A", "task_description": "t", "duration_ms": 1.0, "success": True, "quality_score": score},
            "success",
        )
        for n, score in enumerate(scores)
    ]
    events += [event("agent_execution_started", {"agent_id": "busy", "agent_name": "B", "task_description": "t"})]
    # Neither of these counts as an execution or a score.
    events += [
        event("reputation_updated", {"agent_id": "a-0", "new_score": 0.1}),
        event("task_outcome_recorded", {"agent_id": "a-0", "success": True, "quality_score": 1.0}),
        event("system_health_updated", {"active_agents": 99}),
    ]
    requests.post(f"{server.url}/agents/events?system={name}", json=events, timeout=10)
    numbers = requests.get(f"{server.url}/agents/stats?system={name}", timeout=10).json()
    assert numbers["metrics"]["total_agents_executed"] == 4
    assert numbers["metrics"]["avg_quality_score"] == pytest.approx(50.0)
    assert numbers["active_agents"] == 1


def test_a_producer_in_python(server):
    name = f"crew-{uuid.uuid4()}"

    async def walk():
        socket, _, _ = await begin(server, f"/agents/ws?system={name}")
        async with websockets.connect(f"{server.ws}/agents/ws/publish?system={name}") as producer:
            sent = event("quality_score_updated", {"source": "s", "overall_score": math.nan})
            await producer.send(json.dumps({**sent, "ack": 1}))
            assert json.loads(await asyncio.wait_for(producer.recv(), 20)) == {"ack": 1, "accepted": 1}
        got = json.loads(await asyncio.wait_for(socket.recv(), 20))
        assert got["data"] == {**sent["data"], "overall_score": None}
        await socket.close()

    asyncio.run(walk())


def test_opportunities_are_listed_once(server):
    name = f"crew-{uuid.uuid4()}"
    fields = {"confidence_score": 0.9, "revenue_potential": "$1M ARR", "category": "C"}
    events = [event("opportunity_discovered", {"opportunity_id": key, "title": title, **fields}) for key, title in [("a", "1"), ("b", "2"), ("a", "3")]]
    requests.post(f"{server.url}/agents/events?system={name}", json=events, timeout=10)
    listed = requests.get(f"{server.url}/agents/opportunities?system={name}", timeout=10).json()
    assert [found["title"] for found in listed["opportunities"]] == ["3", "2"]
    numbers = requests.get(f"{server.url}/agents/stats?system={name}", timeout=10).json()
    assert numbers["total_opportunities"] == 2
    assert numbers["metrics"]["total_opportunities_discovered"] == 3
