//! The command line as scripts see it: the binary itself, its exit code, and every field of what `--json` prints.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::support::{PATIENCE, Server, event, some};

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The only value on standard output.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        assert_eq!(self.out.lines().count(), 1, "a value a line: {}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }
}

/// Runs `loopscope` in a folder, with no environment but these variables.
pub(crate) async fn run(folder: &Path, env: &[(&str, &str)], line: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_loopscope"))
        .args(line)
        .current_dir(folder)
        .env_clear()
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Who needs no input may be gone already.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output());
    let output = output.await.expect("it does not end").unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Asks a running server.
pub(crate) async fn ask(server: &Server, line: &[&str], input: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://{}", server.address());
    run(folder.path(), &[("LOOPSCOPE_SERVER", &url)], line, input).await
}

/// The names of an object's fields.
fn fields(value: &Value) -> BTreeSet<&str> {
    let fields = value.as_object().unwrap();
    fields.keys().map(String::as_str).collect()
}

fn names<'a>(names: &[&'a str]) -> BTreeSet<&'a str> {
    names.iter().copied().collect()
}

#[tokio::test]
async fn config_prints_every_setting_with_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[retention]\nmax_age_days = 30\n";
    std::fs::write(folder.path().join("loopscope.toml"), file).unwrap();
    let env = [("DASHBOARD_PORT", "9100"), ("LOOPSCOPE_LOG", "warn")];
    let line = ["config", "--json", "--log-level", "debug"];
    let told = run(folder.path(), &env, &line, "").await.json();
    assert_eq!(fields(&told), names(&["settings"]));
    let settings = told["settings"].as_array().unwrap();
    let known: Vec<&str> = loopscope::config::SETTINGS
        .iter()
        .map(|spec| spec.key)
        .collect();
    let keys: Vec<&str> = settings
        .iter()
        .map(|setting| setting["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, known);
    let always = names(&["key", "value", "source", "env", "help"]);
    for setting in settings {
        assert!(fields(setting).is_superset(&always), "{setting}");
        assert!(setting["value"].is_string() && setting["help"].is_string());
    }
    let find = |key: &str| settings.iter().find(|setting| setting["key"] == key);
    for (key, value, source) in [
        ("log.level", "debug", "flag"),
        ("server.port", "9100", "environment"),
        ("retention.max_age_days", "30", "file"),
        ("server.host", "", "default"),
    ] {
        let setting = find(key).unwrap();
        assert_eq!(setting["source"], source, "{setting}");
        assert!(value.is_empty() || setting["value"] == value, "{setting}");
    }
    assert_eq!(find("log.level").unwrap()["flag"], "--log-level");
    let wrong = run(folder.path(), &[("DASHBOARD_PORT", "x")], &line, "").await;
    assert_eq!((wrong.code, wrong.out.as_str()), (1, ""));
    assert!(wrong.err.contains("DASHBOARD_PORT"), "{}", wrong.err);
}

#[tokio::test]
async fn what_needs_no_command_is_taken_behind_serve_too() {
    let folder = tempfile::tempdir().unwrap();
    let bare = run(folder.path(), &[], &["--version"], "").await;
    let behind = run(folder.path(), &[], &["serve", "--version"], "").await;
    assert_eq!((bare.code, behind.code), (0, 0), "{}", behind.err);
    assert_eq!(bare.out, behind.out);
    let server = Server::start(&[]).await;
    let port = server.address().port().to_string();
    for line in [
        &["--health-check", "--host", "127.0.0.1", "--port", &port][..],
        &[
            "serve",
            "--reload",
            "--health-check",
            "--host",
            "127.0.0.1",
            "--port",
            &port,
        ],
    ] {
        // Variables that are set to nothing are as none.
        let env = [("DASHBOARD_PORT", ""), ("LOOPSCOPE_CONFIG", "")];
        let ran = run(folder.path(), &env, line, "").await;
        assert_eq!(ran.code, 0, "{line:?}: {}", ran.err);
    }
}

#[tokio::test]
async fn doctor_says_what_is_in_the_database_also_while_a_server_runs() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..5)).await;
    server.tell(&some("t", 0..2)).await;
    server
        .eventually("/api/v1/sessions", |list| list["total"] == 2)
        .await;
    let database = server.database().display().to_string();
    let line = ["doctor", "--json", "--db-path", &database];
    let folder = tempfile::tempdir().unwrap();
    let told = run(folder.path(), &[], &line, "").await.json();
    let all = [
        "database",
        "problems",
        "in_use",
        "closed_in_order",
        "schema",
        "sqlite",
        "epoch",
        "file_bytes",
        "log_bytes",
        "free_bytes",
        "projects",
        "sessions",
        "events",
        "newest_offset",
        "removed_up_to",
        "oldest_session_at",
        "newest_event_at",
    ];
    assert_eq!(fields(&told), names(&all));
    assert_eq!(told["database"], json!(database));
    assert_eq!(told["problems"], json!([]));
    assert_eq!(
        (&told["in_use"], &told["closed_in_order"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (&told["sessions"], &told["events"], &told["projects"]),
        (&json!(2), &json!(7), &json!(1))
    );
    assert_eq!(
        (&told["newest_offset"], &told["removed_up_to"]),
        (&json!(7), &json!(0))
    );
    assert!(told["schema"].as_u64().unwrap() >= 7);
    assert!(told["sqlite"].as_str().unwrap().starts_with("3."));
    assert!(told["newest_event_at"].is_string());

    server.running.stop().await.unwrap();
    let told = run(folder.path(), &[], &line, "").await.json();
    assert_eq!(
        (&told["in_use"], &told["closed_in_order"]),
        (&json!(false), &json!(true))
    );
    assert!(told["file_bytes"].as_u64().unwrap() > 0);

    let nothing = folder.path().join("nothing.db").display().to_string();
    let line = ["doctor", "--json", "--db-path", &nothing];
    let none = run(folder.path(), &[], &line, "").await;
    assert_eq!((none.code, none.out.as_str()), (1, ""), "{}", none.err);
    assert!(none.err.contains("nothing.db"), "{}", none.err);
}

#[tokio::test]
async fn sessions_prints_the_page_of_the_server() {
    let server = Server::start(&[]).await;
    for session in ["night-1", "night-2", "day"] {
        server.tell(&some(session, 0..2)).await;
    }
    let path = "/api/v1/sessions?limit=20";
    let page = server.eventually(path, |list| list["total"] == 3).await;
    let told = ask(&server, &["sessions", "--json"], "").await.json();
    assert_eq!(fields(&told), fields(&page));
    for field in ["sessions", "tags", "total", "facets", "cursor"] {
        assert_eq!(told[field], page[field], "{field}");
    }
    let row = &told["sessions"][0];
    assert_eq!(
        (&row["session_id"], &row["events"], &row["status"]),
        (&json!("day"), &json!(2), &json!("running"))
    );

    let line = ["sessions", "night", "--limit", "1", "--sort", "name"];
    let told = ask(&server, &[&line[..], &["--json"]].concat(), "")
        .await
        .json();
    assert_eq!(
        (
            &told["total"],
            told["sessions"].as_array().map(Vec::len),
            told["next"].is_string()
        ),
        (&json!(2), Some(1), true)
    );
    let none = ["sessions", "--status", "failed", "--json"];
    let told = ask(&server, &none, "").await.json();
    assert_eq!((&told["total"], &told["sessions"]), (&json!(0), &json!([])));
    let wrong = ask(&server, &["sessions", "--status", "odd", "--json"], "").await;
    assert_eq!((wrong.code, wrong.out.as_str()), (1, ""));
    assert!(wrong.err.contains("status"), "{}", wrong.err);
}

#[tokio::test]
async fn show_prints_a_session_and_its_newest_events() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..12)).await;
    server
        .eventually("/api/v1/sessions/s", |view| view["summary"]["events"] == 12)
        .await;
    let told = ask(&server, &["show", "s", "--events", "3", "--json"], "")
        .await
        .json();
    assert_eq!(fields(&told), names(&["session", "events"]));
    let summary = &told["session"]["summary"];
    assert_eq!(
        (&summary["session_id"], &summary["events"]),
        (&json!("s"), &json!(12))
    );
    let page = server.read("/api/v1/sessions/s/events?limit=3").await;
    assert_eq!(told["events"], page["events"]);
    let seqs: Vec<&Value> = told["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["seq"])
        .collect();
    assert_eq!(seqs, [10, 11, 12]);
    assert_eq!(told["events"][2]["data"], json!({"n": 11}));
    let unknown = ask(&server, &["show", "nobody", "--json"], "").await;
    assert_eq!((unknown.code, unknown.out.as_str()), (1, ""));
    assert!(unknown.err.contains("nobody"), "{}", unknown.err);
}

