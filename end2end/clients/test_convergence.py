"""PyPI's `websockets` walks the convergence contract's message protocol."""

import asyncio
import json
import unittest
import urllib.request
import uuid

import pytest
from websockets.asyncio.client import connect


@pytest.fixture(autouse=True)
def address(server):
    Protocol.server = server


def make_event(session, event_type, data=None, **more):
    """An event as a loop sends it."""
    return {
        "event_id": str(uuid.uuid4()),
        "timestamp": "2026-01-05T10:00:00.123456+00:00",
        "session_id": session,
        "iteration": 1,
        "state": "IDLE",
        "event_type": event_type,
        "data": data or {},
    } | more


def new_session():
    return f"websockets-client-{uuid.uuid4()}"


def post_now(body):
    request = urllib.request.Request(
        f"{Protocol.server.url}/events",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


async def post(session, *events):
    """The loop's webhook."""
    body = {"session_id": session, "events": list(events)}
    return await asyncio.to_thread(post_now, body)


async def frame(socket):
    return json.loads(await socket.recv())


async def ask(socket, message):
    await socket.send(message if isinstance(message, str) else json.dumps(message))
    return await frame(socket)


class Protocol(unittest.IsolatedAsyncioTestCase):
    """Every message of the contract's section 3, in the order in which a client meets them."""

    server = None

    async def settle(self, socket):
        """Everything sent before is handled once the pong is here; no acknowledgement comes before it."""
        self.assertEqual((await ask(socket, {"action": "ping"}))["type"], "pong")

    async def event_of(self, socket, session):
        """The next event of a session: other producers may be at work on the same server."""
        while True:
            received = await frame(socket)
            self.assertEqual(received["type"], "event")
            if received.get("session_id", received["data"].get("session_id")) == session:
                return received

    async def test_a_listener_that_never_subscribes_hears_flat_events_on_the_root(self):
        async with connect(f"{self.server.ws}/") as socket:
            await self.settle(socket)
            session = new_session()
            sent = make_event(session, "STEP_STARTED", {"step": "fix", "tool": "t", "args": []})
            await post(session, sent)
            received = await self.event_of(socket, session)
        self.assertEqual(
            list(received),
            ["type", "event_id", "timestamp", "session_id", "iteration", "state", "event_type", "data"],
        )
        self.assertEqual(received["state"], "FIXING")
        self.assertEqual(received["timestamp"], "2026-01-05T10:00:00.123456Z")
        self.assertEqual(received["data"], sent["data"])

    async def test_the_page_of_the_reference_gets_state_then_nested_frames(self):
        # The default limit of this client is 1 MiB a frame: the state frame must stay below it.
        async with connect(f"{self.server.ws}/ws") as socket:
            first = await frame(socket)
            self.assertEqual(first["type"], "state")
            self.assertLessEqual(len(first["data"]["logs"]), 1000)
            await self.settle(socket)
            session = new_session()
            await post(session, make_event(session, "STATE_CHANGED", {"from": "IDLE", "to": "DIAGNOSING"}))
            nested = await self.event_of(socket, session)
            self.assertEqual(list(nested), ["type", "data"])
            self.assertEqual(nested["data"]["state"], "DIAGNOSING")
            await socket.send(json.dumps({"action": "subscribe", "events": ["*"]}))
            await self.settle(socket)
            await post(session, make_event(session, "SESSION_ENDED", {"session_id": session}))
            flat = await self.event_of(socket, session)
            self.assertEqual(flat["event_type"], "SESSION_ENDED")

    async def test_subscriptions_choose_names(self):
        async with connect(f"{self.server.ws}/") as socket:
            for message, expected in [
                ({"action": "subscribe", "events": ["py_one"]}, ["PY_ONE"]),
                ({"action": "subscribe", "events": ["PY_TWO"]}, ["PY_ONE", "PY_TWO"]),
                ({"action": "unsubscribe", "events": ["PY_ONE"]}, ["PY_TWO"]),
                ({"action": "subscribe", "events": ["*"]}, ["PY_ONE", "PY_TWO", "PY_THREE"]),
                ({"action": "unsubscribe", "events": ["PY_TWO"]}, ["PY_ONE", "PY_THREE"]),
                ({"action": "unsubscribe"}, []),
            ]:
                await socket.send(json.dumps(message))
                await self.settle(socket)
                session = new_session()
                names = ["PY_ONE", "PY_TWO", "PY_THREE"]
                await post(session, *(make_event(session, name) for name in names))
                seen = [(await self.event_of(socket, session))["event_type"] for _ in expected]
                self.assertEqual(seen, expected, message)
                await self.settle(socket)

    async def test_requests_are_answered(self):
        session = new_session()
        await post(session, make_event(session, "SESSION_STARTED", {"target": "walk"}))
        async with connect(f"{self.server.ws}/") as socket:
            await socket.send(json.dumps({"action": "unsubscribe"}))
            listed = await ask(socket, {"action": "list_sessions", "limit": 1000})
            self.assertEqual(listed["request_action"], "list_sessions")
            self.assertIn(session, [row["session_id"] for row in listed["data"]["sessions"]])
            detail = await ask(socket, {"action": "get_session", "session_id": session})
            self.assertEqual(detail["type"], "response")
            self.assertEqual(detail["data"]["session_id"], session)
            self.assertEqual(detail["data"]["target"], "walk")

    async def test_errors_are_frames_and_the_socket_stays(self):
        async with connect(f"{self.server.ws}/ws") as socket:
            await frame(socket)
            await socket.send(json.dumps({"action": "unsubscribe"}))
            for text, action in [
                ("no json", None),
                ("{}", None),
                ('{"action":"dance"}', "dance"),
                ('{"action":"get_session","session_id":"no-such"}', "get_session"),
                ('{"action":"list_sessions","limit":"ten"}', "list_sessions"),
            ]:
                received = await ask(socket, text)
                self.assertEqual(set(received), {"type", "request_action", "error", "message"}, text)
                self.assertEqual((received["type"], received["request_action"]), ("error", action), text)
            await socket.send(b"\x01\x02")
            self.assertEqual((await frame(socket))["type"], "error")
            await self.settle(socket)

    async def test_a_long_text_arrives_as_it_was_sent_and_a_longer_one_is_refused_alone(self):
        text = "ä" * 40_000
        async with connect(f"{self.server.ws}/") as socket:
            await self.settle(socket)
            session = new_session()
            too_long = make_event(session, "TOO_LONG", {"text": "x" * 1_000_000})
            answer = await post(session, too_long, make_event(session, "LONG_TEXT", {"text": text}))
            received = await self.event_of(socket, session)
        self.assertEqual((answer["accepted"], answer["rejected"]), (1, 1))
        self.assertEqual(received["event_type"], "LONG_TEXT")
        self.assertEqual(received["data"]["text"], text)
