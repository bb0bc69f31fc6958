"""The native core: emission over `crates/client`."""

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

__version__: str
OPTIONS: list[str]

class Client:
    """One server, and everything that is sent to it."""

    def __new__(
        cls,
        url: str,
        *,
        plain: Callable[[Any], Any],
        token: str | None = None,
        on_trouble: Callable[[str], Any] | None = None,
        project: str | None = None,
        spill: bool = True,
        spill_dir: str | PathLike[str] | None = None,
        spill_bytes: int | None = None,
        memory_bytes: int | None = None,
        linger_ms: int | None = None,
    ) -> Client: ...
    def emitter(self, session_id: str, dialect: str) -> Emitter: ...
    def flush(self, within_s: float) -> bool: ...
    def trouble(self) -> str | None: ...
    def counters(self) -> dict[str, int]: ...
    def close(self, within_s: float) -> None: ...

class Emitter:
    """What one run says."""

    def log(self, values: Mapping[str, Any] | str, step: float | None = None, epoch: float | None = None) -> None: ...
    def send(
        self,
        name: str,
        data: dict[str, Any],
        severity: str | None = None,
        iteration: int | None = None,
        event_id: str | None = None,
        timestamp: str | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> None: ...
    def set_iteration(self, number: int) -> None: ...
    def close(self) -> None: ...
