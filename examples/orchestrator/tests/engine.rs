//! The engine without a network: orders go in by hand, and the file system and the store say what came of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use clap::Parser as _;
use common::tasks::Stop;
use orchestrator::engine::{self, Outcome};
use orchestrator::house::House;
use orchestrator::options::Options;
use orchestrator::order::{Back, Ordered};
use orchestrator::run::Run;
use orchestrator::store::Store;
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::{sleep, timeout};

/// A test that hangs is ended after this; nothing is expected to be quick.
const PATIENCE: Duration = Duration::from_mins(2);

/// A house in a folder, as a program that starts there has it, without a server.
fn house(folder: &Path, plan: &str, pace: &str) -> House {
    let flags = [
        "orchestrator",
        "--plan",
        plan,
        "--pace",
        pace,
        "--question-time",
        "1h",
    ];
    let options = Options::parse_from(flags);
    let mut store = Store::open(folder).unwrap();
    let run = store.run.take().unwrap_or_else(|| {
        let pace_ms = u64::try_from(options.pace.as_millis()).unwrap();
        let run = Run::new("s".to_owned(), 1, &options.plan, pace_ms);
        store.begin(&run).unwrap();
        run
    });
    House::new(&options, folder, store, run, None)
}

fn order(id: &str, kind: &str, parameters: Value) -> Ordered {
    Ordered {
        command_id: id.to_owned(),
        session_id: "s".to_owned(),
        kind: kind.to_owned(),
        parameters,
        by: "somebody".to_owned(),
        reason: None,
    }
}

type Orders = (UnboundedSender<Ordered>, UnboundedReceiver<Ordered>);

/// Runs a house until a script is done with it, as if it was killed then; or until the run ends.
async fn until(
    house: &House,
    orders: &mut Orders,
    script: impl AsyncFnOnce(UnboundedSender<Ordered>),
) -> Option<Outcome> {
    engine::prepare(house).unwrap();
    let stop = Stop::on_signals().unwrap();
    let sender = orders.0.clone();
    tokio::select! {
        outcome = engine::run(house, &mut orders.1, &stop) => Some(outcome.unwrap()),
        () = script(sender) => None,
        () = sleep(PATIENCE) => panic!("it hangs; {:?}", names(house)),
    }
}

async fn to_the_end(house: &House, orders: &mut Orders) -> Outcome {
    let script = async |_| std::future::pending().await;
    until(house, orders, script).await.unwrap()
}

/// Waits until something holds.
async fn when(what: impl Fn() -> bool) {
    let wait = async {
        while !what() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap();
}

fn status(house: &House, id: &str) -> Option<String> {
    let store = house.store.borrow();
    store.ledger.get(id).map(|entry| entry.status.clone())
}

fn names(house: &House) -> Vec<String> {
    let store = house.store.borrow();
    let name = |event: &Value| event["event_type"].as_str().unwrap().to_owned();
    store.unsent.iter().map(name).collect()
}

fn data(house: &House, name: &str) -> Vec<Value> {
    let store = house.store.borrow();
    let of = store
        .unsent
        .iter()
        .filter(|event| event["event_type"] == name);
    of.map(|event| event["data"].clone()).collect()
}

fn pages(house: &House) -> usize {
    std::fs::read_dir(house.tree.join("docs")).map_or(0, Iterator::count)
}

fn git(house: &House, args: &[&str]) -> String {
    let output = std::process::Command::new("git")
        .arg("-C")
        .arg(&house.tree)
        .args(args)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_run_goes_through_its_plan_and_tells_files_checkpoints_and_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path(), "document,measure,audit,clean", "0");
    let outcome = to_the_end(&house, &mut mpsc::unbounded_channel()).await;
    assert_eq!(outcome, Outcome::Completed);
    let names = names(&house);
    assert_eq!(names.first().unwrap(), "execution:started");
    assert_eq!(names.last().unwrap(), "execution:completed");
    for (name, count) in [
        ("skill:started", 4),
        ("skill:completed", 4),
        ("checkpoint:created", 4),
        ("file:created", 7),
        ("file:deleted", 6),
    ] {
        assert_eq!(data(&house, name).len(), count, "{name}: {names:?}");
    }
    let diff = data(&house, "file:created")[0]["diff"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(diff.contains("+++ b/docs/"), "{diff}");
    assert_eq!(git(&house, &["log", "--oneline"]).lines().count(), 4);
}

#[tokio::test]
async fn halted_inside_a_skill_nothing_goes_on_until_it_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path(), "document,measure", "20ms");
    let outcome = until(&house, &mut mpsc::unbounded_channel(), async |orders| {
        when(|| pages(&house) >= 2).await;
        orders.send(order("h", "HALT", json!({}))).unwrap();
        when(|| status(&house, "h").is_some()).await;
        let (there, told) = (pages(&house), names(&house).len());
        sleep(Duration::from_millis(400)).await;
        assert_eq!(pages(&house), there);
        assert_eq!(names(&house).len(), told);
        orders.send(order("r", "RESUME", json!({}))).unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(outcome, Some(Outcome::Completed));
    assert_eq!(pages(&house), 6);
    assert_eq!(status(&house, "r").as_deref(), Some("succeeded"));
}

#[tokio::test]
async fn a_rollback_puts_the_tree_back_to_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path(), "measure,document,audit", "20ms");
    until(&house, &mut mpsc::unbounded_channel(), async |orders| {
        when(|| house.run.borrow().at == 2).await;
        orders.send(order("h", "HALT", json!({}))).unwrap();
        orders
            .send(order("b", "ROLLBACK", json!({"steps": 2})))
            .unwrap();
        when(|| status(&house, "b").as_deref() == Some("succeeded")).await;
        let commit = house
            .run
            .borrow()
            .checkpoints
            .last()
            .unwrap()
            .commit
            .clone();
        assert_eq!(git(&house, &["diff", &commit]), "");
        assert_eq!(git(&house, &["status", "--porcelain"]), "");
        assert!(house.tree.join("MEASURES.md").exists() && pages(&house) == 0);
        assert_eq!(house.run.borrow().at, 1);
    })
    .await;
    assert_eq!(data(&house, "execution:rollback_completed").len(), 1);
    assert!(!data(&house, "file:deleted").is_empty());
}

