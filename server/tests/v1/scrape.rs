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
