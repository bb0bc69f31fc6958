"""PyPI's `websockets`, unmodified: dashboards and trainers of the training contract."""

import asyncio
import json
import math
import time
import uuid

import pytest
import requests
import websockets

from conftest import Server

GREETING = {"type": "connected", "message": "Connected to Karn telemetry stream"}


def event(name, epoch=None, data=None, **more):
    """An event as the stream backend encodes it: Python's own encoder, bare NaN and all."""
    return {
        "event_type": name,
        "timestamp": "2026-01-05T10:00:00.123456+00:00",
        "epoch": epoch,
        "seed_id": None,
        "slot_id": None,
        "severity": "info",
        "message": "",
        "data": data if data is not None else {},
        **more,
    }


def started(episode):
    return event("TRAINING_STARTED", data={"n_envs": 2, "max_epochs": 150, "n_episodes": 10, "episode_id": episode})


async def greeted(server, path="/training/ws"):
    socket = await websockets.connect(server.ws + path)
    greeting = json.loads(await asyncio.wait_for(socket.recv(), 2))
    assert greeting == GREETING
    assert greeting["type"] == "connected" and "Karn" in greeting["message"]
    return socket


async def next_event(socket, patience=2):
    return json.loads(await asyncio.wait_for(socket.recv(), patience))


@pytest.mark.parametrize("path", ["/training", "/training/ws"])
def test_an_emitted_event_reaches_a_client_within_two_seconds(server, path):
    async def walk():
        client = await greeted(server, path)
        async with websockets.connect(server.ws + "/training/ws?role=producer") as trainer:
            sent = event("EPOCH_COMPLETED", 10, {"val_accuracy": 75.5, "val_loss": 0.0, "env_id": 0})
            await trainer.send(json.dumps(sent))
            got = await next_event(client)
        assert got["event_type"] == "EPOCH_COMPLETED"
        assert got["epoch"] == 10
        assert got["data"] == sent["data"]
        assert got["message"] == "" and got["severity"] == "info"
        await client.close()

    asyncio.run(walk())


def test_bare_tokens_of_a_skipped_update_go_out_as_null(server):
    async def walk():
        client = await greeted(server)
        async with websockets.connect(server.ws + "/training/ws?role=producer") as trainer:
            data = {
                "skipped": True,
                "op_q_values": [math.nan] * 6,
                "q_variance": math.nan,
                "loss_at_panic": math.inf,
                "low": -math.inf,
                "rng_seed": 2**63 + 1,
                "entropy": 0.0,
            }
            text = json.dumps(event("PPO_UPDATE_COMPLETED", 4, data))
            assert "NaN" in text and "-Infinity" in text
            await trainer.send(text)
            got = await next_event(client)
        expected = dict(data, op_q_values=[None] * 6, q_variance=None, loss_at_panic=None, low=None)
        assert got["data"] == expected
        await client.close()

    asyncio.run(walk())


def test_nothing_is_replayed_but_on_request(server):
    episode = f"run-{uuid.uuid4()}"
    events = [started(episode)] + [event("EPOCH_COMPLETED", n, {"val_accuracy": float(n)}) for n in range(5)]
    answer = requests.post(f"{server.url}/training/events?source={episode}", json={"events": events}, timeout=10)
    assert answer.status_code == 202 and answer.json() == {"accepted": 6, "rejected": 0}

    async def walk():
        plain = await greeted(server, f"/training/ws?run={episode}")
        replayed = await greeted(server, f"/training/ws?run={episode}&replay=1")
        assert [(await next_event(replayed))["epoch"] for _ in events] == [None, 0, 1, 2, 3, 4]
        live = event("EPOCH_COMPLETED", 5, {"val_accuracy": 5.0})
        requests.post(f"{server.url}/training/events?source={episode}", json=live, timeout=10)
        assert (await next_event(plain))["epoch"] == 5
        assert (await next_event(replayed))["epoch"] == 5
        for socket in (plain, replayed):
            await socket.close()

    asyncio.run(walk())


