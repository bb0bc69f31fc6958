//! The bridge, dialling loops that greet, hang, close at once and send garbage.

use futures_util::StreamExt as _;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::fake_loop::{FakeLoop, server_for};
use crate::support::event;
use crate::transcript::transcript;

#[tokio::test]
async fn a_run_arrives_whole_over_two_links_and_between_garbage() {
    let upstream = FakeLoop::new().await;
    let server = server_for(&[upstream.url()]).await;
    let events = transcript("run-1");

    let mut link = upstream.accept().await;
    for event in &events[..8] {
        link.send(event.clone()).await;
    }
    link.send_raw(Message::text("nonsense")).await;
    link.send_raw(Message::text("7")).await;
    link.send_raw(Message::binary(vec![1_u8, 2, 3])).await;
    link.send(json!([null, events[8], 7])).await;
    link.send(json!({"events": &events[9..12]})).await;
    link.send_raw(Message::text(r#"{"event_id":"nan","session_id":"run-1","event_type":"METRICS","iteration":1,"timestamp":"2026-01-05T10:00:30Z","data":{"x":NaN}}"#)).await;
    link.send_raw(Message::Ping(Bytes::from_static(b"alive?")))
        .await;
    // The answer to the ping comes behind everything that was sent before.
    loop {
        match link.0.next().await.unwrap().unwrap() {
            Message::Pong(payload) => {
                assert_eq!(payload.as_ref(), b"alive?");
                break;
            }
            other => assert!(!other.is_close()),
        }
    }
    link.0.close(None).await.unwrap();

    let mut link = upstream.accept().await;
    // The last one again: a loop may have sent it by webhook too.
    for event in &events[11..] {
        link.send(event.clone()).await;
    }
    let page = server
        .eventually("/api/sessions/run-1/events", |page| page["total"] == 25)
        .await;
    assert_eq!(page["events"][24]["data"], json!({"x": null}));
    let detail = server.read("/api/sessions/run-1").await;
    assert_eq!(
        (&detail["status"], &detail["final_state"]),
        (&json!("converged"), &json!("CONVERGED"))
    );
    assert_eq!(detail["metrics"]["tests_failed"], 1);
    // Greetings and garbage made no session.
    assert_eq!(server.read("/api/sessions").await["total"], 1);
    server.stop().await;
}

#[tokio::test]
async fn a_loop_that_closes_every_connection_at_once_is_dialled_on() {
    let upstream = FakeLoop::new().await;
    let server = server_for(&[upstream.url()]).await;
    for _ in 0..4 {
        drop(upstream.accept().await);
    }
    let mut link = upstream.accept().await;
    link.send(event("s", 1, "AT_LAST", 1, &json!({}))).await;
    server
        .eventually("/api/sessions/s/events", |page| page["total"] == 1)
        .await;
    server.stop().await;
}

#[tokio::test]
async fn several_loops_are_followed_and_a_hung_one_holds_up_nobody() {
    let (one, other) = (FakeLoop::new().await, FakeLoop::new().await);
    // It takes connections and never says a word.
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hung_url = format!("ws://{}", hung.local_addr().unwrap());
    let server = server_for(&[hung_url, one.url(), other.url()]).await;
    let (mut one, mut other) = tokio::join!(one.accept(), other.accept());
    one.send(event("a", 1, "X", 1, &json!({}))).await;
    other.send(event("b", 1, "X", 1, &json!({}))).await;
    server
        .eventually("/api/sessions", |list| list["total"] == 2)
        .await;
    server.stop().await;
}

#[tokio::test]
async fn events_that_name_no_session_belong_to_the_one_that_spoke_last() {
    let upstream = FakeLoop::new().await;
    let server = server_for(&[upstream.url()]).await;
    let mut link = upstream.accept().await;
    link.send(event("s", 1, "NAMED", 1, &json!({}))).await;
    link.send(json!({"event_type": "UNNAMED", "session_id": "", "data": {}}))
        .await;
    server
        .eventually("/api/sessions/s/events", |page| page["total"] == 2)
        .await;
    server.stop().await;
}

#[tokio::test]
async fn runs_that_name_no_session_have_one_each() {
    let upstream = FakeLoop::new().await;
    let server = server_for(&[upstream.url()]).await;
    let mut link = upstream.accept().await;
    let bare = |event_type: &str, data: serde_json::Value| json!({"event_type": event_type, "iteration": 1, "data": data});
    for steps in ["fix", "attack"] {
        link.send(bare("SESSION_STARTED", json!({}))).await;
        link.send(bare("STEP_STARTED", json!({"step": steps})))
            .await;
        link.send(bare("SESSION_ENDED", json!({}))).await;
        // Late, and of the run that ended.
        link.send(bare("STATE_CHANGED", json!({"to": "CONVERGED"})))
            .await;
    }
    link.send(bare("SESSION_STARTED", json!({}))).await;
    let all = |list: &serde_json::Value| {
        let rows = list["sessions"].as_array().unwrap();
        let mut statuses: Vec<_> = rows
            .iter()
            .map(|row| row["status"].as_str().unwrap())
            .collect();
        statuses.sort_unstable();
        statuses == ["converged", "converged", "running"]
    };
    let list = server.eventually("/api/sessions", all).await;
    for row in list["sessions"].as_array().unwrap() {
        let id = row["session_id"].as_str().unwrap();
        assert!(id.starts_with("convergence"), "{id}");
        let events = server.read(&format!("/api/sessions/{id}/events")).await;
        let expected = if row["status"] == "running" { 1 } else { 4 };
        assert_eq!(events["total"], expected, "{id}");
    }
    assert_eq!(server.get("/api/sessions/convergence").await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_run_whose_start_was_missed_has_its_own_session_and_keeps_it_over_a_restart() {
    let upstream = FakeLoop::new().await;
    let server = server_for(&[upstream.url()]).await;
    let bare = |event_type: &str, iteration: u32| json!({"event_type": event_type, "iteration": iteration, "data": {}});
    let mut link = upstream.accept().await;
    for (event_type, iteration) in [("ITERATION_STARTED", 1), ("SESSION_ENDED", 1)] {
        link.send(bare(event_type, iteration)).await;
    }
    let sessions = |count: usize| {
        move |list: &serde_json::Value| list["sessions"].as_array().unwrap().len() == count
    };
    server
        .eventually("/api/sessions/convergence/events", |page| {
            page["total"] == 2
        })
        .await;
    link.0.close(None).await.unwrap();

    // The next program: its start went to nobody.
    let mut link = upstream.accept().await;
    link.send(bare("ITERATION_STARTED", 1)).await;
    let list = server.eventually("/api/sessions", sessions(2)).await;
    let mut ids = list["sessions"].as_array().unwrap().iter();
    let second = ids.find(|row| row["session_id"] != "convergence").unwrap();
    let second = second["session_id"].as_str().unwrap().to_owned();

    let (server, mut link) = tokio::join!(server.restart(), upstream.accept());
    link.send(bare("ITERATION_STARTED", 2)).await;
    let page = format!("/api/sessions/{second}/events");
    server.eventually(&page, |page| page["total"] == 2).await;
    assert_eq!(server.read("/api/sessions").await["total"], 2);
    link.send(bare("SESSION_ENDED", 2)).await;
    server.eventually(&page, |page| page["total"] == 3).await;
    drop(link);

    // After a restart nothing is known of it but that both are over.
    let (server, mut link) = tokio::join!(server.restart(), upstream.accept());
    link.send(bare("ITERATION_STARTED", 1)).await;
    server.eventually("/api/sessions", sessions(3)).await;
    server.stop().await;
}
