"""PyPI's `python-socketio`, unmodified: producers and dashboards of the orchestrator contract."""

import asyncio
import math
import queue
import time
import uuid

import pytest
import requests
import socketio

PATIENCE = 20
TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]]


def fresh():
    return f"do_{uuid.uuid4()}"


class Dashboard:
    """A synchronous client that keeps what it hears."""

    def __init__(self, server, session=None, transports=("polling", "websocket"), query=""):
        self.client = socketio.Client(reconnection=False)
        self.heard = queue.Queue()
        self.early = []
        self.client.on("*", lambda name, *data: self.heard.put((name, data[0] if data else None)))
        auth = {"session_id": session} if session else {}
        self.client.connect(
            server.url + query, auth=auth, transports=list(transports), wait_timeout=PATIENCE
        )

    def next(self, name, matches=lambda payload: True):
        """The first thing of that name that was not taken yet."""
        for place, (heard, payload) in enumerate(self.early):
            if heard == name and matches(payload):
                return self.early.pop(place)[1]
        end = time.monotonic() + PATIENCE
        while True:
            heard, payload = self.heard.get(timeout=max(0.01, end - time.monotonic()))
            if heard == name and matches(payload):
                return payload
            self.early.append((heard, payload))

    def report(self, session, event_type, data=None, **more):
        event = {"session_id": session, "event_type": event_type, "data": data or {}, **more}
        return self.client.call("cli_event", event, timeout=PATIENCE)

    def command(self, argument):
        self.client.emit("command", argument)
        return self.next("command:result")

    def close(self):
        self.client.disconnect()


@pytest.fixture
def connect(server):
    opened = []

    def open_one(*args, **options):
        opened.append(Dashboard(server, *args, **options))
        return opened[-1]

    yield open_one
    for dashboard in opened:
        dashboard.close()


@pytest.mark.parametrize("transports", TRANSPORTS, ids="-".join)
def test_a_producer_and_a_dashboard(connect, transports):
    session = fresh()
    producer = connect(session, transports)
    hello = producer.next("connected")
    assert hello["session_id"] == session
    assert hello["server_version"] == "4.0.0"
    dashboard = connect(session, transports)
    assert producer.report(session, "skill:started", {"skill_name": "lint", "step_index": 0}) in ([], None, ())
    started = dashboard.next("skill:started")
    assert started["data"] == {"skill_name": "lint", "step_index": 0}
    assert started["session_id"] == session
    result = dashboard.command({"type": "REDIRECT", "target_skill": "test"})
    assert result["success"] is True and result["target"] == "test"
    redirect = dashboard.next("execution:redirect")
    assert redirect["target_skill"] == "test" and redirect["target_path"] is None
    assert redirect["initiated_by"] == dashboard.client.get_sid()
    asked = producer.next("command")
    assert asked["type"] == "REDIRECT" and asked["command_id"] == result["command_id"]
    answer = producer.client.call("command:receipt", {"command_id": asked["command_id"], "status": "succeeded"})
    assert answer["state"] == "succeeded"
    dashboard.client.emit("ping")
    assert "timestamp" in dashboard.next("pong")


def test_the_session_of_the_address_and_a_state_that_is_there(connect):
    session = fresh()
    producer = connect(session)
    producer.report(session, "execution:started", {"task": "t"})
    late = connect(query=f"?session_id={session}")
    assert late.next("connected")["session_id"] == session
    assert late.next("session:state")["session"]["status"] == "running"


def test_not_a_number_and_local_times(connect, server):
    session = fresh()
    producer, dashboard = connect(session), connect(session)
    before = time.time()
    local = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(before)) + ".000000"
    producer.report(session, "execution:progress", {"progress": math.nan, "top": math.inf}, timestamp=local)
    heard = dashboard.next("execution:progress")
    assert heard["data"] == {"progress": None, "top": None}
    answer = requests.get(f"{server.url}/api/v1/sessions/{session}", timeout=PATIENCE).json()
    assert answer["summary"]["session_id"] == session
    assert heard["timestamp"] == local, "it is told as it was spelled"
    utc = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(before))
    events = requests.get(f"{server.url}/api/v1/sessions/{session}/events", timeout=PATIENCE).json()["events"]
    assert events[0]["timestamp"].startswith(utc)


