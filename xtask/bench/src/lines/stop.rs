//! How long the server takes to stop while viewers are connected.

use super::block_on;
use crate::Bench;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::viewer::Viewer;

const VIEWERS: usize = 100;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let took = block_on(async {
        let mut crowd = Vec::new();
        for _ in 0..VIEWERS {
            crowd.push(tokio::spawn(
                Viewer::subscribe(server.address, true).await?.idle(),
            ));
        }
        // The viewers answer the closing handshake while this thread waits.
        tokio::task::spawn_blocking(move || server.stop()).await?
    })?;
    report.figure(
        "stop: SIGTERM with 100 viewers",
        took.as_secs_f64(),
        "s",
        Goal::AtMost(10.0),
    );
    Ok(())
}