#[tokio::test]
async fn token_list_prints_what_was_made_and_never_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |line: &[&str]| run(folder.path(), &[], line, "").await;
    // Which makes the database.
    run(&["import", "-"]).await;
    let empty = run(&["token", "list", "--json"]).await.json();
    assert_eq!(empty, json!({"tokens": []}));
    let line = [
        "token",
        "create",
        "CI",
        "--role",
        "ingest",
        "--project",
        "lab",
        "--days",
        "30",
        "--json",
    ];
    let made = run(&line).await.json();
    assert_eq!(fields(&made), names(&["id", "secret"]));
    let secret = made["secret"].as_str().unwrap();
    assert!(
        secret.starts_with("lsc_"),
        "a secret can be told by its head"
    );
    let plain = run(&["token", "create", "reader", "--json"]).await.json();

    let listed = run(&["token", "list", "--json"]).await;
    assert!(!listed.out.contains(secret));
    let rows = listed.json()["tokens"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 2);
    let all = [
        "id",
        "name",
        "role",
        "project",
        "created_at",
        "expires_at",
        "revoked_at",
    ];
    for row in &rows {
        assert_eq!(fields(row), names(&all));
        assert!(row["created_at"].is_string() && row["revoked_at"].is_null());
    }
    let of = |id: &Value| rows.iter().find(|row| row["id"] == *id).unwrap();
    let own = of(&made["id"]);
    assert_eq!(
        (&own["name"], &own["role"], &own["project"]),
        (&json!("CI"), &json!("ingest"), &json!("lab"))
    );
    assert!(own["expires_at"].is_string());
    let own = of(&plain["id"]);
    assert_eq!(
        (&own["role"], &own["project"], &own["expires_at"]),
        (&json!("view"), &Value::Null, &Value::Null)
    );

    let id = made["id"].as_str().unwrap();
    let revoked = run(&["token", "revoke", id, "--json"]).await.json();
    assert_eq!(revoked, json!({"id": id, "revoked": true}));
    let rows = run(&["token", "list", "--json"]).await.json();
    let rows = rows["tokens"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == id).unwrap();
    assert!(row["revoked_at"].is_string());
    assert_eq!(run(&["token", "revoke", id, "--json"]).await.code, 1);
}

