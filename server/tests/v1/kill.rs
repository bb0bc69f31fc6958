//! A server that is killed between any two steps of a command's life, and a program that is: no command is lost,
//! none is executed twice, and every state is right afterwards. Real processes, killed by the system.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::connect_async;

use crate::support::{PATIENCE, Socket, event};

/// Where the axe falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// The command is asked for; nobody waited for the answer.
    Asked,
    /// It is on record.
    Queued,
    /// The program has it.
    Delivered,
    /// The program said that it has it; nobody waited for the answer.
    Acknowledging,
    /// That is on record.
    Acknowledged,
    /// The program has done it and did not say so yet.
    Done,
    /// It said so; nobody waited for the answer.
    Finishing,
    /// That is on record.
    Finished,
}

const MOMENTS: [Moment; 8] = [
    Moment::Asked,
    Moment::Queued,
    Moment::Delivered,
    Moment::Acknowledging,
    Moment::Acknowledged,
    Moment::Done,
    Moment::Finishing,
    Moment::Finished,
];

/// A server in a process of its own.
pub(crate) struct Process {
    child: Child,
    pub(crate) port: u16,
}

impl Process {
    pub(crate) async fn start(folder: &std::path::Path) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_loopscope"))
            .env("DASHBOARD_HOST", "127.0.0.1")
            .env("DASHBOARD_PORT", port.to_string())
            .env("DASHBOARD_DB_PATH", folder.join("journal.db"))
            .env("CONVERGENCE_WS_URL", "none")
            .env("LOOPSCOPE_LOG", "warn")
            .stdout(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let process = Self { child, port };
        drop(process.socket().await);
        process
    }

