"""The wheel: installed where there is neither Rust nor a network, it runs the readme's lines; what it holds."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import re
import shutil
import subprocess
import venv
import zipfile

import pytest

import loopscope
from conftest import ROOT, Server, eventually

WHEEL = os.environ.get("LOOPSCOPE_WHEEL")

pytestmark = pytest.mark.skipif(WHEEL is None, reason="LOOPSCOPE_WHEEL names no wheel; cargo xtask test makes one")


def test_it_is_one_for_every_python_and_says_what_it_is() -> None:
    assert WHEEL is not None
    assert "-cp310-abi3-" in pathlib.Path(WHEEL).name
    with zipfile.ZipFile(WHEEL) as wheel:
        names = set(wheel.namelist())
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        told = wheel.read(metadata).decode()
        (entries,) = (name for name in names if name.endswith(".dist-info/entry_points.txt"))
        assert "kimi-dashboard=loopscope.convergence.server:main" in wheel.read(entries).decode().replace(" ", "")
        licences = [name for name in names if "/licenses/" in name]
        assert len(licences) == 2 and all(len(wheel.read(name)) > 1000 for name in licences)
    for name in ("_core.abi3.so", "_core.pyi", "py.typed", "pages/live.js", "pages/run.mjs", "training/__init__.py"):
        assert f"loopscope/{name}" in names
    assert "kimi_dashboard/py.typed" in names
    assert not [name for name in names if "/tests/" in name or name.endswith(".rs")]
    assert f"Version: {loopscope.__version__}" in told and "License-Expression: MIT OR Apache-2.0" in told
    assert "# loopscope for Python" in told


def test_it_needs_no_rust_and_no_network(server: Server, client: loopscope.Client, tmp_path: pathlib.Path) -> None:
    assert WHEEL is not None
    fresh = tmp_path / "fresh"
    venv.create(fresh, with_pip=True)
    python = fresh / "bin/python"
    # What it waits for on sockets is there already, as it would be from a package index.
    (into,) = fresh.glob("lib/python*/site-packages")
    for file in importlib.metadata.files("websockets") or ():
        source, target = pathlib.Path(str(file.locate())), into / str(file)
        if ".." not in file.parts:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    alone = {"PATH": str(fresh / "bin"), "HOME": str(tmp_path), "LOOPSCOPE_URL": server.url}

    def run(*args: str | pathlib.Path) -> str:
        ran = subprocess.run([python, *args], env=alone, capture_output=True, text=True, timeout=300, cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    run("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", WHEEL)
    found = re.search(r"```python\n(.*?)\n```", (ROOT / "python/README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    named = f"Fresh {os.getpid()}"
    run("-c", found[1].replace("Nightly build", named))
    row = eventually(lambda: next((row for row in client.sessions(q=named) if row.name == named), None))
    assert row.status == "converged"
    assert pathlib.Path(run("-c", "import loopscope; print(loopscope.__file__)").strip()).is_relative_to(fresh)
