"""Every member of the convergence contract's client surface (its section 8), by the import paths that it names."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import uuid

import pytest

import loopscope
from conftest import BINARY, Server, events_of, free_port
from kimi_dashboard import (
    DashboardClient,
    EventType,
    WebSocketClient,
)
from kimi_dashboard.exceptions import APIError, ConnectionError, SessionNotFoundError


@pytest.fixture(scope="module")
def session(server: Server) -> str:
    name = f"kimi-{uuid.uuid4().hex[:8]}"
    loopscope.Client(server.url).send(events_of(name), dialect="convergence")
    return name


def test_the_rest_client_reads_everything(server: Server, session: str) -> None:
    async def read() -> None:
        async with DashboardClient(server.url) as client:
            sessions = await client.list_sessions(limit=1000, offset=0)
            assert session in [row.session_id for row in sessions] and sessions.total >= 1
            assert len(await client.list_sessions(limit=1)) == 1

            found = await client.get_session(session)
            assert found.session_id == session and found.status == "converged" and found.target == "services/gate"
            assert found.current_state == "CONVERGED" and found.current_iteration == 1
            assert found.start_time and found.end_time and found.config.max_iterations == 5
            assert found.metrics.total_findings == 2 and found["metrics"]["total_fixes"] == 0

            events = await client.get_events(session, limit=3, offset=1)
            assert [event.event_type for event in events] == [
                EventType.ITERATION_STARTED,
                "STEP_STARTED",
                EventType.STEP_COMPLETE,
            ]
            assert events[2].data.get("findings_count") == 2 and events.total == 6
            assert events[2].session_id == session and events[2].iteration == 1
            assert events[2].event_id and events[2].timestamp and isinstance(events[2].state, str)

            totals = await client.get_metrics()
            while not totals.converged_sessions:
                # The totals follow a moment behind the events.
                await asyncio.sleep(0.05)
                totals = await client.get_metrics()
            assert totals.total_sessions >= totals.converged_sessions >= 1
            assert totals.active_sessions >= 0 and totals.failed_sessions >= 0
            assert dict(totals.findings_by_severity.items())["critical"] >= 1
            assert set(totals.findings_by_severity) == {"critical", "high", "medium", "low", "info"}

            numbers = await client.get_session_metrics(session)
            assert list(numbers.findings_per_iteration) == [2] and numbers.iterations == 1
            assert list(numbers.step_durations.diagnose)[0] >= 0

            for call in (client.get_session, client.get_events, client.get_session_metrics):
                with pytest.raises(SessionNotFoundError) as missing:
                    await call("nobody")
                assert missing.value.status_code == 404 and missing.value.message
                assert isinstance(missing.value, APIError) and missing.value.session_id == "nobody"
            with pytest.raises(AttributeError, match="it told session_id"):
                _ = found.colour

    asyncio.run(asyncio.wait_for(read(), 60))


def test_findings_are_submitted(server: Server) -> None:
    async def submit() -> None:
        client = DashboardClient(server.url)
        filed = await client.submit_findings(
            "services/mail", [{"severity": "high", "description": "open relay", "file": "relay.py"}, "weak cipher"]
        )
        assert filed.accepted == 2
        found = await client.get_session(filed.session_id)
        assert found.target == "services/mail" and found.metrics.total_findings == 2
        for wrong in ("text", {"description": "one"}):
            with pytest.raises(ValueError, match="list of texts or of objects"):
                await client.submit_findings("t", wrong)  # type: ignore[arg-type]

    asyncio.run(submit())


def test_what_is_wrong_is_the_contracts_exception(server: Server) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"

    async def ask() -> None:
        with pytest.raises(ConnectionError, match="start the server"):
            await DashboardClient(nobody).get_metrics()
        with pytest.raises(ConnectionError, match="start the server"):
            await WebSocketClient(nobody.replace("http", "ws")).connect()
        with pytest.raises(APIError) as refused:
            await DashboardClient(server.url + "/api/v1").list_sessions()
        assert refused.value.status_code == 404
        with pytest.raises(ValueError, match="limit must be a whole number"):
            await DashboardClient(server.url).list_sessions(limit="ten")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="session_id must be a text"):
            await DashboardClient(server.url).get_session("")
        with pytest.raises(ConnectionError, match="connect"):
            await WebSocketClient(server.ws).subscribe(["*"])

    asyncio.run(ask())
    locked = Server("--auth", "always")
    try:
        with pytest.raises(loopscope.AuthenticationError, match="LOOPSCOPE_TOKEN") as shut:
            asyncio.run(DashboardClient(locked.url).list_sessions())
        assert shut.value.status_code == 401
        with pytest.raises(loopscope.AuthenticationError, match="LOOPSCOPE_TOKEN"):
            asyncio.run(WebSocketClient(locked.ws, token="lsc_wrong").connect())
        made = subprocess.run(
            [BINARY, "token", "create", "test", "--role", "view", "--db-path", str(locked.dir / "loopscope.db")],
            capture_output=True,
            text=True,
            check=True,
            cwd=locked.dir,
        )
        token = re.search(r"lsc_\S+", made.stdout)
        assert token
        assert asyncio.run(DashboardClient(locked.url, token=token[0]).list_sessions()).total == 0
        with pytest.raises(loopscope.AuthenticationError, match="role"):
            loopscope.Client(locked.url, token=token[0]).send({"event_type": "X"})
    finally:
        locked.end()


@pytest.mark.parametrize("path", ["", "/ws"])
def test_the_socket_client_by_assignment(server: Server, session: str, path: str) -> None:
    async def follow() -> None:
        client = WebSocketClient(server.ws + path)
        seen: list[object] = []
        words: list[str] = []
        asked: list[object] = []

        async def on_event(event: loopscope.Event) -> None:
            if event.event_type == EventType.STEP_COMPLETE:
                # A callback may itself ask.
                asked.append((await client.get_session(session)).status)
            seen.append(event)

        client.on_event = on_event  # type: ignore[method-assign]
        client.on_connect = lambda: words.append("up")  # type: ignore[method-assign]
        client.on_disconnect = lambda: words.append("down")  # type: ignore[method-assign]
        await client.connect()
        assert words == ["up"] and client.connected
        name = f"live-{uuid.uuid4().hex[:8]}"
        # connect() alone leads to events.
        await asyncio.to_thread(loopscope.Client(server.url).send, events_of(name), dialect="convergence")
        while len(seen) < 6:
            await asyncio.sleep(0.01)
        assert [event.event_type for event in seen if event.session_id == name][-1] == "session_ended"
        assert asked == ["converged"]

        assert re.match(r"\d{4}-\d\d-\d\dT", await client.ping())
        rows = await client.list_sessions(limit=1, offset=0)
        assert len(rows) == 1 and rows.total >= 2
        assert (await client.get_session(session)).session_id == session
        with pytest.raises(SessionNotFoundError):
            await client.get_session("nobody")

        await client.subscribe(["step_complete"])
        await client.ping()
        seen.clear()
        await asyncio.to_thread(loopscope.Client(server.url).send, events_of(name + "b"), dialect="convergence")
        while not seen:
            await asyncio.sleep(0.01)
        await client.ping()
        assert [event.event_type for event in seen] == [EventType.STEP_COMPLETE]
        await client.unsubscribe(["STEP_COMPLETE"])
        await client.unsubscribe()
        await client.ping()
        await client.disconnect()
        await client.disconnect()
        assert words == ["up", "down"] and not client.connected

    asyncio.run(asyncio.wait_for(follow(), 60))


def test_the_socket_client_by_subclassing_and_its_end(own_server: Server) -> None:
    class Listener(WebSocketClient):
        words: list[str]

        async def on_connect(self) -> None:
            self.words = ["up"]

        async def on_disconnect(self) -> None:
            self.words.append("down")

        def on_event(self, event: loopscope.Event) -> None:
            self.words.append(f"{event.event_type}")

    async def follow() -> None:
        client = Listener(own_server.ws)
        running = asyncio.create_task(client.run_forever())
        while not client.connected:
            await asyncio.sleep(0.01)
        await client.ping()
        await asyncio.to_thread(loopscope.Client(own_server.url).send, events_of("one"), dialect="convergence")
        while len(client.words) < 7:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(own_server.process.kill)
        with pytest.raises(ConnectionError):
            await running
        await client.disconnect()
        assert client.words[0] == "up" and client.words[-1] == "down"

    asyncio.run(asyncio.wait_for(follow(), 60))


def test_a_callback_may_end_the_link_and_ask_the_server(server: Server, session: str) -> None:
    async def follow() -> None:
        words: list[str] = []
        told = asyncio.Event()
        client = WebSocketClient(server.ws)

        async def on_connect() -> None:
            assert re.match(r"\d{4}-", await client.ping())
            words.append((await client.get_session(session)).status)
            words.extend("listed" for _ in await client.list_sessions(limit=1))

        async def on_event(event: loopscope.Event) -> None:
            words.append(str(event.event_type))
            if event.event_type == EventType.CONVERGENCE_REACHED:
                told.set()
                # As a task of its own, too.
                await asyncio.wait_for(client.disconnect(), 10)

        client.on_connect = on_connect  # type: ignore[method-assign]
        client.on_event = on_event  # type: ignore[method-assign]
        client.on_disconnect = lambda: words.append("down")  # type: ignore[method-assign]
        running = asyncio.create_task(client.run_forever())
        while len(words) < 2:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(
            loopscope.Client(server.url).send, events_of(f"stop-{uuid.uuid4().hex[:8]}"), dialect="convergence"
        )
        await asyncio.wait_for(told.wait(), 30)
        # It returns: the link was ended in order.
        await asyncio.wait_for(running, 10)
        assert not client.connected
        await asyncio.wait_for(client.disconnect(), 10)
        assert words[:2] == ["converged", "listed"]
        # What came behind it is not handed out any more.
        assert words[2:] == [*[str(e["event_type"]) for e in events_of("x")[:5]], "down"]
        # The same object may begin again, and end at once.
        words.clear()
        client.on_connect = lambda: client.disconnect()  # type: ignore[method-assign]
        await asyncio.wait_for(client.run_forever(), 10)
        assert words == ["down"]

        async def broken() -> None:
            raise RuntimeError("not now")

        client.on_connect = broken  # type: ignore[method-assign]
        with pytest.raises(RuntimeError, match="not now"):
            await asyncio.wait_for(client.connect(), 10)
        assert not client.connected

    asyncio.run(asyncio.wait_for(follow(), 60))


def test_run_forever_tells_how_a_link_ended_before(own_server: Server) -> None:
    async def follow() -> None:
        client = WebSocketClient(own_server.ws)
        ended = asyncio.Event()
        client.on_disconnect = ended.set  # type: ignore[method-assign]
        await client.connect()
        await asyncio.to_thread(own_server.stop, signal.SIGKILL)
        await asyncio.wait_for(ended.wait(), 30)
        await asyncio.to_thread(own_server.start)
        # A server is there again, but this link was cut.
        with pytest.raises(ConnectionError, match="was cut"):
            await client.run_forever()
        # Then it may be made anew.
        again = asyncio.create_task(client.run_forever())
        while not client.connected:
            await asyncio.sleep(0.01)
        await client.disconnect()
        await again

    asyncio.run(asyncio.wait_for(follow(), 60))


FIELDS = (
    "session_id start_time end_time status current_iteration target final_state iterations convergence_reached"
    " duration_seconds config current_state metrics"
).split()


def test_a_session_has_every_field_of_lists_and_details(server: Server, session: str) -> None:
    bare = f"bare-{uuid.uuid4().hex[:8]}"
    loopscope.Client(server.url).send(
        {"event_type": "ITERATION_STARTED", "session_id": bare, "data": {"iteration": 1}}, dialect="convergence"
    )

    async def read() -> list[loopscope.Record]:
        client = DashboardClient(server.url)
        link = WebSocketClient(server.ws)
        await link.connect()
        found: list[loopscope.Record] = []
        for source in (client, link):
            rows = {row.session_id: row for row in await source.list_sessions(limit=1000)}
            found += [rows[bare], rows[session], await source.get_session(bare), await source.get_session(session)]
        await link.disconnect()
        return found

    for one in asyncio.run(asyncio.wait_for(read(), 60)):
        for name in FIELDS:
            getattr(one, name)
        for name in ("max_iterations", "timeout_seconds"):
            getattr(one.config, name)
        for name in ("total_findings", "total_fixes", "total_vulnerabilities", "tests_passed", "tests_failed"):
            getattr(one.metrics, name)
        # As a mapping it is what was told.
        assert dict(one) == {key: one[key] for key in one.to_dict()}
        with pytest.raises(AttributeError, match="colour"):
            _ = one.colour
        with pytest.raises(KeyError):
            _ = one["colour"]
        if one.session_id == bare:
            assert one.target is one.config.max_iterations is None


def test_event_types_equal_their_text_and_each_other() -> None:
    assert EventType.STEP_COMPLETE == "STEP_COMPLETE" == EventType.STEP_COMPLETE
    assert EventType.STEP_COMPLETE == "step_complete" and EventType("step_complete") is EventType.STEP_COMPLETE
    assert EventType.STEP_COMPLETE != "STEP_FAILED" and EventType.STEP_COMPLETE in {"STEP_COMPLETE"}
    assert f"{EventType.ERROR:>7}" == "  ERROR" and str(EventType.ERROR) == "ERROR"
    assert json.dumps([EventType.METRICS]) == '["METRICS"]'
    assert loopscope.Event({"event_type": "own:name"}).event_type == "own:name"
    assert {member.value for member in EventType} == {
        "SESSION_STARTED",
        "SESSION_ENDED",
        "ITERATION_STARTED",
        "ITERATION_ENDED",
        "STATE_CHANGED",
        "STEP_STARTED",
        "STEP_COMPLETE",
        "STEP_FAILED",
        "CONVERGENCE_REACHED",
        "ERROR",
        "METRICS",
        "VULNERABILITY_FOUND",
    }
