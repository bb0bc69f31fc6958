//! Orders against runs: each obeys or says why not, and an order that is refused changes nothing.

use serde_json::json;

use super::*;
use crate::order::{Back, Order, Place};

const PLAN: [&str; 4] = ["format", "lint", "build", "test"];

/// A run with so many skills done, and one in hand; each began with a checkpoint.
fn run(done: usize) -> Run {
    let mut run = Run::new("s".to_owned(), 1, &PLAN.map(str::to_owned), 0);
    for (at, name) in PLAN.iter().enumerate().take(done + 1) {
        run.checkpoints.push(Checkpoint {
            commit: format!("commit-{at}"),
            label: format!("before {name}"),
            at,
        });
        run.begin();
        if at < done {
            run.end(true);
        }
    }
    run
}

fn obey(run: &mut Run, order: Order) -> Obeyed {
    run.obey(order, "c", "somebody", None).unwrap()
}

fn refused(run: &mut Run, order: Order) -> String {
    let before = run.clone();
    let why = run.obey(order, "c", "somebody", None).unwrap_err();
    assert_eq!(*run, before, "an order that is refused changes nothing");
    why
}

fn names(run: &Run) -> Vec<&str> {
    run.plan
        .iter()
        .map(|planned| planned.name.as_str())
        .collect()
}

fn told(obeyed: &Obeyed) -> Vec<&'static str> {
    obeyed.events.iter().map(|(name, _)| *name).collect()
}

#[test]
fn halting_twice_succeeds_and_resuming_twice_does_not() {
    let mut run = run(0);
    assert_eq!(told(&obey(&mut run, Order::Halt)), ["execution:halted"]);
    obey(&mut run, Order::Halt);
    assert!(run.halted.is_some());
    assert_eq!(told(&obey(&mut run, Order::Resume)), ["execution:resumed"]);
    assert_eq!(
        refused(&mut run, Order::Resume),
        "Cannot resume - execution is running"
    );
}

#[test]
fn a_rollback_goes_back_by_checkpoints_and_does_their_skills_anew() {
    let mut run = run(2);
    let before: Vec<String> = run.plan.iter().map(|planned| planned.id.clone()).collect();
    let obeyed = obey(&mut run, Order::Rollback(Back::By(2)));
    assert_eq!(obeyed.then, Then::Restore);
    assert_eq!(obeyed.result["checkpoint_id"], "commit-1");
    assert_eq!(run.at, 2, "nothing is back before the tree is");
    let names: Vec<_> = run.restored().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["skill:skipped", "execution:rollback_completed"]);
    assert_eq!((run.at, run.checkpoints.len(), run.completed), (1, 2, 1));
    assert_eq!(run.own_checkpoint().unwrap().commit, "commit-1");
    let stages: Vec<Stage> = run.plan.iter().map(|planned| planned.stage).collect();
    let waiting = Stage::Waiting;
    assert_eq!(stages, [Stage::Over, waiting, waiting, waiting]);
    assert_eq!(run.plan[0].id, before[0]);
    assert_ne!(run.plan[1].id, before[1], "a second doing has another id");
    assert_eq!(run.plan[3].id, before[3], "what had not begun is the same");
    assert!(run.restored().is_empty(), "it goes back once");
}

#[test]
fn a_rollback_finds_its_checkpoint_by_id() {
    let mut run = run(2);
    let to = |id: &str| Order::Rollback(Back::To(id.to_owned()));
    let obeyed = obey(&mut run, to("commit-1"));
    assert_eq!(obeyed.result["checkpoint_id"], "commit-1");
    assert_eq!(obeyed.result["steps"], 2);
    assert!(refused(&mut run, to("elsewhere")).contains("no checkpoint elsewhere"));
}

#[test]
fn a_rollback_beyond_the_start_is_refused() {
    let why = refused(&mut run(1), Order::Rollback(Back::By(3)));
    assert!(why.contains("beyond the start; 2 are possible"), "{why}");
}

#[test]
fn a_redirect_forward_skips_what_lies_between() {
    let mut run = run(0);
    let obeyed = obey(&mut run, Order::RedirectSkill("build".to_owned()));
    let wanted = ["skill:skipped", "skill:skipped", "execution:redirect"];
    assert_eq!((told(&obeyed), obeyed.then), (wanted.to_vec(), Then::Leave));
    assert_eq!(run.at, 2);
    assert_eq!(run.current().unwrap().stage, Stage::Waiting);
}

