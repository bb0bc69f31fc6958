"""Every member of the orchestrator contract's library surface (its section 8)."""

from __future__ import annotations

import asyncio
import http.server
import json
import math
import re
import socket
import subprocess
import threading
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import pytest

import loopscope
from conftest import BINARY, Server, eventually, free_port
from loopscope import orchestrator
from loopscope.orchestrator import (
    ConnectionManager,
    ExecutionState,
    ProducerClient,
    conn_manager,
    get_connection_stats,
)


def names(client: loopscope.Client, session: str) -> list[str]:
    return [event.name for event in client.all_events(session) if event.dialect == "orchestrator"]


def test_a_producer_tells_a_run_and_loses_not_its_last_word(server: Server, client: loopscope.Client) -> None:
    session = f"do_{uuid.uuid4().hex[:8]}"

    async def produce() -> None:
        async with ProducerClient(server.url, session) as producer:
            assert producer.connected and await producer.connect(timeout=5)
            assert get_connection_stats()["sessions"] == {session: 1}
            assert conn_manager.get_connection_count(session) == 1 and conn_manager.get_connection_count() >= 1
            assert await producer.emit_event("execution:started", {"task": "build", "steps_total": 1})
            assert await producer.emit_event("skill:started", {"skill_name": "fmt", "step_index": 0})
            assert await producer.emit_event("skill:completed", {"skill_name": "fmt", "duration": 0.5})
            for reserved in ("connect", "disconnect", ""):
                assert not await producer.emit_event(reserved, {})
            # At once before the link ends, as real producers do.
            assert await producer.emit_event("execution:completed", {"success": True})
        assert not producer.connected and not await producer.emit_event("late", {})
        await producer.disconnect()
        with pytest.raises(loopscope.ConnectionError, match="connect"):
            _ = producer.run

    asyncio.run(produce())
    assert names(client, session) == ["execution:started", "skill:started", "skill:completed", "execution:completed"]
    assert client.session(session).summary.status == "completed"
    assert get_connection_stats()["sessions"] == {} and "timestamp" in get_connection_stats()


def test_a_producer_without_a_server_runs_on() -> None:
    async def produce() -> None:
        producer = ProducerClient(f"http://127.0.0.1:{free_port()}")
        assert producer.session_id.startswith("do_")
        assert not await producer.connect(timeout=1) and not producer.connected
        assert not await producer.emit_event("skill:started", {})
        await producer.disconnect()

    asyncio.run(produce())
    contract_only = free_port()
    server = Server("--listen", f"orchestrator=127.0.0.1:{contract_only}")

    async def produce_there() -> bool:
        async with ProducerClient(f"http://127.0.0.1:{contract_only}") as producer:
            return await producer.emit_event("execution:started", {"task": "build"})

    try:
        assert asyncio.run(produce_there()), "the contract's own port takes it too"
    finally:
        server.end()
    with pytest.raises(ValueError, match="session_id"):
        ProducerClient("http://localhost", "")


def test_a_producer_that_goes_without_a_last_word_is_disconnected(server: Server, client: loopscope.Client) -> None:
    """Never left running for ever, and no success is invented."""
    left, broken, told = (f"do_{uuid.uuid4().hex[:8]}" for _ in range(3))

    async def produce() -> None:
        producer = ProducerClient(server.url, left)
        await producer.connect()
        await producer.emit_event("execution:started", {"task": "build"})
        await producer.emit_event("skill:started", {"skill_name": "fmt"})
        await producer.disconnect()
        with pytest.raises(KeyError):
            async with ProducerClient(server.url, broken) as producer:
                await producer.emit_event("execution_started", {"task": "build"})
                raise KeyError("a bug")
        async with ProducerClient(server.url, told) as producer:
            await producer.emit_event("execution_started", {"task": "build"})
            await producer.emit_event("execution_completed", {"success": True})
            await producer.emit_event("execution:note", {"text": "after the end"})

    def status(session: str) -> str:
        with urllib.request.urlopen(f"{server.url}/orchestrator/api/sessions/{session}") as answer:
            return str(json.load(answer)["status"])

    asyncio.run(produce())
    assert eventually(lambda: status(left) == status(broken) == "disconnected")
    assert status(told) == "completed"
    # The farewell is no event of the run.
    assert names(client, left) == ["execution:started", "skill:started"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "ftp://x", "not a url", "http://[", "foreign", "silent", "token"]
)
def test_whatever_is_there_connect_says_whether_it_is_connected(
    url: str, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    options: dict[str, str] = {}
    # Something that speaks HTTP and is no Loopscope; something that says nothing; a server that does not know us.
    foreign = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=foreign.serve_forever, daemon=True).start()
    silent = socket.create_server(("127.0.0.1", 0))
    locked = Server("--auth", "always") if url == "token" else None
    if url == "foreign":
        url = f"http://127.0.0.1:{foreign.server_port}"
    elif url == "silent":
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    elif locked is not None:
        url, options = locked.url, {"token": "lsc_wrong"}

    async def produce() -> None:
        async with ProducerClient(url, "nowhere", **options) as producer:
            assert not producer.connected and not await producer.connect(timeout=0.3)
            assert not await producer.emit_event("skill:started", {})

    try:
        asyncio.run(produce())
    finally:
        foreign.shutdown()
        foreign.server_close()
        silent.close()
        if locked is not None:
            locked.end()
    assert "nowhere is shown on no dashboard" in caplog.text


