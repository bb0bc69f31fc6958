"""The contract's clients and events."""

from loopscope.convergence import DashboardClient, Event, EventType, WebSocketClient

__all__ = ["DashboardClient", "Event", "EventType", "WebSocketClient"]
