"""`GrafanaExporter`: numbers of a dashboard as Prometheus text, on a port of their own.

In: a dashboard's address. Out: `GET /metrics`; each scrape asks the dashboard once, so that no number is older than
the scrape. `kimi_dashboard_up` says whether it answered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .. import _http, _stay
from ..errors import ConfigurationError, LoopscopeError

__all__ = ["GrafanaExporter"]

SCRAPE_TIMEOUT_S = 8.0
"""Prometheus gives up after ten."""

GAUGES = {
    "kimi_sessions_active": ("active_sessions", "Sessions that run."),
    "kimi_average_iterations": ("average_iterations", "Mean iterations of a session."),
    "kimi_average_duration_seconds": ("average_duration", "Mean duration of the sessions that ended."),
    # Counts of what is kept: retention takes them down again, so they are no counters.
    "kimi_sessions_total": ("total_sessions", "Sessions that are kept."),
    "kimi_sessions_converged_total": ("converged_sessions", "Sessions that converged."),
    "kimi_sessions_failed_total": ("failed_sessions", "Sessions that failed."),
}


class GrafanaExporter:
    """Serves a dashboard's numbers to Prometheus: ``GrafanaExporter("http://localhost:8766").start()``."""

    def __init__(
        self,
        dashboard_url: str | None = None,
        prometheus_port: int = 9090,
        *,
        host: str = "0.0.0.0",
        token: str | None = None,
    ) -> None:
        if isinstance(prometheus_port, bool) or not isinstance(prometheus_port, int):
            raise ConfigurationError(f"prometheus_port must be a whole number, got {prometheus_port!r}")
        self._address = _http.Address(dashboard_url, token)
        self.dashboard_url = self._address.base
        self.prometheus_port = prometheus_port
        self.host = host
        self._server: ThreadingHTTPServer | None = None
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        """Where Prometheus finds them."""
        return f"http://localhost:{self.prometheus_port}/metrics"

    def start(self) -> GrafanaExporter:
        """Listens, and returns. A program that ends with this stays until Ctrl-C."""
        if self._server is not None:
            return self
        exporter = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path.split("?")[0] == "/metrics"
                body = exporter.text().encode() if known else b"the numbers are at /metrics\n"
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """A scrape is no news."""

        try:
            server = ThreadingHTTPServer((self.host, self.prometheus_port), Handler)
        except (OSError, OverflowError) as error:
            raise LoopscopeError(
                f"cannot listen on port {self.prometheus_port}: {error}; choose another prometheus_port"
            ) from error
        self._server = server
        self.prometheus_port = server.server_address[1]
        self._ended.clear()
        threading.Thread(target=server.serve_forever, daemon=True, name="loopscope-exporter").start()
        self._held = _stay.until_end(self._ended.wait, self.stop)
        return self

    def stop(self) -> None:
        """Listens no more; safe twice."""
        server, self._server = self._server, None
        if server is not None:
            self._held.release()
            server.shutdown()
            server.server_close()
            self._ended.set()

    def text(self) -> str:
        """The numbers now, as Prometheus text."""
        return "".join(self._lines())

    def _lines(self) -> Iterator[str]:
        try:
            told = _http.request(self._address, "/api/metrics", timeout=SCRAPE_TIMEOUT_S)
        except LoopscopeError:
            told = None
        yield from _family("kimi_dashboard_up", "Whether the dashboard answered.", [("", int(told is not None))])
        if told is None:
            return
        for name, (field, help_text) in GAUGES.items():
            yield from _family(name, help_text, [("", told.get(field) or 0)])
        found = told.get("findings_by_severity") or {}
        rows = [(f'{{severity="{severity}"}}', count) for severity, count in found.items()]
        yield from _family("kimi_findings_total", "Findings, by severity.", rows)

    def __enter__(self) -> GrafanaExporter:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _family(name: str, help_text: str, rows: list[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {help_text}\n# TYPE {name} gauge\n"
    for labels, value in rows:
        yield f"{name}{labels} {value}\n"