def test_who_may_send_is_connected() -> None:
    locked = Server("--auth", "always")

    def token(role: str) -> str:
        made = subprocess.run(
            [BINARY, "token", "create", role, "--role", role, "--db-path", str(locked.dir / "loopscope.db")],
            capture_output=True,
            text=True,
            check=True,
            cwd=locked.dir,
        )
        found = re.search(r"lsc_\S+", made.stdout)
        assert found
        return found[0]

    async def left(token: str) -> bool:
        async with ProducerClient(locked.url, "ours", token=token) as producer:
            return await producer.emit_event("execution:started", {"task": "build"})

    def status() -> str:
        asked = urllib.request.Request(
            f"{locked.url}/orchestrator/api/sessions/ours", headers={"Authorization": f"Bearer {token('admin')}"}
        )
        with urllib.request.urlopen(asked) as answer:
            return str(json.load(answer)["status"])

    try:
        assert not asyncio.run(left(token("view"))), "a reader's token sends nothing"
        assert asyncio.run(left(token("ingest"))), "a producer's token need not read"
        # It says its farewell with the same token.
        assert eventually(lambda: status() == "disconnected")
    finally:
        locked.end()


def test_emit_event_never_raises(server: Server, client: loopscope.Client) -> None:
    session = f"do_{uuid.uuid4().hex[:8]}"
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]

    async def produce() -> list[bool]:
        async with ProducerClient(server.url, session) as producer:
            wrong: list[Any] = [None, 5, "", ["a"], object()]
            assert [await producer.emit_event(name, {}) for name in wrong] == [False] * 5
            said = [await producer.emit_event("x:data", data) for data in ([1], "str", 5, None, {"a": math.nan}, deep)]
            await producer.emit_event("execution:completed", {"success": True})
            return said

    assert asyncio.run(produce()) == [True, True, True, True, True, False]
    payloads = [event.data for event in client.all_events(session) if event.name == "x:data"]
    assert payloads[:4] == [{"value": [1]}, {"value": "str"}, {"value": 5}, {}]


def test_every_command_that_has_a_handler_reaches_it(server: Server, client: loopscope.Client) -> None:
    session = f"do_{uuid.uuid4().hex[:8]}"
    kinds = ["set_breakpoint", "STEP_OVER", "Checkpoint", "approve_file_change"]
    seen: list[str] = []

    def handler(kind: str) -> Callable[[], None]:
        return lambda: seen.append(kind)

    for kind in kinds[:2]:
        conn_manager.register_command_handler(kind, handler(kind))

    async def produce() -> None:
        async with ProducerClient(server.url, session) as producer:
            await producer.emit_event("execution:started", {"task": "build"})
            # Also those that come when it is connected.
            conn_manager.register_command_handler(kinds[2], handler(kinds[2]))
            producer.register_command_handler(kinds[3], handler(kinds[3]))

            def steer() -> dict[str, str]:
                eventually(lambda: client.session(session))
                asked = {
                    client.command(session, kind, {"location": "a:1", "file_path": "a"}).command_id: kind
                    for kind in (*(kind.swapcase() for kind in kinds), "PRIORITY")
                }

                def over() -> dict[str, str] | None:
                    rows = [row for row in client.commands(session) if row.command_id in asked]
                    done = all(row.state in ("succeeded", "failed") for row in rows)
                    return {asked[row.command_id]: row.state for row in rows} if done and len(rows) == 5 else None

                return dict(eventually(over))

            states = await asyncio.to_thread(steer)
            assert states.pop("PRIORITY") == "failed" and set(states.values()) == {"succeeded"}
            await producer.emit_event("execution:completed", {"success": True})

    asyncio.run(produce())
    assert sorted(seen) == sorted(kinds)


def test_commands_reach_handlers_and_move_the_state(server: Server, client: loopscope.Client) -> None:
    session = f"do_{uuid.uuid4().hex[:8]}"
    seen: list[object] = []
    conn_manager.register_command_handler("halt", lambda: seen.append("halt"))
    conn_manager.register_command_handler("REDIRECT", lambda command: seen.append(command.parameters))

    async def produce() -> None:
        async with ProducerClient(server.url, session) as producer:
            await producer.emit_event("execution:started", {"task": "build"})
            producer.register_command_handler("INJECT", lambda command: {"queued": command.parameters["skill_name"]})

            def steer() -> dict[str, loopscope.Record]:
                eventually(lambda: client.session(session))
                asked = [
                    client.command(session, "HALT"),
                    client.command(session, "REDIRECT", {"target_skill": "test"}),
                    client.command(session, "INJECT", {"skill_name": "lint"}),
                    client.command(session, "ROLLBACK", {"steps": 1}),
                ]
                wanted = {command.command_id for command in asked}

                def over() -> dict[str, loopscope.Record] | None:
                    rows = [row for row in client.commands(session) if row.command_id in wanted]
                    done = all(row.state in ("succeeded", "failed") for row in rows)
                    return {row.type: row for row in rows} if done and len(rows) == len(wanted) else None

                return eventually(over)

            rows = await asyncio.to_thread(steer)
            assert {kind: row.state for kind, row in rows.items()} == {
                "HALT": "succeeded",
                "REDIRECT": "succeeded",
                "INJECT": "succeeded",
                "ROLLBACK": "failed",
            }
            assert rows["INJECT"].result == {"queued": "lint"} and "no handler" in str(rows["ROLLBACK"].error)
            assert seen == ["halt", {"target_skill": "test"}]
            assert conn_manager.get_execution_state(session) == ExecutionState.HALTED
            conn_manager.set_execution_state(ExecutionState.RUNNING, session)
            assert conn_manager.get_execution_state(session) == "running"
            assert [row["command_type"] for row in conn_manager.command_history][-4:] == [
                "HALT",
                "REDIRECT",
                "INJECT",
                "ROLLBACK",
            ]
            await producer.emit_event("execution:completed", {"success": True})

    asyncio.run(produce())