def test_client_frames_never_close_the_stream(server):
    async def walk():
        client = await greeted(server)
        await client.send("nonsense")
        await client.send(b"\x00\x01")
        await client.send(json.dumps({"type": "pong"}))
        requests.post(f"{server.url}/training/events", json=event("lower_case_type", 1, {"x": 1}), timeout=10)
        assert (await next_event(client))["event_type"] == "lower_case_type"
        await client.close()

    asyncio.run(walk())


def test_json_lines_and_runs(server):
    episode = f"run-{uuid.uuid4()}"
    lines = [started(episode), event("BATCH_EPOCH_COMPLETED", 3, {"episodes_completed": 3, "total_episodes": 10})]
    body = "\n".join(json.dumps(line) for line in lines)
    answer = requests.post(
        f"{server.url}/training/events?source={episode}",
        data=body,
        headers={"content-type": "application/x-ndjson"},
        timeout=10,
    )
    assert answer.status_code == 202, answer.text
    run = requests.get(f"{server.url}/training/api/runs/{episode}", timeout=10).json()
    assert (run["run_id"], run["status"]) == (episode, "running")
    runs = requests.get(f"{server.url}/training/api/runs", timeout=10).json()["runs"]
    assert episode in [run["run_id"] for run in runs]
    page = requests.get(f"{server.url}/training/api/runs/{episode}/events?limit=1&offset=1", timeout=10).json()
    assert page["total"] == 2 and page["events"][0]["event_type"] == "BATCH_EPOCH_COMPLETED"
    lost = requests.get(f"{server.url}/training/api/runs/no-such-run", timeout=10)
    assert lost.status_code == 404 and lost.json() == {"detail": "Not Found"}


def test_health_has_the_keys_of_the_contract(server):
    health = requests.get(f"{server.url}/training/api/health", timeout=10).json()
    assert health["status"] == "ok"
    assert isinstance(health["clients"], int) and isinstance(health["queue_size"], int)


def test_a_dialled_trainer_is_followed():
    """The stream backend: a WebSocket server in the training process, any path, a greeting, then broadcasts."""

    async def walk():
        links = asyncio.Queue()

        async def serve(link):
            await link.send(json.dumps(GREETING))
            await links.put(link)
            await link.wait_closed()

        async with websockets.serve(serve, "127.0.0.1", 0) as backend:
            port = backend.sockets[0].getsockname()[1]
            running = await asyncio.to_thread(Server, LOOPSCOPE_TRAINING_URLS=f"ws://127.0.0.1:{port}")
            try:
                link = await asyncio.wait_for(links.get(), 20)
                client = await greeted(running)
                await link.send(json.dumps(started("dialled")))
                assert (await next_event(client))["event_type"] == "TRAINING_STARTED"
                for number in range(2_000):
                    await link.send(json.dumps(event("EPOCH_COMPLETED", number, {"val_accuracy": math.nan})))
                for number in range(2_000):
                    assert (await next_event(client, 20))["epoch"] == number
                await client.close()
                # The whole program goes: a link that comes back at once would still be its run's.
                backend.close()
                await backend.wait_closed()
                deadline = time.monotonic() + 20
                path = f"{running.url}/training/api/runs/dialled"
                while requests.get(path, timeout=10).json()["status"] != "interrupted":
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.1)
            finally:
                await asyncio.to_thread(running.stop)

    asyncio.run(walk())


def test_a_hundred_clients(server):
    async def walk():
        clients = await asyncio.gather(*(greeted(server) for _ in range(100)))
        events = [event("EPOCH_COMPLETED", number, {"val_accuracy": 1.0}) for number in range(20)]
        requests.post(f"{server.url}/training/events", json=events, timeout=10)
        for client in clients:
            assert [(await next_event(client, 20))["epoch"] for _ in events] == list(range(20))
        await asyncio.gather(*(client.close() for client in clients))

    asyncio.run(walk())
