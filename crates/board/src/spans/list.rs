//! All spans of a session, bounded. In: its events. Out: stretches of them.

use std::collections::HashMap;

use loopscope_event::{Event, Seq};
use loopscope_protocol::{SPANS, Span, SpanId, SpanPlace, SpansAnswer, SpansQuery};

use super::{SpanFold, SpansSnapshot, merge};

/// The most ended spans that are kept one by one; beyond, short neighbours merge.
pub const MAX_KEPT: usize = 100_000;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Spans {
    fold: SpanFold,
    ended: Vec<Span>,
    /// Where the newest ended spans are, as one that comes again takes the place of the first.
    places: HashMap<SpanId, usize>,
}

impl Spans {
    /// Goes on from a fold, with what ended before it.
    pub fn resume(fold: SpanFold, ended: Vec<Span>) -> Self {
        Self {
            fold,
            ended,
            places: HashMap::new(),
        }
    }

    /// The last event that was taken.
    pub const fn seq(&self) -> Seq {
        self.fold.seq()
    }

    /// How many spans ended, as they are kept.
    pub fn ended(&self) -> &[Span] {
        &self.ended
    }

    /// What goes on.
    pub fn open(&self) -> impl Iterator<Item = Span> {
        self.fold.open()
    }

    /// Says that everything up to an event was taken.
    pub fn reach(&mut self, seq: Seq) {
        self.fold.reach(seq);
    }

    /// Takes one event. Out: whether a span began or ended by it, as far as that can be told cheaply.
    pub fn apply(&mut self, event: &Event) -> bool {
        let mut out = Vec::new();
        self.fold.apply(event, &mut out);
        let changed = !out.is_empty() || super::may_span(event);
        for span in out {
            self.put(span);
        }
        changed
    }

    fn put(&mut self, span: Span) {
        if span.start_us == span.end_us.unwrap_or(span.start_us) {
            // Only what ended without a beginning can come again.
            self.places.insert(span.id, self.ended.len());
        } else if let Some(known) = self.places.remove(&span.id)
            && let Some(known) = self.ended.get_mut(known)
            && known.id == span.id
        {
            *known = span;
            return;
        }
        self.ended.push(span);
        if self.ended.len() > MAX_KEPT {
            self.places.clear();
            let all = std::mem::take(&mut self.ended);
            self.ended = merge(all, MAX_KEPT / 2);
        }
    }

    /// The spans that a query asks for.
    pub fn snapshot(&self, query: &SpansQuery) -> SpansSnapshot {
        let fits = |span: &Span| {
            let begins = query.to_us.is_none_or(|to| span.start_us <= to);
            let ends = span
                .end_us
                .is_none_or(|end| query.from_us.is_none_or(|from| end >= from));
            let kind = query.kinds.is_empty() || query.kinds.contains(&span.kind);
            begins && ends && kind
        };
        let open: Vec<Span> = self.open().collect();
        let all = || self.ended.iter().chain(&open);
        let mut spans: Vec<Span> = all().filter(|span| fits(span)).cloned().collect();
        let limit = match query.limit {
            0 => SPANS,
            limit => limit,
        } as usize;
        let total = spans.iter().map(Span::count).sum();
        let next = if query.each || query.after.is_some() {
            page(&mut spans, query.after, limit)
        } else {
            spans = merge(spans, limit);
            None
        };
        let starts = all().map(|span| span.start_us);
        let ends = all().map(|span| span.end_us.unwrap_or(span.start_us));
        SpansSnapshot {
            answer: SpansAnswer {
                range_us: starts.min().zip(ends.max()),
                merged: spans.iter().any(|span| span.merged.is_some()),
                spans,
                total,
                seq: self.seq(),
                next,
            },
            fold: query.resume.then(|| self.fold.clone()),
        }
    }
}

/// Leaves one page of the spans. Out: where the next begins.
fn page(spans: &mut Vec<Span>, after: Option<SpanPlace>, limit: usize) -> Option<String> {
    let place = |span: &Span| SpanPlace {
        start_us: span.start_us,
        id: span.id,
    };
    spans.retain(|span| after.is_none_or(|after| place(span) > after));
    spans.sort_by_key(place);
    let more = spans.len() > limit;
    spans.truncate(limit);
    let last = spans.last().map(place);
    last.filter(|_| more).map(|last| last.to_string())
}
