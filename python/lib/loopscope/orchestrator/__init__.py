"""The orchestrator contract's Python surface: a producer client, emission helpers, and the connection manager.

Events are queued: what is told while the server is away is kept and sent later, and the last event of
a run is on the server's disk before `disconnect()` returns.
"""

from .emit import (
    configure,
    emit_agent_event,
    emit_checkpoint_event,
    emit_decision_event,
    emit_execution_event,
    emit_file_event,
    emit_skill_event,
    emit_validation_event,
)
from .manager import ConnectionManager, ExecutionState, conn_manager, get_connection_stats
from .producer import ProducerClient

__all__ = [
    "ConnectionManager",
    "ExecutionState",
    "ProducerClient",
    "configure",
    "conn_manager",
    "emit_agent_event",
    "emit_checkpoint_event",
    "emit_decision_event",
    "emit_execution_event",
    "emit_file_event",
    "emit_skill_event",
    "emit_validation_event",
    "get_connection_stats",
]
