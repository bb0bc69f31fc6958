//! The program from outside, as a dashboard sees it: started as a process, followed by a plain WebSocket client.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Program, event_types};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

/// The steps in the order of an iteration.
const STEPS: [&str; 4] = ["diagnose", "fix", "attack", "validate"];

/// A run of four defects, one of each kind and one that does not compile.
const PLANTED: &[&str] = &[
    "--plant",
    "stats-length-for-emptiness",
    "--plant",
    "duration-forgotten-borrow",
    "--plant",
    "hex-short-upper-case",
    "--plant",
    "html-open-apostrophe",
];

#[tokio::test]
async fn a_run_converges_and_every_frame_is_as_the_contract_says() {
    let flags = [&["--once", "--pace", "0", "--cases", "1000"], PLANTED].concat();
    let mut program = Program::start(&flags).await;
    let feed = program.follow().await;
    assert_eq!(program.exit_code().await, Some(0));

    assert_eq!(feed.greeting["type"], "connected");
    assert_eq!(feed.close_code, Some(1001));
    let types = event_types(&feed.events);
    assert_eq!(types.first(), Some(&"SESSION_STARTED"));
    let end = ["STATE_CHANGED", "CONVERGENCE_REACHED", "SESSION_ENDED"];
    assert!(types.ends_with(&end), "{types:?}");
    assert!(types.contains(&"METRICS") && types.contains(&"STEP_PROGRESS"));

    let mut ids = BTreeSet::new();
    let mut last = (0, String::new());
    for event in &feed.events {
        check_envelope(event);
        check_payload(event);
        assert!(
            ids.insert(event["event_id"].as_str().unwrap()),
            "an id came twice"
        );
        let now = (
            event["iteration"].as_u64().unwrap(),
            event["timestamp"].as_str().unwrap().to_owned(),
        );
        assert!(now >= last, "{now:?} came after {last:?}");
        last = now;
    }
    check_iterations(&feed.events);
    check_totals(&feed.events);

    let found = found(&feed.events);
    let wanted = [
        "clippy::len_zero",
        "E0308",
        "hex::tests::reads_either_case",
        "html_is_inert",
    ];
    for kind in wanted {
        assert!(found.contains_key(kind), "{kind} was not found: {found:?}");
    }
    assert_eq!(found["E0308"], "critical");
    assert_eq!(found["html_is_inert"], "critical");
    assert_eq!(found["hex::tests::reads_either_case"], "high");
    assert_eq!(found["clippy::len_zero"], "low");
}

/// All types of findings, with their severity.
fn found(events: &[Value]) -> BTreeMap<&str, &str> {
    let lists = events
        .iter()
        .filter_map(|event| event["data"]["findings"].as_array());
    lists
        .flatten()
        .map(|finding| {
            (
                finding["type"].as_str().unwrap(),
                finding["severity"].as_str().unwrap(),
            )
        })
        .collect()
}

fn check_envelope(event: &Value) {
    let mut keys: Vec<&str> = event
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    let wanted = [
        "data",
        "event_id",
        "event_type",
        "iteration",
        "session_id",
        "state",
        "timestamp",
    ];
    assert_eq!(keys, wanted);
    let id = uuid::Uuid::parse_str(event["event_id"].as_str().unwrap()).unwrap();
    assert_eq!(id.get_version_num(), 4);
    assert_eq!(
        event["state"], "IDLE",
        "the real loop never says another state"
    );
    let time = event["timestamp"].as_str().unwrap();
    assert!(
        time.ends_with("+00:00") && time.len() == "2026-01-05T10:00:00.000000+00:00".len(),
        "{time}"
    );
    assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time}");
    assert!(event["data"].is_object());
}

