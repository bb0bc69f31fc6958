//! Moments that are over, over HTTP: the session as it was after an event or at a time, what is out of bounds, and the
//! same after a restart.

use serde_json::{Value, json};

use crate::support::{Server, event};

/// A step of a pass, so many seconds into the run.
fn step(n: usize, second: usize, name: &str, data: Value) -> Value {
    let mut event = event("s", n, name);
    event["timestamp"] = json!(format!(
        "2026-01-05T10:{:02}:{:02}.000000Z",
        second / 60,
        second % 60
    ));
    event["data"] = data;
    event
}

fn run() -> Vec<Value> {
    vec![
        step(1, 0, "SESSION_STARTED", json!({"target": "services/gate"})),
        step(2, 10, "STEP_STARTED", json!({"step": "diagnose"})),
        step(
            3,
            40,
            "STEP_COMPLETE",
            json!({"step": "diagnose", "success": true, "findings_count": 3}),
        ),
        step(4, 50, "STEP_STARTED", json!({"step": "fix"})),
        step(
            5,
            90,
            "STEP_COMPLETE",
            json!({"step": "fix", "success": true, "fixes_count": 2}),
        ),
        step(6, 100, "CONVERGENCE_REACHED", json!({"iterations": 1})),
    ]
}

#[tokio::test]
async fn a_session_is_shown_as_it_was() {
    let server = Server::start(&[]).await;
    server.tell(&run()).await;
    let at = async |server: &Server, at: &str| {
        server
            .read(&format!("/api/v1/sessions/s/board?at={at}"))
            .await
    };
    let early = at(&server, "2").await;
    assert_eq!(
        (&early["seq"], &early["first_seq"], &early["last_seq"]),
        (&json!(2), &json!(1), &json!(6))
    );
    assert_eq!(early["timestamp"], "2026-01-05T10:00:10.000000Z");
    assert_eq!(early["summary"]["state"], "DIAGNOSING");
    assert_eq!(early["summary"]["status"], "running");
    assert_eq!(early["summary"]["findings_open"], Value::Null);
    assert_eq!(early["board"]["seq"], 2);
    // By time: the last event that happened no later.
    for (time, seq) in [
        ("2026-01-05T10:00:49.999Z", 3),
        ("2026-01-05T10:00:50Z", 4),
        ("2020-01-01T00:00:00Z", 1),
        ("2030-01-01T00:00:00Z", 6),
    ] {
        assert_eq!(at(&server, time).await["seq"], seq, "{time}");
    }
    // What is later than the end is the end, and so is no moment at all.
    let end = at(&server, "6").await;
    assert_eq!(end["summary"]["status"], "converged");
    assert_eq!(at(&server, "999").await, end);
    assert_eq!(server.read("/api/v1/sessions/s/board").await, end);
    assert_eq!(server.read("/api/sessions/s/board?at=6").await, end);
    let page = server.read("/api/v1/sessions/s").await;
    assert_eq!(page["board"], end["board"]);

    let server = server.restart().await;
    assert_eq!(at(&server, "2").await, early);
    server.running.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_no_moment_names_its_field() {
    let server = Server::start(&[]).await;
    server.tell(&run()).await;
    for at in ["0", "-1", "1.5", "noon", "99999999999999999999999"] {
        let answer = server
            .get(&format!("/api/v1/sessions/s/board?at={at}"))
            .await;
        assert_eq!(answer.code(), (422, "invalid_field".to_owned()), "{at}");
        assert_eq!(answer.json()["error"]["field"], "at", "{at}");
    }
    let answer = server.get("/api/v1/sessions/nobody/board?at=1").await;
    assert_eq!(answer.code(), (404, "not_found".to_owned()));
    server.running.stop().await.unwrap();
}
