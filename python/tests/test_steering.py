"""Commands and questions: people's word reaches the program once, and what became of it is on record."""

from __future__ import annotations

import asyncio
import threading

import pytest

import loopscope
from conftest import Server, eventually


def began(server: Server, name: str) -> loopscope.Run:
    run = loopscope.start(server.url, name=name)
    assert run.flush(30)
    return run


def test_handlers_carry_commands_out(server: Server, client: loopscope.Client) -> None:
    run = began(server, "handlers")
    seen: list[object] = []

    @run.on("HALT")
    def halt(command: loopscope.Command) -> dict[str, object]:
        seen.append((command.type, command.reason))
        return {"at": "step 3"}

    @run.on("snapshot", label="Take a snapshot")
    async def snapshot() -> None:
        await asyncio.sleep(0)
        raise OSError("no room")

    asked = client.command(run.id, "HALT", reason="look first")

    def ask_for_a_snapshot() -> loopscope.Record | None:
        try:
            return client.command(run.id, "snapshot")
        except loopscope.APIError:
            # The program tells what it takes a moment after it began to.
            return None

    again = eventually(ask_for_a_snapshot)

    def state(command: loopscope.Record) -> loopscope.Record | None:
        rows = [row for row in client.commands(run.id) if row.command_id == command.command_id]
        return rows[0] if rows[0].state in ("succeeded", "failed") else None

    done = eventually(lambda: state(asked))
    assert done.state == "succeeded" and done.result == {"at": "step 3"}
    failed = eventually(lambda: state(again))
    assert failed.state == "failed" and "no room" in str(failed.error)
    assert seen == [("HALT", "look first")]
    run.finish(timeout=30)


def test_a_loop_takes_commands_as_they_come(server: Server, client: loopscope.Client) -> None:
    run = began(server, "loop")
    commands = run.commands("HALT", "RESUME")
    assert commands.get(timeout=0.05) is None
    first = client.command(run.id, "HALT")
    command = commands.get(timeout=30)
    assert command is not None and command.command_id == first.command_id and not command.answered
    command.fail("not now")
    client.command(run.id, "RESUME", {"from": 3})
    second = commands.get(timeout=30)
    assert second is not None and second.parameters == {"from": 3}
    assert commands.get(timeout=0.05) is None
    rows = {row.type: row.state for row in client.commands(run.id)}
    assert rows == {"HALT": "failed", "RESUME": "succeeded"}

    taken: list[str] = []

    async def follow() -> None:
        async for command in run.commands("HALT"):
            taken.append(command.type)
            if len(taken) == 2:
                return

    client.command(run.id, "HALT")
    client.command(run.id, "RESUME")
    asyncio.run(asyncio.wait_for(follow(), 30))
    assert taken == ["HALT", "RESUME"]
    ended = threading.Thread(target=lambda: list(run.commands("HALT")))
    ended.start()
    run.finish(timeout=30)
    ended.join(30)
    assert not ended.is_alive()


def test_a_question_is_answered_by_people_once(server: Server, client: loopscope.Client) -> None:
    run = began(server, "asks")

    def answer() -> None:
        row = eventually(lambda: next((r for r in client.decisions(state="pending") if r.session_id == run.id), None))
        client.decide(run.id, row.decision_id, "retry", reason="worth it")
        with pytest.raises(loopscope.APIError) as refused:
            client.decide(run.id, row.decision_id, "stop")
        assert refused.value.status_code == 409

    person = threading.Thread(target=answer)
    person.start()
    assert run.ask("The build broke. What now?", ["retry", "stop"], default="stop", timeout=60) == "retry"
    person.join(60)
    assert not person.is_alive()
    run.finish(timeout=30)


def test_a_question_whose_time_is_over_has_its_default(server: Server) -> None:
    run = began(server, "times out")
    assert asyncio.run(run.ask_async("Go on?", ["yes", "no"], default="no", timeout=0.5)) == "no"
    with pytest.raises(loopscope.ConfigurationError, match="options"):
        run.ask("Go on?", [])
    run.finish(timeout=30)


def test_a_killed_server_loses_no_command(own_server: Server) -> None:
    client = loopscope.Client(own_server.url)
    run = began(own_server, "killed")
    seen: list[str] = []
    run.on("HALT", lambda command: seen.append(command.command_id))
    first = client.command(run.id, "HALT")
    eventually(lambda: seen == [first.command_id])
    own_server.process.kill()
    own_server.stop()
    own_server.start()
    second = eventually(lambda: client.command(run.id, "HALT"))
    eventually(lambda: second.command_id in seen)
    assert len(seen) == len(set(seen)) == 2
    run.finish(timeout=30)


def test_a_command_that_comes_again_is_not_begun_again(own_server: Server) -> None:
    client = loopscope.Client(own_server.url)
    run = began(own_server, "redelivered")
    seen: list[str] = []
    go_on, done = threading.Event(), threading.Event()

    @run.on("HALT")
    def halt(command: loopscope.Command) -> None:
        seen.append(command.command_id)
        assert go_on.wait(60)
        done.set()

    asked = client.command(run.id, "HALT")
    eventually(lambda: seen == [asked.command_id])
    # It is done while nobody is there to be told, so that the next server hands it over again.
    own_server.process.kill()
    own_server.stop()
    go_on.set()
    assert done.wait(30)
    own_server.start()
    later = eventually(lambda: client.command(run.id, "HALT"))

    def states() -> dict[str, str]:
        return {row.command_id: row.state for row in client.commands(run.id)}

    eventually(lambda: states()[later.command_id] == "succeeded")
    eventually(lambda: states()[asked.command_id] == "succeeded")
    assert seen == [asked.command_id, later.command_id]
    run.finish(timeout=30)
