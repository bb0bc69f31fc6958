"""The contract's exceptions."""

from loopscope.errors import APIError, ConnectionError, LoopscopeError, SessionNotFoundError

__all__ = ["APIError", "ConnectionError", "LoopscopeError", "SessionNotFoundError"]
