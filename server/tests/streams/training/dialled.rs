//! Trainers that the server dials: their runs, their links, their bursts.

use serde_json::{Value, json};

use super::trainer::Trainer;
use super::{epoch, said, started};
use crate::support::Server;

/// Waits until a run has a status.
async fn until(server: &Server, run: &str, status: &str) -> Value {
    let path = format!("/training/api/runs/{run}");
    server
        .eventually(&path, |found| found["status"] == status)
        .await
}

#[tokio::test]
async fn a_dialled_trainer_is_followed_and_its_run_interrupted_with_its_link() {
    let trainer = Trainer::new().await;
    let (address, server) = (trainer.address(), trainer.server().await);
    let mut link = trainer.accept().await;
    link.send(&started(0, "run-1")).await;
    link.send(&epoch(1, 1, 50.0)).await;
    server
        .eventually("/training/api/runs/run-1/events", |page| page["total"] == 2)
        .await;
    let overview = server.read("/api/v1/overview").await;
    assert_eq!(overview["sources"][0]["url"], format!("ws://{address}"));
    assert_eq!(overview["sources"][0]["state"], "connected");
    drop(link);
    until(&server, "run-1", "interrupted").await;
    let mut link = trainer.accept().await;
    link.send(&epoch(2, 2, 60.0)).await;
    until(&server, "run-1", "running").await;
    let page = server.read("/training/api/runs/run-1/events").await;
    assert_eq!(page["total"], 3);
    assert_eq!(said(&page["events"][2]), said(&epoch(2, 2, 60.0)));
    server.stop().await;
}

#[tokio::test]
async fn a_run_goes_on_over_a_restart_of_the_server() {
    let trainer = Trainer::new().await;
    let server = trainer.server().await;
    let mut link = trainer.accept().await;
    link.send(&started(0, "run-1")).await;
    server
        .eventually("/training/api/runs/run-1/events", |page| page["total"] == 1)
        .await;
    let (server, mut link) = tokio::join!(server.restart(), trainer.accept());
    link.send(&epoch(1, 1, 50.0)).await;
    server
        .eventually("/training/api/runs/run-1/events", |page| page["total"] == 2)
        .await;
    assert_eq!(server.read("/training/api/runs").await["total"], 1);
    server.stop().await;
}

#[tokio::test]
async fn garbage_between_events_disturbs_nothing() {
    let trainer = Trainer::new().await;
    let server = trainer.server().await;
    let mut link = trainer.accept().await;
    link.send(&started(0, "run-1")).await;
    for garbage in [
        "nonsense",
        "7",
        "[]",
        "{",
        r#"{"type":"ping"}"#,
        r#"{"event_type":3}"#,
    ] {
        link.send_text(garbage).await;
    }
    link.send(&json!([epoch(1, 1, 50.0), 7, epoch(2, 2, 51.0)]))
        .await;
    server
        .eventually("/training/api/runs/run-1/events", |page| page["total"] == 3)
        .await;
    server.stop().await;
}
