"""The bundled pages: what they make of events, by the rules of the contracts' section 7, and that all is served."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
import urllib.request
from typing import Any

import pytest

import loopscope
from loopscope.training import DashboardServer

PAGES = pathlib.Path(loopscope.__file__).with_name("pages")
NODE = shutil.which("node")

TRAINING = """
import {{ Run, READINGS, accuracyWords, params, signed }} from {module};
const told = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
const run = new Run();
const views = told.map((event) => {{
  run.take(event, event.at ?? 0);
  const words = Object.fromEntries(Object.entries(READINGS).map(([name, reading]) =>
    [name, run.policy[name] === null ? null : [run.policy[name], reading(run.policy[name])[0]]]));
  return {{ epoch: run.epoch === null ? "--/--" : `${{run.epoch}}/${{run.most}}`, mode: run.mode,
    accuracy: accuracyWords(run).slice(0, 2).join(" ").trim(), ratio: run.ratio.toFixed(2),
    efficiency: run.efficiency.toFixed(2), ...words, chips: run.chips,
    seeds: run.rows.map((seed) => [seed.slot, seed.blueprint, seed.params === null ? null : params(seed.params),
      seed.contribution === null ? null : signed(seed.contribution), seed.efficiency]),
    alerts: run.alertsAt(event.now ?? 0).map((alert) => [alert.words, alert.isCritical]) }};
}});
console.log(JSON.stringify(views));
"""

CREW = """
import {{ Crew, confidence, duration, fieldsOf, percent, wordsOf }} from {module};
const told = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
const crew = new Crew();
console.log(JSON.stringify({{
  rows: told.map((event) => [crew.take(event), wordsOf(event), fieldsOf(event), {{ ...crew }}]),
  durations: [0, 59.9, 60, 3599, 3600, 7380].map(duration),
  confidence: [0.8, "0.79", 0.6, 0.59, null].map((one) => [percent(one), confidence(one)]),
}}));
"""


def asked(script: str, module: str, events: list[dict[str, Any]]) -> Any:
    if NODE is None:
        pytest.skip("there is no node to run the pages' scripts")
    source = script.format(module=json.dumps((PAGES / module).as_uri()))
    command = [NODE, "--input-type=module", "-e", source]
    ran = subprocess.run(command, input=json.dumps(events), capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def event(kind: str, data: Any = None, **more: Any) -> dict[str, Any]:
    return {"event_type": kind, "epoch": None, "severity": "info", "message": "", "data": data or {}, **more}


def run_of(*events: dict[str, Any]) -> dict[str, Any]:
    """What stands on the training page after some events."""
    views: list[dict[str, Any]] = asked(TRAINING, "run.mjs", list(events))
    return views[-1]


def test_before_data_the_training_page_claims_nothing() -> None:
    view = run_of(event("PHASE_PROFILE_COMPLETED", {"phases": {}}))
    assert view["epoch"] == "--/--" and view["mode"] == "SHAPED" and view["accuracy"] == "--"
    assert view["ratio"] == view["efficiency"] == "1.00" and view["chips"] == ["WAIT"]
    assert view["seeds"] == view["alerts"] == [] and view["variance"] is view["entropy"] is view["kl"] is None


def test_epochs_move_the_display_and_null_moves_nothing() -> None:
    started = event("TRAINING_STARTED", {"max_epochs": 75, "reward_mode": "sparse", "n_envs": 2, "host_params": 1000})
    seven = event("EPOCH_COMPLETED", {"val_accuracy": 75.0, "env_id": 0}, epoch=7)
    assert run_of(started, seven)["epoch"] == "7/75" and run_of(started, seven)["mode"] == "SPARSE"
    unmeasured = event("EPOCH_COMPLETED", {"val_accuracy": None, "env_id": 0}, epoch=None)
    assert run_of(started, seven, unmeasured) == run_of(started, seven)
    # Only epochs move it; zero is a value; lower-case types are the same; the mean is over environments.
    others = [event("PPO_UPDATE_COMPLETED", {"entropy": 0.3}, epoch=99), event("BATCH_EPOCH_COMPLETED", epoch=4)]
    assert run_of(started, seven, *others)["epoch"] == "7/75"
    zero = event("epoch_completed", {"val_accuracy": 0.0, "env_id": 1}, epoch=0)
    view = run_of(started, seven, zero)
    assert view["epoch"] == "0/75" and view["accuracy"] == "37.5% (-- vs host-only)"
    host = event("EPOCH_COMPLETED", {"val_accuracy": "78.2", "env_id": 1, "host_accuracy": 73.4}, epoch=8)
    assert run_of(started, seven, host)["accuracy"] == "76.6% (+3.2% vs host-only)"


def test_a_run_without_epochs_shows_its_batches() -> None:
    batch = event("BATCH_COMPLETED", {"avg_accuracy": 60.0})
    assert run_of(batch)["accuracy"] == "60.0% (-- vs host-only)"
    assert run_of(event("EPOCH_COMPLETED", {"val_accuracy": 10.0}), batch)["accuracy"].startswith("10.0%")


def test_a_snapshot_without_a_kind_is_taken() -> None:
    whole = {
        "accuracy": 80.0,
        "host_accuracy": 75.0,
        "param_ratio": 1.2,
        "efficiency": 1.05,
        "value_variance": 0.3,
        "entropy": 0.4,
        "kl_divergence": 0.05,
        "seeds": [
            {"slot_id": "mid", "blueprint": "conv", "params": 12_345, "contribution": -2.0, "efficiency": 11.5},
            {"slot_id": "late", "params": 900, "contribution": 3.25},
        ],
    }
    view = run_of(event("ANALYTICS_SNAPSHOT", whole))
    assert view["accuracy"] == "80.0% (+5.0% vs host-only)"
    assert view["ratio"] == "1.20" and view["efficiency"] == "1.05"
    assert view["seeds"] == [["late", None, "900", "+3.3%", None], ["mid", "conv", "12.3K", "-2.0%", 11.5]]
    assert view["variance"] == [0.3, "healthy"] and view["entropy"] == [0.4, "moderate"] and view["kl"] == [0.05, "ok"]
    nothing = event("ANALYTICS_SNAPSHOT", dict.fromkeys(whole))
    assert run_of(event("ANALYTICS_SNAPSHOT", whole), nothing) == view


def test_seeds_live_and_bring_something() -> None:
    started = event("TRAINING_STARTED", {"host_params": 1000, "n_envs": 1})
    born = event("SEED_GERMINATED", {"slot_id": "mid", "env_id": 0, "blueprint_id": "conv", "params": 500})
    view = run_of(started, born)
    # Germinated is not yet active, though its parameters are there.
    assert view["seeds"] == [] and view["ratio"] == "1.50" and view["chips"] == ["GERMINATE"]
    grown = event("SEED_STAGE_CHANGED", {"from": 2, "to": 3, "env_id": 0}, slot_id="mid")
    shapley = {"kind": "shapley_computed", "env_id": 0, "shapley_values": {"mid": {"mean": 2}}}
    valued = event("ANALYTICS_SNAPSHOT", shapley)
    told = [started, born, grown, valued]
    assert run_of(*told)["seeds"] == [["mid", "conv", "500", "+2.0%", None]]
    matrix = {
        "env_id": 0,
        "slot_ids": ["mid"],
        "configs": [{"seed_mask": [False], "accuracy": 50.0}, {"seed_mask": [True], "accuracy": 60.0}],
    }
    told += [event("EPOCH_COMPLETED", {"val_accuracy": 60.0, "env_id": 0}, epoch=1)]
    told += [event("COUNTERFACTUAL_MATRIX_COMPUTED", matrix)]
    view = run_of(*told)
    assert view["accuracy"] == "60.0% (+10.0% vs host-only)" and view["efficiency"] == "0.80"
    gone = [
        event("SEED_CULLED", {"slot_id": "mid", "env_id": 0}),
        event("SEED_STAGE_CHANGED", {"to": "CULLED"}, slot_id="mid"),
    ]
    for order in (gone, gone[::-1]):
        view = run_of(*told, *order)
        assert view["seeds"] == [] and view["ratio"] == "1.00" and view["chips"] == ["GERMINATE", "CULL"]
    # Another life in the slot owes nothing to the one before.
    again = event("SEED_STAGE_CHANGED", {"to_stage": "TRAINING", "env_id": 0}, slot_id="mid")
    assert run_of(*told, *gone, again)["seeds"] == [["mid", None, None, None, None]]


def test_skipped_updates_move_no_number() -> None:
    first = event("PPO_UPDATE_COMPLETED", {"value_std": 0.2, "entropy": 0.05, "approx_kl": 0.2})
    view = run_of(first)
    assert view["variance"] == [pytest.approx(0.04), "ok"] and view["kl"] == [0.2, "high"]
    assert view["entropy"] == [0.05, "exploiting"]
    for word in ("skipped", "update_skipped", "skipped_update"):
        assert run_of(first, event("PPO_UPDATE_COMPLETED", {word: True, "entropy": 9, "value_variance": 9})) == view
    zero = run_of(first, event("PPO_UPDATE_COMPLETED", {"entropy": 0.0, "value_variance": 0.0, "kl_divergence": 0.0}))
    assert zero["entropy"][0] == zero["variance"][0] == zero["kl"][0] == 0 and zero["kl"][1] == "stable"
    assert zero["variance"][1] == "low"


def test_actions_are_the_newest_five_and_waiting_is_one() -> None:
    told = [event("SEED_GERMINATED", {"slot_id": str(number)}) for number in range(4)]
    told += [
        event("ANALYTICS_SNAPSHOT", {"kind": "last_action", "action_name": "WAIT"}),
        event("ANALYTICS_SNAPSHOT", {"kind": "last_action", "action_name": "GERMINATE"}),
        event("POLICY_ACTION", {"action": "WAIT"}),
        event("SEED_FOSSILIZED", {"slot_id": "0"}),
        event("seed_pruned", {"slot_id": "1"}),
    ]
    assert run_of(*told)["chips"] == ["GERMINATE", "WAIT", "WAIT", "FOSSILIZE", "PRUNE"]


def test_what_is_an_alert() -> None:
    told = [
        event("RATIO_EXPLOSION_DETECTED", {"detail": "ratio 9"}),
        event("GRADIENT_ANOMALY", {"reason": "exploding"}, message="look here"),
        event("MEMORY_WARNING", {"gpu_utilization": 0.9}),
        event("GOVERNOR_ROLLBACK", {"reason": "nan"}, severity="info"),
        event("SEED_GATE_EVALUATED", {"message": "late"}, severity="warning"),
        event("EPOCH_COMPLETED", {"val_accuracy": 1.0}),
        *(event(f"{name}_DETECTED", {}, severity="warning") for name in ("PLATEAU", "DEGRADATION", "IMPROVEMENT")),
    ]
    assert run_of(*told)["alerts"] == [
        ["ratio 9", False],
        ["look here", False],
        ["MEMORY_WARNING", False],
        ["nan", True],
        ["late", False],
    ]
    # Older than five minutes they are no news.
    assert run_of(*told, event("X", now=299_999))["alerts"] and not run_of(*told, event("X", now=300_000))["alerts"]


def test_the_agents_page_counts_live_events_only_and_names_the_key_fields() -> None:
    metrics = {
        "total_events": 70,
        "total_agents_executed": 8,
        "total_opportunities_discovered": 3,
        "avg_quality_score": 97.5,
    }
    told = [
        {"event_type": "connection_established", "client_id": "01234567"},
        event("agent_execution_completed", {"agent_name": "Scout", "duration_ms": "2000.4", "quality_score": 98.54}),
        {
            "event_type": "metrics_updated",
            "data": {"metrics": metrics, "active_agents": 2, "system_uptime_seconds": 9},
        },
        event("agent_execution_completed", {"agent_name": "Scout", "data_source": "cache", "quality_score": None}),
        event(
            "opportunity_discovered",
            {"title": "T", "confidence_score": "0.87", "category": "c", "description": "D"},
        ),
        event("synthesis_completed", {"phase": "merge", "duration_ms": 12.5, "patterns_found": 3}),
        event("quality_score_updated", {"source": "judge", "overall_score": 91.25}),
        event("agent_execution_started", {"agent_name": "Miner", "task_description": "dig"}),
        event("metrics_updated", {"cpu": 3.14159, "note": "own", "deep": {}}, event_id="e"),
    ]
    found = asked(CREW, "crew.mjs", told)
    rows = found["rows"]
    assert [row[0] for row in rows] == [False, True, False, *[True] * 6]
    assert rows[1][1] == "No description" and rows[4][1] == "D"
    assert rows[1][2] == [["Agent", "Scout"], ["Duration", "2000ms"], ["Quality", "98.5%"]]
    assert rows[3][2] == [["Agent", "Scout"], ["Source", "cache"]]
    assert rows[4][2] == [["Title", "T"], ["Confidence", "87.0%"], ["Category", "c"]]
    assert rows[5][2] == [["Phase", "merge"], ["Patterns", "3"], ["Duration", "13ms"]]
    assert rows[6][2] == [["Source", "judge"], ["Score", "91.3%"]] and rows[7][2] == [["Agent", "Miner"]]
    assert rows[8][2] == [["cpu", "3.142"], ["note", "own"]]
    numbers = rows[-1][3]
    assert (numbers["events"], numbers["executed"], numbers["found"]) == (76, 9, 4)
    assert (numbers["quality"], numbers["active"], numbers["kept"]) == (97.5, 2, 7)
    assert found["durations"] == ["0s", "59s", "1m", "59m", "1h 0m", "2h 3m"]
    assert [word for _, word in found["confidence"]] == ["high", "medium", "medium", "low", "unknown"]


def test_all_that_the_pages_name_is_served() -> None:
    """Also below a path: nothing is named from the root."""
    server = DashboardServer(port=0, host="127.0.0.1")
    server.start()
    try:
        for page in PAGES.glob("*.html"):
            text = page.read_text(encoding="utf-8")
            names = re.findall(r'(?:href|src)="([^"]+)"', text)
            assert len(names) == 3 and "style=" not in text
            scripts = [name for name in names if name.endswith("js")]
            while scripts:
                source = (PAGES / scripts.pop()).read_text(encoding="utf-8")
                more = [name for name in re.findall(r'from "\./([^"]+)"', source) if name not in names]
                names += more
                scripts += more
            for name in names:
                with urllib.request.urlopen(f"{server.url}/{name}") as answer:
                    assert answer.status == 200 and answer.headers["content-type"]
        served = {path.name for path in PAGES.iterdir()}
        assert served == {"agents.html", "training.html"} | {
            "live.css",
            "live.svg",
            "live.js",
            "agents.js",
            "training.js",
            "values.mjs",
            "crew.mjs",
            "run.mjs",
        }
    finally:
        server.close()
