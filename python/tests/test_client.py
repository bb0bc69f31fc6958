"""`Client`, `AsyncClient` and `Subscription`: reading, steering, and going on where the link was lost."""

from __future__ import annotations

import asyncio
import http.server
import threading
import uuid

import pytest

import loopscope
from conftest import Server, events_of, eventually, free_port


def test_reading_pages_boards_and_events(server: Server, client: loopscope.Client) -> None:
    name = f"read-{uuid.uuid4().hex[:8]}"
    receipt = client.send(events_of(name), dialect="convergence")
    assert receipt.accepted == 6 and receipt.receipts[0].status == "stored"
    assert client.overview().metrics and client.sessions(q=name)[0].session_id == name
    assert client.session(name).summary.status == "converged"
    assert [event.seq for event in client.events(name, limit=2)] == [5, 6]
    assert [event.name for event in client.events(name, kind=["step_started"])] == ["STEP_STARTED"]
    assert len(list(client.all_events(name, page=4))) == 6
    assert client.commands(name) == [] and client.metrics(name) == []
    with pytest.raises(loopscope.SessionNotFoundError):
        client.session("nobody")
    with pytest.raises(loopscope.APIError) as refused:
        client.events(name, limit="many")
    assert refused.value.status_code == 422 and refused.value.field == "limit" and "limit" in str(refused.value)
    with pytest.raises(loopscope.APIError) as conflict:
        client.command(name, "HALT")
    assert conflict.value.code == "conflict" and conflict.value.status_code == 409
    with pytest.raises(ValueError, match="names"):
        client.series(name, [])

    async def read() -> None:
        awaited = loopscope.AsyncClient(server.url)
        assert (await awaited.session(name)).summary.session_id == name
        assert (await awaited.sessions(limit=1)).total >= 1

    asyncio.run(read())


def test_commands_wait_and_are_taken_back(server: Server, client: loopscope.Client) -> None:
    run = loopscope.start(server.url, name="waits")
    assert run.flush(30)
    asked = client.command(run.id, "HALT", idempotency_key="once", expires_in_seconds=60)
    assert client.command(run.id, "HALT", idempotency_key="once").command_id == asked.command_id
    assert client.commands(run.id)[0].state == "queued"
    assert client.cancel(run.id, asked.command_id).state == "cancelled"
    run.finish(timeout=30)


def test_a_stream_goes_on_where_it_was(own_server: Server) -> None:
    client = loopscope.Client(own_server.url)
    client.send(events_of("a"), dialect="convergence")
    with client.subscribe(since="0", names=["STEP_*"]) as stream:
        assert [stream.get(30).name for _ in range(2)] == ["STEP_STARTED", "STEP_COMPLETE"]  # type: ignore[union-attr]
        assert stream.get(0.05) is None
        own_server.process.kill()
        own_server.stop()
        own_server.start()
        client.send(events_of("b"), dialect="convergence")
        seen = [next(stream) for _ in range(2)]
        assert [(event.session_id, event.name) for event in seen] == [("b", "STEP_STARTED"), ("b", "STEP_COMPLETE")]
        cursor = stream.cursor
    assert stream.get(1) is None and list(stream) == []
    client.send(events_of("c"), dialect="convergence")
    with client.subscribe(since=cursor, names=["STEP_*"]) as later:
        assert next(later).session_id == "c" and later.resets == []

    async def follow() -> str:
        async for event in loopscope.AsyncClient(own_server.url).subscribe(since="0", session="a"):
            return str(event.name)
        raise AssertionError

    assert asyncio.run(asyncio.wait_for(follow(), 30)) == "SESSION_STARTED"


def test_a_gap_is_told(server: Server, client: loopscope.Client) -> None:
    client.send({"event_type": "X", "session_id": "gap"})
    with client.subscribe(since="77-1") as stream:
        eventually(lambda: stream.get(0.05) is None and stream.resets)
        assert stream.resets == ["unknown_epoch"]


def test_wrong_addresses_say_what_to_do(server: Server) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"hi")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{other.server_address[1]}"
        with pytest.raises(loopscope.ProtocolError, match="is a Loopscope server there"):
            loopscope.Client(url).sessions()
        with pytest.raises(loopscope.ProtocolError):
            next(loopscope.Client(url).subscribe())
        other.shutdown()
    nobody = loopscope.Client(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(loopscope.ConnectionError, match="start the server"):
        nobody.sessions()
    with pytest.raises(ConnectionError, match="start the server"):
        next(nobody.subscribe())
    with pytest.raises(loopscope.APIError, match="nonsense"):
        next(loopscope.Client(server.url).subscribe(kinds=["nonsense"]))
    for wrong in ("ftp://host", "http://", "http://host:x", 7):
        with pytest.raises(loopscope.ConfigurationError, match="http://localhost:8766"):
            loopscope.Client(wrong)  # type: ignore[arg-type]
