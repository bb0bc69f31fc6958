//! A run before its first skill: a new one with a fresh crate, or one that was killed, as it was.

use std::fs;

use serde_json::json;

use super::restore;
use crate::house::House;
use crate::material;
use crate::run::with;

/// Prepares the run: a new one begins; one that a kill cut short goes on with the skill that was in hand, from that
/// skill's checkpoint.
pub fn prepare(house: &House) -> anyhow::Result<()> {
    let is_new = house.run.borrow().checkpoints.is_empty();
    if is_new { begin(house) } else { go_on(house) }
}

fn begin(house: &House) -> anyhow::Result<()> {
    if house.tree.exists() {
        fs::remove_dir_all(&house.tree)?;
    }
    let run = house.run.borrow();
    for (path, text) in material::files(run.number) {
        let path = house.tree.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text)?;
    }
    fs::create_dir_all(&house.build)?;
    house.git.begin()?;
    house.look_silently()?;
    let steps = run.plan.len();
    let started = json!({
        "task": format!("Put the crate morse in order, run {}", run.number), "target": "morse", "steps_total": steps,
        "session_id": run.session_id, "progress": 0,
        "config": {"run": run.number, "pace_ms": run.pace_ms},
    });
    let mut events = vec![("execution:started", started)];
    events.extend((0..steps).map(|at| ("skill:pending", run.of(at))));
    drop(run);
    house.keep_run(events, None)
}

fn go_on(house: &House) -> anyhow::Result<()> {
    house.look_silently()?;
    let restoring = house.run.borrow().restoring.clone();
    if let Some(restoring) = restoring {
        let entry = house
            .store
            .borrow()
            .ledger
            .get(&restoring.command_id)
            .cloned();
        let result = entry.and_then(|entry| entry.result).unwrap_or_default();
        return restore(house, &restoring.command_id, result);
    }
    let mut run = house.run.borrow_mut();
    let left = run.begin_again();
    let commit = run.own_checkpoint().map(|own| own.commit.clone());
    drop(run);
    let Some(left) = left else { return Ok(()) };
    if let Some(commit) = commit {
        house.git.restore(&commit)?;
        house.look()?;
    }
    house.log("the program was killed; the skill in hand begins again");
    let message = "the program was killed; it begins again";
    house.keep_run(
        vec![("skill:skipped", with(left, "message", message))],
        None,
    )
}