#[tokio::test]
async fn an_injected_skill_runs_and_a_redirect_skips() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path(), "document,audit,measure", "20ms");
    let outcome = until(&house, &mut mpsc::unbounded_channel(), async |orders| {
        when(|| pages(&house) >= 1).await;
        let skill = json!({"target_skill": "measure"});
        orders.send(order("d", "REDIRECT", skill)).unwrap();
        let skill = json!({"skill_name": "clean", "position": "end"});
        orders.send(order("i", "INJECT", skill)).unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(outcome, Some(Outcome::Completed));
    let started = data(&house, "skill:started");
    let started: Vec<_> = started
        .iter()
        .map(|data| data["skill_name"].as_str().unwrap())
        .collect();
    assert_eq!(started, ["document", "measure", "clean"]);
    assert_eq!(data(&house, "skill:skipped").len(), 2);
    assert_eq!(pages(&house), 0);
}

#[tokio::test]
async fn a_command_that_comes_twice_is_done_once_also_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut orders = mpsc::unbounded_channel();
    let inject = || {
        order(
            "i",
            "INJECT",
            json!({"skill_name": "audit", "position": "end"}),
        )
    };
    let first = house(folder.path(), "document,measure", "20ms");
    until(&first, &mut orders, async |orders| {
        when(|| pages(&first) >= 1).await;
        orders.send(inject()).unwrap();
        orders.send(inject()).unwrap();
        orders.send(order("h", "HALT", json!({}))).unwrap();
        when(|| status(&first, "h").is_some()).await;
    })
    .await;
    let told = names(&first).len();
    drop(first);
    let second = house(folder.path(), "document,measure", "20ms");
    assert_eq!(names(&second).len(), told, "what was not sent is kept");
    let outcome = until(&second, &mut orders, async |orders| {
        assert!(second.run.borrow().halted.is_some(), "halted it stays");
        orders.send(inject()).unwrap();
        orders.send(order("r", "RESUME", json!({}))).unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(outcome, Some(Outcome::Completed));
    let started = data(&second, "skill:started");
    let started: Vec<_> = started
        .iter()
        .map(|data| data["skill_name"].as_str().unwrap())
        .collect();
    assert_eq!(started, ["document", "document", "measure", "audit"]);
}

#[tokio::test]
async fn a_rollback_that_a_kill_cut_short_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let mut orders = mpsc::unbounded_channel();
    let first = house(folder.path(), "measure,document", "20ms");
    until(&first, &mut orders, async |_| {
        when(|| pages(&first) >= 2).await;
    })
    .await;
    // Killed between the order, which is on record, and the tree.
    let asked = orchestrator::order::Order::Rollback(Back::By(2));
    let obeyed = first
        .run
        .borrow_mut()
        .obey(asked, "b", "somebody", None)
        .unwrap();
    let entry = orchestrator::store::Entry {
        command_id: "b".to_owned(),
        status: "acknowledged".to_owned(),
        result: Some(obeyed.result),
        error: None,
    };
    first.keep_run(obeyed.events, Some(entry)).unwrap();
    drop(first);
    let second = house(folder.path(), "measure,document", "20ms");
    assert_eq!(status(&second, "b").as_deref(), Some("acknowledged"));
    engine::prepare(&second).unwrap();
    assert_eq!(status(&second, "b").as_deref(), Some("succeeded"));
    assert_eq!(second.run.borrow().at, 0);
    assert!(!second.tree.join("MEASURES.md").exists() && pages(&second) == 0);
}

#[tokio::test]
async fn halted_a_running_tool_stands_still_too() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path(), "measure", "0");
    std::fs::create_dir_all(&house.tree).unwrap();
    let script = "i=0; while [ $i -lt 40 ]; do echo $i >> ticks; i=$((i+1)); sleep 0.02; done";
    let ticks =
        || std::fs::read_to_string(house.tree.join("ticks")).map_or(0, |text| text.lines().count());
    let args = ["-c", script];
    let run = house.children.run(house.place(), "sh", &args, &|_, _| {});
    let halt = async {
        when(|| ticks() > 2).await;
        house.children.stop();
        sleep(Duration::from_millis(100)).await;
        let there = ticks();
        sleep(Duration::from_millis(300)).await;
        assert_eq!(ticks(), there);
        house.children.go_on();
    };
    let (output, ()) = tokio::join!(run, halt);
    assert!(output.unwrap().is_good());
    assert_eq!(ticks(), 40);
}
