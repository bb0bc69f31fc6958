//! One run from its first word to its last. In: the house, and orders as they come. Out: how it ended.
//!
//! The skill in hand is a future that is polled only while the run is not halted, and its tools are stopped
//! (`SIGSTOP`) with it: while halted nothing begins and nothing goes on, inside a skill as between two.

use std::time::Instant;

use anyhow::Context;
use common::tasks::Stop;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::house::House;
use crate::order::{Order, Ordered};
use crate::run::{Checkpoint, Stage, Then};
use crate::skills::{self, Bench, Report};
use crate::store::Entry;
use crate::tree;

mod prepare;

pub use prepare::prepare;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All skills were done.
    Completed,
    /// It could not go on, or somebody ended it.
    Failed(String),
    /// The program is to stop.
    Interrupted,
}

/// What an order means for the skill in hand.
enum Flow {
    /// Nothing.
    Stay,
    /// It is let go.
    Leave,
    /// The tree goes back, once it is let go; then the command has its receipt.
    Restore(Ordered, Value),
    /// The run ends.
    End(String),
}

/// Runs a run that was [`prepare`]d.
pub async fn run(
    house: &House,
    orders: &mut UnboundedReceiver<Ordered>,
    stop: &Stop,
) -> anyhow::Result<Outcome> {
    let outcome = tokio::select! {
        outcome = skills_in_turn(house, orders) => outcome?,
        () = stop.asked() => Outcome::Interrupted,
    };
    let mut run = house.run.borrow_mut();
    run.is_over = true;
    run.question = None;
    let steps = json!({"steps_completed": run.completed, "steps_total": run.plan.len()});
    drop(run);
    let last = match &outcome {
        Outcome::Completed => (
            "execution:completed",
            with_all(steps, json!({"success": true})),
        ),
        Outcome::Failed(error) => ("execution:failed", with_all(steps, json!({"error": error}))),
        Outcome::Interrupted => {
            let error = json!({"error": "the program was stopped"});
            ("execution:failed", with_all(steps, error))
        }
    };
    house.keep_run(vec![last], None)?;
    // What came behind the last word has its answer too.
    while let Ok(ordered) = orders.try_recv() {
        finish(
            house,
            &ordered.command_id,
            Vec::new(),
            Err("the run is over".to_owned()),
        )?;
    }
    Ok(outcome)
}

async fn skills_in_turn(
    house: &House,
    orders: &mut UnboundedReceiver<Ordered>,
) -> anyhow::Result<Outcome> {
    loop {
        house.check()?;
        if house.run.borrow().halted.is_some() {
            match next(house, orders).await? {
                Flow::End(error) => return Ok(Outcome::Failed(error)),
                Flow::Restore(ordered, result) => restore(house, &ordered.command_id, result)?,
                Flow::Stay | Flow::Leave => {}
            }
            continue;
        }
        if !begin(house)? {
            return Ok(Outcome::Completed);
        }
        if let Some(error) = in_hand(house, orders).await? {
            return Ok(Outcome::Failed(error));
        }
    }
}

/// Takes the next skill in hand, from a checkpoint of its own. False when none is left.
fn begin(house: &House) -> anyhow::Result<bool> {
    let Some(name) = house.run.borrow().current().map(|next| next.name.clone()) else {
        return Ok(false);
    };
    if house.run.borrow().own_checkpoint().is_none() {
        take_checkpoint(house, &format!("before {name}"))?;
    }
    let mut run = house.run.borrow_mut();
    if run
        .current()
        .is_some_and(|next| next.stage == Stage::InHand)
    {
        return Ok(true);
    }
    let started = run.begin().unwrap_or_default();
    let progress = json!({"progress": run.percent(), "message": name});
    drop(run);
    house.log(&format!("{name} begins"));
    let events = vec![("execution:progress", progress), ("skill:started", started)];
    house.keep_run(events, None)?;
    Ok(true)
}

