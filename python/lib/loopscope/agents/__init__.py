"""The agents contract's Python surface: emitters, the process's state, and the server that shows it.

``get_dashboard().agent_started(…)`` counts and keeps history in this process. `connect()` also sends every event to a
Loopscope server; `DashboardWebSocketServer` serves viewers from this process, as the contract's own programs do.
"""

from .event import DashboardEvent, EventType
from .server import DashboardWebSocketServer
from .state import DashboardState, connect, disconnect, get_dashboard

__all__ = [
    "DashboardEvent",
    "DashboardState",
    "DashboardWebSocketServer",
    "EventType",
    "connect",
    "disconnect",
    "get_dashboard",
]
