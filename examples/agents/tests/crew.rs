//! The program from outside: a fake dashboard that takes its frames, and a tree to read.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::handshake::server::{Request, Response};
use tungstenite::{Message, WebSocket};

/// A test that hangs is ended after this; nothing is expected to be quick.
const PATIENCE: Duration = Duration::from_mins(2);

/// A tree with one of each thing to find.
fn tree() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let block =
        "let one = first();\nlet two = second();\nlet three = third();\nlet four = fourth();\n";
    let long = "    step();\n".repeat(30);
    for (path, text) in [
        (
            "src/a.rs",
            format!("//! A.\npub fn undocumented() {{\n{long}}}\n// TODO: settle this\n"),
        ),
        ("src/b.rs", format!("fn b() {{\n{block}}}\n")),
        ("src/c.rs", format!("fn c() {{\n    before();\n{block}}}\n")),
        ("style.css", "a { color: red }\n".to_owned()),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(folder.path().join("broken.rs"), [b'f', 0xff]).unwrap();
    folder
}

fn crew(tree: &Path, listener: &TcpListener, flags: &[&str]) -> Child {
    let port = listener.local_addr().unwrap().port();
    Command::new(env!("CARGO_BIN_EXE_survey-crew"))
        .arg(tree)
        .args([
            "--url",
            &format!("ws://127.0.0.1:{port}/agents/ws"),
            "--system",
            "test crew",
        ])
        .args(["--long", "20", "--twins", "4", "--wait", "60s"])
        .args(flags)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Takes a connection; gives the address that was asked for.
fn accept(listener: &TcpListener) -> (WebSocket<TcpStream>, String) {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut asked = String::new();
    #[expect(clippy::result_large_err, reason = "the library's own shape")]
    let look = |request: &Request, response: Response| {
        asked = request.uri().to_string();
        Ok(response)
    };
    let socket = tungstenite::accept_hdr(stream, look).unwrap();
    (socket, asked)
}

/// Reads events, acknowledging each, until the connection ends or so many came.
fn take(socket: &mut WebSocket<TcpStream>, at_most: usize) -> Vec<Value> {
    let mut events = Vec::new();
    while events.len() < at_most {
        match socket.read() {
            Ok(Message::Text(text)) => {
                let event: Value = serde_json::from_str(&text).unwrap();
                let answer = json!({"ack": event["ack"], "accepted": 1});
                let _ = socket.send(Message::text(answer.to_string()));
                events.push(event);
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    events
}

fn of<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let of_kind = events.iter().filter(|event| event["event_type"] == kind);
    of_kind.map(|event| &event["data"]).collect()
}

#[test]
fn a_round_says_everything_that_the_contract_knows_and_only_what_is_so() {
    let tree = tree();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut child = crew(tree.path(), &listener, &[]);
    let (mut socket, asked) = accept(&listener);
    assert_eq!(asked, "/agents/ws?role=producer&system=test%20crew");
    let events = take(&mut socket, usize::MAX);
    assert_eq!(child.wait().unwrap().code(), Some(0));

    let ids: HashSet<&str> = events
        .iter()
        .filter_map(|event| event["event_id"].as_str())
        .collect();
    assert_eq!(ids.len(), events.len());
    for event in &events {
        let time = event["timestamp"].as_str().unwrap();
        assert_eq!(time.len(), "2026-01-05T10:00:00.123456".len(), "{time}");
        assert!(
            ["info", "success", "warning", "error"].contains(&event["severity"].as_str().unwrap())
        );
    }
    assert_eq!(of(&events, "agent_registered").len(), 5);
    assert_eq!(of(&events, "agent_execution_started").len(), 5);
    let completed = of(&events, "agent_execution_completed");
    assert_eq!(completed.len(), 5);
    for done in &completed {
        assert_eq!(done["success"], true);
        assert!(done["duration_ms"].as_f64().unwrap() > 0.0);
    }
    let counter = completed
        .iter()
        .find(|done| done["agent_id"] == "counter")
        .unwrap();
    assert_eq!(counter["data_source"], "4 of 5 files");
    assert!((counter["quality_score"].as_f64().unwrap() - 80.0).abs() < 1e-9);
    assert_eq!(counter["languages"]["CSS"]["code"], 1);
    let errors = of(&events, "error_occurred");
    assert_eq!(
        errors.len(),
        1,
        "whoever needs the file, its error is told once: {errors:?}"
    );
    assert_eq!(errors[0]["error_type"], "NotUtf8");
    assert_eq!(of(&events, "synthesis_started").len(), 2);
    let phases = of(&events, "synthesis_completed");
    assert_eq!(phases[0]["patterns_found"], 4, "one of each kind");
    let quality = of(&events, "quality_score_updated")[0];
    assert!(
        (quality["dimension_scores"]["verification"]
            .as_f64()
            .unwrap()
            - 100.0)
            .abs()
            < 1e-9
    );
    assert_eq!(quality["metrics"]["lines_to_save"], 3);
    assert_eq!(of(&events, "task_outcome_recorded").len(), 5);
    assert_eq!(of(&events, "reputation_updated").len(), 5);
    assert!(!of(&events, "system_health_updated").is_empty());

    let proposals = of(&events, "opportunity_discovered");
    let gains: HashMap<&str, &str> = proposals
        .iter()
        .map(|one| {
            (
                one["category"].as_str().unwrap(),
                one["revenue_potential"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(gains["duplicate"], "saves 3 lines");
    assert_eq!(gains["undocumented"], "documents 1 item");
    for proposal in proposals {
        evidence_exists(tree.path(), proposal);
    }
}

/// Every place that a proposal names is in the tree.
fn evidence_exists(tree: &Path, proposal: &Value) {
    let confidence = proposal["confidence_score"].as_f64().unwrap();
    assert!(confidence > 0.0 && confidence <= 1.0, "{proposal}");
    let evidence = proposal["evidence"].as_array().unwrap();
    assert!(!evidence.is_empty(), "{proposal}");
    for place in evidence {
        let (path, lines) = place.as_str().unwrap().split_once(':').unwrap();
        let last = lines.rsplit('-').next().unwrap().parse::<usize>().unwrap();
        let text = fs::read_to_string(tree.join(path)).unwrap();
        assert!((1..=text.lines().count()).contains(&last), "{place}");
    }
}

#[test]
fn the_project_itself_gives_proposals_whose_evidence_exists() {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut child = crew(&tree, &listener, &["--proposals", "200"]);
    let events = take(&mut accept(&listener).0, usize::MAX);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let proposals = of(&events, "opportunity_discovered");
    assert!(!proposals.is_empty());
    for proposal in proposals {
        evidence_exists(&tree, proposal);
    }
}

#[test]
fn what_was_not_acknowledged_comes_again_under_its_id_after_a_cut() {
    let tree = tree();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut child = crew(tree.path(), &listener, &[]);
    let (mut socket, _) = accept(&listener);
    let first = take(&mut socket, 3);
    // One more is read and not acknowledged.
    let unheard: Value = match socket.read().unwrap() {
        Message::Text(text) => serde_json::from_str(&text).unwrap(),
        other => panic!("{other:?}"),
    };
    drop(socket);
    let rest = take(&mut accept(&listener).0, usize::MAX);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(
        rest.iter()
            .any(|event| event["event_id"] == unheard["event_id"])
    );
    let numbers: HashSet<u64> = first
        .iter()
        .chain(&rest)
        .map(|event| event["ack"].as_u64().unwrap())
        .collect();
    let last = numbers.iter().max().unwrap();
    assert_eq!(numbers.len() as u64, *last, "no number is missing");
}

#[test]
fn asked_to_stop_it_ends_at_once_and_a_second_round_repeats_no_proposal() {
    let tree = tree();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut child = crew(tree.path(), &listener, &["--every", "10ms"]);
    let (mut socket, _) = accept(&listener);
    let mut events = Vec::new();
    while of(&events, "quality_score_updated").len() < 3 {
        events.extend(take(&mut socket, 1));
    }
    let proposals = of(&events, "opportunity_discovered");
    let ids: HashSet<&str> = proposals
        .iter()
        .map(|one| one["opportunity_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), proposals.len());
    let kill = Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(kill.unwrap().success());
    take(&mut socket, usize::MAX);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn without_a_dashboard_the_work_is_done_all_the_same() {
    let tree = tree();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut child = Command::new(env!("CARGO_BIN_EXE_survey-crew"))
        .arg(tree.path())
        .args([
            "--url",
            &format!("ws://127.0.0.1:{port}/ws"),
            "--every",
            "1h",
        ])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stderr = child.stderr.take().unwrap();
    let started = Instant::now();
    let mut byte = [0];
    while !said.contains("round 1 done") && started.elapsed() < PATIENCE {
        stderr.read_exact(&mut byte).unwrap();
        said.push(char::from(byte[0]));
    }
    let kill = Command::new("sh")
        .args(["-c", &format!("kill -TERM {}", child.id())])
        .status();
    assert!(kill.unwrap().success());
    stderr.read_to_string(&mut said).unwrap();
    assert!(said.contains("did not reach the dashboard"), "{said}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
