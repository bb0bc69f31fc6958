"""`create_app` and `broadcast_loop`: the dashboard as an ASGI application, used as its users use it."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from test_training import epoch

from loopscope.training import broadcast_loop, create_app


class Asgi:
    """Drives an ASGI application as a server would."""

    def __init__(self, app: Any, scope: dict[str, Any]) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.given: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.task = asyncio.ensure_future(app(scope, self.given.get, self.sent.put))

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.sent.get(), 10)


def test_create_app_is_an_asgi_application() -> None:
    async def drive() -> None:
        waiting: queue.Queue[Any] = queue.Queue()
        app = create_app(telemetry_queue=waiting)
        life = Asgi(app, {"type": "lifespan"})
        await life.given.put({"type": "lifespan.startup"})
        assert (await life.next())["type"] == "lifespan.startup.complete"

        socket = Asgi(app, {"type": "websocket", "path": "/ws"})
        await socket.given.put({"type": "websocket.connect"})
        assert (await socket.next())["type"] == "websocket.accept"
        assert "Karn" in (await socket.next())["text"]
        await socket.given.put({"type": "websocket.receive", "text": "ignored"})
        waiting.put(epoch())
        waiting.put('{"event_type":"RAW"}')
        assert json.loads((await socket.next())["text"])["epoch"] == 10
        assert (await socket.next())["text"] == '{"event_type":"RAW"}'
        waiting.put('{"event_type":"RAW","data":{"a":NaN,"b":[-Infinity],"c":"NaN"}}')
        assert json.loads((await socket.next())["text"])["data"] == {"a": None, "b": [None], "c": "NaN"}

        health = Asgi(app, {"type": "http", "path": "/api/health", "method": "GET"})
        assert (await health.next())["status"] == 200
        assert json.loads((await health.next())["body"]) == {
            "status": "ok",
            "clients": 1,
            "queue_size": 0,
            "dropped": 0,
        }
        for method, path, status in (
            ("GET", "/", 200),
            ("HEAD", "/", 200),
            ("GET", "/live.js", 200),
            ("GET", "/nothing", 404),
            ("POST", "/nothing", 404),
            ("POST", "/", 405),
            ("DELETE", "/api/health", 405),
        ):
            page = Asgi(app, {"type": "http", "path": path, "method": method})
            assert (await page.next())["status"] == status
            body = (await page.next())["body"]
            if status >= 400:
                assert json.loads(body) == {"detail": {404: "Not Found", 405: "Method Not Allowed"}[status]}
        # Mounted below a path, whether or not the framework takes it away.
        for path, status in (("/karn/api/health", 200), ("/api/health", 200), ("/karn/", 200), ("/karn", 307)):
            page = Asgi(app, {"type": "http", "path": path, "root_path": "/karn", "method": "GET"})
            answer = await page.next()
            assert answer["status"] == status
            assert status == 200 or (b"location", b"/karn/") in answer["headers"]
        below = Asgi(app, {"type": "websocket", "path": "/karn/ws", "root_path": "/karn"})
        await below.given.put({"type": "websocket.connect"})
        assert (await below.next())["type"] == "websocket.accept"
        await below.given.put({"type": "websocket.disconnect"})
        await socket.given.put({"type": "websocket.disconnect"})
        await asyncio.wait_for(socket.task, 10)
        await life.given.put({"type": "lifespan.shutdown"})
        assert (await life.next())["type"] == "lifespan.shutdown.complete"

        # No replay, also where the server knows no lifespan.
        waiting.put(epoch(1))
        late = Asgi(create_app(waiting), {"type": "websocket", "path": "/ws"})
        await late.given.put({"type": "websocket.connect"})
        assert (await late.next())["type"] == "websocket.accept" and "Karn" in (await late.next())["text"]
        while waiting.qsize():
            await asyncio.sleep(0.01)
        waiting.put(epoch(2))
        assert json.loads((await late.next())["text"])["epoch"] == 2
        await late.given.put({"type": "websocket.disconnect"})
        await asyncio.wait_for(late.task, 10)

        plain = Asgi(create_app(), {"type": "websocket", "path": "/ws"})
        await plain.given.put({"type": "websocket.connect"})
        assert (await plain.next())["type"] == "websocket.accept" and "Karn" in (await plain.next())["text"]
        await plain.given.put({"type": "websocket.disconnect"})
        await asyncio.wait_for(plain.task, 10)

    asyncio.run(drive())


@pytest.mark.parametrize("kind", [set, list])
@pytest.mark.parametrize("made", [queue.Queue, asyncio.Queue])
def test_broadcast_loop_waits_for_nobody(kind: type[Any], made: type[Any]) -> None:
    class Client:
        def __init__(self, send: Callable[[], Awaitable[None]] | None = None) -> None:
            self.send, self.seen = send, []  # type: tuple[Any, list[str]]

        async def send_text(self, text: str) -> None:
            if self.send is not None:
                await self.send()
            self.seen.append(text)

    async def fails() -> None:
        raise OSError("gone")

    async def drive() -> None:
        never = asyncio.Event()
        good, bad, stuck, late = Client(), Client(fails), Client(never.wait), Client()  # type: ignore[arg-type]
        clients = kind([good, bad, stuck])
        waiting = made()
        loop = asyncio.ensure_future(broadcast_loop(clients, waiting))
        # Beside one that never reads, and one that is gone.
        for number in range(500):
            waiting.put_nowait(epoch(number))
        while len(good.seen) < 500:
            await asyncio.sleep(0.01)
        assert [json.loads(text)["epoch"] for text in good.seen] == list(range(500))
        assert list(clients) == [good, stuck] if kind is list else clients == {good, stuck}
        (clients.add if kind is set else clients.append)(late)
        clients.remove(good)
        waiting.put_nowait(epoch(7))
        while not late.seen:
            await asyncio.sleep(0.01)
        assert len(late.seen) == 1 and len(good.seen) == 500 and not stuck.seen
        loop.cancel()
        await asyncio.wait([loop])

    asyncio.run(asyncio.wait_for(drive(), 30))
