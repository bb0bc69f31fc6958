"""The convergence contract's import path. Everything here is `loopscope.convergence`."""

from loopscope.convergence import (
    APIError,
    ConnectionError,
    DashboardClient,
    Event,
    EventType,
    GrafanaExporter,
    SessionNotFoundError,
    WebSocketClient,
    WebSocketEventBus,
    Widget,
    WidgetConfig,
    register_widget,
    start_server,
)

__all__ = [
    "APIError",
    "ConnectionError",
    "DashboardClient",
    "Event",
    "EventType",
    "GrafanaExporter",
    "SessionNotFoundError",
    "WebSocketClient",
    "WebSocketEventBus",
    "Widget",
    "WidgetConfig",
    "register_widget",
    "start_server",
]
