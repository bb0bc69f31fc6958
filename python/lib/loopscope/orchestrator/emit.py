"""The contract's emission helpers: one awaited function for each family of events.

In: the event's name, with or without its family (`started`, `skill:started`, `skill_started`), a payload, a session.
Out: the event, through the queue of a run. Without `configure()` it goes to the server of `LOOPSCOPE_URL`, else to this
machine's.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError
from ..run import Run, start
from .manager import ExecutionState, conn_manager
from .words import name_of, payload_of, plain_name, whole_name

__all__ = [
    "configure",
    "emit_agent_event",
    "emit_checkpoint_event",
    "emit_decision_event",
    "emit_execution_event",
    "emit_file_event",
    "emit_skill_event",
    "emit_validation_event",
    "flush",
]

DEFAULT_SESSION = "orchestrator"
"""The session of events that name none, as the server has it."""

MAX_RUNS = 100
"""Sessions whose runs are kept; of more, who was silent longest is let go, and made anew when it speaks again."""

_RUNS: OrderedDict[str, Run] = OrderedDict()
_LOCK = threading.Lock()
_SETTINGS: dict[str, Any] = {}

_STATES = {
    "execution:started": ExecutionState.RUNNING,
    "execution:resumed": ExecutionState.RUNNING,
    "execution:halted": ExecutionState.HALTED,
    "execution:paused": ExecutionState.HALTED,
    "execution:completed": ExecutionState.COMPLETED,
    "execution:failed": ExecutionState.FAILED,
}


def configure(url: str | None = None, **options: Any) -> None:
    """Says where events go, before the first is told: a server's address, and options such as `token`."""
    flush()
    with _LOCK:
        runs = list(_RUNS.values())
        _RUNS.clear()
        _SETTINGS.clear()
        _SETTINGS.update(options, url=url)
    for run in runs:
        run.close(0.0)


def flush(timeout: float = 5.0) -> bool:
    """Waits until what was told is on the server's disk; says whether it is."""
    with _LOCK:
        runs = list(_RUNS.values())
    return all([run.flush(timeout) for run in runs])


async def emit_skill_event(event_type: str, data: Mapping[str, Any], session_id: str | None = None) -> None:
    """`skill:started`, `skill:completed`, `skill:failed`, `skill:progress`."""
    _emit("skill", event_type, data, session_id)


async def emit_file_event(event_type: str, data: Mapping[str, Any], session_id: str | None = None) -> None:
    """`file:created`, `file:modified`, `file:deleted`, `file:moved`."""
    _emit("file", event_type, data, session_id)


async def emit_decision_event(event_type: str, data: Mapping[str, Any], session_id: str | None = None) -> None:
    """`decision:point`, `decision:made`."""
    _emit("decision", event_type, data, session_id)


async def emit_validation_event(event_type: str, data: Mapping[str, Any], session_id: str | None = None) -> None:
    """`validation:started`, `validation:output`, `validation:completed`, `validation:result`."""
    _emit("validation", event_type, data, session_id)


async def emit_agent_event(event_type: str, data: Mapping[str, Any], session_id: str | None = None) -> None:
    """`agent:spawned`, `agent:started`, `agent:progress`, `agent:completed`, `agent:failed`."""
    _emit("agent", event_type, data, session_id)


async def emit_execution_event(event_type: str, data: Mapping[str, Any], session_id: str | None = None) -> None:
    """`execution:started`, `execution:progress`, `execution:halted`, `execution:completed` and the like."""
    name = _emit("execution", event_type, data, session_id)
    state = _STATES.get(plain_name(name))
    if state is not None:
        conn_manager.set_execution_state(state, session_id)


async def emit_checkpoint_event(data: Mapping[str, Any], session_id: str | None = None) -> None:
    """`checkpoint:created`."""
    _emit("checkpoint", "created", data, session_id)


def _emit(family: str, event_type: str, data: Mapping[str, Any], session_id: str | None) -> str:
    word = name_of(event_type)
    if not word:
        raise ConfigurationError(f"event_type must be a text such as {family}:started")
    name = whole_name(family, word)
    session = session_id or DEFAULT_SESSION
    payload = payload_of(data)
    # Also while it sends: no other thread is to let the run go meanwhile.
    with _LOCK:
        run = _RUNS.get(session)
        if run is None or run.over:
            run = _RUNS[session] = start(session=session, dialect="orchestrator", announce=False, **_SETTINGS)
        _RUNS.move_to_end(session)
        while len(_RUNS) > MAX_RUNS:
            # All send by one transport, which goes on.
            _RUNS.popitem(last=False)[1].close(0.0)
        run.send(name, payload)
    conn_manager.track_event(name, session)
    return name
