//! Commands from who asks to what the program says: by REST, on `/ws/v1`, by long polling.

use serde_json::{Value, json};

use crate::support::{PATIENCE, Server, Socket, event};

/// A server with a session `s` that runs.
async fn running() -> Server {
    let server = Server::start(&[]).await;
    server.tell(&[event("s", 1, "SESSION_STARTED")]).await;
    server
}

impl Server {
    /// Asks for a command; it must be taken.
    async fn command(&self, body: Value) -> Value {
        let answer = self
            .post("/api/v1/sessions/s/commands", body.to_string())
            .await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }

    async fn receipt(&self, id: &str, body: Value) -> Value {
        let path = format!("/api/v1/sessions/s/commands/{id}/receipt");
        let answer = self.post(&path, body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// A command, when it is in that state.
    async fn stands(&self, id: &str, state: &str) -> Value {
        let path = format!("/api/v1/sessions/s/commands/{id}");
        self.eventually(&path, |row| row["state"] == state).await
    }

    /// The names of our own events of the session, in order.
    async fn own_names(&self) -> Vec<String> {
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
    async fn attach(&mut self, session: &str, more: Value) -> Value {
        let mut frame =
            json!({"type": "attach", "id": "a", "session_id": session, "name": "program"});
        for (field, value) in more.as_object().unwrap() {
            frame[field] = value.clone();
        }
        self.ask(frame).await
    }

    async fn say(&mut self, command_id: &Value, status: &str) -> Value {
        let frame = json!({"type": "receipt", "id": "r", "session_id": "s", "command_id": command_id,
                           "status": status, "result": {"was": status}});
        let taken = self.ask(frame).await;
        assert_eq!(taken["type"], "receipt_taken", "{taken}");
        taken["command"].clone()
    }
}

fn id(row: &Value) -> String {
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
async fn one_key_is_one_command_however_often_it_is_pressed() {
    let server = running().await;
    let body = json!({"type": "HALT", "idempotency_key": "press"}).to_string();
    let presses = (0..8).map(|_| server.post("/api/v1/sessions/s/commands", &body));
    let answers = futures_util::future::join_all(presses).await;
    let ids: std::collections::HashSet<String> =
        answers.iter().map(|answer| id(&answer.json())).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 202).count(),
        1
    );
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status, 200 | 202))
    );
    assert_eq!(server.own_names().await, ["command:queued"]);
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
async fn a_second_program_takes_over_only_when_it_says_so() {
    let server = running().await;
    let (mut first, mut second) = (server.socket().await, server.socket().await);
    first.attach("s", json!({"name": "one"})).await;
    let row = server.command(json!({"type": "HALT"})).await;
    first.next().await;
    let refused = second.attach("s", json!({"name": "two"})).await;
    assert_eq!(refused["error"]["code"], "conflict");
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("`one`"),
        "{refused}"
    );
    let attached = second
        .attach("s", json!({"name": "two", "take_over": true}))
        .await;
    assert_eq!(attached["pending"], 1);
    let again = second.next().await;
    assert_eq!(
        (&again["command"]["command_id"], &again["redelivered"]),
        (&row["command_id"], &json!(true))
    );
    let told = first.next().await;
    assert_eq!(
        (&told["type"], &told["reason"]),
        (&json!("detached"), &json!("taken_over"))
    );
    // The second one's connection goes: whoever comes next need not ask for its place.
    drop(second);
    server
        .eventually("/api/v1/sessions/s/runner", |shown| {
            shown["runner"].is_null()
        })
        .await;
    assert_eq!(first.attach("s", json!({})).await["type"], "attached");
    first.next().await;
    let left = first
        .ask(json!({"type": "detach", "session_id": "s"}))
        .await;
    assert_eq!(left["reason"], "requested");
    let runner = server.read("/api/v1/sessions/s/runner").await;
    assert_eq!(
        (&runner["runner"], &runner["pending"]),
        (&Value::Null, &json!(1))
    );
}

