//! The loop as a Loopscope steers it, from outside: a client that says that it is one may halt it, others are told nothing.

use std::time::Duration;

use crate::support::{Program, Socket, event_types, rest, until};
use futures_util::SinkExt as _;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

const QUICK: [&str; 6] = ["--pace", "0", "--cases", "200", "--name", "run"];

/// Connects a client that names itself.
async fn connect_as(program: &Program, agent: &'static str) -> Socket {
    let mut request = program.url.as_str().into_client_request().unwrap();
    let agent = HeaderValue::from_static(agent);
    request.headers_mut().insert("user-agent", agent);
    connect_async(request).await.unwrap().0
}

async fn say(socket: &mut Socket, frame: Value) {
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

/// Hands a command over as the server does; gives its last receipt.
async fn command(socket: &mut Socket, id: &str, kind: &str) -> Value {
    let command = |state: &str| json!({"command_id": id, "session_id": "run-1", "type": kind, "state": state});
    say(
        socket,
        json!({"type": "command", "command": command("delivered"), "redelivered": false}),
    )
    .await;
    let of = |frame: &Value| frame["type"] == "receipt" && frame["command_id"] == id;
    let first = until(socket, of).await;
    if first["status"] != "acknowledged" {
        return first;
    }
    let taken = json!({"type": "receipt_taken", "id": "begin", "command": command("acknowledged")});
    say(socket, taken).await;
    until(socket, of).await
}

#[tokio::test]
async fn a_loopscope_halts_and_resumes_the_loop() {
    let mut program = Program::start(&QUICK).await;
    let mut socket = connect_as(&program, "loopscope/0.1.0").await;
    let attach = until(&mut socket, |frame| frame["type"] == "attach").await;
    assert_eq!(attach["session_id"], "run-1");
    until(&mut socket, |frame| frame["event_type"] == "STEP_STARTED").await;

    assert_eq!(
        command(&mut socket, "h", "HALT").await["status"],
        "succeeded"
    );
    // Everything that was on its way has come by then: what follows is said while it stands.
    let mut other = program.connect().await;
    let standing = tokio::time::timeout(
        Duration::from_millis(800),
        until(&mut other, |frame| frame["event_type"].is_string()),
    );
    assert!(standing.await.is_err(), "it said something while halted");

    let again = command(&mut socket, "h", "HALT").await;
    assert_eq!(again["status"], "succeeded", "the same receipt once more");
    assert_eq!(
        command(&mut socket, "r", "resume").await["status"],
        "succeeded"
    );
    until(&mut other, |frame| frame["event_type"] == "STEP_PROGRESS").await;
    let refused = command(&mut socket, "r2", "RESUME").await;
    assert_eq!(refused["error"], "Cannot resume - execution is running");
    assert_eq!(
        command(&mut socket, "i", "INJECT").await["status"],
        "failed"
    );

    program.signal(Signal::TERM);
    assert_eq!(program.exit_code().await, Some(130));
    let after = rest(other).await;
    assert!(
        !event_types(&after.events).contains(&"EXECUTION_HALTED"),
        "it halted once"
    );
}

#[tokio::test]
async fn other_clients_are_told_nothing_and_cannot_halt() {
    let mut program = Program::start(&QUICK).await;
    let mut socket = program.connect().await;
    let command =
        json!({"command_id": "h", "session_id": "run-1", "type": "HALT", "state": "acknowledged"});
    for frame in [
        json!({"type": "command", "command": command}),
        json!({"type": "receipt_taken", "id": "begin", "command": command}),
    ] {
        say(&mut socket, frame).await;
    }
    let mut seen = Vec::new();
    until(&mut socket, |frame| {
        seen.push(frame.clone());
        frame["event_type"] == "STEP_COMPLETE"
    })
    .await;
    assert!(
        seen.iter()
            .all(|frame| frame["type"] != "attach" && frame["type"] != "receipt")
    );
    program.signal(Signal::TERM);
    assert_eq!(program.exit_code().await, Some(130));
}
