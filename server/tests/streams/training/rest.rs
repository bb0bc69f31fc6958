//! The contract's HTTP: health, intake in every layout, runs, the way to the page, and what is not there.

use serde_json::json;

use super::{epoch, event, started};
use crate::support::{Server, free_port, get};

#[tokio::test]
async fn health_and_errors_have_the_shapes_of_the_contract() {
    let own = free_port().await;
    let server = Server::start(&[("LOOPSCOPE_LISTEN", &format!("training={own}"))]).await;
    let health = json!({"status": "ok", "clients": 0, "queue_size": 0});
    assert_eq!(server.read("/training/api/health").await, health);
    assert_eq!(get(own, "/api/health", "").await.json(), health);
    for (address, path) in [
        (server.address(), "/training/nothing"),
        (server.address(), "/training/api/runs/nobody"),
        (server.address(), "/training/api/runs/nobody/events"),
        (own, "/nothing"),
        (own, "/api/nothing"),
    ] {
        let answer = get(address, path, "").await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json(), json!({"detail": "Not Found"}), "{path}");
    }
    // Before any run there is the list of them, for whoever asks, whatever it accepts.
    for (address, path) in [(own, "/"), (server.address(), "/training/")] {
        let root = get(address, path, "").await;
        assert_eq!(root.status, 200, "{path}");
        assert!(
            root.head.contains("content-type: text/html"),
            "{}",
            root.head
        );
        assert!(root.text().contains("data-address=\"/sessions\""));
    }
    assert_eq!(
        get(own, "/sessions", "Accept: text/html\r\n").await.status,
        200
    );
    server.stop().await;
}

#[tokio::test]
async fn every_layout_of_a_body_is_taken() {
    let server = Server::start(&[]).await;
    let path = "/training/events";
    let bodies = [
        started(0, "run").to_string(),
        json!([epoch(1, 1, 1.0), epoch(2, 2, 1.0)]).to_string(),
        json!({"events": [epoch(3, 3, 1.0)]}).to_string(),
    ];
    for body in bodies {
        let answer = server.post(path, &body).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
    }
    let lines = format!(
        "{}\n{}\nbroken\n\n{}",
        epoch(4, 4, 1.0),
        epoch(5, 5, 1.0),
        epoch(6, 6, 1.0)
    );
    let answer = server.post_as(path, "application/x-ndjson", lines).await;
    assert_eq!(answer.status, 202);
    let told = answer.json();
    assert_eq!(
        (&told["accepted"], &told["rejected"]),
        (&json!(3), &json!(1))
    );
    for (body, status) in [("{", 400), ("", 400), ("7", 422), ("[7]", 422)] {
        assert_eq!(server.post(path, body).await.status, status, "{body}");
    }
    let page = server
        .read("/training/api/runs/run/events?limit=2&offset=1")
        .await;
    assert_eq!(
        (&page["total"], &page["limit"], &page["offset"]),
        (&json!(7), &json!(2), &json!(1))
    );
    assert_eq!(page["events"][0]["data"]["inner_epoch"], 1);
    assert_eq!(page["events"].as_array().unwrap().len(), 2);
    for list in ["/training/api/runs", "/training/api/runs/run/events"] {
        let page = server.read(&format!("{list}?limit=-1&offset=-5")).await;
        assert_eq!((&page["limit"], &page["offset"]), (&json!(0), &json!(0)));
        let most = server.read(&format!("{list}?limit=99999999999")).await;
        assert_eq!(most["offset"], 0);
        assert!(most["limit"].as_u64().unwrap() <= 1_000, "{most}");
        for wrong in ["limit=x", "offset=1.5"] {
            let answer = server.ask(&format!("{list}?{wrong}")).await;
            assert_eq!(answer.status, 422, "{list} {wrong}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_run_says_where_it_stands() {
    let server = Server::start(&[]).await;
    let batch = event(
        3,
        "BATCH_EPOCH_COMPLETED",
        Some(4),
        &json!({
            "episodes_completed": 4, "total_episodes": 10, "batch_idx": 1, "avg_accuracy": 61.0, "avg_reward": 0.0,
        }),
    );
    let events = json!([
        started(0, "run"),
        epoch(1, 1, 50.0),
        epoch(2, 2, 60.0),
        batch
    ]);
    assert_eq!(
        server
            .post("/training/events", events.to_string())
            .await
            .status,
        202
    );
    let run = server
        .eventually("/training/api/runs/run", |run| run["events"] == 4)
        .await;
    assert_eq!(run["run_id"], "run");
    assert_eq!(run["status"], "running");
    let list = server.read("/training/api/runs?limit=1").await;
    assert_eq!(
        (&list["total"], &list["runs"][0]["run_id"]),
        (&json!(1), &json!("run"))
    );
    server.stop().await;
}
