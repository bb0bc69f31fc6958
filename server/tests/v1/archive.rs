//! Sessions out and in over HTTP, and on the command line beside a running server.

use loopscope::archive::{Wanted, export};
use loopscope::backup::{Restored, restore, store};
use loopscope_event::{ProjectId, SessionId};
use loopscope_journal::JournalConfig;
use serde_json::{Value, json};

use crate::alerts::rule;
use crate::support::{Server, event, some};

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = zstd::decode_all(bytes).unwrap();
    let text = String::from_utf8(text).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

async fn body(server: &Server, path: &str) -> Vec<u8> {
    let answer = server.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.content()
}

async fn send(server: &Server, file: &[u8]) -> (u16, Value) {
    let answer = server.request("POST /api/v1/import?name=f", "", file).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_session_goes_from_server_to_server_and_stays_what_it_is() {
    let here = Server::start(&[]).await;
    let there = Server::start(&[]).await;
    here.tell(&some("run 1", 0..700)).await;
    here.tell(&[event("run 2", 0, "SESSION_STARTED")]).await;
    here.eventually("/api/v1/sessions/run%201", |session| {
        session["summary"]["events"] == 700
    })
    .await;
    let answer = here.get("/api/v1/sessions/run%201/export").await;
    assert_eq!(answer.header("content-type"), Some("application/zstd"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"run-1.jsonl.zst\"")
    );
    let file = answer.content();
    let read = lines(&file);
    assert_eq!(read.len(), 701);
    assert_eq!(read[0]["archive"], "loopscope.session");
    assert_eq!(
        (&read[0]["first_seq"], &read[0]["last_seq"]),
        (&json!(1), &json!(700))
    );
    assert_eq!(read[700]["seq"], 700);

    let (status, answer) = send(&there, &file).await;
    assert_eq!(
        (status, &answer["stored"], &answer["sessions"]),
        (200, &json!(700), &json!(1))
    );
    there
        .eventually("/api/v1/sessions/run%201", |session| {
            session["summary"]["events"] == 700
        })
        .await;
    assert_eq!(body(&there, "/api/v1/sessions/run%201/export").await, file);
    let (status, answer) = send(&there, &file).await;
    assert_eq!(
        (status, &answer["stored"], &answer["duplicates"]),
        (200, &json!(0), &json!(700))
    );
    let audit = there.read("/api/v1/audit").await;
    assert_eq!(audit["entries"][0]["action"], "import");

    // Several, and all of a project; also as plain lines.
    let both = body(&here, "/api/v1/export?session=run%201&session=run%202").await;
    assert_eq!(lines(&both).len(), 703);
    let all = body(&here, "/api/v1/export?project=default").await;
    assert_eq!(lines(&all).len(), 703);
    let plain = body(&here, "/api/v1/sessions/run%202/export?format=jsonl").await;
    assert_eq!(plain.split(|byte| *byte == b'\n').count(), 3);

    // The command line, beside the server.
    let folder = tempfile::tempdir().unwrap();
    let wanted = Wanted {
        project: ProjectId::default(),
        sessions: vec![SessionId::new("run 1").unwrap()],
        file: Some(folder.path().join("x.jsonl.zst")),
        plain: false,
    };
    let (path, _) = export(&here.database(), wanted.clone()).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), file);
    let missing = Wanted {
        sessions: vec![SessionId::new("no").unwrap()],
        ..wanted
    };
    assert!(export(&here.database(), missing).await.is_err());
}

