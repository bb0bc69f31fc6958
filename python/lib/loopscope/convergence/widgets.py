"""Widgets of a program's own: they see each event, and give a chart whenever one is asked for.

In: classes derived from `Widget`, registered by name. Out: `render()`'s objects, of each registered widget, by a
`WidgetHost` that follows a dashboard; and, pushed by it, widgets on the server's pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .. import _http
from ..errors import ConfigurationError, SessionNotFoundError
from ..records import Event
from .socket import WebSocketClient

__all__ = ["Widget", "WidgetConfig", "WidgetHost", "create_widget", "register_widget", "registered_widgets"]

_REGISTRY: dict[str, type[Widget]] = {}


class WidgetConfig:
    """What a widget is set up with: its title, what its axes say, and whatever else it wants, as attributes."""

    title: str
    x: str
    y: str
    refresh_seconds: float

    def __init__(
        self, title: str = "", x: str = "x", y: str = "y", *, refresh_seconds: float = 1.0, **more: Any
    ) -> None:
        self.title = title
        self.x = x
        self.y = y
        self.refresh_seconds = refresh_seconds
        self.__dict__.update(more)

    def get(self, name: str, default: Any = None) -> Any:
        """One setting by name."""
        return self.__dict__.get(name, default)

    def __repr__(self) -> str:
        return f"WidgetConfig({', '.join(f'{key}={value!r}' for key, value in self.__dict__.items())})"


class Widget:
    """The base of widgets: it collects nothing and draws an empty chart. Methods may be plain or async."""

    def __init__(self, config: WidgetConfig | Mapping[str, Any] | None = None) -> None:
        self.config = config if isinstance(config, WidgetConfig) else WidgetConfig(**dict(config or {}))
        self.data: list[Any] = []

    async def on_event(self, event: Event) -> None:
        """Called for each event, in order."""

    async def update(self) -> None:
        """Called before it is rendered."""

    async def render(self) -> dict[str, Any]:
        """The chart: what `data` holds, under the configured titles."""
        config = self.config
        options = {"title": config.title, "x": config.x, "y": config.y}
        return {"type": "chart", "data": list(self.data), "options": options}


def register_widget(name: str, widget: type[Widget]) -> type[Widget]:
    """Makes a class known by a name; the same name again replaces it."""
    if not isinstance(name, str) or not name:
        raise ConfigurationError(f"a widget's name must be a text that is not empty, got {name!r}")
    if not isinstance(widget, type) or not all(
        callable(getattr(widget, part, None)) for part in ("on_event", "render")
    ):
        raise ConfigurationError(f"widget {name!r} must be a class with on_event and render, got {widget!r}")
    _REGISTRY[name] = widget
    return widget


def registered_widgets() -> dict[str, type[Widget]]:
    """All that are known."""
    return dict(_REGISTRY)


def create_widget(name: str, config: WidgetConfig | Mapping[str, Any] | None = None) -> Widget:
    """One of a registered class."""
    try:
        made = _REGISTRY[name]
    except KeyError:
        known = ", ".join(sorted(_REGISTRY)) or "none"
        raise ConfigurationError(f"no widget {name!r} is registered; known: {known}") from None
    return made(config if isinstance(config, WidgetConfig) else WidgetConfig(**dict(config or {})))


class WidgetHost:
    """Follows a dashboard for some widgets: ``await WidgetHost({"findings": widget}, url).run(on_render)``."""

    def __init__(self, widgets: Mapping[str, Widget], url: str | None = None, *, token: str | None = None) -> None:
        self.widgets = dict(widgets)
        self._address = _http.Address(url, token)
        self._pushed: dict[tuple[str, str | None], dict[str, Any]] = {}
        self.client = WebSocketClient(url, token=token)
        self.client.on_event = self._on_event  # type: ignore[method-assign]

    async def run(self, on_render: Callable[[str, dict[str, Any]], Any] | None = None) -> None:
        """Runs until the link ends; `on_render(name, chart)` is called for each widget as often as it asks."""
        await self.client.connect()
        turns = [asyncio.create_task(self._turns(name, on_render)) for name in self.widgets] if on_render else []
        try:
            await self.client.run_forever()
        finally:
            for turn in turns:
                turn.cancel()
            await asyncio.gather(*turns, return_exceptions=True)
            await self.client.disconnect()

    async def push(self, session: str | None = None, *, project: str | None = None) -> None:
        """Runs until the link ends, and pushes what each widget shows to the server, as often as it asks: to the page of
        a session, else to the Overview. Nothing is sent while nothing changed."""
        self._pushed.clear()

        async def send(name: str, chart: dict[str, Any]) -> None:
            # A session is known from its first event on.
            with contextlib.suppress(SessionNotFoundError):
                await self.push_one(name, chart, session, project=project)

        await self.run(send)

    async def push_one(
        self, name: str, chart: Mapping[str, Any], session: str | None = None, *, project: str | None = None
    ) -> None:
        """Pushes one chart under a name: lower-case letters, digits and hyphens."""
        if self._pushed.get((name, session)) == chart:
            return
        route = _http.path("api", "v1", "widgets", name, "state")
        query = {"session": session, "project": project}
        await asyncio.to_thread(
            _http.request, self._address, route, method="PUT", query=query, body=dict(chart), session_id=session
        )
        self._pushed[(name, session)] = dict(chart)

    async def render(self, name: str) -> dict[str, Any]:
        """One widget's chart, now."""
        widget = self.widgets[name]
        await _awaited(widget.update())
        return dict(await _awaited(widget.render()))

    async def _on_event(self, event: Event) -> None:
        for widget in self.widgets.values():
            await _awaited(widget.on_event(event))

    async def _turns(self, name: str, on_render: Callable[[str, dict[str, Any]], Any]) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await _awaited(on_render(name, await self.render(name)))
                await asyncio.sleep(max(0.05, float(self.widgets[name].config.refresh_seconds)))


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value