/// Works on the skill in hand until it is over or let go. Gives why the run ends, if it does.
async fn in_hand(
    house: &House,
    orders: &mut UnboundedReceiver<Ordered>,
) -> anyhow::Result<Option<String>> {
    let started = Instant::now();
    let Some(bench) = Bench::new(house) else {
        return Ok(None);
    };
    let (ordered, result) = {
        let work = skills::run(&bench);
        tokio::pin!(work);
        loop {
            let halted = house.run.borrow().halted.is_some();
            tokio::select! {
                biased;
                flow = next(house, orders) => match flow? {
                    Flow::Stay => {}
                    Flow::Leave => return Ok(None),
                    Flow::End(error) => return Ok(Some(error)),
                    Flow::Restore(ordered, result) => break (ordered, result),
                },
                report = &mut work, if !halted => {
                    let report = report.unwrap_or_else(|error| Report::bad(format!("{error:#}")));
                    return over(house, report, started);
                }
            }
        }
        // The work is dropped here: its tools are ended before the tree goes back.
    };
    restore(house, &ordered.command_id, result)?;
    Ok(None)
}

/// The skill in hand is over.
fn over(house: &House, report: Report, started: Instant) -> anyhow::Result<Option<String>> {
    house.look()?;
    let mut run = house.run.borrow_mut();
    let told = run.of(run.at);
    let name = told["skill_name"].as_str().unwrap_or_default().to_owned();
    run.end(report.error.is_none());
    drop(run);
    let is_critical = skills::find(&name).is_some_and(|skill| skill.is_critical);
    let seconds = started.elapsed().as_secs_f64();
    house.log(&format!("{name} ended after {seconds:.1} s"));
    let (event, more) = match &report.error {
        None => (
            "skill:completed",
            json!({"duration": seconds, "result": report.result}),
        ),
        Some(error) => ("skill:failed", json!({"duration": seconds, "error": error})),
    };
    house.keep_run(vec![(event, with_all(told, more))], None)?;
    Ok(match report.error {
        Some(error) if is_critical => Some(format!("{name}: {error}")),
        _ if report.stop => Some(format!("stopped by a decision in {name}")),
        _ => None,
    })
}

/// The next order, obeyed as far as it can be with the skill in hand. Without a sender it waits for ever.
async fn next(house: &House, orders: &mut UnboundedReceiver<Ordered>) -> anyhow::Result<Flow> {
    let Some(ordered) = orders.recv().await else {
        return std::future::pending().await;
    };
    obey(house, ordered)
}

/// Obeys an order that was not obeyed before. The change and its receipt are kept in one record.
fn obey(house: &House, ordered: Ordered) -> anyhow::Result<Flow> {
    let id = ordered.command_id.as_str();
    let is_known = house.store.borrow().ledger.contains_key(id);
    if is_known || ordered.session_id != house.run.borrow().session_id {
        house.to_send.notify_one();
        return Ok(Flow::Stay);
    }
    let obeyed = Order::read(&ordered).and_then(|order| {
        check(house, &order)?;
        let mut run = house.run.borrow_mut();
        run.obey(order, id, &ordered.by, ordered.reason.as_deref())
    });
    let word = obeyed
        .as_ref()
        .map_or_else(String::clone, |_| "obeyed".to_owned());
    house.log(&format!("{} by {}: {word}", ordered.kind, ordered.by));
    let obeyed = match obeyed {
        Ok(obeyed) => obeyed,
        Err(error) => {
            finish(house, id, Vec::new(), Err(error))?;
            return Ok(Flow::Stay);
        }
    };
    match obeyed.then {
        Then::Restore => {
            let entry = Entry {
                command_id: id.to_owned(),
                status: "acknowledged".to_owned(),
                result: Some(obeyed.result.clone()),
                error: None,
            };
            house.keep_run(obeyed.events, Some(entry))?;
            return Ok(Flow::Restore(ordered, obeyed.result));
        }
        Then::Checkpoint(label) => {
            let done = still(house, || take_checkpoint(house, &label));
            let done = done.map(|commit| json!({"checkpoint_id": commit}));
            finish(
                house,
                id,
                Vec::new(),
                done.map_err(|error| format!("{error:#}")),
            )?;
            return Ok(Flow::Stay);
        }
        Then::Revert(path) => {
            let done = still(house, || revert(house, &path));
            let events = match &done {
                Ok(()) => vec![(
                    "file:reverted",
                    json!({"file_path": path, "by": ordered.by}),
                )],
                Err(_) => Vec::new(),
            };
            let done = done
                .map(|()| obeyed.result)
                .map_err(|error| format!("{error:#}"));
            finish(house, id, events, done)?;
            return Ok(Flow::Stay);
        }
        Then::Stand if house.run.borrow().halted.is_some() => house.children.stop(),
        Then::Stand => house.children.go_on(),
        _ => {}
    }
    let flow = match obeyed.then {
        Then::Leave => Flow::Leave,
        Then::Cancel => Flow::End(format!("given up by {}", ordered.by)),
        _ => Flow::Stay,
    };
    finish(house, id, obeyed.events, Ok(obeyed.result))?;
    house.answered.notify_one();
    Ok(flow)
}

