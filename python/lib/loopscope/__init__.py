"""Loopscope's Python SDK: tell a server what a program does, read what is there, be steered by people.

    import loopscope

    run = loopscope.init("nightly", target="services/gate")
    with run.step("validate"):
        run.log({"loss": 0.31}, step=1)
    loopscope.finish()

Saying something never waits for the network: a queue sends it, keeps on disk what cannot be sent yet, and sends it
again until there is a receipt. The address is that of `LOOPSCOPE_URL`, else http://localhost:8766;
the token that of `LOOPSCOPE_TOKEN`.
"""

from ._core import __version__
from .client import AsyncClient, Client, Subscription
from .current import current_run, error, finding, finish, fix, init, log, step
from .errors import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    ConnectionError,
    DecisionError,
    LoopscopeError,
    ProtocolError,
    SessionNotFoundError,
)
from .logs import Handler
from .records import Event, EventType, Record
from .run import Run, start
from .steering import Command
from .steps import Step

__all__ = [
    "APIError",
    "AsyncClient",
    "AuthenticationError",
    "Client",
    "Command",
    "ConfigurationError",
    "ConnectionError",
    "DecisionError",
    "Event",
    "EventType",
    "Handler",
    "LoopscopeError",
    "ProtocolError",
    "Record",
    "Run",
    "SessionNotFoundError",
    "Step",
    "Subscription",
    "__version__",
    "current_run",
    "error",
    "finding",
    "finish",
    "fix",
    "init",
    "log",
    "start",
    "step",
]
