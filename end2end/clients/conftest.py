"""Starts one server a test module: its own port, its own folder, stopped by its own process id."""

import os
import pathlib
import re
import subprocess
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("LOOPSCOPE_BIN", str(ROOT / "target/debug/loopscope"))


class Server:
    """A running server; `url` is where it listens."""

    def __init__(self, *args, **env):
        self.dir = tempfile.TemporaryDirectory(prefix="loopscope-")
        settings = {
            "DASHBOARD_HOST": "127.0.0.1",
            "DASHBOARD_PORT": "0",
            "DASHBOARD_DB_PATH": os.path.join(self.dir.name, "loopscope.db"),
            "CONVERGENCE_WS_URL": "none",
        }
        self.log = open(os.path.join(self.dir.name, "stderr.log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [BINARY, *args],
            cwd=self.dir.name,
            env={**os.environ, **settings, **env},
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        for line in self.process.stdout:
            found = re.search(r"listening on (http://\S+)", line)
            if found:
                self.url = found[1].rstrip("/")
                return
        self.log.seek(0)
        raise RuntimeError(f"the server ended with {self.process.wait()}:\n{self.log.read()}")

    @property
    def ws(self):
        """The address for WebSockets."""
        return self.url.replace("http://", "ws://")

    def stop(self):
        """SIGTERM, then wait."""
        self.process.terminate()
        self.process.wait(timeout=15)
        self.process.stdout.close()
        self.log.close()
        self.dir.cleanup()


@pytest.fixture(scope="module")
def server():
    running = Server()
    yield running
    running.stop()
