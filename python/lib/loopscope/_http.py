"""HTTP with JSON on Python's own library: one request, one answer, errors that say what to do.

In: an address, a method, a body. Out: what the answer's JSON says, or one of `loopscope.errors`. No connection is kept:
these are a person's or a script's questions, while events go through a queue.
"""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from . import _values
from .errors import ConfigurationError, ConnectionError, ProtocolError, from_response

DEFAULT_URL = "http://localhost:8766"
TIMEOUT_S = 30.0


def server_url(url: str | None) -> str:
    """The address to use: the one given, else `LOOPSCOPE_URL`, else the server on this machine."""
    return url or os.environ.get("LOOPSCOPE_URL") or DEFAULT_URL


class Address:
    """Where a server is, as given by a user: `http://host:port`, also with a path, a token, or as `ws://`."""

    def __init__(self, url: str | None, token: str | None = None) -> None:
        text = server_url(url)
        if not isinstance(text, str):
            raise ConfigurationError(f"url must be a text such as {DEFAULT_URL}, got {type(text).__name__}")
        parts = urllib.parse.urlsplit(text if "//" in text else f"http://{text}")
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if scheme not in ("http", "https") or not parts.hostname or port == -1:
            raise ConfigurationError(f"url must be an address such as {DEFAULT_URL}, got {text!r}")
        query = dict(urllib.parse.parse_qsl(parts.query))
        self.token = token or query.pop("token", None) or os.environ.get("LOOPSCOPE_TOKEN") or None
        self.base = f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"

    @property
    def ws(self) -> str:
        """The same address for WebSockets."""
        return "ws" + self.base[len("http") :]

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def path(*parts: object) -> str:
    """A path of parts, each percent-encoded."""
    return "/" + "/".join(urllib.parse.quote(str(part), safe="") for part in parts)


def query(**fields: object) -> str:
    """The end of an address that says what there is of these; empty where there is nothing."""
    said = [(name, value) for name, value in fields.items() if value is not None]
    return "?" + urllib.parse.urlencode(said) if said else ""


def request(
    address: Address,
    route: str,
    *,
    method: str = "GET",
    query: dict[str, Any] | None = None,
    body: object = None,
    timeout: float = TIMEOUT_S,
    session_id: str | None = None,
) -> Any:
    """One request; the answer's JSON."""
    pairs = [(key, value) for key, value in (query or {}).items() if value is not None]
    full = f"{address.base}{route}"
    if pairs:
        full += "?" + urllib.parse.urlencode(pairs, doseq=True)
    headers = {"Accept": "application/json", **address.headers}
    data = None
    if body is not None:
        data = _values.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    asked = urllib.request.Request(full, data=data, method=method, headers=headers)
    try:
        with _OPENER.open(asked, timeout=timeout) as answer:
            return _json(answer.read(), answer.status, full)
    except urllib.error.HTTPError as refusal:
        with refusal:
            said = _lenient(refusal)
        raise from_response(refusal.code, said, f"{method} {route}", session_id) from None
    except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise ConnectionError(
            f"cannot reach {address.base}: {reason}; start the server with `loopscope`, "
            "or set LOOPSCOPE_URL to where it runs"
        ) from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is a login page's: the token would go astray."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def _lenient(refusal: urllib.error.HTTPError) -> object:
    """What a refusal's JSON says; its status says enough where that cannot be read."""
    try:
        return json.loads(refusal.read())
    except (ValueError, OSError, http.client.HTTPException):
        return None


def _json(body: bytes, status: int, url: str) -> Any:
    if status == 204 or not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        raise ProtocolError(f"{url} answered with something other than JSON; is a Loopscope server there?") from None
