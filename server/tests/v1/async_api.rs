//! What `/ws/v1` sends and takes, against the messages that our own AsyncAPI document tells of: a real server is
//! brought to send every one of them, and no frame has a field that the document does not know.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::alerts::rule;
use crate::support::{PATIENCE, Server, Socket, event, some};

/// Messages that nothing here provokes, each with the reason. Those of Socket.IO are another channel's: the clients in
/// `end2end/clients/orchestrator_*.test.js` read them.
const NOT_PROVOKED: [(&str, &str); 0] = [];

/// The messages of the channel `v1`, each with what checks it.
struct Document {
    messages: BTreeMap<String, [Validator; 2]>,
    seen: BTreeSet<String>,
}

impl Document {
    async fn of(server: &Server) -> Self {
        let document = server.read("/api/asyncapi.json").await;
        let told = document["channels"]["v1"]["messages"].as_object().unwrap();
        let mut strict = document["components"].clone();
        close(&mut strict);
        let messages = told.keys().map(|name| {
            let place = format!("#/components/messages/{name}/payload");
            // As AsyncAPI reads schemas, and as strictly as nothing beside what is told may stand in a message.
            let plain = json!({"$ref": place, "components": document["components"]});
            let closed =
                json!({"$ref": place, "components": strict, "unevaluatedProperties": false});
            let both = [
                jsonschema::draft7::new(&plain).unwrap(),
                jsonschema::draft202012::new(&closed).unwrap(),
            ];
            (name.clone(), both)
        });
        Self {
            messages: messages.collect(),
            seen: BTreeSet::new(),
        }
    }

    /// Checks a message that `side` sent.
    fn check(&mut self, side: &str, message: &Value) {
        let name = format!("{side}.{}", message["type"].as_str().unwrap());
        let checks = self.messages.get(&name);
        let checks = checks.unwrap_or_else(|| panic!("{name} is not in the document: {message}"));
        for check in checks {
            let errors: Vec<String> = check
                .iter_errors(message)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?} in {message:#}");
        }
        self.seen.insert(name);
    }

    async fn say(&mut self, socket: &mut Socket, message: Value) {
        self.check("client", &message);
        socket.send(message).await;
    }

    async fn hear(&mut self, socket: &mut Socket) -> Value {
        let message = socket.next().await;
        self.check("server", &message);
        message
    }

    /// Hears until one of each of these has come; the last of each.
    async fn until<const COUNT: usize>(
        &mut self,
        socket: &mut Socket,
        kinds: [&str; COUNT],
    ) -> [Value; COUNT] {
        let mut found: [Value; COUNT] = std::array::from_fn(|_| Value::Null);
        let all = async {
            while found.iter().any(Value::is_null) {
                let message = self.hear(socket).await;
                let place = kinds.iter().position(|kind| message["type"] == *kind);
                if let Some(place) = place {
                    found[place] = message;
                }
            }
        };
        let done = tokio::time::timeout(PATIENCE, all).await;
        assert!(done.is_ok(), "of {kinds:?} came {found:?}");
        found
    }
}

/// Lets no field stand in an object that its schema does not tell. A part of an `allOf` sees its own fields only, so
/// there it is the whole that is closed.
fn close(components: &mut Value) {
    let parts = parts_of(components);
    let schemas = components["schemas"].as_object_mut().unwrap();
    for (name, schema) in schemas {
        let has_fields = schema.get("properties").is_some() || schema.get("allOf").is_some();
        let is_open = schema.get("additionalProperties").is_some();
        if has_fields && !is_open && !parts.contains(&format!("#/components/schemas/{name}")) {
            schema["unevaluatedProperties"] = json!(false);
        }
    }
}

/// What parts of any `allOf` refer to.
fn parts_of(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "allOf" {
                    let parts = field.as_array().into_iter().flatten();
                    let targets = parts.filter_map(|part| part["$ref"].as_str());
                    found.extend(targets.map(str::to_owned));
                }
                found.extend(parts_of(field));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| found.extend(parts_of(item))),
        _ => {}
    }
    found
}

/// Sessions of each dialect, so that rows and events have all that they can have.
async fn tell_of_everything(server: &Server) {
    let post = async |path: &str, body: Value| {
        let answer = server.post(path, body.to_string()).await;
        assert!(answer.status < 300, "{path}: {}", answer.text());
    };
    let step = |n: usize, name: &str, data: Value| {
        let mut event = event("loop", n, name);
        event["data"] = data;
        event
    };
    let loop_of = json!([
        step(
            1,
            "SESSION_STARTED",
            json!({"target": "services/async", "max_iterations": 4})
        ),
        step(2, "ITERATION_START", json!({"iteration": 1})),
        step(
            3,
            "STEP_COMPLETE",
            json!({"step": "review", "duration_ms": 120, "findings_count": 2})
        ),
        step(
            4,
            "FINDING_DETECTED",
            json!({"finding_id": "f", "severity": "critical", "title": "<b>"})
        ),
        step(
            5,
            "METRICS",
            json!({"metrics": {"loss": 1e300}, "nothing": null})
        ),
    ]);
    post("/api/v1/events", loop_of).await;
    let crew = json!([
        {"event_type": "agent_started", "timestamp": "2026-01-05T10:00:00Z", "agent_id": "a", "data": {"agent_type": "scout"}},
        {"event_type": "task_completed", "timestamp": "2026-01-05T10:00:01", "severity": "Warning", "data": {"task_id": "t"}},
    ]);
    post("/agents/events?system=crew", crew).await;
    let tool = json!({"event_type": "skill:started", "session_id": "tool", "timestamp": "2026-01-05T10:00:00Z",
                      "data": {"skill_name": "x"}});
    post("/api/v1/events?dialect=orchestrator", tool).await;
}