#[tokio::test]
async fn what_comes_from_a_file_fires_no_alert_and_asks_nobody() {
    let here = Server::start(&[]).await;
    let there = Server::start(&[]).await;
    let loss = |session: &str, value: f64| {
        json!({"event_id": format!("{session} {value}"), "session_id": session, "event_type": "METRICS",
               "iteration": 1, "data": {"metrics": {"loss": value}}})
    };
    let decision = json!({
        "event_id": "q", "session_id": "s", "event_type": "decision:point",
        "timestamp": "2026-01-05T10:00:00Z",
        "data": {"decision_id": "d", "question": "Go on?", "options": ["yes", "no"]},
    });
    let rule = rule(&json!({"kind": "threshold", "metric": "loss", "above": 2}));
    for server in [&here, &there] {
        let made = server.post("/api/v1/alerts/rules", rule.to_string()).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    let has_fired = |page: &Value| page["alerts"][0].is_object();
    here.tell(&[loss("s", 1.0), decision, loss("s", 3.5)]).await;
    here.eventually("/api/v1/alerts", has_fired).await;
    here.eventually("/api/v1/decisions", |page| page["pending"] == 1)
        .await;
    let file = body(&here, "/api/v1/sessions/s/export").await;

    let (status, _) = send(&there, &file).await;
    assert_eq!(status, 200);
    // Rules look at what comes behind it: by then they have looked at the file's events too.
    there.tell(&[loss("live", 5.0)]).await;
    let alerts = there.eventually("/api/v1/alerts", has_fired).await;
    let rows = alerts["alerts"].as_array().unwrap();
    assert!(
        rows.iter().all(|row| row["session_id"] == "live"),
        "{rows:?}"
    );
    assert_eq!(there.read("/api/v1/decisions").await["pending"], 0);
    let there = there.restart().await;
    assert_eq!(body(&there, "/api/v1/sessions/s/export").await, file);
    there
        .eventually("/api/v1/decisions", |page| page["pending"] == 0)
        .await;
}

/// How a session stands: on its page, in its row, and in the facets of the list.
async fn stands(server: &Server, session: &str, status: &str) {
    let path = format!("/api/v1/sessions/{session}");
    let page = server
        .eventually(&path, |page| page["summary"]["status"] == status)
        .await;
    let list = server.read("/api/v1/sessions").await;
    let rows = list["sessions"].as_array().unwrap();
    let row = rows.iter().find(|row| row["session_id"] == session);
    assert_eq!(row.unwrap()["status"], status, "{list}");
    let found = server
        .read(&format!("/api/v1/sessions?status={status}"))
        .await;
    assert_eq!(found["total"], 1, "{found}");
    assert_eq!(list["facets"]["status"], json!([[status, 1]]));
    let events = &page["summary"]["events"];
    let moment = server.read(&format!("{path}/board?at={events}")).await;
    assert_eq!(moment["summary"]["status"], status);
}

#[tokio::test]
async fn what_came_from_a_file_before_its_end_is_interrupted_until_its_program_speaks() {
    let here = Server::start(&[]).await;
    here.tell(&some("s", 0..30)).await;
    stands(&here, "s", "running").await;
    let file = body(&here, "/api/v1/sessions/s/export").await;
    let plain: Vec<String> = some("s", 0..30).iter().map(ToString::to_string).collect();
    let plain = plain.join("\n") + "\n";

    for (file, is_archive) in [(file.as_slice(), true), (plain.as_bytes(), false)] {
        let there = Server::start(&[]).await;
        let (status, answer) = send(&there, file).await;
        assert_eq!((status, &answer["stored"]), (200, &json!(30)));
        stands(&there, "s", "interrupted").await;
        // Before the file's end it was running.
        let before = there.read("/api/v1/sessions/s/board?at=29").await;
        assert_eq!(before["summary"]["status"], "running");
        if is_archive {
            assert_eq!(body(&there, "/api/v1/sessions/s/export").await, file);
        }
        let (_, again) = send(&there, file).await;
        assert_eq!(again["duplicates"], 30);

        // A note of somebody who looks at it is no word of its program.
        let note = json!({"seq": 3, "text": "here"}).to_string();
        let noted = there.post("/api/v1/sessions/s/annotations", note).await;
        assert_eq!(noted.status, 201, "{}", noted.text());
        there
            .eventually("/api/v1/sessions/s", |page| page["summary"]["events"] == 31)
            .await;
        stands(&there, "s", "interrupted").await;
        let there = there.restart().await;
        stands(&there, "s", "interrupted").await;

        there.tell(&some("s", 30..31)).await;
        stands(&there, "s", "running").await;
        let there = there.restart().await;
        stands(&there, "s", "running").await;
    }
}

#[tokio::test]
async fn what_is_no_archive_is_read_as_lines_or_named() {
    let server = Server::start(&[]).await;
    let lines: Vec<String> = some("s", 0..3).iter().map(ToString::to_string).collect();
    let text = lines.join("\n") + "\n";
    let (status, answer) = send(&server, text.as_bytes()).await;
    assert_eq!((status, &answer["stored"]), (200, &json!(3)));
    let (status, answer) = send(&server, b"nonsense\n").await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!("malformed"))
    );
    let (status, _) = send(&server, &[0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3, 4, 5]).await;
    assert_eq!(status, 400);
    let newer = br#"{"archive":"loopscope.session","version":7}"#;
    let (status, answer) = send(&server, newer).await;
    assert_eq!(
        (status, &answer["error"]["field"]),
        (422, &json!("version"))
    );
    for (path, status) in [
        ("/api/v1/sessions/no/export", 404),
        ("/api/v1/export", 422),
        ("/api/v1/export?session=s&session=no", 404),
        ("/api/v1/sessions/s/export?format=zip", 422),
    ] {
        assert_eq!(server.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_backup_is_made_while_events_come_and_fetched() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..600)).await;
    let begun = server.post("/api/v1/backups", "").await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let id = begun.json()["id"].as_str().unwrap().to_owned();
    server.tell(&some("t", 0..600)).await;
    let path = format!("/api/v1/backups/{id}");
    let ready = server
        .eventually(&path, |backup| backup["state"] == "ready")
        .await;
    let file = body(&server, &format!("{path}/file")).await;
    assert_eq!(ready["bytes"], file.len());
    assert_eq!(
        server.read("/api/v1/backups").await["backups"][0]["id"],
        *id
    );
    assert_eq!(
        server.read("/api/v1/audit").await["entries"][0]["action"],
        "backup"
    );

    let folder = tempfile::tempdir().unwrap();
    let (copy, target) = (
        folder.path().join("copy.db"),
        folder.path().join("journal.db"),
    );
    std::fs::write(&copy, &file).unwrap();
    let restored = restore(JournalConfig::new(&target), &copy, false)
        .await
        .unwrap();
    assert_eq!(restored, Restored::Store(None));
    let again = restore(JournalConfig::new(&target), &copy, false).await;
    assert!(again.unwrap_err().to_string().contains("is there already"));
    // Not onto the one that is in use.
    let running = restore(JournalConfig::new(server.database()), &copy, true).await;
    assert!(running.unwrap_err().to_string().contains("in use"));
    let other = Server::start_in(folder, Vec::new()).await;
    let rows = other
        .eventually("/api/v1/sessions/s", |session| {
            session["summary"]["events"] == 600
        })
        .await;
    assert_eq!(rows["summary"]["session_id"], "s");

    let gone = server.request(&format!("DELETE {path}"), "", b"").await;
    assert_eq!(gone.status, 204);
    assert_eq!(server.get(&path).await.status, 404);
    let left = std::fs::read_dir(server.database().parent().unwrap()).unwrap();
    let left: Vec<String> = left
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("backup"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test]
async fn the_command_line_backs_up_beside_a_server_and_a_project_goes_into_another() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..20)).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.db");
    store(&server.database(), &file).await.unwrap();
    // A second one replaces the first.
    let bytes = store(&server.database(), &file).await.unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), bytes);
    let wanted = Wanted {
        project: ProjectId::default(),
        sessions: Vec::new(),
        file: Some(folder.path().join("default.jsonl.zst")),
        plain: false,
    };
    let (archive, count) = export(&server.database(), wanted).await.unwrap();
    assert_eq!(count, 1);
    let target = JournalConfig::new(folder.path().join("other.db"));
    for stored in [20, 0] {
        let restored = restore(target.clone(), &archive, false).await.unwrap();
        let Restored::Sessions(summary) = restored else {
            panic!("{restored:?}");
        };
        assert_eq!((summary.sessions, summary.stored), (1, stored));
    }
}
