"""`DashboardState`: the event bus of a crew of agents, with its counters and history.

In: the contract's methods, awaited. Out: events for listeners in this process, and for a Loopscope server where one is
connected; numbers of what was told. The methods themselves stand in `emitters`.
"""

from __future__ import annotations

import inspect
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from ..errors import ConfigurationError
from ..run import Run
from ..run import start as start_run
from .emitters import Emitters, number
from .event import DashboardEvent, utc_now

__all__ = ["DashboardState", "connect", "disconnect", "get_dashboard"]

MAX_OPPORTUNITIES = 1_000

_LOG = logging.getLogger("loopscope")

Listener = Callable[[DashboardEvent], Any]


class DashboardState(Emitters):
    """Counters, the newest events, who runs, and what was found. Agents may tell from any thread."""

    def __init__(self, max_history: int = 100) -> None:
        if isinstance(max_history, bool) or not isinstance(max_history, int) or max_history < 1:
            raise ConfigurationError(f"max_history must be a whole number above zero, got {max_history!r}")
        self.max_history = max_history
        self.start_time = time.time()
        self.event_history: deque[DashboardEvent] = deque()
        self.active_agents: dict[str, dict[str, Any]] = {}
        self.opportunities: dict[str, dict[str, Any]] = {}
        self.metrics: dict[str, Any] = {
            "total_events": 0,
            "total_agents_executed": 0,
            "total_opportunities_discovered": 0,
            "avg_quality_score": 0.0,
            "system_uptime_seconds": 0.0,
        }
        # Of numbers and history, together: who holds it sees both as of one event.
        self.lock = threading.RLock()
        self._quality = (0.0, 0)
        self._taps: list[Callable[[DashboardEvent], None]] = []
        self._listeners: list[Listener] = []
        self._run: Run | None = None

    @property
    def uptime_seconds(self) -> float:
        """Since it was made."""
        return max(0.0, time.time() - self.start_time)

    async def broadcast_event(self, event: DashboardEvent) -> None:
        """Counts an event, keeps it, and tells every listener; also for types of one's own."""
        if not isinstance(event, DashboardEvent) or not event.name:
            raise ConfigurationError(f"broadcast_event needs a DashboardEvent with an event_type, got {event!r}")
        with self.lock:
            self._count(event)
            self.event_history.append(event)
            while len(self.event_history) > self.max_history:
                del self.event_history[0]
            for tap in self._taps:
                tap(event)
        self._send(event)
        for listener in list(self._listeners):
            told = listener(event)
            if inspect.isawaitable(told):
                await told

    def tap(self, function: Callable[[DashboardEvent], None]) -> None:
        """Calls a function for each event while `lock` is held, in the history's own order. It must not wait."""
        with self.lock:
            if function not in self._taps:
                self._taps.append(function)

    def untap(self, function: Callable[[DashboardEvent], None]) -> None:
        """Calls it no more."""
        with self.lock:
            if function in self._taps:
                self._taps.remove(function)

    def add_listener(self, listener: Listener) -> None:
        """Calls a function for each event; the same one is added once."""
        if listener not in self._listeners:
            self._listeners.append(listener)

    def remove_listener(self, listener: Listener) -> None:
        """Calls it no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def get_dashboard_stats(self) -> dict[str, Any]:
        """The numbers that viewers get on connect."""
        with self.lock:
            uptime = self.metrics["system_uptime_seconds"] = self.uptime_seconds
            # A copy first: programs may change what they find in these attributes, from their own threads.
            running = sum(agent.get("status") == "running" for agent in list(self.active_agents.values()))
            return {
                "metrics": dict(self.metrics),
                "active_agents": running,
                "total_opportunities": len(self.opportunities),
                "recent_events": len(self.event_history),
                "system_uptime_seconds": uptime,
            }

    def get_recent_events(self, limit: int = 50) -> list[dict[str, Any]]:
        """The newest events, newest first."""
        with self.lock:
            newest = list(self.event_history)[::-1]
        return [event.to_dict() for event in newest[: max(0, int(limit))]]

    def get_opportunities(self) -> list[dict[str, Any]]:
        """What was found, newest first."""
        with self.lock:
            return [dict(found) for found in reversed(list(self.opportunities.values()))]

    def _send(self, event: DashboardEvent) -> None:
        """An agent never fails for what a server does not take, nor for a run that is over."""
        run = self._run
        if run is None or run.over:
            return
        try:
            run.send(
                event.name,
                event.data,
                event_id=event.event_id,
                timestamp=_zoned(event.timestamp),
                severity=event.severity,
            )
        except Exception as error:
            _LOG.warning("%s was not told: %s", event.name, error)

    def _count(self, event: DashboardEvent) -> None:
        name, data = event.name, event.data
        self._add("total_events")
        self.metrics["system_uptime_seconds"] = self.uptime_seconds
        if name == "agent_execution_started":
            self.active_agents[str(data.get("agent_id"))] = {**data, "status": "running", "since": event.timestamp}
        elif name == "agent_execution_completed":
            self._add("total_agents_executed")
            agent = self.active_agents.get(str(data.get("agent_id")))
            if agent is not None:
                agent.update(data, status="completed" if data.get("success") else "failed")
            score = number(data.get("quality_score"))
            if score is not None:
                total, scored = self._quality
                self._quality = (total + score, scored + 1)
                self.metrics["avg_quality_score"] = self._quality[0] / self._quality[1]
        elif name == "opportunity_discovered":
            self._add("total_opportunities_discovered")
            key = str(data.get("opportunity_id"))
            self.opportunities.pop(key, None)
            self.opportunities[key] = {**data, "timestamp": event.timestamp}
            if len(self.opportunities) > MAX_OPPORTUNITIES:
                self.opportunities.pop(next(iter(self.opportunities)))

    def _add(self, name: str) -> None:
        self.metrics[name] = self.metrics.get(name, 0) + 1


def _zoned(timestamp: object) -> str:
    """A time of the contract is UTC without saying so."""
    text = str(timestamp or utc_now())
    has_zone = text.endswith(("Z", "z")) or "+" in text[10:] or "-" in text[10:]
    return text if has_zone else text + "Z"


_DASHBOARD: DashboardState | None = None
_MAKING = threading.Lock()


def get_dashboard() -> DashboardState:
    """The one of this process."""
    global _DASHBOARD
    with _MAKING:
        if _DASHBOARD is None:
            _DASHBOARD = DashboardState()
        return _DASHBOARD


def connect(
    url: str | None = None, *, system: str = "agents", state: DashboardState | None = None, **options: Any
) -> Run:
    """Sends every event of a state, from here on, to a Loopscope server as the system of that name."""
    target = state or get_dashboard()
    disconnect(state=target)
    target._run = start_run(url, session=system, dialect="agents", announce=False, **options)
    return target._run


def disconnect(timeout: float = 3.0, *, state: DashboardState | None = None) -> None:
    """Ends that, when what was told has arrived or the time is over."""
    target = state or get_dashboard()
    run, target._run = target._run, None
    if run is not None:
        run.close(timeout)
