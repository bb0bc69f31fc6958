"""Widgets of a program's own reach the server's pages."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

import pytest
from conftest import Server

import loopscope
from kimi_dashboard.widgets import Widget, WidgetConfig, register_widget
from loopscope.convergence.widgets import WidgetHost, create_widget
from loopscope.errors import APIError


class Found(Widget):
    """Findings of each step that is complete."""

    async def on_event(self, event: loopscope.Event) -> None:
        if event.session_id == "pushed" and event.event_type == "STEP_COMPLETE":
            self.data.append({"x": event.iteration, "y": event.data.get("findings_count", 0)})


def read(server: Server, route: str) -> Any:
    with urllib.request.urlopen(f"{server.url}/api/v1/widgets{route}") as answer:
        return json.load(answer)


def step(number: int, found: int) -> dict[str, Any]:
    return {
        "event_id": f"pushed-{number}",
        "session_id": "pushed",
        "iteration": number,
        "event_type": "STEP_COMPLETE",
        "data": {"step": "diagnose", "findings_count": found},
    }


def test_what_a_widget_renders_stands_on_the_page_of_its_session(server: Server) -> None:
    register_widget("found-a-pass", Found)
    config = WidgetConfig(title="Found a pass", x="pass", y="findings", refresh_seconds=0.05)

    async def host() -> Any:
        hosted = WidgetHost({"found-a-pass": create_widget("found-a-pass", config)}, server.url)
        running = asyncio.create_task(hosted.push(session="pushed"))
        while not hosted.client.connected:
            await asyncio.sleep(0.01)
        await hosted.client.ping()
        # It was asked for before its session had an event.
        send = loopscope.Client(server.url).send
        await asyncio.to_thread(send, [step(1, 4), step(2, 1)], dialect="convergence")

        async def stands() -> Any:
            while True:
                shown = await asyncio.to_thread(read, server, "/shown?session=pushed")
                for own in shown["widgets"]:
                    if len(own["picture"]["series"]) and len(own["picture"]["series"][0]["points"]) == 2:
                        return own
                await asyncio.sleep(0.05)

        try:
            return await asyncio.wait_for(stands(), 30)
        finally:
            await hosted.client.disconnect()
            await asyncio.wait_for(asyncio.gather(running, return_exceptions=True), 30)

    shown = asyncio.run(host())
    assert shown["widget"]["title"] == "Found a pass" and shown["widget"]["source"] == "pushed"
    assert shown["picture"]["series"][0]["points"] == [[1.0, 4.0], [2.0, 1.0]]
    state = read(server, "/found-a-pass/state?session=pushed")["state"]
    assert state["options"] == {"title": "Found a pass", "x": "pass", "y": "findings"}
    assert not [own for own in read(server, "/shown")["widgets"] if own["widget"]["name"] == "found-a-pass"]


def test_a_number_that_json_cannot_say_is_a_gap(server: Server) -> None:
    async def push() -> None:
        hosted = WidgetHost({}, server.url)
        await hosted.push_one("loss", {"type": "chart", "data": [1.0, float("nan"), 2.0], "options": {"title": "Loss"}})

    asyncio.run(push())
    shown = [own for own in read(server, "/shown")["widgets"] if own["widget"]["name"] == "loss"]
    assert shown[0]["picture"]["series"][0]["points"] == [[0.0, 1.0], [1.0, None], [2.0, 2.0]]


def test_what_is_no_chart_is_refused_at_its_field(server: Server) -> None:
    async def push() -> None:
        await WidgetHost({}, server.url).push_one("wrong", {"type": "chart", "data": ["x"]})

    with pytest.raises(APIError) as refused:
        asyncio.run(push())
    assert "data[0]" in str(refused.value)
