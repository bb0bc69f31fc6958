//! The lines of the table, one function each. In: the release binary. Out: figures in the report.

mod agents;
mod bare;
mod command;
mod delivery;
mod emit;
mod fanout;
mod frames;
mod idle;
mod intake;
mod limit;
mod page;
mod replay;
mod restart;
mod search;
mod series;
mod single;
mod slow;
mod stop;
mod timeline;
mod training;

use std::future::Future;

use anyhow::Context as _;

use crate::Bench;
use crate::report::Report;

/// A line that can be asked for by its name.
pub(crate) struct Line {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it does, for whoever waits.
    pub(crate) about: &'static str,
    /// Measures it.
    pub(crate) measure: fn(&Bench, &mut Report) -> anyhow::Result<()>,
}

/// All lines, in the order of the table.
pub(crate) const ALL: &[Line] = &[
    Line {
        name: "start",
        about: "binary size, start to first answered page, idle memory",
        measure: single::measure,
    },
    Line {
        name: "intake",
        about: "one producer, receipts after the fsync",
        measure: intake::measure,
    },
    Line {
        name: "emit",
        about: "what emitting costs the program that does it",
        measure: emit::measure,
    },
    Line {
        name: "limit",
        about: "the journal beside plain SQLite",
        measure: limit::measure,
    },
    Line {
        name: "delivery",
        about: "1,000 ev/s to 100 viewers: latency, CPU a delivery",
        measure: delivery::measure,
    },
    Line {
        name: "agents",
        about: "the agents contract: 1,000 ev/s to 100 viewers",
        measure: agents::measure,
    },
    Line {
        name: "training",
        about: "a trainer in bursts of 20,000 events",
        measure: training::measure,
    },
    Line {
        name: "command",
        about: "a press to the program, its receipt to a screen",
        measure: command::measure,
    },
    Line {
        name: "fanout",
        about: "the most deliveries with the server on one core",
        measure: fanout::measure,
    },
    Line {
        name: "idle",
        about: "10,000 subscribed sockets",
        measure: idle::measure,
    },
    Line {
        name: "slow",
        about: "10 stalled viewers among 1,000",
        measure: slow::measure,
    },
    Line {
        name: "stop",
        about: "SIGTERM with 100 viewers",
        measure: stop::measure,
    },
    Line {
        name: "restart",
        about: "10,000 viewers, a killed server, all of them again",
        measure: restart::measure,
    },
    Line {
        name: "series",
        about: "a million points of one metric",
        measure: series::measure,
    },
    Line {
        name: "frames",
        about: "1,000 ev/s into an open session page, 500,000 events in its list, in Chromium",
        measure: frames::measure,
    },
    Line {
        name: "timeline",
        about: "50,000 bars zoomed and moved in Chromium",
        measure: timeline::measure,
    },
    Line {
        name: "replay",
        about: "jumps to moments of a session of a million events",
        measure: replay::measure,
    },
    Line {
        name: "search",
        about: "words of a million events",
        measure: search::measure,
    },
    Line {
        name: "page",
        about: "the first load in Chromium",
        measure: page::measure,
    },
];

/// Runs a future on this thread.
fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start a runtime")?
        .block_on(future)
}

/// Microseconds as milliseconds.
fn ms(us: u32) -> f64 {
    f64::from(us) / 1000.0
}
