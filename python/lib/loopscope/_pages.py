"""The bundled pages of servers inside a program: small, without anything from elsewhere, under a strict policy.

In: a contract and a path. Out: the page, its scripts, its style. The whole of Loopscope's own pages is the server's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ._broadcast import Answer

__all__ = ["page_of"]

FOLDER = Path(__file__).with_name("pages")
SCRIPTS = ("live.js", "agents.js", "training.js", "values.mjs", "crew.mjs", "run.mjs")
FILES = {
    **{f"/{name}": "text/javascript; charset=utf-8" for name in SCRIPTS},
    "/live.css": "text/css; charset=utf-8",
    "/live.svg": "image/svg+xml",
}
POLICY = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"}


def page_of(contract: str, path: str) -> Answer | None:
    """What stands at a path; None where nothing does."""
    path = path.split("?")[0]
    if path == "/":
        return 200, "text/html; charset=utf-8", _read(f"{contract}.html"), POLICY
    kind = FILES.get(path)
    return None if kind is None else (200, kind, _read(path[1:]), POLICY)


@cache
def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