    pub(crate) async fn socket(&self) -> Socket {
        let url = format!("ws://127.0.0.1:{}/ws/v1", self.port);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Ok((stream, _)) = connect_async(&url).await {
                let mut socket = Socket(stream);
                assert_eq!(socket.next().await["type"], "hello");
                return socket;
            }
            assert!(tokio::time::Instant::now() < deadline, "no server came up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A server that a failed test leaves behind goes too.
impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often the program did what it was told, by the command's id: its ledger, which outlives it.
type Ledger = HashMap<String, u32>;

/// The next frame of that type; others are passed over.
async fn next(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let frame = socket.next().await;
        assert_ne!(frame["type"], "error", "{frame}");
        if frame["type"] == kind {
            return frame;
        }
    }
}

fn receipt(id: &str, status: &str) -> Value {
    json!({"type": "receipt", "session_id": "s", "command_id": id, "status": status})
}

async fn attach(process: &Process) -> (Socket, u64) {
    let mut program = process.socket().await;
    let frame = json!({"type": "attach", "session_id": "s", "name": "program", "take_over": true});
    program.send(frame).await;
    let attached = next(&mut program, "attached").await;
    (program, attached["pending"].as_u64().unwrap())
}

/// Walks a command's life up to a moment. Whoever dies then did no more than that.
async fn walk(process: &Process, until: Moment, ledger: &mut Ledger) {
    let has_program = !matches!(until, Moment::Asked | Moment::Queued);
    let mut program = None;
    if has_program {
        program = Some(attach(process).await.0);
    }
    let mut person = process.socket().await;
    let ask = json!({"type": "command", "session_id": "s",
                     "command": {"type": "HALT", "idempotency_key": format!("{until:?}")}});
    person.send(ask).await;
    if until == Moment::Asked {
        return;
    }
    next(&mut person, "command_taken").await;
    let Some(mut program) = program else { return };
    let frame = next(&mut program, "command").await;
    if until == Moment::Delivered {
        return;
    }
    let id = frame["command"]["command_id"].as_str().unwrap().to_owned();
    program.send(receipt(&id, "acknowledged")).await;
    if until == Moment::Acknowledging {
        return;
    }
    next(&mut program, "receipt_taken").await;
    if until == Moment::Acknowledged {
        return;
    }
    *ledger.entry(id.clone()).or_default() += 1;
    if until == Moment::Done {
        return;
    }
    program.send(receipt(&id, "succeeded")).await;
    if until == Moment::Finishing {
        return;
    }
    next(&mut program, "receipt_taken").await;
}

/// A program that comes with its ledger, does what is left, and says so.
async fn finish(process: &Process, ledger: &mut Ledger) {
    let (mut program, pending) = attach(process).await;
    for _ in 0..pending {
        let frame = next(&mut program, "command").await;
        let id = frame["command"]["command_id"].as_str().unwrap().to_owned();
        if !ledger.contains_key(&id) {
            program.send(receipt(&id, "acknowledged")).await;
            let taken = next(&mut program, "receipt_taken").await;
            assert_eq!(taken["command"]["state"], "acknowledged");
            ledger.insert(id.clone(), 1);
        }
        program.send(receipt(&id, "succeeded")).await;
        let taken = next(&mut program, "receipt_taken").await;
        assert_eq!(taken["command"]["state"], "succeeded");
    }
}

/// The names of the events of each command, in order.
async fn told(process: &Process) -> HashMap<String, Vec<String>> {
    let mut reader = process.socket().await;
    reader
        .send(json!({"type": "subscribe", "since": "0", "session": "s", "names": ["command:*"]}))
        .await;
    let frame = json!({"type": "command", "session_id": "s", "command": {"type": "HALT", "reason": "last"}});
    reader.send(frame).await;
    let mut told: HashMap<String, Vec<String>> = HashMap::new();
    loop {
        let frame = next(&mut reader, "event").await;
        let event = &frame["event"];
        if event["data"]["reason"] == "last" {
            return told;
        }
        let id = event["data"]["command_id"].as_str().unwrap().to_owned();
        told.entry(id)
            .or_default()
            .push(event["name"].as_str().unwrap().to_owned());
    }
}

/// Nothing lost, nothing done twice, each step told once.
async fn check(process: &Process, ledger: &Ledger, asked: usize) {
    let told = told(process).await;
    assert!(
        told.len() >= asked,
        "{} of {asked} commands are on record",
        told.len()
    );
    for (id, names) in &told {
        assert_eq!(
            ledger.get(id),
            Some(&1),
            "{id} was executed so often; {names:?}"
        );
        let mut once = names.clone();
        once.dedup();
        assert_eq!(&once, names, "a step was told twice");
        assert_eq!(names.first().unwrap(), "command:queued");
        assert_eq!(names.last().unwrap(), "command:succeeded");
    }
    for id in ledger.keys() {
        assert!(
            told.contains_key(id),
            "{id} was executed and is not on record"
        );
    }
}

#[tokio::test]
async fn a_server_killed_between_any_two_steps_loses_no_command_and_does_none_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::new();
    let mut process = Process::start(folder.path()).await;
    begin(&process).await;
    for moment in MOMENTS {
        walk(&process, moment, &mut ledger).await;
        process.kill();
        process = Process::start(folder.path()).await;
        finish(&process, &mut ledger).await;
    }
    // What was asked for at the moment of death has no receipt; it may be on record, and then it was done.
    check(&process, &ledger, MOMENTS.len() - 1).await;
}

#[tokio::test]
async fn a_program_killed_between_any_two_steps_loses_no_command_and_does_none_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::new();
    let process = Process::start(folder.path()).await;
    begin(&process).await;
    for moment in MOMENTS {
        // The program's connection is dropped at the end of the walk, without a word.
        walk(&process, moment, &mut ledger).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        finish(&process, &mut ledger).await;
    }
    check(&process, &ledger, MOMENTS.len()).await;
}

async fn begin(process: &Process) {
    let mut socket = process.socket().await;
    let publish = json!({"type": "publish", "events": [event("s", 1, "SESSION_STARTED")]});
    let ack = socket.ask(publish).await;
    assert_eq!(ack["accepted"], 1, "{ack}");
}
