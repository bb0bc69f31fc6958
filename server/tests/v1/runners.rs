//! Programs that take commands: one at a time, by any way, through restarts and broken connections; each command once.

use serde_json::{Value, json};

use crate::commands::{id, running};
use crate::support::{PATIENCE, Server, event};

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

/// Frames sent in one breath are answered one after the other: who attaches twice takes its own place, and who leaves
/// at once has left.
#[tokio::test]
async fn a_program_that_attaches_twice_at_once_is_not_refused_as_another() {
    let server = running().await;
    let mut program = server.socket().await;
    let ask = |id: &str, kind: &str| json!({"type": "attach", "id": id, "session_id": "s", "commands": [{"type": kind}]});
    for round in 0..8 {
        program.send(ask("first", "HALT")).await;
        program.send(ask("second", "REDIRECT")).await;
        for id in ["first", "second"] {
            let answer = program.next().await;
            assert_eq!(
                (&answer["type"], &answer["id"]),
                (&json!("attached"), &json!(id)),
                "round {round}: {answer}"
            );
        }
        // What the second says it obeys is what counts.
        let shown = server.read("/api/v1/sessions/s/runner").await;
        assert_eq!(shown["runner"]["commands"][0]["type"], "REDIRECT");
    }
    program.send(ask("last", "HALT")).await;
    for id in ["leave", "again"] {
        program
            .send(json!({"type": "detach", "id": id, "session_id": "s"}))
            .await;
    }
    let answers = [
        program.next().await,
        program.next().await,
        program.next().await,
    ];
    assert_eq!(answers[0]["type"], "attached");
    assert_eq!(
        (&answers[1]["type"], &answers[1]["id"]),
        (&json!("detached"), &json!("leave"))
    );
    assert_eq!(
        (&answers[2]["id"], &answers[2]["error"]["code"]),
        (&json!("again"), &json!("not_found"))
    );
    let shown = server.read("/api/v1/sessions/s/runner").await;
    assert_eq!(shown["runner"], Value::Null);
    // Somebody else is still somebody else.
    let mut other = server.socket().await;
    program.send(ask("mine", "HALT")).await;
    assert_eq!(program.next().await["type"], "attached");
    let refused = other.ask(ask("theirs", "HALT")).await;
    assert_eq!(refused["error"]["code"], "conflict");
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