/// Streams: from the beginning, gathered, from where nothing is, with names that never come.
async fn read_streams(document: &mut Document, reader: &mut Socket, server: &Server) {
    let single = json!({"type": "subscribe", "since": "0"});
    document.say(reader, single).await;
    document.until(reader, ["subscribed", "event"]).await;
    let gathered = json!({"type": "subscribe", "id": "all", "since": "0", "batch": true, "severity": "info",
                          "names": ["*"]});
    document.say(reader, gathered).await;
    document.until(reader, ["events"]).await;
    for (since, reason) in [("1-99999", "ahead"), ("77-1", "unknown_epoch")] {
        let beyond = json!({"type": "subscribe", "id": "lost", "since": since});
        document.say(reader, beyond).await;
        let [_, reset] = document.until(reader, ["subscribed", "reset"]).await;
        assert_eq!(reset["reason"], reason);
    }
    let quiet = json!({"type": "subscribe", "id": "quiet", "names": ["NOTHING"]});
    document.say(reader, quiet).await;
    document.until(reader, ["subscribed"]).await;
    for id in ["all", "lost"] {
        let end = json!({"type": "unsubscribe", "id": id});
        document.say(reader, end).await;
        document.until(reader, ["unsubscribed"]).await;
    }
    server.tell(&some("passed", 0..2)).await;
    // Now and then a stream says where it is, where nothing matched.
    document.until(reader, ["cursor"]).await;
    let ping = json!({"type": "ping", "id": "p"});
    document.say(reader, ping).await;
    document.until(reader, ["pong"]).await;
}

/// Refusals of every kind of message, and receipts of good and of bad events.
async fn publish(document: &mut Document, producer: &mut Socket) {
    let events =
        json!([event("told", 1, "A"), event("told", 1, "A"), {"event_type": "B", "iteration": -1}]);
    let publish = json!({"type": "publish", "id": "1", "dialect": "generic", "events": events});
    document.say(producer, publish).await;
    let [ack] = document.until(producer, ["ack"]).await;
    let counts = ["accepted", "duplicates", "rejected"].map(|field| &ack[field]);
    assert_eq!(counts, [&json!(1), &json!(1), &json!(1)], "{ack}");
    for (wrong, code) in [
        (json!({"type": "dance", "id": "2"}), "unknown_action"),
        (
            json!({"type": "subscribe", "id": "3", "names": 7}),
            "invalid_field",
        ),
        (json!({"type": "unsubscribe", "id": "none"}), "not_found"),
        (json!({"type": "ping", "id": "x".repeat(200)}), "too_large"),
    ] {
        producer.send(wrong).await;
        let [error] = document.until(producer, ["error"]).await;
        assert_eq!(error["error"]["code"], code, "{error}");
    }
}

/// A program that is steered: what it is told, and what it answers.
async fn steer(document: &mut Document, server: &Server) {
    let mut program = server.socket_with(&[]).await.unwrap();
    let attach = json!({"type": "attach", "id": "a", "session_id": "loop", "name": "program", "take_over": false,
                        "commands": [{"type": "HALT", "parameters": {"type": "object"}}]});
    document.say(&mut program, attach.clone()).await;
    document.until(&mut program, ["hello", "attached"]).await;
    let mut person = server.socket().await;
    let halt = json!({"type": "command", "id": "c", "session_id": "loop",
                      "command": {"type": "HALT", "parameters": {"at": [1.5]}, "reason": "look", "idempotency_key": "k"}});
    document.say(&mut person, halt.clone()).await;
    document.until(&mut person, ["command_taken"]).await;
    let [told] = document.until(&mut program, ["command"]).await;
    for (status, more) in [
        ("acknowledged", json!({})),
        ("failed", json!({"error": "not now", "result": {"at": 3}})),
    ] {
        let mut receipt = json!({"type": "receipt", "id": "r", "session_id": "loop", "status": status,
                                 "command_id": told["command"]["command_id"]});
        receipt
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        document.say(&mut program, receipt).await;
        document.until(&mut program, ["receipt_taken"]).await;
    }
    let mut again = halt;
    again["command"]["idempotency_key"] = json!("again");
    document.say(&mut person, again).await;
    let [taken] = document.until(&mut person, ["command_taken"]).await;
    document.until(&mut program, ["command"]).await;
    let id = taken["command"]["command_id"].as_str().unwrap();
    let cancel = format!("/api/v1/sessions/loop/commands/{id}/cancel");
    assert_eq!(server.post(&cancel, "").await.status, 200);
    document.until(&mut program, ["command_cancelled"]).await;
    // Another takes the place, and leaves it.
    let mut other = server.socket().await;
    let mut attach = attach;
    attach["take_over"] = json!(true);
    document.say(&mut other, attach).await;
    document.until(&mut other, ["attached"]).await;
    let [gone] = document.until(&mut program, ["detached"]).await;
    assert_eq!(gone["reason"], "taken_over");
    let detach = json!({"type": "detach", "id": "d", "session_id": "loop"});
    document.say(&mut other, detach).await;
    let [left] = document.until(&mut other, ["detached"]).await;
    assert_eq!(left["reason"], "requested");
}

