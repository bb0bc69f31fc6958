//! Commands from who asks to what the program says: by REST, on `/ws/v1`, by long polling.

use serde_json::{Value, json};

use crate::support::{Server, Socket, event};

/// A server with a session `s` that runs.
pub(crate) async fn running() -> Server {
    let server = Server::start(&[]).await;
    server.tell(&[event("s", 1, "SESSION_STARTED")]).await;
    server
}

impl Server {
    /// Asks for a command; it must be taken.
    pub(crate) async fn command(&self, body: Value) -> Value {
        let answer = self
            .post("/api/v1/sessions/s/commands", body.to_string())
            .await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }

    pub(crate) async fn receipt(&self, id: &str, body: Value) -> Value {
        let path = format!("/api/v1/sessions/s/commands/{id}/receipt");
        let answer = self.post(&path, body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// A command, when it is in that state.
    pub(crate) async fn stands(&self, id: &str, state: &str) -> Value {
        let path = format!("/api/v1/sessions/s/commands/{id}");
        self.eventually(&path, |row| row["state"] == state).await
    }

    /// The names of our own events of the session, in order.
    pub(crate) async fn own_names(&self) -> Vec<String> {
        let page = self.read("/api/v1/sessions/s/events?limit=500").await;
        let events = page["events"].as_array().unwrap().clone();
        let own = events
            .into_iter()
            .filter(|event| event["dialect"] == "loopscope");
        own.map(|event| event["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Socket {
    pub(crate) async fn attach(&mut self, session: &str, more: Value) -> Value {
        let mut frame =
            json!({"type": "attach", "id": "a", "session_id": session, "name": "program"});
        for (field, value) in more.as_object().unwrap() {
            frame[field] = value.clone();
        }
        self.ask(frame).await
    }

    pub(crate) async fn say(&mut self, command_id: &Value, status: &str) -> Value {
        let frame = json!({"type": "receipt", "id": "r", "session_id": "s", "command_id": command_id,
                           "status": status, "result": {"was": status}});
        let taken = self.ask(frame).await;
        assert_eq!(taken["type"], "receipt_taken", "{taken}");
        taken["command"].clone()
    }
}

pub(crate) fn id(row: &Value) -> String {
    row["command_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_step_of_a_command_is_seen_and_on_record() {
    let server = running().await;
    let mut program = server.socket().await;
    let attached = program
        .attach("s", json!({"commands": [{"type": "dance"}]}))
        .await;
    assert_eq!(attached["type"], "attached", "{attached}");
    assert_eq!(attached["runner"]["via"], "websocket");
    let shown = server.read("/api/v1/sessions/s/runner").await;
    assert_eq!(shown["runner"], attached["runner"]);

    let row = server
        .command(json!({"type": "Dance", "parameters": {"steps" : 2.50}, "reason": "why"}))
        .await;
    assert_eq!(
        (&row["by"], &row["reason"]),
        (&json!("local"), &json!("why"))
    );
    let frame = program.next().await;
    assert_eq!(
        (&frame["type"], &frame["redelivered"]),
        (&json!("command"), &json!(false))
    );
    assert_eq!(frame["command"]["command_id"], row["command_id"]);
    assert_eq!(frame["command"]["type"], "Dance");
    assert_eq!(frame["command"]["parameters"], json!({"steps": 2.5}));
    let taken = program.say(&row["command_id"], "acknowledged").await;
    assert_eq!(taken["state"], "acknowledged");
    let done = program.say(&row["command_id"], "succeeded").await;
    assert_eq!(done["state"], "succeeded");
    for time in ["created_at", "delivered_at", "acknowledged_at", "ended_at"] {
        assert!(done[time].is_string(), "{time}: {done}");
    }
    // A receipt that comes again, or too late, is answered with the command as it is.
    assert_eq!(program.say(&row["command_id"], "failed").await, done);
    assert_eq!(server.stands(&id(&row), "succeeded").await, done);
    let names = [
        "runner:attached",
        "command:queued",
        "command:delivered",
        "command:acknowledged",
        "command:succeeded",
    ];
    assert_eq!(server.own_names().await, names);
}

#[tokio::test]
async fn what_waits_is_ordered_cancelled_and_handed_over_in_order() {
    let server = running().await;
    let mut ids = Vec::new();
    for reason in ["a", "b", "c", "d"] {
        ids.push(id(&server
            .command(json!({"type": "HALT", "reason": reason}))
            .await));
    }
    let order = json!({"command_ids": [&ids[3], &ids[1]]}).to_string();
    let ordered = server
        .post("/api/sessions/s/commands/order", order)
        .await
        .json();
    let reasons = |rows: &Value| -> Vec<String> {
        let rows = rows["commands"].as_array().unwrap();
        rows.iter()
            .map(|row| row["reason"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(reasons(&ordered), ["d", "b", "a", "c"]);
    let cancelled = server
        .post(
            &format!("/api/v1/sessions/s/commands/{}/cancel", ids[1]),
            "",
        )
        .await;
    assert_eq!(cancelled.json()["state"], "cancelled");
    let again = server
        .post(
            &format!("/api/v1/sessions/s/commands/{}/cancel", ids[1]),
            "",
        )
        .await;
    assert_eq!(again.code(), (409, "conflict".to_owned()));
    let bad = json!({"command_ids": [&ids[0], &ids[1]]}).to_string();
    let bad = server.post("/api/v1/sessions/s/commands/order", bad).await;
    assert_eq!(bad.json()["error"]["field"], "command_ids[1]");

    let mut program = server.socket().await;
    assert_eq!(program.attach("s", json!({})).await["pending"], 3);
    for reason in ["d", "a", "c"] {
        let frame = program.next().await;
        assert_eq!(frame["command"]["reason"], reason, "{frame}");
    }
    let page = server
        .read("/api/v1/sessions/s/commands?state=delivered&limit=2")
        .await;
    assert_eq!(reasons(&page), ["d", "c"], "the newest first");
    let next = page["next"].as_str().unwrap();
    let page = server
        .read(&format!(
            "/api/v1/sessions/s/commands?state=delivered&before={next}"
        ))
        .await;
    assert_eq!(reasons(&page), ["a"]);
    // Taken back before the program said that it has it: the program is told.
    server
        .post(
            &format!("/api/v1/sessions/s/commands/{}/cancel", ids[0]),
            "",
        )
        .await;
    let frame = program.next().await;
    assert_eq!(
        (&frame["type"], &frame["command_id"]),
        (&json!("command_cancelled"), &json!(ids[0]))
    );
    let late = program.say(&json!(ids[0]), "acknowledged").await;
    assert_eq!(late["state"], "cancelled");
    program.say(&json!(ids[2]), "acknowledged").await;
    let kept = server
        .post(
            &format!("/api/v1/sessions/s/commands/{}/cancel", ids[2]),
            "",
        )
        .await;
    assert_eq!(kept.status, 409);
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_field_or_bound() {
    let server = running().await;
    server
        .tell(&[
            event("over", 1, "SESSION_STARTED"),
            event("over", 2, "SESSION_ENDED"),
        ])
        .await;
    let long = "x".repeat(1 << 20);
    for (session, body, status, place) in [
        ("s", json!({}), 422, "type"),
        ("s", json!({"type": " "}), 422, "type"),
        ("s", json!({"type": "DANCE"}), 422, "type"),
        ("s", json!({"type": 7}), 422, ""),
        (
            "s",
            json!({"type": "ROLLBACK", "parameters": {"steps": 0}}),
            422,
            "parameters.steps",
        ),
        (
            "s",
            json!({"type": "ROLLBACK", "parameters": [1]}),
            422,
            "parameters",
        ),
        (
            "s",
            json!({"type": "redirect"}),
            422,
            "parameters.target_skill",
        ),
        (
            "s",
            json!({"type": "DECISION", "parameters": {"decision_id": "d"}}),
            422,
            "parameters.choice",
        ),
        ("s", json!({"type": "INJECT"}), 422, "parameters.skill_name"),
        (
            "s",
            json!({"type": "HALT", "expires_in_seconds": 0}),
            422,
            "expires_in_seconds",
        ),
        (
            "s",
            json!({"type": "HALT", "idempotency_key": ""}),
            422,
            "idempotency_key",
        ),
        ("s", json!({"type": "HALT", "reason": long}), 413, "reason"),
        (
            "s",
            json!({"type": "HALT", "parameters": {"x": long}}),
            413,
            "parameters",
        ),
        ("none", json!({"type": "HALT"}), 404, ""),
        ("over", json!({"type": "HALT"}), 409, ""),
    ] {
        let answer = server
            .post(
                &format!("/api/v1/sessions/{session}/commands"),
                body.to_string(),
            )
            .await;
        assert_eq!(
            answer.status,
            status,
            "{}: {}",
            answer.text(),
            body.to_string().len()
        );
        let error = &answer.json()["error"];
        assert_eq!(
            error["field"].as_str().unwrap_or_default(),
            place,
            "{error}"
        );
        assert_eq!(error["limit"].is_string(), status == 413, "{error}");
    }
    let broken = server.post("/api/v1/sessions/s/commands", "{").await;
    assert_eq!(broken.code(), (400, "malformed".to_owned()));
    let unknown = server
        .post(
            "/api/v1/sessions/s/commands/none/receipt",
            r#"{"status":"failed"}"#,
        )
        .await;
    assert_eq!(unknown.status, 404);
    assert!(
        server.own_names().await.is_empty(),
        "nothing of it is on record"
    );
}

#[tokio::test]
async fn commands_are_asked_for_on_the_socket_too_and_too_many_are_put_off() {
    let settings = [("LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND", "3")];
    let server = Server::start(&settings).await;
    server.tell(&[event("s", 1, "SESSION_STARTED")]).await;
    let mut socket = server.socket().await;
    let frame =
        json!({"type": "command", "id": "c", "session_id": "s", "command": {"type": "halt"}});
    let mut taken = 0;
    loop {
        let answer = socket.ask(frame.clone()).await;
        assert_eq!(answer["id"], "c");
        if answer["type"] == "error" {
            assert_eq!(answer["error"]["code"], "rate_limited");
            assert!(
                answer["error"]["retry_after_ms"].as_u64() > Some(0),
                "{answer}"
            );
            break;
        }
        assert_eq!(answer["type"], "command_taken");
        assert_eq!(answer["command"]["type"], "halt");
        taken += 1;
        assert!(taken < 1_000);
    }
    let answer = loop {
        let answer = server
            .post("/api/v1/sessions/s/commands", r#"{"type":"HALT"}"#)
            .await;
        if answer.status != 202 {
            break answer;
        }
    };
    assert_eq!(answer.code(), (429, "rate_limited".to_owned()));
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test]
async fn the_audit_says_who_asked_for_what() {
    let server = running().await;
    let row = server
        .command(json!({"type": "HALT", "reason": "because"}))
        .await;
    server
        .post(
            &format!("/api/v1/sessions/s/commands/{}/cancel", id(&row)),
            "",
        )
        .await;
    for path in ["/api/v1/audit", "/api/audit?session=s"] {
        let entries = server.read(path).await["entries"].clone();
        assert_eq!(entries[0]["action"], "command.cancelled");
        assert_eq!(entries[1]["action"], "command.queued");
        assert_eq!(entries[1]["subject"], row["command_id"]);
        assert_eq!(
            (&entries[1]["who"], &entries[1]["session_id"]),
            (&json!("local"), &json!("s"))
        );
        assert_eq!(entries[1]["detail"]["reason"], "because");
    }
    let first = server.read("/api/v1/audit?limit=1").await;
    let second = server
        .read(&format!("/api/v1/audit?limit=1&before={}", first["next"]))
        .await;
    assert_eq!(second["entries"][0]["action"], "command.queued");
}
