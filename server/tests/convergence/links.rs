//! Links that are lost: their sessions are marked, and marked as back when they speak again.

use serde_json::json;

use crate::fake_loop::{FakeLoop, server_for};
use crate::support::{event, until_marks};

#[tokio::test]
async fn sessions_of_a_lost_link_are_interrupted_until_they_speak_again() {
    let upstream = FakeLoop::new().await;
    let address = upstream.address();
    let server = server_for(&[upstream.url()]).await;
    let mut link = upstream.accept().await;
    link.send(event("runs", 1, "STEP_STARTED", 1, &json!({"step": "fix"})))
        .await;
    link.send(event("ends", 1, "SESSION_ENDED", 1, &json!({})))
        .await;
    server
        .eventually("/api/sessions", |list| list["total"] == 2)
        .await;
    drop(link);
    drop(upstream);
    until_marks(&server, "runs", &["loopscope:source_lost"]).await;
    until_marks(&server, "ends", &[]).await;

    let upstream = FakeLoop::at(&address).await;
    let mut link = upstream.accept().await;
    link.send(event(
        "runs",
        2,
        "STEP_COMPLETE",
        1,
        &json!({"step": "fix"}),
    ))
    .await;
    until_marks(
        &server,
        "runs",
        &["loopscope:source_lost", "loopscope:source_restored"],
    )
    .await;

    let detail = server.read("/api/sessions/runs").await;
    assert_eq!(detail["status"], "running");
    // To clients of the contract the loop ran all the time, and our own events are not there.
    let page = server.read("/api/sessions/runs/events").await;
    assert_eq!(page["total"], 2);
    assert_eq!(server.read("/api/stats").await["total_events"], 3);
    assert_eq!(server.read("/api/sessions/ends/events").await["total"], 1);
    server.stop().await;
}

#[tokio::test]
async fn a_session_that_another_takes_the_place_of_is_given_up() {
    let upstream = FakeLoop::new().await;
    let server = server_for(&[upstream.url()]).await;
    let mut link = upstream.accept().await;
    link.send(event("first", 1, "SESSION_STARTED", 0, &json!({})))
        .await;
    server
        .eventually("/api/sessions", |list| list["total"] == 1)
        .await;
    drop(link);
    // Back within the grace, but as a new process.
    let mut link = upstream.accept().await;
    link.send(event("second", 1, "SESSION_STARTED", 0, &json!({})))
        .await;
    until_marks(&server, "first", &["loopscope:source_lost"]).await;
    until_marks(&server, "second", &[]).await;
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_was_stopped_remembers_whom_it_followed() {
    let upstream = FakeLoop::new().await;
    let server = server_for(&[upstream.url()]).await;
    let mut link = upstream.accept().await;
    link.send(event("followed", 1, "SESSION_STARTED", 0, &json!({})))
        .await;
    server
        .tell(&[event("posted", 1, "SESSION_STARTED", 0, &json!({}))])
        .await;
    server
        .eventually("/api/sessions", |list| list["total"] == 2)
        .await;
    drop(upstream);
    let server = server.restart().await;
    until_marks(&server, "followed", &["loopscope:source_lost"]).await;
    // Nobody dials for a session that came by the webhook: its silence says nothing.
    until_marks(&server, "posted", &[]).await;
    server.stop().await;
}
