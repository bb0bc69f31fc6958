//! `loopscope tail` against a real server: growth, rotation, truncation, a server that is away.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use loopscope::tail::{Options, Summary, run};
use loopscope_event::Dialect;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{epoch, started};
use crate::support::{Server, free_port};

/// A file, and who follows it.
struct Tail {
    path: PathBuf,
    folder: TempDir,
    server: String,
    stop: CancellationToken,
    task: Option<JoinHandle<anyhow::Result<Summary>>>,
}

impl Tail {
    fn new(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            path: folder.path().join("gpu.jsonl"),
            folder,
            server: format!("http://{server}"),
            stop: CancellationToken::new(),
            task: None,
        }
    }

    fn start(&mut self) {
        let options = Options {
            file: self.path.clone(),
            server: self.server.clone(),
            dialect: Some(Dialect::Training),
            source: None,
            from_start: true,
            token: None,
        };
        self.stop = CancellationToken::new();
        self.task = Some(tokio::spawn(run(options, self.stop.clone())));
    }

    async fn stop(&mut self) -> Summary {
        self.stop.cancel();
        self.task.take().unwrap().await.unwrap().unwrap()
    }

    fn append(&self, text: &str) {
        append(&self.path, text);
    }
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn lines(numbers: std::ops::Range<u32>) -> String {
    numbers.fold(String::new(), |lines, number| {
        lines + &epoch(number, number, 1.0).to_string() + "\n"
    })
}

/// The epochs of a run, when there are so many events.
async fn epochs(server: &Server, run: &str, count: u64) -> Vec<u64> {
    let path = format!("/training/api/runs/{run}/events?limit=1000");
    let page = server
        .eventually(&path, |page| page["total"] == count)
        .await;
    let events = page["events"].as_array().unwrap().iter();
    events
        .filter_map(|event| event["data"]["inner_epoch"].as_u64())
        .collect()
}

#[tokio::test]
async fn a_file_is_followed_across_rotation_and_truncation_and_nothing_doubles() {
    let server = Server::start(&[]).await;
    let mut tail = Tail::new(&server.address().to_string());
    tail.append(&format!("{}\n{}", started(0, "run"), lines(1..5)));
    tail.start();
    assert_eq!(epochs(&server, "run", 5).await, [1, 2, 3, 4]);

    // Half a line is none.
    let next = lines(5..6);
    let (half, rest) = next.split_at(40);
    tail.append(half);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    tail.append(rest);
    epochs(&server, "run", 6).await;

    let old = tail.folder.path().join("gpu.jsonl.1");
    std::fs::rename(&tail.path, &old).unwrap();
    append(&old, &lines(6..8));
    tail.append(&lines(8..10));
    assert_eq!(
        epochs(&server, "run", 10).await,
        (1..10).collect::<Vec<_>>()
    );

    std::fs::write(&tail.path, lines(10..11)).unwrap();
    epochs(&server, "run", 11).await;

    // From the start again: everything of this file is there already.
    let stored = tail.stop().await.stored;
    assert_eq!(stored, 11);
    tail.start();
    tail.append(&lines(11..12));
    assert_eq!(
        epochs(&server, "run", 12).await,
        (1..12).collect::<Vec<_>>()
    );
    let summary = tail.stop().await;
    assert_eq!((summary.stored, summary.duplicates), (1, 1));
    server.stop().await;
}

#[tokio::test]
async fn several_runs_in_one_file_are_told_apart() {
    let server = Server::start(&[]).await;
    let mut tail = Tail::new(&server.address().to_string());
    tail.append(&format!(
        "{}\n{}{}\n{}",
        started(0, "one"),
        lines(1..3),
        started(10, "two"),
        lines(11..14)
    ));
    tail.append("not JSON\n");
    tail.start();
    assert_eq!(epochs(&server, "one", 3).await, [1, 2]);
    assert_eq!(epochs(&server, "two", 4).await, [11, 12, 13]);
    // Read again from the start, the first run does not end the second.
    assert_eq!(tail.stop().await.refused, 1);
    tail.start();
    tail.append(&lines(14..15));
    epochs(&server, "two", 5).await;
    server
        .eventually("/training/api/runs/two", |run| run["status"] == "running")
        .await;
    tail.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_is_away_gets_everything_when_it_is_back() {
    let address = free_port().await;
    let mut tail = Tail::new(&address.to_string());
    tail.append(&format!("{}\n{}", started(0, "run"), lines(1..100)));
    tail.start();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let port = address.port().to_string();
    let server = Server::start(&[("DASHBOARD_PORT", &port)]).await;
    epochs(&server, "run", 100).await;
    let (server, ()) = tokio::join!(server.restart(), async { tail.append(&lines(100..200)) });
    assert_eq!(
        epochs(&server, "run", 200).await,
        (1..200).collect::<Vec<_>>()
    );
    tail.stop().await;
    server.stop().await;
}
