//! Socket.IO in the AsyncAPI document: the events of the orchestrator contract.
//!
//! A table: events, who sends them, the fields of their one argument, and which of those are always there.

use serde_json::{Map, Value, json};

use super::async_api::{operation, references};

/// An event: its name, what it is, its fields (`name: type`; those that end in `!` are always there).
type Told = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// What clients send.
const TAKEN: &[Told] = &[
    (
        "command",
        "A command; answered by `command:result`.",
        &[
            ("type", "string!"),
            ("session_id", "string"),
            ("params", "object"),
        ],
    ),
    ("ping", "Answered by `pong`. It has no argument.", &[]),
    (
        "subscribe",
        "Joins a session, and sets the patterns of the events that are wanted.",
        &[("session_id", "string"), ("event_types", "strings")],
    ),
    (
        "cli_event",
        "An event of a program. Whoever sends one for a session becomes its runner.",
        &[
            ("session_id", "string"),
            ("event_type", "string!"),
            ("timestamp", "any"),
            ("data", "any"),
        ],
    ),
    (
        "command:receipt",
        "What the runner says of a command.",
        &[
            ("command_id", "string!"),
            ("status", "string!"),
            ("result", "any"),
            ("error", "string"),
        ],
    ),
];

/// What the server sends by itself.
const SENT: &[Told] = &[
    (
        "connected",
        "The first event of a connection.",
        &[
            ("server_version", "string!"),
            ("timestamp", "string!"),
            ("session_id", "string?!"),
            ("capabilities", "strings!"),
        ],
    ),
    (
        "session:state",
        "The session that a connection asked for.",
        &[("session", "object!"), ("timestamp", "string!")],
    ),
    (
        "session:created",
        "To everyone.",
        &[("session_id", "string!"), ("timestamp", "string!")],
    ),
    (
        "session:deleted",
        "To everyone.",
        &[("session_id", "string!"), ("timestamp", "string!")],
    ),
    (
        "subscribed",
        "The answer to `subscribe`.",
        &[
            ("session_id", "string?"),
            ("event_types", "strings?"),
            ("timestamp", "string!"),
        ],
    ),
    ("pong", "The answer to `ping`.", &[("timestamp", "string!")]),
    (
        "command:result",
        "The answer to `command`: it was taken, or why not.",
        &[
            ("success", "boolean!"),
            ("timestamp", "string!"),
            ("command_type", "string"),
            ("command_id", "string"),
            ("message", "string"),
            ("error", "string"),
        ],
    ),
    (
        "command",
        "To the runner: do this.",
        &[
            ("type", "string!"),
            ("command_id", "string!"),
            ("session_id", "string"),
            ("redelivered", "boolean"),
        ],
    ),
    (
        "command:cancelled",
        "To the runner: do not begin this.",
        &[("command_id", "string!")],
    ),
    (
        "execution:halted",
        "Flat, and in `data`.",
        &[
            ("reason", "string?"),
            ("timestamp", "any!"),
            ("initiated_by", "string?"),
            ("data", "object"),
        ],
    ),
    (
        "execution:resumed",
        "Flat, and in `data`.",
        &[
            ("timestamp", "any!"),
            ("initiated_by", "string?"),
            ("data", "object"),
        ],
    ),
    (
        "execution:rollback",
        "People asked the session's program to go back.",
        &[
            ("steps", "integer!"),
            ("session_id", "string"),
            ("timestamp", "string!"),
            ("initiated_by", "string?"),
        ],
    ),
    (
        "execution:redirect",
        "People asked for another skill or path.",
        &[
            ("target_skill", "string?"),
            ("target_path", "string?"),
            ("session_id", "string?"),
            ("timestamp", "string!"),
            ("initiated_by", "string?"),
        ],
    ),
    (
        "decision:made",
        "Flat, and in `data`.",
        &[
            ("decision_id", "string!"),
            ("choice", "any!"),
            ("session_id", "string?"),
            ("timestamp", "any!"),
            ("made_by", "string?"),
            ("data", "object"),
        ],
    ),
    (
        "skill:injected",
        "People put a skill in.",
        &[
            ("skill_name", "string!"),
            ("parameters", "object"),
            ("position", "any"),
            ("session_id", "string?"),
            ("timestamp", "string!"),
            ("injected_by", "string?"),
        ],
    ),
    (
        "execution_paused",
        "Beside `execution:halted`, flat.",
        &[
            ("reason", "string?"),
            ("session_id", "string?!"),
            ("timestamp", "string!"),
            ("command_id", "string"),
            ("initiated_by", "string?"),
        ],
    ),
    (
        "execution_resumed",
        "Beside `execution:resumed`, flat.",
        &[
            ("session_id", "string?!"),
            ("timestamp", "string!"),
            ("command_id", "string"),
            ("initiated_by", "string?"),
        ],
    ),
    ("file_approved", "People approved a file's change.", &FILE),
    (
        "file_reverted",
        "People asked for a file's change to be taken back.",
        &FILE,
    ),
    (
        "execution_state",
        "The answer to the command `get_execution_state`. Times are milliseconds.",
        &[
            ("task_name", "string!"),
            ("status", "string!"),
            ("progress", "number!"),
            ("start_time", "integer?!"),
            ("elapsed_time", "integer!"),
            ("estimated_time_remaining", "number?!"),
            ("session_id", "string?!"),
        ],
    ),
    (
        "skill_status",
        "The answer to the command `get_skill_status`: of each skill `skill_id`, `skill_name`, `status`, `progress`.",
        &[("skills", "objects!")],
    ),
    (
        "loopscope:reset",
        "Events were removed from under a connection that is far behind.",
        &[("reason", "string!")],
    ),
    (
        "server:shutdown",
        "The server stops.",
        &[("message", "string!")],
    ),
];