/// What only the tree knows.
fn check(house: &House, order: &Order) -> Result<(), String> {
    let (Order::RedirectPath(path) | Order::Approve(path) | Order::Revert(path)) = order else {
        return Ok(());
    };
    let is_folder = matches!(order, Order::RedirectPath(_)) && path == "src";
    if is_folder || tree::inside(&house.tree, path).is_some() {
        return Ok(());
    }
    Err(format!("there is no file {path:?}"))
}

/// Keeps what became of a command, with the run as it is now, in one record.
fn finish(
    house: &House,
    id: &str,
    events: Vec<(&str, Value)>,
    done: Result<Value, String>,
) -> anyhow::Result<()> {
    let (status, result, error) = match done {
        Ok(result) => ("succeeded", Some(result), None),
        Err(error) => ("failed", None, Some(error)),
    };
    let entry = Entry {
        command_id: id.to_owned(),
        status: status.to_owned(),
        result,
        error,
    };
    house.keep_run(events, Some(entry))
}

/// Does something to the tree while the tools stand still.
fn still<T>(house: &House, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    house.children.stop();
    let done = work();
    if house.run.borrow().halted.is_none() {
        house.children.go_on();
    }
    done
}

/// Puts the tree where the run wants it, and the run with it. Done twice, it comes to the same.
fn restore(house: &House, command_id: &str, result: Value) -> anyhow::Result<()> {
    let run = house.run.borrow();
    let place = run.restoring.as_ref().map(|restoring| restoring.checkpoint);
    let checkpoint = place.and_then(|place| run.checkpoints.get(place)).cloned();
    drop(run);
    let checkpoint = checkpoint.context("there is no such checkpoint")?;
    house.git.restore(&checkpoint.commit)?;
    house.look()?;
    let events = house.run.borrow_mut().restored();
    house.log(&format!("back at {}", checkpoint.label));
    finish(house, command_id, events, Ok(result))
}

fn take_checkpoint(house: &House, label: &str) -> anyhow::Result<String> {
    house.look()?;
    let mut run = house.run.borrow_mut();
    let commit = house
        .git
        .commit(&format!("{label} ({})", run.checkpoints.len()))?;
    if run
        .checkpoints
        .last()
        .is_some_and(|last| last.commit == commit)
    {
        return Ok(commit);
    }
    let at = run.at;
    let told = json!({"checkpoint_id": commit, "label": label, "can_rollback": true,
                      "skill_name": run.current().map(|next| next.name.clone()),
                      "files": tree::snapshot(&house.tree)?.keys().collect::<Vec<_>>()});
    run.checkpoints.push(Checkpoint {
        commit: commit.clone(),
        label: label.to_owned(),
        at,
    });
    drop(run);
    house.keep_run(vec![("checkpoint:created", told)], None)?;
    Ok(commit)
}

fn revert(house: &House, path: &str) -> anyhow::Result<()> {
    let commit = house
        .run
        .borrow()
        .checkpoints
        .last()
        .map(|last| last.commit.clone());
    let commit = commit.context("there is no checkpoint to go back to")?;
    house.git.restore_file(&commit, path)?;
    house.look()?;
    Ok(())
}

/// An object with the fields of another.
fn with_all(mut object: Value, more: Value) -> Value {
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}
