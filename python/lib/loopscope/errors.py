"""What can go wrong, each with a message that says what to do.

Everything here is a `LoopscopeError`. `ConnectionError` is Python's own too, so that ``except ConnectionError`` works
whether or not it was imported from here.
"""

from __future__ import annotations

import builtins

__all__ = [
    "APIError",
    "AuthenticationError",
    "ConfigurationError",
    "ConnectionError",
    "DecisionError",
    "LoopscopeError",
    "ProtocolError",
    "SessionNotFoundError",
    "from_response",
]


class LoopscopeError(Exception):
    """The base of all."""


class ConfigurationError(LoopscopeError, ValueError):
    """A value that cannot work: an address that is none, a name that is empty."""


class ConnectionError(LoopscopeError, builtins.ConnectionError):  # noqa: A001 - the contract's name
    """The server cannot be reached, or the link to it ended."""


class ProtocolError(LoopscopeError):
    """Something answers at the address, and it is no Loopscope of a version that this library knows."""


class DecisionError(LoopscopeError):
    """A question was not answered: its time is over, or its session has ended."""


class APIError(LoopscopeError):
    """The server refused. `status_code` is HTTP's, `code`, `field` and `limit` are the server's, where it said them."""

    def __init__(
        self,
        message: str,
        status_code: int = 0,
        *,
        code: str | None = None,
        field: str | None = None,
        limit: str | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        self.code = code
        self.field = field
        self.limit = limit
        self.retry_after_ms = retry_after_ms

    def __str__(self) -> str:
        parts = [self.message]
        if self.field:
            parts.append(f"field: {self.field}")
        if self.limit:
            parts.append(f"limit: {self.limit}")
        if self.status_code:
            parts.append(f"status {self.status_code}")
        return parts[0] if len(parts) == 1 else f"{parts[0]} ({', '.join(parts[1:])})"


class AuthenticationError(APIError):
    """No token, a wrong one, or one whose role does not allow it."""


class SessionNotFoundError(APIError):
    """There is no such session. `session_id` is what was asked for."""

    def __init__(self, message: str, status_code: int = 404, *, session_id: str | None = None, **said: object) -> None:
        super().__init__(message, status_code, **said)  # type: ignore[arg-type]
        self.session_id = session_id


def from_response(status: int, body: object, what: str, session_id: str | None = None) -> APIError:
    """The error that an answer stands for, whichever of the server's shapes its body has."""
    error = body.get("error") if isinstance(body, dict) else None
    said: dict[str, object] = error if isinstance(error, dict) else {}
    message = said.get("message")
    if not message and isinstance(body, dict):
        detail = body.get("message") or body.get("detail") or error
        message = detail if isinstance(detail, str) else None
    message = str(message or f"{what}: the server answered with status {status}")
    known = {key: said.get(key) for key in ("code", "field", "limit", "retry_after_ms")}
    if status in (401, 403):
        advice = (
            "set LOOPSCOPE_TOKEN, or pass token=…; `loopscope token create my-program --role ingest` makes one"
            if status == 401
            else "the token's role does not allow it; `loopscope token create my-program --role control` makes another"
        )
        return AuthenticationError(f"{message}; {advice}", status, **known)  # type: ignore[arg-type]
    if status == 404 and session_id is not None:
        return SessionNotFoundError(message, status, session_id=session_id, **known)
    return APIError(message, status, **known)  # type: ignore[arg-type]
