//! Which run an event belongs to: one a source, begun by its start, taken up again after a restart.

use serde_json::{Value, json};

use super::{epoch, started};
use crate::support::Server;

async fn runs(server: &Server) -> Vec<(String, String)> {
    let list = server.read("/training/api/runs").await;
    let mut runs: Vec<(String, String)> =
        serde_json::from_value::<Vec<Value>>(list["runs"].clone())
            .unwrap()
            .iter()
            .map(|run| {
                let text = |key: &str| run[key].as_str().unwrap().to_owned();
                (text("run_id"), text("status"))
            })
            .collect();
    runs.sort();
    runs
}

#[tokio::test]
async fn a_new_start_closes_the_run_before_it() {
    let server = Server::start(&[]).await;
    let post = |events: Value| server.post("/training/events?source=gpu", events.to_string());
    let first = json!([started(0, "one"), epoch(1, 1, 1.0)]);
    assert_eq!(post(first.clone()).await.status, 202);
    assert_eq!(
        post(json!([started(2, "two"), epoch(3, 1, 1.0)]))
            .await
            .status,
        202
    );
    server
        .eventually("/training/api/runs/one", |run| {
            run["status"] == "interrupted"
        })
        .await;
    let pair = |id: &str, status: &str| (id.to_owned(), status.to_owned());
    assert_eq!(
        runs(&server).await,
        [pair("one", "interrupted"), pair("two", "running")]
    );
    server.stop().await;
}

#[tokio::test]
async fn two_nameless_producers_do_not_mix_their_runs() {
    let server = Server::start(&[]).await;
    let mut one = server.socket("/training/ws?role=producer").await;
    let mut other = server.socket("/training/ws?role=producer").await;
    for number in 1..=3 {
        for (producer, second) in [(&mut one, 0), (&mut other, 30)] {
            let mut event = epoch(second + number, number, 1.0);
            event["ack"] = json!(number);
            producer.send(event.to_string()).await;
            assert_eq!(producer.next().await["accepted"], 1);
        }
    }
    server
        .eventually("/training/api/runs", |list| {
            let rows = list["runs"].as_array().unwrap();
            rows.len() == 2 && rows.iter().all(|run| run["events"] == 3)
        })
        .await;
    server.stop().await;
}

#[tokio::test]
async fn a_producer_that_leaves_interrupts_its_run_and_takes_it_up_again() {
    let server = Server::start(&[]).await;
    let mut producer = server.socket("/training/ws?role=producer").await;
    producer.send(started(0, "run").to_string()).await;
    server
        .eventually("/training/api/runs/run", |run| run["events"] == 1)
        .await;
    drop(producer);
    let interrupted = |run: &Value| run["status"] == "interrupted";
    server
        .eventually("/training/api/runs/run", interrupted)
        .await;
    let mut producer = server.socket("/training/ws?role=producer").await;
    producer.send(epoch(1, 1, 1.0).to_string()).await;
    server
        .eventually("/training/api/runs/run", |run| run["status"] == "running")
        .await;
    assert_eq!(runs(&server).await.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_source_of_requests_goes_on_with_its_run_after_a_restart() {
    let server = Server::start(&[]).await;
    let post = "/training/events?source=gpu";
    let begin = json!([started(0, ""), epoch(1, 1, 1.0)]).to_string();
    assert_eq!(server.post(post, &begin).await.status, 202);
    server
        .eventually("/training/api/runs", |list| list["total"] == 1)
        .await;
    let server = server.restart().await;
    let next = epoch(2, 2, 1.0).to_string();
    assert_eq!(server.post(post, next).await.status, 202);
    let list = server
        .eventually("/training/api/runs", |list| list["runs"][0]["events"] == 3)
        .await;
    assert_eq!(list["total"], 1);
    let id = list["runs"][0]["run_id"].as_str().unwrap();
    assert!(id.starts_with("gpu-"), "{id}");
    server.stop().await;
}

#[tokio::test]
async fn events_by_our_own_route_are_placed_too() {
    let server = Server::start(&[]).await;
    let events = json!([started(0, "by-v1"), epoch(1, 1, 1.0)]).to_string();
    let answer = server.post("/api/v1/events?dialect=training", events).await;
    assert_eq!(answer.status, 200);
    server
        .eventually("/training/api/runs/by-v1", |run| run["events"] == 2)
        .await;
    server.stop().await;
}