#[tokio::test]
async fn a_program_without_sockets_asks_for_its_commands() {
    let server = running().await;
    let poll = "/api/sessions/s/commands?wait=30&runner=script&commands=HALT,dance";
    // The poll waits for the command, and the command is asked for when the program is there.
    let asked = async {
        server
            .eventually("/api/v1/sessions/s/runner", |shown| {
                shown["runner"]["via"] == "http"
            })
            .await;
        server.command(json!({"type": "dance"})).await
    };
    let (answer, row) = tokio::join!(server.get(poll), asked);
    let given = answer.json()["commands"].clone();
    assert_eq!(given[0]["command_id"], row["command_id"], "{given}");
    assert_eq!(given[0]["state"], "delivered");
    let other = server
        .get("/api/sessions/s/commands?wait=0&runner=other")
        .await;
    assert_eq!(other.code(), (409, "conflict".to_owned()));
    // Not acknowledged: it comes again, and counts.
    let again = server.read(poll).await["commands"].clone();
    assert_eq!(
        (&again[0]["command_id"], &again[0]["attempts"]),
        (&row["command_id"], &json!(2))
    );
    let done = server
        .receipt(&id(&row), json!({"status": "succeeded", "result": [1.50]}))
        .await;
    assert_eq!(
        (&done["state"], &done["result"]),
        (&json!("succeeded"), &json!([1.5]))
    );
    assert_eq!(
        server
            .read("/api/sessions/s/commands?wait=0&runner=script")
            .await["commands"],
        json!([])
    );
}

#[tokio::test]
async fn what_nobody_takes_in_time_expires() {
    let server = running().await;
    let row = server
        .command(json!({"type": "HALT", "expires_in_seconds": 1}))
        .await;
    let gone = server.stands(&id(&row), "expired").await;
    assert!(
        gone["ended_at"].as_str() >= gone["expires_at"].as_str(),
        "{gone}"
    );
    assert_eq!(
        server.own_names().await,
        ["command:queued", "command:expired"]
    );
}