def test_the_helpers_tell_every_family(server: Server, client: loopscope.Client) -> None:
    session = f"in-process-{uuid.uuid4().hex[:8]}"
    orchestrator.configure(server.url)

    async def tell() -> None:
        await orchestrator.emit_execution_event("started", {"task": "build"}, session)
        await orchestrator.emit_skill_event("skill:started", {"skill_name": "fmt"}, session_id=session)
        await orchestrator.emit_file_event("modified", {"path": "a.rs", "lines_changed": 2}, session)
        await orchestrator.emit_decision_event("made", {"decision_id": "d", "choice": "a"}, session)
        await orchestrator.emit_validation_event("validation:output", {"line": "PASS", "type": "stdout"}, session)
        await orchestrator.emit_agent_event("spawned", {"agent_id": "a", "role": "testing"}, session)
        await orchestrator.emit_checkpoint_event({"checkpoint_id": "c", "label": "before"}, session)
        assert conn_manager.get_execution_state(session) == ExecutionState.RUNNING
        await orchestrator.emit_execution_event("execution:failed", {"error": "no"}, session)
        assert conn_manager.get_execution_state(session) == ExecutionState.FAILED
        # Whole names of the contract's underscore kind stay as they are.
        await orchestrator.emit_execution_event("execution_started", {"task": "again"}, session)
        assert conn_manager.get_execution_state(session) == ExecutionState.RUNNING
        await orchestrator.emit_file_event("file_changed", {"file_path": "a.rs", "status": "added"}, session)
        await orchestrator.emit_skill_event("wave:started", ["free"], session)  # type: ignore[arg-type]
        await orchestrator.emit_execution_event("execution_failed", {"error": "no"}, session)
        assert conn_manager.get_execution_state(session) == ExecutionState.FAILED
        await orchestrator.emit_skill_event("progress", {"skill_name": "fmt", "progress": 5})
        with pytest.raises(ValueError, match="skill:started"):
            await orchestrator.emit_skill_event("", {})

    asyncio.run(tell())
    assert orchestrator.emit.flush(30)
    assert names(client, session) == [
        "execution:started",
        "skill:started",
        "file:modified",
        "decision:made",
        "validation:output",
        "agent:spawned",
        "checkpoint:created",
        "execution:failed",
        "execution_started",
        "file_changed",
        "wave:started",
        "execution_failed",
    ]
    assert "skill:progress" in names(client, "orchestrator")
    assert conn_manager.event_history[-1]["event_type"] == "skill:progress"
    orchestrator.configure(None)


def test_the_manager_counts_connections() -> None:
    manager = ConnectionManager()
    for number in range(100):
        manager.add_connection(f"sid-{number}", "even" if number % 2 == 0 else None)
    assert manager.get_connection_count() == 100 and manager.get_connection_count("even") == 50
    manager.remove_connection("sid-0")
    manager.remove_connection("sid-0")
    assert manager.get_connection_count("even") == 49
    manager.track_event("skill:started")
    manager.track_command("HALT", "even")
    assert len(manager.event_history) == len(manager.command_history) == 1
    for track, history in (
        (manager.track_event, manager.event_history),
        (manager.track_command, manager.command_history),
    ):
        track("x:y", {"a": 1}, "odd")
        assert history[-1]["data"] == {"a": 1} and history[-1]["session_id"] == "odd"
        track("x:y", {"a": 1})
        track("x:y", "odd")
        assert "data" not in history[-1] and history[-1]["session_id"] == "odd" and history[-2]["session_id"] is None
    assert manager.get_execution_state() == ExecutionState.RUNNING == "running"
    manager.set_execution_state("completed")
    assert manager.get_execution_state("any") == ExecutionState.COMPLETED
    assert {state.value for state in ExecutionState} == {"running", "halted", "completed", "failed"}
    with pytest.raises(ValueError, match="state must be one of"):
        manager.set_execution_state("asleep")
    with pytest.raises(ValueError, match="handler"):
        manager.register_command_handler("HALT", None)  # type: ignore[arg-type]
