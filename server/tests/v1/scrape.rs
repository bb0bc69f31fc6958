//! `GET /metrics`: what Prometheus' own checker accepts, and figures that are true.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::{Server, some};

#[tokio::test]
async fn the_metrics_count_what_happened() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..7)).await;
    let answer = server.get("/metrics").await;
    let text = answer.text();
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    for line in [
        "loopscope_journal_head_offset 7",
        "loopscope_clients{speaks=\"websocket\"} 0",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}\n{text}");
    }
    for (name, kind) in [
        ("loopscope_events_total", "counter"),
        ("loopscope_ack_seconds", "histogram"),
    ] {
        assert!(text.contains(&format!("# TYPE {name} {kind}")), "{name}");
        assert!(text.contains(&format!("# HELP {name} ")), "{name}");
    }
}

#[tokio::test]
async fn sessions_are_told_all_together_and_those_that_go_on_one_by_one() {
    let server = Server::start(&[]).await;
    let event = |session: &str, name: &str, data: serde_json::Value| serde_json::json!({"event_type": name, "session_id": session, "iteration": 2, "data": data});
    let found = serde_json::json!({"step": "diagnose", "findings": [{"severity": "high", "description": "d"}]});
    server
        .tell(&[
            event("a \"b\"", "SESSION_STARTED", serde_json::json!({})),
            event("a \"b\"", "STEP_COMPLETE", found),
            event("over", "SESSION_STARTED", serde_json::json!({})),
            event(
                "over",
                "CONVERGENCE_REACHED",
                serde_json::json!({"iterations": 2}),
            ),
            event("over", "SESSION_ENDED", serde_json::json!({})),
        ])
        .await;
    let expected = [
        "loopscope_sessions{status=\"running\"} 1",
        "loopscope_sessions{status=\"converged\"} 1",
        "loopscope_sessions{status=\"failed\"} 0",
        "loopscope_findings{severity=\"high\"} 1",
        "loopscope_session_iteration{project=\"default\",session=\"a \\\"b\\\"\"} 2",
        "loopscope_session_findings_open{project=\"default\",session=\"a \\\"b\\\"\"} 1",
        "kimi_sessions_total 2",
        "kimi_sessions_active 1",
        "kimi_sessions_converged_total 1",
        "kimi_findings_total{severity=\"high\"} 1",
    ];
    // The rows are written behind the fold.
    let mut text = String::new();
    for _ in 0..500 {
        text = server.get("/metrics").await.text();
        if expected
            .iter()
            .all(|line| text.lines().any(|known| known == *line))
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for line in expected {
        assert!(text.lines().any(|known| known == line), "{line}\n{text}");
    }
    assert!(!text.contains("session=\"over\""), "it goes on no more");
}

// curl is waited for on this thread, while the server answers on others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prometheus_has_a_listener_of_its_own_where_it_is_asked_for() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let address = format!("127.0.0.1:{port}");
    let _server = Server::start(&[("LOOPSCOPE_LISTEN", &format!("metrics={address}"))]).await;
    let status = |path: &str| {
        let output = Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{http_code}"])
            .arg(format!("http://{address}{path}"))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(status("/metrics"), "200");
    assert_eq!(status("/healthz"), "200");
    assert_eq!(status("/api/v1/sessions"), "404");
    assert_eq!(status("/"), "404");
}

#[tokio::test]
async fn promtool_finds_nothing_to_say() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..7)).await;
    let _ = server.get("/api/v1/nothing").await;
    let text = server.get("/metrics").await.text();
    let promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = promtool else {
        eprintln!("promtool is not installed (Debian: prometheus); not checked");
        return;
    };
    promtool
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
}
