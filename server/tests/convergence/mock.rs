//! The simulated loop, at a pace for tests.

use serde_json::json;

use crate::support::{Server, until_marks};

#[tokio::test]
async fn the_simulation_converges_after_three_iterations_again_and_again() {
    let server =
        Server::start(&[("DASHBOARD_MOCK", "TRUE"), ("LOOPSCOPE_MOCK_PACE_MS", "5")]).await;
    let stats = server
        .eventually("/api/stats", |stats| {
            stats["converged_sessions"].as_u64() >= Some(2)
        })
        .await;
    assert!(stats["total_sessions"].as_u64() >= Some(2));
    let sessions = server.read("/api/sessions?limit=1000").await;
    let oldest = sessions["sessions"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(oldest["target"], "simulated");
    assert_eq!(oldest["iterations"], 3);
    assert_eq!(oldest["status"], "converged");
    let id = oldest["session_id"].as_str().unwrap();
    let metrics = server.read(&format!("/api/sessions/{id}/metrics")).await;
    let findings = metrics["findings_per_iteration"].as_array().unwrap();
    assert!(findings[0].as_u64() >= Some(4));
    assert_eq!(findings[2], json!(0));
    server.stop().await;
}

#[tokio::test]
async fn a_simulated_session_that_a_stop_cut_off_is_given_up_by_the_next_server() {
    let slow = [
        ("DASHBOARD_MOCK", "true"),
        ("LOOPSCOPE_MOCK_PACE_MS", "3600000"),
    ];
    let server = Server::start(&slow).await;
    let list = server
        .eventually("/api/sessions", |list| list["total"] == 1)
        .await;
    let id = list["sessions"][0]["session_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let server = server.restart().await;
    until_marks(&server, &id, &["loopscope:source_lost"]).await;
    assert_eq!(
        server.read(&format!("/api/sessions/{id}")).await["status"],
        "running"
    );
    server.stop().await;
}
