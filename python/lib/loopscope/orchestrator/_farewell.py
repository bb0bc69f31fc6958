"""How a producer says that it goes without having told how its run ended: over the contract's own transport, on which
the server notices when a program is gone.

In: the last event, which the server has already. Out: a Socket.IO connection that speaks for the session and is closed;
the session then ends as `disconnected`, unless somebody goes on with it.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from websockets.sync.client import connect

from .. import _values
from .._http import Address

__all__ = ["say_farewell"]

_LOG = logging.getLogger("loopscope")

MAX_FRAMES = 1_000
"""Frames of others that are passed over while an answer is waited for."""


def say_farewell(address: Address, event: dict[str, Any], timeout_s: float) -> bool:
    """Speaks for an event's session once more, and goes. Never raises; says whether the server heard it. The event has
    the id that it had, so that it is not told twice."""
    until = time.monotonic() + timeout_s
    try:
        with connect(
            f"{address.ws}/socket.io/?EIO=4&transport=websocket",
            additional_headers=address.headers,
            open_timeout=timeout_s,
            close_timeout=1,
            compression=None,
            max_size=None,
        ) as link:
            _await(link, "0", until)
            link.send("40")
            _await(link, "40", until)
            link.send(f'420["cli_event",{_values.dumps(event)}]')
            _await(link, "430", until)
        return True
    except Exception as error:
        _LOG.debug("the end of %s was not told: %s", event.get("session_id"), error)
        return False


def _await(link: Any, packet: str, until: float) -> None:
    """Waits for a packet that begins so; pings of the transport are answered."""
    for _ in range(MAX_FRAMES):
        said = str(link.recv(timeout=max(0.0, until - time.monotonic())))
        if said == "2":
            link.send("3")
        elif said.startswith("44"):
            raise ConnectionRefusedError(said[2:])
        elif said.startswith(packet):
            return
    raise TimeoutError(f"no {packet} came")
