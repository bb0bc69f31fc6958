"""`Client`: reads and steers a Loopscope server; `AsyncClient` is the same, awaited.

In: a server's address. Out: sessions, boards, events, series; answers to questions; commands; and `subscribe()`, which
goes on where it was when the link is lost.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from . import _http, _subscribe
from .errors import ConfigurationError
from .records import Event, Page, Record

__all__ = ["AsyncClient", "Client", "Subscription"]

Subscription = _subscribe.Subscription


class Client:
    """``Client().sessions()``. The address is that of `LOOPSCOPE_URL` where none is given, the project that of
    `LOOPSCOPE_PROJECT`."""

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        project: str | None = None,
        timeout: float = _http.TIMEOUT_S,
    ) -> None:
        self._address = _http.Address(url, token)
        self.url = self._address.base
        self.project = project or os.environ.get("LOOPSCOPE_PROJECT") or None
        self.timeout = timeout

    def overview(self) -> Record:
        """The Overview: numbers, running and recent sessions, dialled programs."""
        return Record(self._get("/overview"))

    def sessions(self, *, limit: int = 100, **filters: Any) -> Page[Record]:
        """A page of sessions. Filters are those of the protocol: `q`, `status`, `kind`, `target`, `sort`, `order`,
        `after`; several values as a list."""
        answer = self._get("/sessions", limit=limit, **filters)
        return Page([Record(row) for row in answer["sessions"]], answer)

    def session(self, session_id: str) -> Record:
        """A session's `summary` and `board`; `SessionNotFoundError` where there is none."""
        return Record(self._get(_path(session_id), of=session_id))

    def events(self, session_id: str, **filters: Any) -> Page[Event]:
        """A page of a session's events, by `seq`. Filters: `after`, `before`, `at`, `kind`, `severity`, `step`,
        `iteration`, `q`, `limit`."""
        answer = self._get(_path(session_id) + "/events", of=session_id, **filters)
        return Page([Event(event) for event in answer["events"]], answer)

    def all_events(self, session_id: str, *, page: int = 1000, **filters: Any) -> Iterator[Event]:
        """Every event of a session, oldest first, page by page."""
        after = 0
        while True:
            found = self.events(session_id, after=after, limit=page, **filters)
            yield from found
            if not found or found[-1]["seq"] <= after:
                return
            after = found[-1]["seq"]

    def metrics(self, session_id: str) -> list[Record]:
        """Every metric that a session logged."""
        answer = self._get(_path(session_id) + "/metrics", of=session_id)
        return [Record(row) for row in answer["metrics"]]

    def series(self, session_id: str, names: str | Sequence[str], **stretch: Any) -> list[Record]:
        """A stretch of some metrics: `axis`, `start`, `end`, `columns`."""
        wanted = [names] if isinstance(names, str) else list(names)
        if not wanted:
            raise ConfigurationError("names must be at least one metric's name")
        query = {{"start": "from", "end": "to"}.get(key, key): value for key, value in stretch.items()}
        answer = self._get(_path(session_id) + "/series", of=session_id, name=wanted, **query)
        return [Record(row) for row in answer["series"]]

    def send(self, events: Mapping[str, Any] | Sequence[Mapping[str, Any]], *, dialect: str | None = None) -> Record:
        """Sends events as they are, and waits for receipts. For a program that runs, `loopscope.init()` is better."""
        query = {"dialect": dialect, "project": self.project}
        return Record(self._ask("/api/v1/events", method="POST", query=query, body=events))

    def command(
        self,
        session_id: str,
        command: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
        expires_in_seconds: float | None = None,
    ) -> Record:
        """Asks a session's program for something. Out: the command as it is on record."""
        said = {
            "type": command,
            "parameters": dict(parameters or {}),
            "reason": reason,
            "idempotency_key": idempotency_key,
            "expires_in_seconds": expires_in_seconds,
        }
        body = {key: value for key, value in said.items() if value is not None}
        route = "/api/v1" + _path(session_id) + "/commands"
        return Record(self._ask(route, method="POST", query=self._project(), body=body, session_id=session_id))

    def commands(self, session_id: str, **filters: Any) -> list[Record]:
        """Commands of a session, newest first: `state`, `limit`, `before`."""
        answer = self._get(_path(session_id) + "/commands", of=session_id, **filters)
        return [Record(row) for row in answer["commands"]]

    def cancel(self, session_id: str, command_id: str) -> Record:
        """Takes a command back, as long as its program has not acknowledged it."""
        route = "/api/v1" + _path(session_id) + _http.path("commands", command_id, "cancel")
        return Record(self._ask(route, method="POST", query=self._project(), body={}, session_id=session_id))

    def decisions(self, *, state: str | None = None) -> list[Record]:
        """Questions of programs, the most urgent first."""
        return [Record(row) for row in self._get("/decisions", state=state)["decisions"]]

    def decide(self, session_id: str, decision_id: str, choice: Any, *, reason: str | None = None) -> Record:
        """Answers a question; the first answer counts."""
        body = {"choice": choice} if reason is None else {"choice": choice, "reason": reason}
        route = "/api/v1" + _path(session_id) + _http.path("decisions", decision_id)
        return Record(self._ask(route, method="POST", query=self._project(), body=body, session_id=session_id))

    def subscribe(self, *, since: str | None = None, **filters: Any) -> Subscription:
        """Events as they come: ``for event in client.subscribe(names=["STEP_*"])``. Filters: `names`, `kinds`,
        `dialects`, `session`, `severity`. `since` is a cursor; ``"0"`` is from the beginning."""
        return Subscription(self._address, since, {**self._project(), **filters})

    def _project(self) -> dict[str, Any]:
        return {} if self.project is None else {"project": self.project}

    def _get(self, route: str, *, of: str | None = None, **query: Any) -> Any:
        return self._ask(f"/api/v1{route}", query={**self._project(), **query}, session_id=of)

    def _ask(self, route: str, **how: Any) -> Any:
        return _http.request(self._address, route, timeout=self.timeout, **how)


class AsyncClient:
    """`Client`, awaited: ``await AsyncClient().sessions()``, ``async for event in AsyncClient().subscribe()``."""

    def __init__(self, url: str | None = None, **options: Any) -> None:
        self._client = Client(url, **options)
        self.url = self._client.url

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in ("all_events", "project", "timeout"):
            return getattr(self._client, name)
        method = getattr(self._client, name)

        @functools.wraps(method)
        async def awaited(*args: Any, **named: Any) -> Any:
            return await asyncio.to_thread(method, *args, **named)

        return awaited

    def subscribe(self, *, since: str | None = None, **filters: Any) -> AsyncIterator[Event]:
        """Events as they come, for ``async for``."""
        return self._client.subscribe(since=since, **filters).aiter()


def _path(session_id: str) -> str:
    if not isinstance(session_id, str) or not session_id:
        raise ConfigurationError(f"session_id must be a text that is not empty, got {session_id!r}")
    return _http.path("sessions", session_id)
