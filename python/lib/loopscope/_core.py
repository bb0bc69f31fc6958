"""Which emitter this Python has: the native one where it is, else the one in Python alone (`LOOPSCOPE_PLAIN=1`)."""

from __future__ import annotations

import os
from typing import Any

__all__ = ["NATIVE", "core"]

core: Any
try:
    if os.environ.get("LOOPSCOPE_PLAIN"):
        raise ImportError("asked for")
    from . import _native as core
except ImportError:
    from . import _plain as core

NATIVE: bool = core.__name__.endswith("_native")
