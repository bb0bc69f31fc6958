//! The program from outside, and whole runs: it greets and tells, its frames are JSON, and it learns.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use clap::Parser as _;
use common::threads::Stop;
use graft::hub::Hub;
use graft::options::Options;
use graft::run::Run;
use serde_json::Value;
use tungstenite::{Message, WebSocket};

/// A test that hangs is ended after this; nothing is expected to be quick.
const PATIENCE: Duration = Duration::from_mins(2);

fn start(flags: &[&str]) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_graft"))
        .args(["--host", "127.0.0.1", "--port", "0", "--wait", "60s"])
        .args(flags)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line
        .trim()
        .strip_prefix("listening on ")
        .unwrap()
        .to_owned();
    (child, url)
}

fn client(url: &str) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(url.strip_prefix("ws://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    tungstenite::client(format!("{url}/any/path"), stream)
        .unwrap()
        .0
}

fn texts(socket: &mut WebSocket<TcpStream>) -> Vec<String> {
    let mut texts = Vec::new();
    while let Ok(message) = socket.read() {
        if let Message::Text(text) = message {
            texts.push(text.to_string());
        }
    }
    texts
}

#[test]
fn a_client_is_greeted_and_has_every_event_as_the_file_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let flags = [
        "--envs",
        "2",
        "--epochs",
        "25",
        "--batches",
        "2",
        "--runs",
        "1",
        "--telemetry-file",
    ];
    let (mut child, url) = start(&[&flags[..], &[path.to_str().unwrap()]].concat());
    let mut socket = client(&url);
    // What clients say is ignored.
    socket
        .send(Message::text("{\"action\":\"anything\"}"))
        .unwrap();
    let texts = texts(&mut socket);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let frames: Vec<Value> = texts
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    assert_eq!(frames[0]["type"], "connected");
    assert!(frames[0]["message"].as_str().unwrap().contains("Karn"));
    assert_eq!(frames[1]["event_type"], "TRAINING_STARTED");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for frame in &frames[1..] {
        *counts
            .entry(frame["event_type"].as_str().unwrap())
            .or_default() += 1;
        assert!(
            frame["timestamp"].as_str().unwrap().ends_with("+00:00"),
            "{frame}"
        );
    }
    for (kind, count) in [
        ("TRAINING_STARTED", 1),
        ("EPOCH_COMPLETED", 2 * 25 * 2),
        ("TAMIYO_INITIATED", 4),
        ("COUNTERFACTUAL_MATRIX_COMPUTED", 4),
        ("EPISODE_OUTCOME", 4),
        ("PPO_UPDATE_COMPLETED", 2),
        ("BATCH_EPOCH_COMPLETED", 2),
    ] {
        assert_eq!(counts[kind], count, "{counts:?}");
    }
    assert!(
        counts["SEED_GERMINATED"] > 0 && counts["SEED_STAGE_CHANGED"] > 0,
        "{counts:?}"
    );
    let last = frames.last().unwrap();
    assert_eq!(
        last["data"]["episodes_completed"],
        last["data"]["total_episodes"]
    );
    let file = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!(lines, texts[1..], "the file holds the same");
}

#[test]
fn asked_to_stop_it_says_goodbye_and_ends() {
    let (mut child, url) = start(&["--pace", "10ms"]);
    let mut socket = client(&url);
    for _ in 0..5 {
        socket.read().unwrap();
    }
    let kill = Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(kill.unwrap().success());
    texts(&mut socket);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

/// The mean accuracy of each batch of a run, and its frames.
fn run(flags: &[&str], seed: u64) -> (Vec<f64>, Vec<String>) {
    let options = Options::try_parse_from([&["graft"], flags].concat()).unwrap();
    let hub = Hub::default();
    let outlet = hub.open("test".to_owned());
    let means = Run::new(&options, seed, &hub).go(&Stop::default());
    hub.close();
    let frames = outlet.take(usize::MAX, Duration::ZERO).unwrap();
    assert_eq!(outlet.dropped(), 0);
    (means, frames.iter().map(ToString::to_string).collect())
}

#[test]
fn the_policy_learns_with_a_fixed_seed_and_the_same_seed_is_the_same_run() {
    let flags = ["--batches", "16", "--envs", "4", "--epochs", "40"];
    let (means, frames) = run(&flags, 1);
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let (first, last) = (mean(&means[..3]), mean(&means[13..]));
    assert!(last > 85.0 && last > first, "{means:?}");
    for frame in &frames {
        assert!(serde_json::from_str::<Value>(frame).is_ok(), "{frame}");
    }
    assert_eq!(run(&["--batches", "2"], 7).0, run(&["--batches", "2"], 7).0);
    assert_ne!(run(&["--batches", "2"], 7).0, run(&["--batches", "2"], 8).0);
}

#[test]
fn contributions_are_differences_of_the_matrix() {
    let (_, frames) = run(&["--batches", "3"], 2);
    let frames: Vec<Value> = frames
        .iter()
        .map(|frame| serde_json::from_str(frame).unwrap())
        .collect();
    let mut seen = 0;
    for pair in frames.windows(2) {
        let [matrix, shapley] = pair else {
            unreachable!()
        };
        if matrix["event_type"] != "COUNTERFACTUAL_MATRIX_COMPUTED"
            || shapley["data"]["kind"] != "shapley_computed"
        {
            continue;
        }
        seen += 1;
        let configs = matrix["data"]["configs"].as_array().unwrap();
        let whole = |all: bool| {
            let is = |config: &&Value| {
                config["seed_mask"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|kept| *kept == all)
            };
            configs.iter().find(is).unwrap()["accuracy"]
                .as_f64()
                .unwrap()
        };
        let values = shapley["data"]["shapley_values"].as_object().unwrap();
        let sum: f64 = values
            .values()
            .map(|value| value["mean"].as_f64().unwrap())
            .sum();
        assert!(
            (sum - (whole(true) - whole(false))).abs() < 1e-6,
            "{matrix} {shapley}"
        );
    }
    assert!(seen > 0);
}