def test_a_handler_answers_a_command_by_what_it_returns(connect, server):
    session = fresh()
    producer, dashboard = connect(session), connect(session)
    producer.client.on("command", lambda command: {"status": "succeeded", "result": {"did": command["type"]}})
    producer.report(session, "execution:started", {"task": "t"})
    command_id = dashboard.command({"type": "HALT"})["command_id"]
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = requests.get(f"{server.url}/api/v1/sessions/{session}/commands", timeout=PATIENCE).json()
        command = next(row for row in answer["commands"] if row["command_id"] == command_id)
        if command["state"] == "succeeded":
            break
        time.sleep(0.05)
    assert command["state"] == "succeeded" and command["result"] == {"did": "HALT"}


def test_a_producer_that_ignores_commands_loses_nothing(connect, server):
    session = fresh()
    producer, dashboard = connect(session), connect(session)
    producer.report(session, "execution:started", {"task": "t"})
    command_id = dashboard.command({"type": "HALT"})["command_id"]
    producer.report(session, "execution:progress", {"progress": 50})
    dashboard.next("execution:progress")
    answer = requests.get(f"{server.url}/api/v1/sessions/{session}/commands", timeout=PATIENCE).json()
    assert [row["state"] for row in answer["commands"] if row["command_id"] == command_id] == ["delivered"]


def test_the_asynchronous_producer_as_the_contract_writes_it(connect, server):
    session = fresh()
    dashboard = connect(session)

    async def run():
        client = socketio.AsyncClient(reconnection=False)
        await client.connect(server.url, auth={"session_id": session}, wait_timeout=5)
        for n in range(200):
            await client.emit("cli_event", {
                "session_id": session,
                "event_type": "skill:progress",
                "timestamp": "2026-01-05T10:00:00.000001",
                "data": {"skill_name": "lint", "n": n},
            })
        await client.call("cli_event", {"session_id": session, "event_type": "execution:completed", "data": {"success": True}})
        await client.disconnect()

    asyncio.run(run())
    seen = [dashboard.next("skill:progress")["data"]["n"] for _ in range(200)]
    assert seen == list(range(200))
    dashboard.next("execution:completed")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        full = requests.get(f"{server.url}/orchestrator/api/sessions/{session}", timeout=PATIENCE).json()
        if full["status"] == "completed":
            break
        time.sleep(0.05)
    assert full["status"] == "completed" and full["progress"] == 100


def test_a_client_that_comes_back_goes_on(server):
    session = fresh()
    client = socketio.Client(reconnection=True, reconnection_delay=0.1)
    heard = queue.Queue()
    client.on("connected", heard.put)
    client.on("skill:started", heard.put)
    client.connect(server.url, auth={"session_id": session}, transports=["websocket"])
    assert heard.get(timeout=PATIENCE)["session_id"] == session
    client.eio.ws.close()
    assert heard.get(timeout=PATIENCE)["session_id"] == session
    client.call("cli_event", {"session_id": session, "event_type": "x"}, timeout=PATIENCE)
    client.disconnect()


def test_twenty_join_at_once_and_none_is_lost(connect):
    session = fresh()
    dashboards = [connect(session, ["websocket"]) for _ in range(20)]
    producer = connect(session, ["websocket"])
    producer.report(session, "skill:started", {"skill_name": "x"})
    for dashboard in dashboards:
        dashboard.next("skill:started")


def test_another_namespace_is_refused(server):
    client = socketio.Client(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(server.url, namespaces=["/admin"], wait_timeout=PATIENCE)
    client.disconnect()
