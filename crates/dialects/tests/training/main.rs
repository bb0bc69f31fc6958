//! Training runs: names, shapes, numbers, frames and runs, as data through one `check` each.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own data may stop"
)]

mod frames;
mod rows;
mod runs;
mod typed;

use loopscope_dialects::{DecodeContext, decode, facts};
use loopscope_event::{
    Dialect, Event, Fact, MetricsFact, NewEvent, Offset, Seq, Timestamp, TrainingFact,
};

/// The event of a frame, its dialect known or told by looking.
fn read_as(text: &str, dialect: Option<Dialect>) -> NewEvent {
    let mut ctx = DecodeContext::new(Timestamp::from_micros(1_767_607_200_000_000));
    ctx.dialect = dialect;
    let decoded = decode(text.as_bytes(), &ctx).unwrap();
    let item = decoded.items.into_iter().next().unwrap();
    item.unwrap().0
}

fn read(text: &str) -> NewEvent {
    read_as(text, Some(Dialect::Training))
}

fn placed(text: &str) -> Event {
    read(text).placed(Offset(1), Seq(1))
}

/// The first thing of training that a frame says.
fn said(text: &str) -> TrainingFact {
    let facts = facts(&placed(text));
    let training = facts.into_iter().find_map(|fact| match fact {
        Fact::Training(fact) => Some(*fact),
        _ => None,
    });
    training.unwrap()
}

fn all(text: &str) -> Vec<TrainingFact> {
    let facts = facts(&placed(text)).into_iter();
    let training = facts.filter_map(|fact| match fact {
        Fact::Training(fact) => Some(*fact),
        _ => None,
    });
    training.collect()
}

fn measured(text: &str) -> MetricsFact {
    let facts = facts(&placed(text));
    let metrics = facts.into_iter().find_map(|fact| match fact {
        Fact::Metrics(metrics) => Some(*metrics),
        _ => None,
    });
    metrics.unwrap_or_default()
}
