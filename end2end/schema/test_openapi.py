"""Every route of the OpenAPI document, tried by schemathesis against the real server: what the document says is taken and
answered as it says, what it says not is refused, and nothing breaks the server.

The same requests in every run: one seed, a bounded number of examples.
"""

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))

from conftest import BINARY, Server  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent

# Streams do not end, so that nothing would come after them.
STREAM = "/api/v1/stream"


def events(session):
    """A run with something of everything, which the document's examples ask for."""
    told = [
        ("SESSION_STARTED", {"name": "nightly", "target": "services/gate"}),
        ("ITERATION_STARTED", {"iteration": 1}),
        ("STEP_STARTED", {"step": "diagnose"}),
        ("FINDING", {"description": "a lock is held across an await", "severity": "high"}),
        ("STEP_COMPLETE", {"step": "diagnose", "success": True}),
        ("METRICS", {"metrics": {"loss": 0.5, "ppo/entropy": 1.2}, "step": 1}),
        ("METRICS", {"metrics": {"loss": 0.4, "ppo/entropy": 1.1}, "step": 2}),
        ("decision:point", {"decision_id": "d1", "question": "Go on?", "options": ["yes", "no"]}),
    ]
    return [{"event_type": name, "session_id": session, "data": data} for name, data in told]


def start():
    """A server that asks everyone for a token, and the token of an administrator."""
    server = Server("--auth", "always", LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND="0")
    database = os.path.join(server.dir.name, "loopscope.db")
    made = subprocess.run(
        [BINARY, "token", "create", "schemathesis", "--role", "admin", "--json"],
        cwd=server.dir.name,
        env={**os.environ, "DASHBOARD_DB_PATH": database},
        check=True,
        capture_output=True,
        text=True,
    )
    token = json.loads(made.stdout)["secret"]
    request = urllib.request.Request(
        f"{server.url}/api/v1/events",
        data=json.dumps(events("nightly-7")).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)["accepted"] == 8
    return server, token


def test_the_server_does_what_its_document_says():
    server, token = start()
    try:
        ran = subprocess.run(
            [
                str(pathlib.Path(sys.executable).parent / "schemathesis"),
                "--config-file", str(HERE / "schemathesis.toml"),
                "run",
                f"{server.url}/api/openapi.json",
                "--header", f"Authorization: Bearer {token}",
                "--include-path-regex", "^/(api/v1/|healthz|readyz|metrics)",
                "--exclude-path", STREAM,
                "--max-examples", "6",
                "--seed", "7",
                "--phases", "examples,coverage,fuzzing",
                "--generation-database", "none",
                "--request-timeout", "30",
                "--no-color",
            ],
            cwd=server.dir.name,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        print(ran.stdout)
        assert ran.returncode == 0, "schemathesis found what the document does not say; see above"
    finally:
        server.stop()
