"""What is no JSON value, as one that is: numbers of numpy and torch, times, paths, members of enums, data classes.

The emitter asks `plain` for every value that it does not know. It must never raise: a training loop is not
to end because of a value that it logs.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import math
import os
import uuid
from collections.abc import Collection, Mapping

MAX_ITEMS = 4096
"""Of an array or a set, the most items that are sent."""


def plain(value: object) -> object:
    """A value that JSON has, for one that it has not."""
    try:
        return _plain(value)
    except Exception:
        return _shown(value)


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (uuid.UUID, os.PathLike)):
        return os.fspath(value) if isinstance(value, os.PathLike) else str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    shape = getattr(value, "shape", None)
    if shape is not None and hasattr(value, "item") and math.prod(shape) == 1:
        item = value.item()
        # Python has no number for some of numpy's, such as longdouble: each is its own item.
        return float(item) if type(item) is type(value) else item  # type: ignore[arg-type]
    if shape is not None and hasattr(value, "tolist"):
        if math.prod(shape) > MAX_ITEMS:
            return f"<array of {'×'.join(map(str, shape))}>"
        return value.tolist()
    if hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Collection):
        items: list[object] = []
        for item in value:
            if len(items) == MAX_ITEMS:
                break
            items.append(item)
        return items
    if hasattr(value, "__float__"):
        return float(value)
    return _shown(value)


def _shown(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return f"<{type(value).__name__}>"


def number(value: object) -> float | int | None:
    """A number that can be drawn, also of a library's own type; None for anything else."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    found = plain(value)
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def dumps(value: object) -> str:
    """JSON that every reader takes: what cannot be said becomes null."""
    return json.dumps(finite(value), default=plain, separators=(",", ":"))


def finite(value: object) -> object:
    """The same value without NaN and infinities."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_name(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (set, frozenset)):
        return [finite(item) for item in value]
    made = plain(value)
    # One that is no plainer than before would be asked for ever.
    return _shown(value) if type(made) is type(value) else finite(made)


def _name(key: object) -> str:
    """A key as the emitter has it. Of an enum's members that are texts, `str` would give the name."""
    if isinstance(key, str):
        return str.__str__(key)
    return json.dumps(key) if key is None or isinstance(key, bool) else _shown(key)


def shown(value: object) -> str:
    """A value in words: an exception with its type."""
    if isinstance(value, BaseException):
        words = str(value)
        return f"{type(value).__name__}: {words}" if words else type(value).__name__
    return _shown(value)
