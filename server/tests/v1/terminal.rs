//! The command line as people at a terminal meet it: what it says when something is not as they thought.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::command_line::{ask, run};
use crate::commands::running;
use crate::support::{Server, some};

#[tokio::test]
async fn a_reader_that_goes_ends_a_command_quietly() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..3)).await;
    server
        .eventually("/api/v1/sessions", |list| list["total"] == 1)
        .await;
    let url = format!("http://{}", server.address());
    let folder = tempfile::tempdir().unwrap();
    for line in [
        &["config"][..],
        &["config", "--json"],
        &["man"],
        &["completions", "bash"],
        &["show", "s"],
        &["sessions"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_loopscope"));
        command
            .args(line)
            .current_dir(folder.path())
            .env_clear()
            .env("LOOPSCOPE_SERVER", &url)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::piped());
        let ended = tokio::task::spawn_blocking(move || command.output());
        let output = ended.await.unwrap().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), told.as_str()),
            (Some(141), ""),
            "{line:?}"
        );
    }
}

#[tokio::test]
async fn who_asks_a_server_takes_none_of_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    for line in [
        &["send", "--port", "9999"][..],
        &["--port", "9999", "sessions"],
        &["widgets", "list", "--db-path", "d"],
        &["--db-path", "d", "tail", "f"],
    ] {
        let refused = run(folder.path(), &[], line, "").await;
        assert_eq!(refused.code, 2, "{line:?}: {}", refused.err);
        let flag = line.iter().find(|word| word.starts_with("--")).unwrap();
        assert!(refused.err.contains(flag), "{}", refused.err);
    }
    let help = run(folder.path(), &[], &["send", "--help"], "").await;
    assert!(
        help.out.contains("--server") && !help.out.contains("--tls-cert"),
        "{}",
        help.out
    );
    // A setting of a server that is wrong is not theirs either.
    let server = Server::start(&[]).await;
    let url = format!("http://{}", server.address());
    let env = [("LOOPSCOPE_SERVER", url.as_str()), ("DASHBOARD_PORT", "x")];
    let listed = run(folder.path(), &env, &["sessions", "--json"], "").await;
    assert_eq!(listed.json()["total"], 0);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_missed_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |line: &[&str]| run(folder.path(), &[], line, "").await;
    for line in [
        &["token", "list"][..],
        &["token", "revoke", "x"],
        &["doctor"],
        &["export", "s"],
        &["backup", "all.db"],
    ] {
        let missed = run(line).await;
        assert_eq!((missed.code, missed.out.as_str()), (1, ""), "{line:?}");
        for word in ["dashboard.db", "--db-path", "DASHBOARD_DB_PATH"] {
            assert!(missed.err.contains(word), "{line:?}: {}", missed.err);
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "{line:?}"
        );
    }
    let made = run(&["token", "create", "first"]).await;
    assert_eq!(made.code, 0, "{}", made.err);
    let path = folder.path().canonicalize().unwrap().join("dashboard.db");
    assert!(
        made.err.contains(&path.display().to_string()),
        "{}",
        made.err
    );
    let next = run(&["token", "create", "next"]).await;
    assert!(!next.err.contains("dashboard.db"), "{}", next.err);
}

#[tokio::test]
async fn a_command_that_nobody_takes_says_that_it_waits() {
    let server = running().await;
    let waited = ask(&server, &["command", "s", "HALT", "--wait", "1"], "").await;
    assert_eq!(waited.code, 1, "{}", waited.err);
    let first = waited.err.lines().next().unwrap_or_default();
    assert!(
        first.contains("queued") && first.contains("Ctrl-C"),
        "{}",
        waited.err
    );
    let line = ["command", "s", "RESUME", "--wait", "0"];
    assert_eq!(ask(&server, &line, "").await.err, "");
}

#[tokio::test]
async fn what_the_server_remarks_on_events_is_shown() {
    let server = Server::start(&[]).await;
    let event = json!({"event_type": "A", "session_id": "s", "severity": "odd"});
    let sent = ask(&server, &["send"], &format!("{event}\n")).await;
    assert_eq!(
        (sent.code, sent.err.lines().count()),
        (0, 1),
        "{}",
        sent.err
    );
    assert!(
        sent.err.starts_with("event 1: severity: `odd`"),
        "{}",
        sent.err
    );
    let line = ["send", "--session", "s", "--event", "A", "step=fix"];
    assert_eq!(ask(&server, &line, "").await.err, "");
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_once_with_what_helps() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let env = [("CONVERGENCE_WS_URL", "none")];
    let line = ["--host", "127.0.0.1", "--port", &port];
    let refused = run(folder.path(), &env, &line, "").await;
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert_eq!(
        refused.err.matches("os error").count(),
        1,
        "{}",
        refused.err
    );
    assert!(refused.err.contains("--port"), "{}", refused.err);
}

#[tokio::test]
async fn the_address_of_the_viewer_ends_at_a_page_in_every_build() {
    let server = Server::start(&[]).await;
    let accept = "Accept: text/html\r\n";
    let answer = server.request("GET /viewer/", accept, b"").await;
    // The files of a debug build are those that stand there now.
    let is_there = std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../target/site/viewer/index.html"
    ))
    .exists();
    if is_there {
        assert_eq!(answer.status, 200, "{}", answer.head);
        return;
    }
    assert_eq!(answer.status, 404, "{}", answer.head);
    let page = answer.text();
    assert!(page.contains("No viewer in this build"), "{page}");
    assert!(page.contains("cargo xtask build --viewer"), "{page}");
    let led = server.request("GET /sessions/", accept, b"").await;
    assert_eq!(
        (led.status, led.header("location")),
        (308, Some("/sessions"))
    );
}
