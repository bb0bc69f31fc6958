"""The convergence contract's Python surface: what `kimi_dashboard` names, and the loop's event bus."""

from ..errors import APIError, ConnectionError, LoopscopeError, SessionNotFoundError
from ..records import Event, EventType, Record
from .bus import WebSocketEventBus
from .client import DashboardClient
from .exporter import GrafanaExporter
from .server import start_server
from .socket import WebSocketClient
from .widgets import Widget, WidgetConfig, register_widget

__all__ = [
    "APIError",
    "ConnectionError",
    "DashboardClient",
    "Event",
    "EventType",
    "GrafanaExporter",
    "LoopscopeError",
    "Record",
    "SessionNotFoundError",
    "WebSocketClient",
    "WebSocketEventBus",
    "Widget",
    "WidgetConfig",
    "register_widget",
    "start_server",
]
