//! What a subscribed socket that gets nothing costs the server in memory.

use std::time::Duration;

use super::block_on;
use crate::Bench;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::viewer::Viewer;

/// Sockets that warm the server up, so that its first buffers do not count as theirs.
const WARM: u64 = 500;
const SOCKETS: u64 = 10_000;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let bytes = block_on(async {
        let mut crowd = Vec::new();
        let mut before = 0;
        for number in 0..WARM + SOCKETS {
            if number == WARM {
                before = settled(&server).await?;
            }
            let viewer = Viewer::subscribe(server.address, true).await?;
            crowd.push(tokio::spawn(viewer.idle()));
        }
        let after = settled(&server).await?;
        for task in crowd {
            task.abort();
        }
        Ok(after.saturating_sub(before))
    })?;
    let each = bytes as f64 / SOCKETS as f64 / 1024.0;
    report.figure(
        "idle connection: 10,000 subscribed sockets",
        each,
        "KiB each",
        Goal::AtMost(4.0),
    );
    Ok(())
}

/// The server's memory after a moment of rest.
async fn settled(server: &Server) -> anyhow::Result<u64> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.rss()
}