#[tokio::test]
async fn the_end_of_a_session_fails_what_is_open_after_its_last_words() {
    let server = running().await;
    let mut program = server.socket().await;
    program.attach("s", json!({})).await;
    let (first, second) = (
        server.command(json!({"type": "HALT"})).await,
        server.command(json!({"type": "RESUME"})).await,
    );
    program.next().await;
    program.next().await;
    server.tell(&[event("s", 2, "SESSION_ENDED")]).await;
    program.say(&first["command_id"], "succeeded").await;
    let failed = server.stands(&id(&second), "failed").await;
    assert_eq!(failed["error"], "the session ended first");
    server.stands(&id(&first), "succeeded").await;
    let refused = server
        .post("/api/v1/sessions/s/commands", r#"{"type":"HALT"}"#)
        .await;
    assert_eq!(refused.status, 409);
    let mut told = program.next().await;
    if told["type"] == "command_cancelled" {
        told = program.next().await;
    }
    assert_eq!(told["reason"], "session_ended");
}

#[tokio::test]
async fn a_restart_keeps_commands_and_says_that_runners_are_gone() {
    let server = running().await;
    let mut program = server.socket().await;
    program.attach("s", json!({})).await;
    let taken = server.command(json!({"type": "HALT"})).await;
    program.next().await;
    program.say(&taken["command_id"], "acknowledged").await;
    let given = server.command(json!({"type": "RESUME"})).await;
    program.next().await;
    drop(program);
    server
        .eventually("/api/v1/sessions/s/runner", |shown| {
            shown["runner"].is_null()
        })
        .await;
    let waiting = server.command(json!({"type": "ROLLBACK"})).await;
    let mut program = server.socket().await;
    program.attach("s", json!({"name": "left over"})).await;

    let server = server.restart().await;
    let shown = server.read("/api/v1/sessions/s/runner").await;
    assert_eq!(
        (&shown["runner"], &shown["pending"]),
        (&Value::Null, &json!(3))
    );
    let names = server.own_names().await;
    assert_eq!(names.last().unwrap(), "runner:detached");
    let mut program = server.socket().await;
    assert_eq!(program.attach("s", json!({})).await["pending"], 3);
    for (row, state) in [
        (&taken, "acknowledged"),
        (&given, "delivered"),
        (&waiting, "delivered"),
    ] {
        let frame = program.next().await;
        assert_eq!(frame["command"]["command_id"], row["command_id"]);
        assert_eq!(frame["command"]["state"], state);
        assert_eq!(frame["redelivered"], true);
    }
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
async fn a_finished_runs_commands_are_repeated_after_a_preview() {
    let server = running().await;
    let mut program = server.socket().await;
    program.attach("s", json!({})).await;
    for (kind, end) in [
        ("HALT", "succeeded"),
        ("RESUME", "failed"),
        ("ROLLBACK", "succeeded"),
    ] {
        let row = server.command(json!({"type": kind})).await;
        program.next().await;
        program.say(&row["command_id"], end).await;
    }
    server.tell(&[event("t", 1, "SESSION_STARTED")]).await;
    let mut ask = json!({"from_session": "s", "dry_run": true});
    let preview = server
        .post("/api/v1/sessions/t/commands/replay", ask.to_string())
        .await
        .json();
    let kinds = |value: &Value| -> Vec<Value> {
        value["commands"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["type"].clone())
            .collect()
    };
    assert_eq!(kinds(&preview), ["HALT", "ROLLBACK"]);
    assert_eq!(
        server.read("/api/v1/sessions/t/commands").await["commands"],
        json!([])
    );
    ask["dry_run"] = json!(false);
    let done = server
        .post("/api/v1/sessions/t/commands/replay", ask.to_string())
        .await
        .json();
    assert_eq!(kinds(&done), ["HALT", "ROLLBACK"]);
    assert!(done["commands"][0]["replay_of"].is_string());
    assert_eq!(server.read("/api/v1/sessions/t/runner").await["pending"], 2);
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

#[tokio::test]
async fn a_program_that_hears_nothing_else_still_gets_each_command_once() {
    // Many ask at once while the program's connection breaks again and again.
    let server = Server::start(&[("LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND", "0")]).await;
    server.tell(&[event("s", 1, "SESSION_STARTED")]).await;
    let asking = async {
        for number in 0..30 {
            server
                .command(json!({"type": "HALT", "reason": number.to_string()}))
                .await;
        }
    };
    let taking = async {
        let mut ledger: Vec<String> = Vec::new();
        let mut connection = 0;
        while ledger.len() < 30 {
            connection += 1;
            let mut program = server.socket().await;
            program.attach("s", json!({"take_over": true})).await;
            for _ in 0..=(connection % 7) {
                let next = tokio::time::timeout(PATIENCE / 60, program.next()).await;
                let Ok(frame) = next else { break };
                if frame["type"] != "command" {
                    continue;
                }
                let id = id(&frame["command"]);
                let receipt = json!({"type": "receipt", "session_id": "s", "command_id": id, "status": "succeeded"});
                program.send(receipt).await;
                if !ledger.contains(&id) {
                    ledger.push(id);
                }
            }
            if connection % 2 == 0 {
                // Else the receipts may be lost with the connection.
                program.send(json!({"type": "ping", "id": "last"})).await;
                while program.next().await["type"] != "pong" {}
            }
        }
        ledger
    };
    let ((), ledger) = tokio::join!(asking, taking);
    assert_eq!(ledger.len(), 30);
    let mut program = server.socket().await;
    let mut left = program.attach("s", json!({"take_over": true})).await["pending"]
        .as_u64()
        .unwrap();
    while left > 0 {
        let frame = program.next().await;
        assert!(ledger.contains(&id(&frame["command"])), "{frame}");
        program
            .say(&frame["command"]["command_id"], "succeeded")
            .await;
        left -= 1;
    }
    let page = server
        .read("/api/v1/sessions/s/commands?state=succeeded")
        .await;
    assert_eq!(page["commands"].as_array().unwrap().len(), 30);
}