/// Rows, numbers, previews, and what is told of questions, alerts and widgets.
async fn watch(document: &mut Document, watcher: &mut Socket, server: &Server) {
    let watch = json!({"type": "watch", "sessions": true, "metrics": true, "decisions": true, "alerts": true,
                       "widgets": true, "preview_per_second": 50});
    document.say(watcher, watch).await;
    document.until(watcher, ["metrics"]).await;
    tell_of_everything(server).await;
    document.until(watcher, ["sessions", "preview"]).await;
    let question = json!({"event_id": "q", "session_id": "loop", "event_type": "decision:point",
                          "timestamp": "2026-01-05T10:00:09Z",
                          "data": {"decision_id": "d", "question": "which way?", "options": ["left", "right"],
                                   "priority": "high", "timeout_seconds": 3600, "default": "left"}});
    server.tell(&[question]).await;
    document.until(watcher, ["decisions"]).await;
    let condition = json!({"kind": "threshold", "metric": "loss", "above": 2});
    let made = server.post("/api/v1/alerts/rules", rule(&condition).to_string());
    assert_eq!(made.await.status, 201);
    let mut high = event("loop", 20, "METRICS");
    high["data"] = json!({"metrics": {"loss": 9.5}});
    server.tell(&[high]).await;
    document.until(watcher, ["alerts"]).await;
    let spec = json!({"name": "all", "select": {"events": ["*"]}});
    let made = server.post("/api/v1/widgets", spec.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    document.until(watcher, ["widgets"]).await;
    let pushed = br#"{"type":"chart","data":[1]}"#;
    let push = "PUT /api/v1/widgets/mine/state?session=loop";
    assert_eq!(server.request(push, "", pushed).await.status, 200);
    loop {
        let [widgets] = document.until(watcher, ["widgets"]).await;
        let changes = widgets["changes"].as_array().unwrap();
        if changes.iter().any(|change| change["what"] == "pushed") {
            break;
        }
    }
    let lines = json!({"type": "watch", "preview_per_second": 50, "preview_lines": true, "project": "default"});
    document.say(watcher, lines).await;
    server.tell(&some("passed", 5..8)).await;
    loop {
        let [preview] = document.until(watcher, ["preview"]).await;
        if preview["lines"].is_array() {
            break;
        }
    }
}

#[tokio::test]
async fn every_message_is_what_the_document_says() {
    let server = Server::start(&[]).await;
    let mut document = Document::of(&server).await;
    let mut watcher = server.socket().await;
    watch(&mut document, &mut watcher, &server).await;
    let mut producer = server.socket().await;
    publish(&mut document, &mut producer).await;
    steer(&mut document, &server).await;
    let mut reader = server.socket().await;
    read_streams(&mut document, &mut reader, &server).await;
    let stopped = tokio::spawn(server.running.stop());
    document.until(&mut reader, ["closing"]).await;
    drop((reader, producer, watcher));
    stopped.await.unwrap().unwrap();

    let reasons: BTreeSet<String> = NOT_PROVOKED
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let told: BTreeSet<String> = document.messages.keys().cloned().collect();
    let missed: Vec<&String> = told.difference(&document.seen).collect();
    assert_eq!(missed, reasons.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_message_that_is_not_as_told_is_found() {
    let server = Server::start(&[]).await;
    let document = Document::of(&server).await;
    let good =
        json!({"type": "pong", "server_time": "2026-01-05T10:00:00.000000Z", "cursor": "1-7"});
    let with = |field: &str, value: Value| {
        let mut message = good.clone();
        message[field] = value;
        message
    };
    let holds = |message: &Value| {
        let checks = &document.messages["server.pong"];
        checks.iter().all(|check| check.is_valid(message))
    };
    assert!(holds(&good));
    for bad in [
        with("cursor", json!(true)),
        with("more", json!(1)),
        with("type", json!("ping")),
        json!({"type": "pong", "cursor": "1-7"}),
    ] {
        assert!(!holds(&bad), "{bad}");
    }
}
