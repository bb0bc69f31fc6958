"""`DashboardClient`: the convergence contract's REST, awaited.

In: the address of a dashboard. Out: sessions, events and numbers as records; errors of `loopscope.errors`.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from .. import _http
from ..errors import ConfigurationError
from ..records import Event, Page, Record, Session

__all__ = ["DashboardClient"]


class DashboardClient:
    """Reads a dashboard: ``DashboardClient("http://localhost:8766")``. Also an async context manager."""

    def __init__(
        self, base_url: str | None = None, *, token: str | None = None, timeout: float = _http.TIMEOUT_S
    ) -> None:
        self._address = _http.Address(base_url, token)
        self.base_url = self._address.base
        self.timeout = timeout

    async def list_sessions(self, limit: int = 10, offset: int = 0) -> Page[Session]:
        """Sessions, newest start first. The list's `total` counts all of them."""
        answer = await self._get("/api/sessions", limit=_whole("limit", limit), offset=_whole("offset", offset))
        return Page([Session(row) for row in answer["sessions"]], answer)

    async def get_session(self, session_id: str) -> Session:
        """One session; `SessionNotFoundError` where there is none."""
        return Session(await self._get(_session(session_id), of=session_id))

    async def get_events(self, session_id: str, limit: int = 100, offset: int = 0) -> Page[Event]:
        """A session's events, oldest first."""
        answer = await self._get(
            _session(session_id) + "/events",
            of=session_id,
            limit=_whole("limit", limit),
            offset=_whole("offset", offset),
        )
        events = [Event({"session_id": session_id, **event}) for event in answer["events"]]
        return Page(events, answer)

    async def get_metrics(self) -> Record:
        """Numbers over all sessions."""
        return Record(await self._get("/api/metrics"))

    async def get_session_metrics(self, session_id: str) -> Record:
        """Numbers of one session."""
        return Record(await self._get(_session(session_id) + "/metrics", of=session_id))

    async def submit_findings(
        self, target: str, findings: Iterable[Mapping[str, Any] | str], *, session_id: str | None = None
    ) -> Record:
        """Files findings of a target, as the diagnosis of a run of its own or of the one named.

        Out: `session_id`, under which they are shown, and `accepted`.
        """
        if not isinstance(target, str) or not target:
            raise ConfigurationError(f"target must be a text that is not empty, got {target!r}")
        if isinstance(findings, (str, Mapping)):
            raise ConfigurationError("findings must be a list of texts or of objects with severity and description")
        listed = [{"description": item} if isinstance(item, str) else dict(item) for item in findings]
        run = session_id or f"findings-{uuid.uuid4()}"
        step = {"step": "diagnose", "success": True, "findings_count": len(listed), "findings": listed}
        told: list[tuple[str, dict[str, Any]]] = [
            ("SESSION_STARTED", {"session_id": run, "target": target}),
            ("STEP_COMPLETE", step),
            ("SESSION_ENDED", {"session_id": run, "outcome": "completed"}),
        ]
        if session_id is not None:
            told = told[1:2]
        events = [
            {"event_id": str(uuid.uuid4()), "session_id": run, "iteration": 1, "event_type": name, "data": data}
            for name, data in told
        ]
        answer = await self._ask("/events", method="POST", body={"session_id": run, "events": events})
        return Record({"session_id": run, "accepted": len(listed), "answer": answer})

    async def close(self) -> None:
        """Nothing is kept open; it is here for `async with`."""

    async def __aenter__(self) -> DashboardClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _get(self, route: str, *, of: str | None = None, **query: Any) -> Any:
        return await self._ask(route, query=query, session_id=of)

    async def _ask(self, route: str, **how: Any) -> Any:
        return await asyncio.to_thread(_http.request, self._address, route, timeout=self.timeout, **how)


def _session(session_id: str) -> str:
    if not isinstance(session_id, str) or not session_id:
        raise ConfigurationError(f"session_id must be a text that is not empty, got {session_id!r}")
    return _http.path("api", "sessions", session_id)


def _whole(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigurationError(f"{name} must be a whole number, got {value!r}")
    return value