#[tokio::test]
async fn import_prints_a_line_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |line: &[&str], input: &str| run(folder.path(), &[], line, input).await;
    let lines = |numbers: std::ops::Range<usize>| -> String {
        let lines = numbers.map(|n| format!("{}\n", event("s", n, "METRICS")));
        lines.collect()
    };
    let bad = "{\"event_type\":\"A\",\"session_id\":\"s\",\"iteration\":-1}\n";
    std::fs::write(folder.path().join("one.jsonl"), lines(0..4)).unwrap();
    std::fs::write(folder.path().join("two.jsonl"), lines(2..6) + bad).unwrap();
    let both = run(&["import", "one.jsonl", "two.jsonl", "--json"], "").await;
    assert_eq!(both.code, 0, "{}", both.err);
    let told: Vec<Value> = both
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let line = |file: &str, lines: u64, stored: u64, duplicates: u64, refused: u64| {
        json!({"file": file, "lines": lines, "sessions": 0, "stored": stored,
               "duplicates": duplicates, "refused": refused})
    };
    assert_eq!(
        told,
        [line("one.jsonl", 4, 4, 0, 0), line("two.jsonl", 5, 2, 2, 1)]
    );
    assert!(both.err.contains("line 5") && both.err.contains("iteration"));
    let piped = run(&["import", "-", "--json"], &lines(4..7)).await.json();
    assert_eq!(piped, line("-", 3, 1, 2, 0));

    let exported = run(&["export", "s", "-o", "s.jsonl", "--json"], "").await;
    assert_eq!(exported.json(), json!({"file": "s.jsonl", "sessions": 1}));
    let env = [("DASHBOARD_DB_PATH", "other.db")];
    let line = ["import", "s.jsonl", "--json"];
    let archive = crate::command_line::run(folder.path(), &env, &line, "").await;
    let told = archive.json();
    assert_eq!(
        (&told["sessions"], &told["stored"], &told["refused"]),
        (&json!(1), &json!(7), &json!(0))
    );
    let missing = run(&["import", "nothing.jsonl", "--json"], "").await;
    assert_eq!((missing.code, missing.out.as_str()), (1, ""));
    assert!(missing.err.contains("nothing.jsonl"), "{}", missing.err);
}
