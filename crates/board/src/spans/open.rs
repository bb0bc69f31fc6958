//! What is under way. In: spans that begin, and words by which they are found again. Out: the newest that fits.

use loopscope_event::Seq;
use loopscope_protocol::{Span, SpanId, SpanKind, SpanStatus};
use serde::{Deserialize, Serialize};

/// The most spans that are under way at once; beyond, the one that began first is let go.
pub(super) const MAX_OPEN: usize = 256;

/// A span under way, and how its end will name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Open {
    pub span: Span,
    /// Its producer's id: a skill's, a decision's, a seed's slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its place among the steps of the run, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
}

/// Everything under way, in the order in which it began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct AllOpen(Vec<Open>);

impl AllOpen {
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Open> {
        self.0.iter()
    }

    /// Begins one. Out: one that had to make room.
    pub(super) fn push(&mut self, open: Open) -> Option<Open> {
        let oldest = (self.0.len() >= MAX_OPEN).then(|| self.0.remove(0));
        self.0.push(open);
        oldest
    }

    /// The newest that fits.
    pub(super) fn find(&mut self, fits: impl Fn(&Open) -> bool) -> Option<&mut Open> {
        self.0.iter_mut().rev().find(|open| fits(open))
    }

    /// Takes out the one that fits best: of those with the highest rank, the newest.
    pub(super) fn take<R: Ord>(&mut self, rank: impl Fn(&Open) -> Option<R>) -> Option<Open> {
        let ranked = self.0.iter().enumerate();
        let best = ranked
            .filter_map(|(index, open)| Some((rank(open)?, index)))
            .max()?;
        Some(self.0.remove(best.1))
    }

    /// Takes out all of a kind.
    pub(super) fn take_all(&mut self, of: impl Fn(&Open) -> bool) -> Vec<Open> {
        let (taken, rest) = std::mem::take(&mut self.0).into_iter().partition(of);
        self.0 = rest;
        taken
    }

    /// The newest of a kind.
    pub(super) fn newest(&self, kind: SpanKind) -> Option<&Span> {
        let spans = self.0.iter().rev().map(|open| &open.span);
        spans.into_iter().find(|span| span.kind == kind)
    }
}

/// A span that began.
pub(super) fn began(id: SpanId, kind: SpanKind, name: &str, start_us: i64) -> Span {
    Span {
        id,
        parent: None,
        depth: 0,
        kind,
        name: cut(name, 120),
        start_us,
        end_us: None,
        end_seq: None,
        status: SpanStatus::Running,
        iteration: 0,
        label: None,
        note: None,
        by: None,
        merged: None,
    }
}

/// The same, ended. It ends no earlier than it began, whatever the clocks say.
pub(super) fn ended(mut span: Span, end_us: i64, seq: Option<Seq>, status: SpanStatus) -> Span {
    span.end_us = Some(end_us.max(span.start_us));
    span.end_seq = seq;
    span.status = status;
    span
}

/// A text within a number of characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}
