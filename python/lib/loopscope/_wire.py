"""WebSockets by the `websockets` library: opening one, with errors that say what to do."""

from __future__ import annotations

from typing import Any

from websockets.asyncio.client import connect as _connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as _connect_sync

from ._http import Address
from .errors import ConfigurationError, ConnectionError, ProtocolError, from_response

__all__ = ["Closed", "connect", "connect_sync", "refusal"]

Closed = ConnectionClosed
"""The link was not closed in order."""

OPTIONS: dict[str, Any] = {"max_size": None, "compression": None, "open_timeout": 10, "close_timeout": 2}


async def connect(url: str, address: Address) -> Any:
    """An open socket; `ConnectionError` where nobody listens."""
    try:
        return await _connect(url, additional_headers=address.headers, **OPTIONS)
    except Exception as error:
        raise refusal(url, error) from error


def connect_sync(url: str, address: Address) -> ClientConnection:
    """The same for a thread that waits."""
    try:
        # Entered by hand: the link outlives this function, and `close()` is what leaving would do.
        return _connect_sync(
            url,
            additional_headers=address.headers,
            open_timeout=10,
            close_timeout=1,
            max_size=None,
            compression=None,
        ).__enter__()
    except Exception as error:
        raise refusal(url, error) from error


def refusal(url: str, error: Exception) -> Exception:
    """What a failed opening means."""
    if isinstance(error, InvalidURI):
        return ConfigurationError(f"{url!r} is no address of a WebSocket, such as ws://localhost:8766")
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        if status in (401, 403):
            return from_response(status, None, f"opening {url}")
        if status >= 500:
            return ConnectionError(f"{url} answered with status {status}; try again later")
        return ProtocolError(f"{url} answered with status {status}, and opened no WebSocket; is the path right?")
    if isinstance(error, InvalidMessage) and isinstance(error.__cause__, (EOFError, OSError)):
        # Taken and hung up on: by a forwarder whose server is away.
        return ConnectionError(f"{url} hung up before it answered; is the server behind it running?")
    # A ValueError: an answer that is no HTTP/1.1, by older versions of the library.
    if isinstance(error, (InvalidHandshake, ValueError)):
        return ProtocolError(f"{url} opened no WebSocket: {error}; is a Loopscope server there?")
    if isinstance(error, (OSError, TimeoutError, EOFError)):
        return ConnectionError(
            f"cannot reach {url}: {error}; start the server with `loopscope`, or set LOOPSCOPE_URL to where it runs"
        )
    return error
