"""What is shipped: the readme's own lines, the types, and that one build serves every Python."""

from __future__ import annotations

import importlib
import os
import pathlib
import re
import subprocess
import sys

import pytest

import loopscope
from conftest import ROOT, Server, eventually


@pytest.mark.parametrize(("readme", "name"), [("README.md", "From Python"), ("python/README.md", "Nightly build")])
def test_the_lines_of_the_readmes_run_as_they_stand(
    server: Server, client: loopscope.Client, tmp_path: pathlib.Path, readme: str, name: str
) -> None:
    found = re.search(r"```python\n(.*?)\n```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    assert found and len(found[1].splitlines()) <= 12
    program = tmp_path / "readme.py"
    program.write_text(found[1], encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, program],
        env={**os.environ, "LOOPSCOPE_URL": server.url},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    row = eventually(lambda: next((row for row in client.sessions(q=name) if row.name == name), None))
    assert row.status in ("completed", "converged")


MODULES = ["client", "exceptions", "exporters", "widgets"]


@pytest.mark.parametrize("module", [f"kimi_dashboard.{name}" for name in MODULES])
def test_what_a_thin_module_names_is_there(module: str) -> None:
    loaded = importlib.import_module(module)
    assert loaded.__all__ and all(getattr(loaded, name) is not None for name in loaded.__all__)


USES = """
import loopscope
from kimi_dashboard import DashboardClient, EventType

run: loopscope.Run = loopscope.init("typed", target="x")
with run.step("validate") as step:
    step.progress(1, 2)
    run.log({"loss": 0.5}, step=1)
counters: dict[str, int] = run.finish()
kind: str = EventType.ERROR
for event in loopscope.Client().subscribe(names=["STEP_*"]):
    assert event.data.get("step")
"""


def test_the_types_hold_for_who_uses_them(tmp_path: pathlib.Path) -> None:
    program = tmp_path / "uses.py"
    program.write_text(USES, encoding="utf-8")
    for text, well in ((USES, True), (USES.replace('init("typed"', "init(7"), False)):
        program.write_text(text, encoding="utf-8")
        checked = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "mypy"), str(program)],
            capture_output=True,
            text=True,
            timeout=300,
            cwd=tmp_path,
        )
        assert (checked.returncode == 0) == well, checked.stdout
