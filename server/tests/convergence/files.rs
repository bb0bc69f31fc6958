//! `loopscope import`: files into the journal while no server runs.

use std::io::Write as _;
use std::path::Path;

use loopscope::import::{self, Summary};
use loopscope_journal::JournalConfig;
use serde_json::Value;

use crate::support::Server;
use crate::transcript::transcript;

fn lines(events: &[Value]) -> String {
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    lines.join("\n") + "\n"
}

async fn import(file: &Path, database: &Path) -> anyhow::Result<Summary> {
    import::run(file.to_str().unwrap(), JournalConfig::new(database)).await
}

#[tokio::test]
async fn a_file_is_imported_once_however_often_and_its_faults_are_counted() {
    let server = Server::start(&[]).await;
    let events = transcript("run-1");
    server.tell(&events[..4]).await;
    let folder = server.stop().await;
    let database = Server::database(&folder);

    let file = folder.path().join("run.jsonl");
    let text = format!("{}\nnonsense\n7\n{{\"iteration\":-1}}\n", lines(&events));
    std::fs::write(&file, text).unwrap();
    let summary = import(&file, &database).await.unwrap();
    let expected = Summary {
        lines: 28,
        stored: 20,
        duplicates: 4,
        refused: 3,
        ..Summary::default()
    };
    assert_eq!(summary, expected);

    let gzip = folder.path().join("run.jsonl.gz");
    let mut packer = flate2::write::GzEncoder::new(
        std::fs::File::create(&gzip).unwrap(),
        flate2::Compression::fast(),
    );
    packer.write_all(lines(&events).as_bytes()).unwrap();
    packer.finish().unwrap();
    let again = import(&gzip, &database).await.unwrap();
    assert_eq!((again.stored, again.duplicates, again.refused), (0, 24, 0));

    let server = Server::start(&[("DASHBOARD_DB_PATH", database.to_str().unwrap())]).await;
    let detail = server
        .eventually("/api/sessions/run-1", |detail| {
            detail["status"] == "converged"
        })
        .await;
    assert_eq!(detail["metrics"]["total_findings"], 3);
    server.stop().await;
}

#[tokio::test]
async fn with_a_server_on_the_database_it_says_what_to_do_instead() {
    let server = Server::start(&[]).await;
    server.tell(&transcript("run-1")).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    std::fs::write(&file, lines(&transcript("run-2"))).unwrap();
    let database = server.database_path();
    let error = import(&file, &database).await.unwrap_err().to_string();
    assert!(error.contains("/api/v1/events"), "{error}");
    assert_eq!(server.read("/api/sessions").await["total"], 1);
    server.stop().await;

    let missing = import(Path::new("no-such-file"), &folder.path().join("other.db")).await;
    assert!(missing.unwrap_err().to_string().contains("no-such-file"));
}
