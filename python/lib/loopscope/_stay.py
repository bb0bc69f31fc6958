"""Servers that a program started keep it alive, as a web server's own `run()` would.

In: how to wait for a server, and how to stop it. Out: when the program's last statement is done, it waits; Ctrl-C ends
it. Not in an interactive session, and not where the program died of an error.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable

__all__ = ["Held", "until_end"]


class Held:
    """One server that is waited for."""

    def __init__(self, wait: Callable[[], object], stop: Callable[[], object]) -> None:
        self._wait = wait
        self._stop = stop
        self._released = False

    def release(self) -> None:
        """It is not waited for any more."""
        if not self._released:
            self._released = True
            atexit.unregister(self._at_exit)

    def _at_exit(self) -> None:
        died = getattr(sys, "last_value", None) is not None
        try:
            if not (died or sys.flags.interactive or hasattr(sys, "ps1")):
                self._wait()
        except KeyboardInterrupt:
            pass
        finally:
            self._stop()


def until_end(wait: Callable[[], object], stop: Callable[[], object]) -> Held:
    """Registers a server."""
    held = Held(wait, stop)
    atexit.register(held._at_exit)
    return held