#[test]
fn a_redirect_to_what_is_done_or_was_not_planned_does_it_now() {
    let mut run = run(2);
    obey(&mut run, Order::RedirectSkill("format".to_owned()));
    assert_eq!(names(&run), ["format", "lint", "build", "format", "test"]);
    assert_eq!(run.current().unwrap().name, "format");
    obey(&mut run, Order::RedirectSkill("audit".to_owned()));
    assert_eq!(run.current().unwrap().name, "audit");
    assert_eq!(run.plan[run.at + 1].name, "test");
    let why = refused(&mut run, Order::RedirectSkill("dance".to_owned()));
    assert!(why.contains("there are format, lint"), "{why}");
}

#[test]
fn a_redirect_to_a_path_begins_the_skill_in_hand_again_on_it() {
    let mut run = run(0);
    let id = run.current().unwrap().id.clone();
    obey(&mut run, Order::RedirectPath("src/lib.rs".to_owned()));
    let planned = run.current().unwrap();
    assert_eq!(planned.parameters["path"], "src/lib.rs");
    assert!(planned.id != id && planned.stage == Stage::Waiting);
    run.begin();
    run.end(true);
    run.end(true);
    let why = refused(&mut run, Order::RedirectPath("src/lib.rs".to_owned()));
    assert!(why.contains("whole crate"), "{why}");
}

#[test]
fn an_injected_skill_stands_where_it_was_asked_for() {
    for (place, wanted) in [
        (Place::Next, ["format", "lint", "audit", "build", "test"]),
        (Place::End, ["format", "lint", "build", "test", "audit"]),
        (Place::At(3), ["format", "lint", "build", "audit", "test"]),
        (Place::At(99), ["format", "lint", "build", "test", "audit"]),
    ] {
        let mut run = run(1);
        let order = Order::Inject("audit".to_owned(), Map::new(), place);
        let obeyed = obey(&mut run, order);
        assert_eq!(names(&run), wanted, "{place:?}");
        let position = obeyed.result["position"].as_u64().unwrap() as usize;
        assert_eq!(run.plan[position].name, "audit");
    }
    let order = Order::Inject("audit".to_owned(), Map::new(), Place::At(1));
    assert!(refused(&mut run(1), order).contains("place 1 is past"));
}

#[test]
fn checkpoints_move_along_when_a_skill_is_put_before_their_place() {
    let mut run = run(2);
    obey(&mut run, Order::Rollback(Back::By(3)));
    run.restored();
    run.begin();
    obey(
        &mut run,
        Order::Inject("audit".to_owned(), Map::new(), Place::Next),
    );
    assert_eq!(run.own_checkpoint().unwrap().at, 0);
    assert_eq!(names(&run), ["format", "audit", "lint", "build", "test"]);
}

#[test]
fn a_question_is_answered_once_by_id_label_or_place() {
    let question = Question {
        id: "d".to_owned(),
        options: vec!["fix".to_owned(), "leave".to_owned()],
        labels: vec!["Fix it".to_owned(), "Leave it".to_owned()],
    };
    for choice in [json!("leave"), json!("Leave it"), json!(1)] {
        let mut run = run(1);
        run.question = Some(question.clone());
        for bad in [json!("burn"), json!(2), json!(-1), json!({}), json!(false)] {
            refused(&mut run, Order::Decision("d".to_owned(), bad));
        }
        let other = refused(&mut run, Order::Decision("e".to_owned(), choice.clone()));
        assert!(other.contains("there is no question"), "{other}");
        let obeyed = obey(&mut run, Order::Decision("d".to_owned(), choice.clone()));
        assert_eq!(obeyed.result["choice"], "leave");
        assert_eq!(run.answers["d"], "leave");
        let again = refused(&mut run, Order::Decision("d".to_owned(), choice));
        assert!(again.contains("already"), "{again}");
    }
}

#[test]
fn a_run_that_is_over_obeys_nothing() {
    let mut run = run(0);
    run.is_over = true;
    for order in [Order::Halt, Order::Resume, Order::Cancel, Order::SetPace(1)] {
        assert_eq!(refused(&mut run, order), "the run is over");
    }
}

#[test]
fn a_run_is_read_back_as_it_was() {
    let mut run = run(2);
    obey(&mut run, Order::Halt);
    obey(&mut run, Order::Rollback(Back::By(1)));
    let text = serde_json::to_string(&run).unwrap();
    assert_eq!(serde_json::from_str::<Run>(&text).unwrap(), run);
}