/// What is said of a file's change.
const FILE: [(&str, &str); 4] = [
    ("file_path", "string!"),
    ("session_id", "string?!"),
    ("timestamp", "string!"),
    ("command_id", "string"),
];

/// Events of programs, which pass through under their own names.
const PASSED: &str = "Any event that a program sent as `cli_event`, under its `event_type` (`skill:started`, \
                      `file:modified`, `validation:completed` …).";

/// Adds the channel, its messages and its operations to a document.
pub(super) fn add(document: &mut Value) {
    let mut messages = Map::new();
    let taken = note("socket.io.client", TAKEN, &mut messages);
    let mut sent = note("socket.io.server", SENT, &mut messages);
    let passed = "socket.io.server.event".to_owned();
    let fields = [
        ("timestamp", "any!"),
        ("data", "any!"),
        ("session_id", "string"),
    ];
    messages.insert(
        passed.clone(),
        json!({"name": "event", "summary": PASSED, "payload": object(&fields)}),
    );
    sent.push(passed);
    document["channels"]["socketio"] = json!({
        "address": "/socket.io/",
        "title": "Socket.IO",
        "description": "Socket.IO protocol 5 over Engine.IO 4, namespace `/`: long polling, WebSocket, and the upgrade. A \
                        message is an event with one argument, whose schema is the payload. Also at the root of a \
                        listener of the orchestrator contract.",
        "messages": references(taken.iter().chain(&sent)),
    });
    document["operations"]["takeSocketIo"] = operation("receive", "socketio", &taken);
    document["operations"]["sendSocketIo"] = operation("send", "socketio", &sent);
    if let Some(all) = document["components"]["messages"].as_object_mut() {
        all.extend(messages);
    }
}

/// Notes events among the messages. Out: their names there.
fn note(side: &str, told: &[Told], messages: &mut Map<String, Value>) -> Vec<String> {
    let mut names = Vec::new();
    for (event, summary, fields) in told {
        // `execution:resumed` and `execution_resumed` are two.
        let name = format!("{side}.{}", event.replace(':', "."));
        let mut message = json!({"name": event, "summary": summary});
        if !fields.is_empty() {
            message["payload"] = object(fields);
        }
        messages.insert(name.clone(), message);
        names.push(name);
    }
    names
}

/// The schema of an argument.
fn object(fields: &[(&str, &str)]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, told) in fields {
        let kind = told.strip_suffix('!').unwrap_or(told);
        if told.ends_with('!') {
            required.push(*name);
        }
        properties.insert((*name).to_owned(), schema(kind));
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// The schema of a type word; `?` says that null is possible.
fn schema(word: &str) -> Value {
    let (word, can_be_null) = match word.strip_suffix('?') {
        Some(word) => (word, true),
        None => (word, false),
    };
    let kind = if word == "strings" { "array" } else { word };
    match (word, can_be_null) {
        ("objects", _) => json!({"type": "array", "items": {"type": "object"}}),
        ("any", _) => json!({}),
        ("strings", false) => json!({"type": kind, "items": {"type": "string"}}),
        ("strings", true) => json!({"type": [kind, "null"], "items": {"type": "string"}}),
        (_, false) => json!({"type": kind}),
        (_, true) => json!({"type": [kind, "null"]}),
    }
}
