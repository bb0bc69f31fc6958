"""Names and payloads of the contract, as programs say them. In: what a program gave. Out: what is sent."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from .. import _values

__all__ = ["is_terminal", "name_of", "payload_of", "plain_name", "whole_name"]


def name_of(event_type: object) -> str:
    """An event's name, also a constant's; empty for what is none."""
    word = event_type.value if isinstance(event_type, enum.Enum) else event_type
    return str(word) if isinstance(word, str) else ""


def whole_name(family: str, word: str) -> str:
    """A name with its family: `started` of skills is `skill:started`. One that is whole stays as it is: with a colon,
    or with its family in front, as in `skill_started`."""
    is_whole = ":" in word or word.lower().startswith((f"{family}_", f"{family}.", f"{family}-"))
    return word if is_whole else f"{family}:{word}"


def plain_name(name: str) -> str:
    """The spelling by which names are compared: `execution_failed` and `Execution:Failed` are one."""
    return name.strip().lower().replace("_", ":").replace(".", ":").replace("-", ":")


def is_terminal(name: str) -> bool:
    """Whether it says how a run ended."""
    return plain_name(name) in ("execution:completed", "execution:failed")


def payload_of(data: Any) -> Mapping[str, Any]:
    """The payload as an object, as the server makes one of what is none."""
    if data is None:
        return {}
    if not isinstance(data, (Mapping, str, int, float, list, tuple)):
        # Data classes and the like.
        data = _values.plain(data)
    return data if isinstance(data, Mapping) else {"value": data}
