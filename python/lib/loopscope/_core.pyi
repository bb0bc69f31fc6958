"""The native part: what emits, over the Rust SDK (`python/native`)."""

from collections.abc import Callable, Mapping
from typing import Any, final

__version__: str

def forked() -> None: ...

@final
class Client:
    def __new__(
        cls,
        url: str,
        *,
        plain: Callable[[Any], object],
        on_trouble: Callable[[str], object],
        token: str | None = None,
        project: str | None = None,
        spill: bool = True,
        spill_dir: str | None = None,
        spill_bytes: int | None = None,
        memory_bytes: int | None = None,
        linger_ms: int | None = None,
    ) -> Client: ...
    def emitter(self, session_id: str, dialect: str) -> Emitter: ...
    def flush(self, within_s: float) -> bool: ...
    def trouble(self) -> str | None: ...
    def counters(self) -> dict[str, int]: ...
    def close(self) -> None: ...

@final
class Emitter:
    def log(
        self, values: Mapping[str, Any] | str, step: float | None = None, epoch: float | None = None
    ) -> None: ...
    def send(
        self,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        severity: str | None = None,
        iteration: int | None = None,
        event_id: str | None = None,
        timestamp: str | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> None: ...
    def set_iteration(self, number: int) -> None: ...
    def close(self) -> None: ...