/// The fields of section 3.2, by type of event.
fn check_payload(event: &Value) {
    let data = &event["data"];
    let integer = |key: &str| assert!(data[key].is_u64(), "{key} in {event}");
    let string = |key: &str| assert!(data[key].is_string(), "{key} in {event}");
    let step = || assert!(STEPS.contains(&data["step"].as_str().unwrap()), "{event}");
    match event["event_type"].as_str().unwrap() {
        "SESSION_STARTED" => {
            assert_eq!(data["session_id"], event["session_id"]);
            assert_eq!(data["webhook_url"], "");
            assert_eq!(data["target"], "gatehouse");
            assert_eq!(data["config"]["max_iterations"], 10);
            assert_eq!(data["config"]["timeout_seconds"], 3600);
        }
        "SESSION_ENDED" => assert_eq!(data["session_id"], event["session_id"]),
        "ITERATION_STARTED" => assert_eq!(data["iteration"], event["iteration"]),
        "ITERATION_ENDED" => {
            assert_eq!(data["iteration"], event["iteration"]);
            assert_eq!(data["state"], "IDLE");
        }
        "STATE_CHANGED" => ["from", "to", "transition"]
            .iter()
            .for_each(|key| string(key)),
        "STEP_STARTED" => {
            step();
            string("tool");
            assert!(
                data["args"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(Value::is_string)
            );
        }
        "STEP_COMPLETE" => {
            step();
            assert!(data["success"].is_boolean());
            for (list, count) in [("findings", "findings_count"), ("fixes", "fixes_count")] {
                let length = data[list].as_array().unwrap().len();
                assert_eq!(data[count].as_u64(), Some(length as u64), "{event}");
            }
            check_step_metrics(data);
        }
        "STEP_PROGRESS" => {
            step();
            integer("done");
            integer("total");
            string("message");
            assert!(data["done"].as_u64() <= data["total"].as_u64(), "{event}");
        }
        "METRICS" => assert!(
            data.as_object().unwrap().values().all(Value::is_number),
            "{event}"
        ),
        "CONVERGENCE_REACHED" => integer("iterations"),
        other => panic!("unexpected {other}"),
    }
}

fn check_step_metrics(data: &Value) {
    let metrics = &data["metrics"];
    let wanted: &[&str] = match data["step"].as_str().unwrap() {
        "diagnose" => &["issues_found", "critical", "high", "medium", "low"],
        "fix" if metrics["no_issues"] == true => &["fixes_applied"],
        "fix" => &["fixes_applied", "issues_addressed"],
        "attack" => &["vulnerabilities_found", "critical", "tests_collected"],
        _ => &["passed", "failed", "skipped", "errors", "total"],
    };
    for key in wanted {
        assert!(metrics[*key].is_u64(), "{key} in {metrics}");
    }
    for finding in data["findings"].as_array().unwrap() {
        let severity = finding["severity"].as_str().unwrap();
        assert!(["critical", "high", "medium", "low"].contains(&severity));
        assert!(!finding["description"].as_str().unwrap().is_empty());
        assert!(
            finding["file"].as_str().unwrap().starts_with("src/"),
            "{finding}"
        );
        assert!(finding["line"].as_u64().unwrap() > 0, "{finding}");
    }
    for fix in data["fixes"].as_array().unwrap() {
        assert!(
            fix["file"].is_string() && fix["type"].is_string() && fix["description"].is_string()
        );
        assert_eq!(fix["auto_fixed"], true);
    }
    if data["step"] == "validate" {
        let rate = metrics["success_rate"].as_f64().unwrap();
        let counted =
            metrics["passed"].as_f64().unwrap() / metrics["total"].as_f64().unwrap().max(1.0);
        assert!((rate - counted).abs() < 1e-9, "{metrics}");
    }
}

/// Every iteration has its four steps in order, the machine moves along its edges, and only the last converges.
fn check_iterations(events: &[Value]) {
    let last = events.last().unwrap()["iteration"].as_u64().unwrap();
    assert!(last >= 3, "several iterations are needed, not {last}");
    let mut state = "IDLE";
    for iteration in 1..=last {
        let here: Vec<&Value> = events
            .iter()
            .filter(|event| event["iteration"] == iteration)
            .collect();
        let steps = |name: &str| -> Vec<&str> {
            let of_type = here.iter().filter(|event| event["event_type"] == name);
            of_type
                .map(|event| event["data"]["step"].as_str().unwrap())
                .collect()
        };
        assert_eq!(steps("STEP_STARTED"), STEPS);
        assert_eq!(steps("STEP_COMPLETE"), STEPS);
        for event in here
            .iter()
            .filter(|event| event["event_type"] == "STATE_CHANGED")
        {
            assert_eq!(event["data"]["from"], state);
            state = event["data"]["to"].as_str().unwrap();
        }
        assert_eq!(
            state,
            if iteration == last {
                "CONVERGED"
            } else {
                "IDLE"
            }
        );
        let ended = here
            .iter()
            .any(|event| event["event_type"] == "ITERATION_ENDED");
        assert_eq!(ended, iteration != last);
    }
}

/// The totals at the end are the sums of what was told on the way.
fn check_totals(events: &[Value]) {
    let sum = |step: &str, key: &str| -> u64 {
        let complete = events
            .iter()
            .filter(|event| event["event_type"] == "STEP_COMPLETE");
        let of_step = complete.filter(|event| event["data"]["step"] == step);
        of_step
            .map(|event| event["data"][key].as_u64().unwrap())
            .sum()
    };
    let reached = events
        .iter()
        .find(|event| event["event_type"] == "CONVERGENCE_REACHED")
        .unwrap();
    let metrics = &reached["data"]["metrics"];
    assert_eq!(metrics["total_findings"], sum("diagnose", "findings_count"));
    assert_eq!(metrics["total_fixes"], sum("fix", "fixes_count"));
    assert_eq!(
        metrics["total_vulnerabilities"],
        sum("attack", "findings_count")
    );
    assert_eq!(metrics["iterations"], reached["iteration"]);
    let validations =
        metrics["tests_passed"].as_u64().unwrap() + metrics["tests_failed"].as_u64().unwrap();
    assert_eq!(metrics["iterations"], validations);
}

#[tokio::test]
async fn a_spent_budget_is_an_error_and_neither_success_nor_failure() {
    let flags = [
        "--once",
        "--pace",
        "0",
        "--cases",
        "200",
        "--max-iterations",
        "1",
    ];
    let flags = [&flags[..], PLANTED].concat();
    let mut program = Program::start(&flags).await;
    let feed = program.follow().await;
    assert_eq!(program.exit_code().await, Some(2));
    let types = event_types(&feed.events);
    assert!(
        types.ends_with(&["ITERATION_ENDED", "ERROR", "SESSION_ENDED"]),
        "{types:?}"
    );
    let error = &feed.events[feed.events.len() - 2];
    assert_eq!(error["data"]["error"], "Max iterations (1) reached");
    assert_eq!(error["iteration"], 1);
}

#[tokio::test]
async fn an_interrupted_run_says_goodbye_and_leaves_nothing_behind() {
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        let mut program = Program::start(&["--pace", "0"]).await;
        let mut socket = program.connect().await;
        crate::support::until(&mut socket, |event| event["event_type"] == "STEP_PROGRESS").await;
        program.signal(signal);
        let feed = crate::support::rest(socket).await;
        assert_eq!(program.exit_code().await, Some(130));
        assert_eq!(event_types(&feed.events).last(), Some(&"SESSION_ENDED"));
        assert_eq!(feed.close_code, Some(1001));
        assert_eq!(program.left_behind(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn pings_are_answered_and_anything_else_is_ignored() {
    let mut program = Program::start(&["--pace", "0"]).await;
    let mut socket = program.connect().await;
    let sent = [
        Message::text("not json"),
        Message::text(r#"{"action":"subscribe","events":["*"]}"#),
        Message::binary(vec![0xff, 0x00]),
        Message::text(r#"{"action":"ping"}"#),
    ];
    let answer = crate::support::ask(&mut socket, sent).await;
    assert_eq!(answer, serde_json::json!({"type": "pong"}));
    program.signal(rustix::process::Signal::TERM);
    assert_eq!(program.exit_code().await, Some(130));
}
