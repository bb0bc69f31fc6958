"""Commands and questions where something gives way: a link, a task, a handler, the process itself."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from test_steering import began
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

import loopscope
from conftest import Server, eventually
from loopscope import _wire
from loopscope._http import Address
from loopscope._runner import Runner
from loopscope.orchestrator.manager import ConnectionManager
from loopscope.steering import Command


def state(client: loopscope.Client, run: loopscope.Run, asked: loopscope.Record) -> loopscope.Record | None:
    """A command that is over."""
    rows = [row for row in client.commands(run.id) if row.command_id == asked.command_id]
    return rows[0] if rows and rows[0].state in ("succeeded", "failed") else None


@contextmanager
def scripted(script: Callable[[ServerConnection], None]) -> Iterator[str]:
    """A server that speaks by a script. In: what it does with each link. Out: its address."""

    def handle(link: ServerConnection) -> None:
        try:
            script(link)
        except ConnectionClosed:
            pass

    with serve(handle, "127.0.0.1", 0) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.socket.getsockname()[1]}"
        listening.shutdown()


def test_a_link_that_breaks_at_the_acknowledgement_costs_no_command() -> None:
    attached: list[dict[str, Any]] = []
    paths: list[str] = []
    receipts: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    asked = {"command_id": "c1", "type": "HALT", "parameters": {}}

    def script(link: ServerConnection) -> None:
        assert link.request is not None
        paths.append(link.request.path)
        for text in link:
            frame = json.loads(text)
            if frame["type"] == "attach":
                attached.append(frame)
                link.send(json.dumps({"type": "attached", "id": "attach"}))
                link.send(json.dumps({"type": "command", "command": asked, "redelivered": len(attached) > 1}))
            elif len(attached) == 1:
                # It had the receipt, and is gone before it says so.
                return
            else:
                receipts.put(frame)
                told = {**asked, "state": frame["status"]}
                link.send(json.dumps({"type": "receipt_taken", "id": frame["id"], "command": told}))

    came: queue.SimpleQueue[Command] = queue.SimpleQueue()
    with scripted(script) as url:
        runner = Runner(
            Address(url, None),
            "lab 2",
            "s",
            lambda fields, again: came.put(Command(fields, runner, again)),
            lambda number: None,
        )
        assert not came.get(timeout=30).acknowledge(), "nobody confirmed it"
        second = came.get(timeout=30)
        assert second.redelivered and second.acknowledge()
        second.succeed()
        assert [receipts.get(timeout=30)["status"] for _ in range(2)] == ["acknowledged", "succeeded"]
        runner.stop()
    # The server may still hold the link that broke.
    assert [frame["take_over"] for frame in attached[:2]] == [False, True]
    assert paths[0] == "/ws/v1?project=lab+2"


def test_a_run_of_a_project_takes_the_commands_of_that_project(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPSCOPE_PROJECT", "lab2")
    run = began(server, "in a project")
    client = loopscope.Client(server.url)
    assert client.project == "lab2"
    run.on("HALT", lambda: {"at": 1})
    asked = client.command(run.id, "HALT")
    assert eventually(lambda: state(client, run, asked)).result == {"at": 1}
    assert run.url.endswith(f"/sessions/{run.id}?project=lab2")
    run.finish(timeout=30)


def test_a_cancelled_wait_for_a_command_loses_none(server: Server, client: loopscope.Client) -> None:
    run = began(server, "cancelled waits")

    async def program() -> list[str]:
        commands = run.commands("HALT")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(commands.__anext__(), 0.05)
        # A turn is under way in its thread, and takes it: for whoever asks next, also in another loop over them.
        asked = await asyncio.to_thread(eventually, lambda: client.command(run.id, "HALT"))
        command = await asyncio.wait_for(run.commands("HALT").__anext__(), 30)
        assert command.command_id == asked.command_id
        command.fail("not now")
        return [asked.command_id]

    (number,) = asyncio.run(program())
    rows = {row.command_id: row.state for row in client.commands(run.id)}
    assert rows[number] == "failed", "by the loop's body, and by nobody before it"
    run.finish(timeout=30)


def test_a_cancelled_wait_for_an_event_loses_none(server: Server, client: loopscope.Client) -> None:
    run = began(server, "cancelled stream")

    async def program() -> list[object]:
        stream = client.subscribe(session=run.id)
        events = stream.aiter()
        seen: list[object] = []
        for number in range(20):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(events.__anext__(), 0.02)
            run.send("TICK", {"number": number})
            seen.append((await asyncio.wait_for(events.__anext__(), 30)).data["number"])
        stream.close()
        return seen

    assert asyncio.run(program()) == list(range(20))
    run.finish(timeout=30)


def test_a_handler_that_leaves_ends_no_steering(server: Server, client: loopscope.Client) -> None:
    run = began(server, "leaves")
    run.on("HALT", lambda: sys.exit(3))
    for _ in range(2):
        asked = client.command(run.id, "HALT")
        assert eventually(lambda asked=asked: state(client, run, asked)).state == "failed"
    # What nothing here takes is refused, and does not stand for ever.
    other = client.command(run.id, "RESUME")
    assert "does not take RESUME" in str(eventually(lambda: state(client, run, other)).error)
    run.finish(timeout=30)


def test_async_handlers_run_in_the_programs_own_loop(server: Server, client: loopscope.Client) -> None:
    run = began(server, "own loop")

    async def program() -> None:
        stop = asyncio.Event()
        loops: list[object] = []

        @run.on("HALT")
        async def halt() -> None:
            loops.append(asyncio.get_running_loop())
            stop.set()

        asked = await asyncio.to_thread(eventually, lambda: client.command(run.id, "HALT"))
        await asyncio.wait_for(stop.wait(), 30)
        assert loops == [asyncio.get_running_loop()]
        done = await asyncio.to_thread(eventually, lambda: state(client, run, asked))
        assert done.state == "succeeded"

        manager = ConnectionManager()
        manager.register_command_handler("HALT", halt)
        await asyncio.to_thread(manager.carry_out, "halt", None, None)
        assert loops == [asyncio.get_running_loop()] * 2

    asyncio.run(program())
    # That loop is over: a later command has one of its own.
    asked = client.command(run.id, "HALT")
    assert eventually(lambda: state(client, run, asked)).state == "succeeded"
    run.finish(timeout=30)


def test_a_question_ends_with_its_run_and_with_its_task(server: Server) -> None:
    run = began(server, "questions end")
    said: queue.SimpleQueue[object] = queue.SimpleQueue()

    def ask(**how: Any) -> None:
        try:
            said.put(run.ask("Go on?", **how))
        except loopscope.DecisionError as error:
            said.put(str(error))

    for how in ({}, {"default": "no"}):
        threading.Thread(target=ask, kwargs=how, daemon=True).start()
    eventually(lambda: len(run._asked) == 2)
    with pytest.raises(asyncio.TimeoutError):
        # The program's end waits for the threads of what it awaited.
        asyncio.run(asyncio.wait_for(run.ask_async("Well?"), 0.2))
    with pytest.raises(loopscope.ConfigurationError, match="options"):
        asyncio.run(run.ask_async("Well?", []))
    run.finish(timeout=30)
    eventually(lambda: not run._asked)
    with pytest.raises(RuntimeError, match="over"):
        run.ask("Still?")
    answers = {str(said.get(timeout=30)) for _ in range(2)}
    assert answers == {"no", "nobody answered 'Go on?' before the run was over, and it has no default"}


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="processes are forked on Unix only")
def test_a_forked_worker_leaves_its_parents_commands_alone(server: Server, client: loopscope.Client) -> None:
    run = began(server, "forks")
    run.on("HALT", lambda: {"pid": "parent"})
    first = client.command(run.id, "HALT")
    eventually(lambda: state(client, run, first))
    for _ in range(2):
        worker = multiprocessing.get_context("fork").Process(target=run.log, args=({"loss": 0.5},))
        worker.start()
        worker.join(60)
        assert worker.exitcode == 0
    asked = client.command(run.id, "HALT")
    assert eventually(lambda: state(client, run, asked)).result == {"pid": "parent"}
    names = [event.event_type for event in client.all_events(run.id)]
    assert "runner:detached" not in names, names
    run.finish(timeout=30)


def test_who_hangs_up_before_the_answer_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as forwarder:

        def hang_up() -> None:
            link, _ = forwarder.accept()
            link.recv(1 << 16)
            link.close()

        threading.Thread(target=hang_up, daemon=True).start()
        url = f"http://127.0.0.1:{forwarder.getsockname()[1]}"
        with pytest.raises(loopscope.ConnectionError, match="hung up"):
            _wire.connect_sync(f"ws{url[4:]}/ws/v1", Address(url, None))
