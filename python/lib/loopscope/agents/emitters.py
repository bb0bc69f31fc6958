"""The contract's emitters: one awaited method for each kind of event, each with its sentence.

In: what an agent did. Out: one call of `broadcast_event`. Further keyword arguments are merged into the payload last,
so that they may override what stands there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .. import _values
from .event import DashboardEvent, EventType

__all__ = ["Emitters", "number"]


class Emitters:
    """What agents call."""

    @property
    def uptime_seconds(self) -> float:
        """Since the system began."""
        raise NotImplementedError

    async def broadcast_event(self, event: DashboardEvent) -> None:
        """Where events go."""
        raise NotImplementedError

    async def agent_started(self, agent_id: str, agent_name: str, task_description: str, **extra: Any) -> None:
        """An agent begins a task."""
        await self._tell(
            EventType.AGENT_EXECUTION_STARTED,
            "info",
            {"agent_id": agent_id, "agent_name": agent_name, "task_description": task_description},
            f"Agent {agent_name} started: {task_description}",
            extra,
        )

    async def agent_completed(
        self,
        agent_id: str,
        agent_name: str,
        task_description: str,
        duration_ms: float,
        success: bool,
        data_source: str | None = None,
        quality_score: float | None = None,
        **extra: Any,
    ) -> None:
        """An agent ended a task, well or badly."""
        data = {
            "agent_id": agent_id,
            "agent_name": agent_name,
            "task_description": task_description,
            "duration_ms": duration_ms,
            "success": success,
            "data_source": data_source,
            "quality_score": quality_score,
        }
        word = "completed" if success else "failed"
        sentence = f"Agent {agent_name} {word} in {_number(duration_ms, 0)}ms"
        await self._tell(EventType.AGENT_EXECUTION_COMPLETED, "success" if success else "error", data, sentence, extra)

    async def opportunity_discovered(
        self,
        opportunity_id: str,
        title: str,
        description: str,
        confidence_score: float,
        revenue_potential: str,
        category: str,
        **extra: Any,
    ) -> None:
        """An opportunity was found; `confidence_score` from 0 to 1."""
        data = {
            "opportunity_id": opportunity_id,
            "title": title,
            "confidence_score": confidence_score,
            "revenue_potential": revenue_potential,
            "category": category,
        }
        await self._tell(EventType.OPPORTUNITY_DISCOVERED, "success", data, description, extra)

    async def synthesis_started(self, phase: str, description: str, **extra: Any) -> None:
        """A phase of synthesis begins."""
        await self._tell(EventType.SYNTHESIS_STARTED, "info", {"phase": phase}, description, extra)

    async def synthesis_completed(self, phase: str, duration_ms: float, patterns_found: int, **extra: Any) -> None:
        """A phase of synthesis ended."""
        data = {"phase": phase, "duration_ms": duration_ms, "patterns_found": patterns_found}
        sentence = f"Synthesis completed: {patterns_found} patterns found"
        await self._tell(EventType.SYNTHESIS_COMPLETED, "success", data, sentence, extra)

    async def quality_score_updated(
        self, source: str, overall_score: float, dimension_scores: Mapping[str, float], **extra: Any
    ) -> None:
        """Quality was assessed, from 0 to 100."""
        scores = dict(dimension_scores) if isinstance(dimension_scores, Mapping) else dimension_scores or {}
        data = {"source": source, "overall_score": overall_score, "dimension_scores": scores}
        score = number(overall_score)
        severity = "error" if score is None or score < 90 else "warning" if score < 95 else "success"
        sentence = f"Quality score: {_number(overall_score, 1)}%"
        await self._tell(EventType.QUALITY_SCORE_UPDATED, severity, data, sentence, extra)

    async def error_occurred(self, source: str, error_message: str, error_type: str, **extra: Any) -> None:
        """A part of the system broke."""
        data = {"source": source, "error_message": error_message, "error_type": error_type}
        await self._tell(EventType.ERROR_OCCURRED, "error", data, f"Error in {source}: {error_message}", extra)

    async def system_health_updated(
        self,
        cpu_percent: float | None = None,
        memory_percent: float | None = None,
        active_agents: int = 0,
        **extra: Any,
    ) -> None:
        """How the system is."""
        uptime = self.uptime_seconds
        data = {
            "cpu_percent": cpu_percent,
            "memory_percent": memory_percent,
            "active_agents": active_agents,
            "uptime_seconds": uptime,
        }
        sentence = f"System health: {active_agents} active agents, {_number(uptime, 0)}s uptime"
        await self._tell(EventType.SYSTEM_HEALTH_UPDATED, "info", data, sentence, extra)

    async def reputation_updated(
        self,
        agent_id: str,
        agent_name: str,
        old_score: float,
        new_score: float,
        total_tasks: int = 0,
        trend: str = "stable",
        **extra: Any,
    ) -> None:
        """An agent's standing changed, from 0 to 1."""
        new, old = number(new_score), number(old_score)
        change = None if new is None or old is None else new - old
        data = {
            "agent_id": agent_id,
            "agent_name": agent_name,
            "old_score": old_score,
            "new_score": new_score,
            "change": change,
            "total_tasks": total_tasks,
            "trend": trend,
        }
        moved = UNKNOWN if change is None else f"{change * 100:+.1f}"
        shown = UNKNOWN if new is None else f"{new * 100:.1f}"
        sentence = f"{agent_name} reputation: {shown}% ({moved}% change, {trend})"
        severity = "success" if change is not None and change >= 0 else "warning"
        await self._tell(EventType.REPUTATION_UPDATED, severity, data, sentence, extra)

    async def task_outcome_recorded(
        self,
        agent_id: str,
        agent_name: str,
        task_id: str,
        success: bool,
        quality_score: float | None = None,
        duration_ms: float | None = None,
        **extra: Any,
    ) -> None:
        """What became of a task; no execution of its own."""
        data = {
            "agent_id": agent_id,
            "agent_name": agent_name,
            "task_id": task_id,
            "success": success,
            "quality_score": quality_score,
            "duration_ms": duration_ms,
        }
        sentence = f"{agent_name} {'completed' if success else 'failed'} task {task_id}"
        await self._tell(EventType.TASK_OUTCOME_RECORDED, "success" if success else "error", data, sentence, extra)

    async def _tell(
        self, kind: EventType, severity: str, data: dict[str, Any], sentence: str, extra: Mapping[str, Any]
    ) -> None:
        payload = {**data, "description": sentence, **extra}
        await self.broadcast_event(DashboardEvent(event_type=kind, data=payload, severity=severity))


UNKNOWN = "?"
"""In a sentence, a number that is none."""


def number(value: object) -> float | None:
    """A number, also as text or of a library's own type; None for NaN, infinities and everything else: emitters never
    fail for what they are told."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value) if isinstance(value, str) else _values.number(value)
        return float(found) if found is not None and math.isfinite(found) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _number(value: object, decimals: int) -> str:
    found = number(value)
    return UNKNOWN if found is None else f"{found:.{decimals}f}"
