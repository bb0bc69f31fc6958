//! Questions of programs over all sessions: asked, answered once by a person or by time, told to whoever watches.

use serde_json::{Value, json};

use crate::support::{Server, event};

fn asked(session: &str, n: usize, id: &str, more: &Value) -> Value {
    let mut data =
        json!({"decision_id": id, "question": "which way?", "options": ["left", "right"]});
    for (field, value) in more.as_object().unwrap() {
        data[field] = value.clone();
    }
    json!({"event_id": format!("{session}-{n}"), "session_id": session, "event_type": "decision:point",
           "timestamp": "2026-01-05T10:00:00Z", "data": data})
}

#[tokio::test]
async fn the_first_answer_counts_and_the_second_is_told_whose_it_was() {
    let server = Server::start(&[]).await;
    let mut watcher = server.socket().await;
    watcher
        .send(json!({"type": "watch", "decisions": true}))
        .await;
    server
        .tell(&[asked("s", 1, "d", &json!({"priority": "high"}))])
        .await;
    let news = watcher.next().await;
    assert_eq!(
        (&news["type"], &news["pending"]),
        (&json!("decisions"), &json!(1))
    );
    assert_eq!(news["decisions"][0]["options"][1]["choice"], "right");
    let page = server
        .eventually("/api/v1/decisions?state=pending", |page| {
            page["pending"] == 1
        })
        .await;
    assert_eq!(page["decisions"][0]["priority"], "high");

    let path = "/api/v1/sessions/s/decisions/d";
    let bodies = [
        r#"{"choice":"left","reason":"shorter"}"#,
        r#"{"choice":"right"}"#,
    ];
    let (one, two) = tokio::join!(server.post(path, bodies[0]), server.post(path, bodies[1]));
    let (won, lost) = if one.status == 202 {
        (one, two)
    } else {
        (two, one)
    };
    assert_eq!(
        (won.status, lost.code()),
        (202, (409, "already_decided".to_owned()))
    );
    let won = won.json();
    let choice = &won["decision"]["choice"];
    assert!(
        lost.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains(&choice.to_string())
    );
    assert_eq!(won["command"]["parameters"]["choice"], *choice);
    let news = watcher.next().await;
    assert_eq!(
        (&news["decisions"][0]["state"], &news["pending"]),
        (&json!("answered"), &json!(0))
    );
    let made = json!({"event_id": "s-2", "session_id": "s", "event_type": "decision:made",
                      "timestamp": "2026-01-05T10:00:01Z", "data": {"decision_id": "d", "choice": choice}});
    server.tell(&[made]).await;
    let page = server
        .eventually("/api/v1/decisions", |page| {
            page["decisions"][0]["state"] == "made"
        })
        .await;
    assert_eq!(page["decisions"][0]["by"], "local");
    for (path, body, status) in [
        ("/api/v1/sessions/s/decisions/none", r#"{"choice":1}"#, 404),
        ("/api/v1/sessions/s/decisions/d", r#"{"choice":1}"#, 409),
        ("/api/v1/sessions/s/decisions/d", "{}", 422),
        ("/api/v1/decisions?state=x", "", 405),
    ] {
        assert_eq!(
            server.post(path, body).await.status,
            status,
            "{path} {body}"
        );
    }
}

#[tokio::test]
async fn a_question_answers_itself_when_its_time_is_over_also_after_a_restart() {
    let server = Server::start(&[]).await;
    let more = json!({"timeout": 1, "default": "right"});
    server.tell(&[asked("s", 1, "d", &more)]).await;
    let server = server.restart().await;
    let page = server
        .eventually("/api/v1/decisions", |page| {
            page["decisions"][0]["state"] == "answered"
        })
        .await;
    let row = &page["decisions"][0];
    assert_eq!(
        (&row["by"], &row["choice"]),
        (&json!("timeout"), &json!("right"))
    );
    let commands = server.read("/api/v1/sessions/s/commands").await["commands"].clone();
    assert_eq!(
        (&commands[0]["type"], &commands[0]["state"]),
        (&json!("DECISION"), &json!("queued"))
    );
    let events = server.read("/api/v1/sessions/s/events").await["events"].clone();
    let names: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["decision:point", "decision:expired", "command:queued"]
    );
    // Another restart finds it answered.
    let server = server.restart().await;
    let page = server
        .eventually("/api/v1/decisions", |page| page["decisions"][0].is_object())
        .await;
    assert_eq!(page["decisions"][0]["state"], "answered");
}

#[tokio::test]
async fn what_was_asked_is_known_after_the_run_and_a_restart() {
    let server = Server::start(&[]).await;
    let mut made = event("s", 2, "decision:made");
    made["data"] = json!({"decision_id": "d", "choice": "left", "made_by": "ada"});
    let open = asked("s", 3, "e", &json!({}));
    let first = [asked("s", 1, "d", &json!({})), made, open];
    server.tell(&first).await;
    server.tell(&[event("s", 4, "SESSION_ENDED")]).await;
    let states = |page: &serde_json::Value| {
        let rows = page["decisions"].as_array().unwrap().iter();
        let mut states: Vec<String> = rows
            .map(|row| format!("{} {} {}", row["decision_id"], row["state"], row["choice"]))
            .collect();
        states.sort();
        states
    };
    let expected = [r#""d" "made" "left""#, r#""e" "dropped" null"#];
    let ended = |page: &serde_json::Value| states(page) == expected;
    server.eventually("/api/v1/decisions", ended).await;
    let server = server.restart().await;
    server.eventually("/api/v1/decisions", ended).await;
}

#[tokio::test]
async fn the_end_of_its_session_drops_a_question() {
    let server = Server::start(&[]).await;
    server
        .tell(&[
            event("s", 0, "SESSION_STARTED"),
            asked("s", 1, "d", &json!({})),
        ])
        .await;
    server
        .eventually("/api/v1/decisions", |page| page["pending"] == 1)
        .await;
    server.tell(&[event("s", 2, "SESSION_ENDED")]).await;
    server
        .eventually("/api/v1/decisions", |page| {
            page["decisions"][0]["state"] == "dropped"
        })
        .await;
    let late = server
        .post("/api/v1/sessions/s/decisions/d", r#"{"choice":1}"#)
        .await;
    assert_eq!(late.status, 409);
}
