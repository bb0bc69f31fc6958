"""The training contract's Python surface: telemetry events, output backends, the hub, and the dashboard server."""

from .backends import ConsoleOutput, DirectoryOutput, FileOutput, LoopscopeOutput, OutputBackend
from .dashboard import DashboardServer, broadcast_loop, create_app, run_dashboard_server
from .event import TelemetryEvent, TelemetryEventType
from .hub import Hub, get_hub
from .stream import WebSocketOutput

__all__ = [
    "ConsoleOutput",
    "DashboardServer",
    "DirectoryOutput",
    "FileOutput",
    "Hub",
    "LoopscopeOutput",
    "OutputBackend",
    "TelemetryEvent",
    "TelemetryEventType",
    "WebSocketOutput",
    "broadcast_loop",
    "create_app",
    "get_hub",
    "run_dashboard_server",
]
