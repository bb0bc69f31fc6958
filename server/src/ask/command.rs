//! `loopscope command`: asks a running program for something, and waits for what came of it.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use super::{PATIENCE, Refusal, Server, part};
use crate::say;

/// How often the command is looked at while it is under way.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is asked of a program.
#[derive(Debug)]
pub struct Order {
    /// Its session.
    pub session: String,
    /// `HALT`, `RESUME`, `ROLLBACK` …, in any case.
    pub kind: String,
    /// `steps=2`; a value that is JSON is taken as such, anything else as text.
    pub parameters: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// How long to wait for the program; zero does not.
    pub wait: Duration,
}

/// Asks, and waits. Fails where the program said that it could not, and where it has said nothing in time.
pub async fn command(server: &Server, order: &Order) -> Result<(), Refusal> {
    let mut parameters = Map::new();
    for text in &order.parameters {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Refusal::Failed(format!(
                "`{text}` is not a parameter; use name=value, as in steps=2"
            ))
        })?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        parameters.insert(name.to_owned(), value);
    }
    let mut body = json!({"type": order.kind, "parameters": parameters});
    if let Some(reason) = &order.reason {
        body["reason"] = Value::from(reason.as_str());
    }
    let at = format!("sessions/{}/commands", part(&order.session));
    let mut command = server.post(&at, &body).await?;
    let id = command["command_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let end = Instant::now() + order.wait;
    let mut is_told = false;
    while !is_over(&command) && Instant::now() < end {
        sleep(LOOK_EVERY).await;
        command = server.get(&format!("{at}/{}", part(&id)), PATIENCE).await?;
        if command["state"] == "queued" && !is_told {
            is_told = true;
            eprintln!(
                "{id} is queued: no program of {} has taken it yet. Waiting {} s; Ctrl-C stops \
                 waiting, the command stays queued. `--wait 0` does not wait.",
                order.session,
                order.wait.as_secs_f64()
            );
        }
    }
    tell(server, &command);
    match command["state"].as_str() {
        Some("failed" | "cancelled" | "expired") => Err(Refusal::Failed(why(&command))),
        Some("succeeded") => Ok(()),
        _ if order.wait.is_zero() => Ok(()),
        state => Err(Refusal::Failed(format!(
            "the program has not finished it within {} s; it is {}",
            order.wait.as_secs(),
            state.unwrap_or("unknown")
        ))),
    }
}

fn is_over(command: &Value) -> bool {
    let state = command["state"].as_str().unwrap_or_default();
    ["succeeded", "failed", "cancelled", "expired"].contains(&state)
}

fn tell(server: &Server, command: &Value) {
    if server.json {
        say!("{command}");
        return;
    }
    for (label, field) in [
        ("queued", "created_at"),
        ("delivered", "delivered_at"),
        ("acknowledged", "acknowledged_at"),
        ("ended", "ended_at"),
    ] {
        if let Some(at) = command[field].as_str() {
            say!("{label:<14} {at}");
        }
    }
    say!(
        "{:<14} {}",
        "state",
        command["state"].as_str().unwrap_or("unknown")
    );
    if !command["result"].is_null() {
        say!("{:<14} {}", "result", command["result"]);
    }
}

fn why(command: &Value) -> String {
    let error = &command["error"];
    let words = error.as_str().or_else(|| error["message"].as_str());
    let state = command["state"].as_str().unwrap_or("failed");
    words.map_or_else(
        || format!("the command has {state}"),
        |words| format!("{state}: {words}"),
    )
}
