//! Killed in the middle: a child process appends and is killed without warning, again and again, on one file. What it
//! said was acknowledged is there, in its place.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod common;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use common::{all, events, open};
use loopscope_event::{Cursor, Offset};
use loopscope_journal::doctor;

const PATH: &str = "LOOPSCOPE_CRASH_TEST_PATH";
const ROUND: &str = "LOOPSCOPE_CRASH_TEST_ROUND";

/// Four producers that never stop; each receipt is a line `id offset seq`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the child of the test below"]
async fn child() {
    let (Ok(path), Ok(round)) = (std::env::var(PATH), std::env::var(ROUND)) else {
        return;
    };
    let journal = open(Path::new(&path)).await;
    let producers = (0..4).map(|producer| {
        let journal = journal.clone();
        let session = format!("r{round}p{producer}");
        tokio::spawn(async move {
            for start in (0..).step_by(7) {
                let batch = events(&session, start..start + 7, 100);
                let ids: Vec<String> = batch
                    .iter()
                    .map(|event| event.event_id.to_string())
                    .collect();
                let receipt = journal.append(batch).await.unwrap();
                let mut lines = Vec::new();
                for (id, place) in ids.iter().zip(receipt) {
                    let (offset, seq) = (place.offset(), place.seq());
                    writeln!(lines, "acked {id} {offset} {seq}").unwrap();
                }
                std::io::stdout().lock().write_all(&lines).unwrap();
            }
        })
    });
    futures_util::future::join_all(producers).await;
}

/// Runs the child until it has acknowledged so many events, kills it, and answers everything that it acknowledged.
fn run_and_kill(path: &Path, round: u32, after: usize) -> Vec<(String, u64, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env(PATH, path)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acked = Vec::new();
    for line in lines.map_while(Result::ok) {
        // The test runner's own words stand between them.
        let Some(receipt) = line.find("acked ").map(|at| &line[at + 6..]) else {
            continue;
        };
        let mut words = receipt.split(' ');
        let (Some(id), Some(offset), Some(seq)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        acked.push((id.to_owned(), offset.parse().unwrap(), seq.parse().unwrap()));
        if acked.len() == after {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acked.len() >= after, "the child ended by itself");
    acked
}

#[tokio::test]
async fn what_was_acknowledged_survives_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut acked = HashMap::new();
    let mut cursors: Vec<Cursor> = Vec::new();
    for (round, after) in (0..).zip([1, 20, 333, 1_000, 50, 2_500]) {
        acked.extend(
            run_and_kill(&path, round, after)
                .into_iter()
                .map(|(id, offset, seq)| (id, (offset, seq))),
        );

        let journal = open(&path).await;
        let rows = all(&journal).await;
        let by_id: HashMap<_, _> = rows
            .iter()
            .map(|row| (row.event_id.to_string(), (row.offset.0, row.seq.0)))
            .collect();
        for (id, place) in &acked {
            assert_eq!(by_id.get(id), Some(place), "{id}");
        }
        // Nothing between them either: a process that is killed loses nothing that it committed.
        let offsets: Vec<u64> = rows.iter().map(|row| row.offset.0).collect();
        assert_eq!(offsets, (1..=rows.len() as u64).collect::<Vec<_>>());
        // Neither a reader of this round nor one of an earlier one has to start anew.
        cursors.push(Cursor {
            epoch: journal.epoch() - 1,
            offset: Offset(rows.len() as u64),
        });
        for cursor in &cursors {
            assert_eq!(journal.check_cursor(*cursor), Ok(cursor.offset));
        }
        drop(rows);
        journal.close().await.unwrap();
        let report = doctor(&path).await.unwrap();
        assert_eq!(report.problems, [] as [&str; 0]);
    }
}
