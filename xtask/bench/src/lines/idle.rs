//! What a subscribed socket that gets nothing costs the server in memory.

use std::time::Duration;

use super::block_on;
use crate::Bench;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::viewer::Viewer;
use crate::ws::{self, Message};

/// Sockets that warm the server up, so that its first buffers do not count as theirs.
const WARM: u64 = 500;
const SOCKETS: u64 = 10_000;
/// The same over Socket.IO.
const SOCKET_IO: u64 = 2_000;

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
    socket_io(bench, report)
}

fn socket_io(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let bytes = block_on(async {
        let mut crowd = Vec::new();
        let mut before = 0;
        for number in 0..WARM + SOCKET_IO {
            if number == WARM {
                before = settled(&server).await?;
            }
            let path = "/socket.io/?EIO=4&transport=websocket";
            let (mut reader, mut writer) = ws::connect(server.address, path).await?;
            writer.text("40").await?;
            crowd.push(tokio::spawn(async move {
                while let Ok(message) = reader.next().await {
                    if matches!(message, Message::Text(b"2")) && writer.text("3").await.is_err() {
                        return;
                    }
                }
            }));
        }
        let after = settled(&server).await?;
        for task in crowd {
            task.abort();
        }
        Ok(after.saturating_sub(before))
    })?;
    report.figure(
        "idle connection: 2,000 Socket.IO clients",
        bytes as f64 / SOCKET_IO as f64 / 1024.0,
        "KiB each",
        Goal::AtMost(20.0),
    );
    Ok(())
}

/// The server's memory after a moment of rest.
async fn settled(server: &Server) -> anyhow::Result<u64> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.rss()
}
