//! Spans of a session: what took time, from the events that began and ended it.
//!
//! In: events, by `seq`; such as tell of no span may be left out ([`SPAN_KINDS`]). Out: [`Span`]s. A [`SpanFold`] knows what
//! is under way and is bounded; [`Spans`] keeps what has ended too, and merges short neighbours where there is too much.
//! Pure, and equal on server and in browser.

mod ended;
mod fold;
mod list;
mod merge;
mod open;

use loopscope_event::{Event, Kind};
use loopscope_protocol::SpansAnswer;
use serde::{Deserialize, Serialize};

pub use fold::SpanFold;
pub use list::{MAX_KEPT, Spans};
pub use merge::merge;

/// The kinds of events that may tell of spans.
pub const SPAN_KINDS: [Kind; 16] = [
    Kind::SessionStarted,
    Kind::SessionEnded,
    Kind::IterationStarted,
    Kind::IterationEnded,
    Kind::StateChanged,
    Kind::StepStarted,
    Kind::StepProgress,
    Kind::StepCompleted,
    Kind::StepFailed,
    Kind::Converged,
    Kind::Decision,
    Kind::Validation,
    Kind::Agent,
    Kind::SourceLost,
    Kind::SourceRestored,
    // A loop that obeys says that it stands still in words that its own table does not have.
    Kind::Generic,
];

/// Whether an event may tell of spans: `false` where it certainly does not. Much cheaper than to read it.
pub fn may_span(event: &Event) -> bool {
    match event.kind {
        Kind::Generic => ["halt", "paus", "resum"]
            .iter()
            .any(|word| contains(&event.name, word)),
        kind => SPAN_KINDS.contains(&kind),
    }
}

/// Whether a name holds a word of lower case, in any case.
fn contains(name: &str, word: &str) -> bool {
    let name = name.as_bytes();
    name.windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Spans at a moment, and what is needed to go on from there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SpansSnapshot {
    /// The spans that were asked for.
    #[serde(flatten)]
    pub answer: SpansAnswer,
    /// What is under way, where asked for: apply the events after `seq` to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<SpanFold>,
}
