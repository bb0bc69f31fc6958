//! What the parts of the timeline share. In: the spans that came with the page, events as they come, the moment that the
//! page shows. Out: spans in rows, the stretch that is looked at, the span whose details are shown.
//!
//! A hand moves faster than addresses should: stretch and selection are signals, and the address follows when the hand
//! rests.

use std::collections::HashSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_board::Board;
use loopscope_board::spans::{Spans, SpansSnapshot};
use loopscope_event::{Event, Seq, Timestamp};
use loopscope_protocol::{Annotation, MAX_SPANS, Span, SpanId, SpansQuery};

use super::asked::Asked;
use super::layout::{Row, layout};
use super::scale::Stretch;
use crate::address::Follower;
use crate::pages::session::notes::Notes;
use crate::pages::session::state::SessionState;
use crate::world;

/// How many spans come with the page: what is seen at first, in few bytes.
const FIRST: u32 = 400;
/// New spans are put in rows after so long; where there are many, later.
const GATHER_MS: i32 = 250;

/// Spans that are in hand.
#[derive(Debug, Clone, Default)]
pub(super) struct Hand {
    pub spans: Arc<Vec<Span>>,
    /// How many there are, those that were merged counted.
    pub total: u64,
    /// Whether some were merged.
    pub is_merged: bool,
    /// The events up to this one are in it.
    pub seq: Seq,
}

/// What is shown: spans, and rows of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub spans: Arc<Vec<Span>>,
    pub rows: Arc<Vec<Row>>,
    /// The time up to which anything is known.
    pub moment_us: Option<i64>,
}

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub state: SessionState,
    pub asked: Memo<Asked>,
    pub hand: RwSignal<Hand>,
    pub shown: Memo<Shown>,
    /// What people wrote at moments, up to the one that is shown.
    pub notes: Memo<Vec<Annotation>>,
    /// The stretch that is looked at; all of it where none is.
    pub looking: RwSignal<Option<Stretch>>,
    pub selected: RwSignal<Option<SpanId>>,
    /// The time as the session knows it.
    pub clock: Signal<Timestamp>,
    store: StoredValue<Spans>,
    pub address: Follower,
    gathers: StoredValue<bool>,
}

/// What is asked for with the page.
pub(super) fn first() -> SpansQuery {
    SpansQuery {
        limit: FIRST,
        resume: true,
        ..SpansQuery::default()
    }
}

impl Page {
    pub(super) fn new(state: SessionState, asked: Memo<Asked>, first: SpansSnapshot) -> Self {
        let hand = RwSignal::new(Hand::of(&first));
        let now = asked.get_untracked();
        let page = Self {
            state,
            asked,
            hand,
            shown: shown(state, asked, hand),
            notes: Notes::until(state),
            looking: RwSignal::new(now.stretch),
            selected: RwSignal::new(now.span),
            clock: state.clock(),
            store: StoredValue::new(Spans::default()),
            address: Follower::here(),
            gathers: StoredValue::new(false),
        };
        let is_whole = !first.answer.merged;
        page.keep(first);
        page.follow(is_whole);
        page
    }

    /// Follows the address and the events; in the browser.
    fn follow(self, is_whole: bool) {
        Effect::new(move || {
            let (stretch, span) = self.asked.with(|asked| (asked.stretch, asked.span));
            if self.looking.get_untracked() != stretch {
                self.looking.set(stretch);
            }
            if self.selected.get_untracked() != span {
                self.selected.set(span);
            }
        });
        Effect::new(move |before: Option<()>| {
            if before.is_none() && !is_whole {
                self.load();
            }
            self.state.newest.with(|events| self.take(events));
        });
        // What came while an earlier moment was shown was not told here.
        Effect::new(move |before: Option<u32>| {
            let jumps = self.state.replay.jumps.get();
            let last = self.state.board.with_untracked(Board::seq);
            if before.is_some() && self.store.with_value(Spans::seq) < last {
                self.load();
            }
            jumps
        });
    }

    /// Takes over what was loaded.
    fn keep(self, snapshot: SpansSnapshot) {
        self.hand.set(Hand::of(&snapshot));
        let SpansSnapshot { answer, fold } = snapshot;
        let fold = fold.unwrap_or_default();
        let open: HashSet<SpanId> = fold.open().map(|span| span.id).collect();
        let ended = answer.spans.into_iter();
        let ended = ended.filter(|span| !open.contains(&span.id)).collect();
        self.store.set_value(Spans::resume(fold, ended));
    }

    /// Loads all spans, as many as there may be.
    fn load(self) {
        let query = SpansQuery {
            limit: MAX_SPANS,
            resume: true,
            ..SpansQuery::default()
        };
        let key = self.state.key.get_value();
        let loading = self
            .state
            .source
            .with_value(|source| source.spans(key, query));
        spawn_local(async move {
            // Without it the page keeps what it has; what comes next asks again.
            if let Ok(snapshot) = loading.await
                && self.hand.try_get_untracked().is_some()
            {
                self.keep(snapshot);
            }
        });
    }

    /// Takes events as they come; where some are missing, loads anew.
    fn take(self, events: &[Event]) {
        let seq = self.store.with_value(Spans::seq);
        let fresh = events.iter().filter(|event| event.seq > seq);
        let mut next = seq.0 + 1;
        let mut changed = false;
        for event in fresh {
            if event.seq.0 > next {
                self.load();
                return;
            }
            next = event.seq.0 + 1;
            self.store
                .update_value(|spans| changed |= spans.apply(event));
        }
        if changed {
            self.gather();
        }
    }

    /// Shows what came, with what comes soon.
    fn gather(self) {
        if self.gathers.get_value() {
            return;
        }
        self.gathers.set_value(true);
        let many = self.hand.with_untracked(|hand| hand.spans.len() / 40);
        spawn_local(async move {
            world::sleep(GATHER_MS + many as i32).await;
            if self.gathers.try_set_value(false).is_some() {
                return;
            }
            let Some(hand) = self.store.try_with_value(Hand::now) else {
                return;
            };
            self.hand.set(hand);
        });
    }

    /// The address with one thing changed.
    pub(super) fn href(self, change: impl FnOnce(&mut Asked)) -> String {
        let asked = self.asked.with(|asked| asked.with(change));
        self.state.key.with_value(|key| asked.href(key))
    }

    /// The address of what is looked at right now, with one thing changed.
    pub(super) fn href_now(self, change: impl FnOnce(&mut Asked)) -> String {
        untrack(|| {
            self.href(|asked| {
                (asked.stretch, asked.span) = (self.looking.get(), self.selected.get());
                change(asked);
            })
        })
    }

    /// Looks at a stretch; at all of it where none is given.
    pub(super) fn look(self, stretch: Option<Stretch>) {
        if self.looking.get_untracked() != stretch {
            self.looking.set(stretch);
            self.rest();
        }
    }

    /// Writes the address when the hand rests.
    pub(super) fn rest(self) {
        self.address.rest(move || Some(self.href_now(|_| {})));
    }

    /// The time as the page shows it.
    pub(super) fn now_us(self) -> i64 {
        let moment = self.shown.with(|shown| shown.moment_us);
        moment.unwrap_or_else(|| self.clock.get().as_micros())
    }
}

impl Hand {
    fn of(snapshot: &SpansSnapshot) -> Self {
        let answer = &snapshot.answer;
        Self {
            spans: Arc::new(answer.spans.clone()),
            total: answer.total,
            is_merged: answer.merged,
            seq: answer.seq,
        }
    }

    fn now(spans: &Spans) -> Self {
        let mut all: Vec<Span> = spans.ended().iter().cloned().chain(spans.open()).collect();
        all.sort_by_key(|span| (span.start_us, span.id));
        Self {
            total: all.iter().map(Span::count).sum(),
            is_merged: all.iter().any(|span| span.merged.is_some()),
            seq: spans.seq(),
            spans: Arc::new(all),
        }
    }
}

/// What is shown of what is in hand: of an earlier moment, what had begun by then.
fn shown(state: SessionState, asked: Memo<Asked>, hand: RwSignal<Hand>) -> Memo<Shown> {
    let moment = Memo::new(move |_| {
        let known = hand.with(|hand| hand.seq);
        state.board.with(|board| {
            let at = board.header().last_event_at.as_micros();
            (board.seq() < known).then_some((board.seq(), at))
        })
    });
    let rules = Memo::new(move |_| {
        asked.with(|asked| (asked.mode, asked.toggled.clone(), asked.kinds.clone()))
    });
    let changed = |_: Option<&Shown>, _: Option<&Shown>| true;
    Memo::new_with_compare(
        move |_| {
            let moment = moment.get();
            let (mode, toggled, kinds) = rules.get();
            let spans = hand.with(|hand| Arc::clone(&hand.spans));
            let spans = if moment.is_none() && kinds.is_empty() {
                spans
            } else {
                let fits = |span: &&Span| kinds.is_empty() || kinds.contains(&span.kind);
                let spans = spans.iter().filter(fits);
                Arc::new(spans.filter_map(|span| as_it_was(span, moment)).collect())
            };
            Shown {
                rows: Arc::new(layout(&spans, mode, &toggled)),
                spans,
                moment_us: moment.map(|(_, at)| at),
            }
        },
        changed,
    )
}

/// A span as it was at a moment; `None` where it had not begun.
fn as_it_was(span: &Span, moment: Option<(Seq, i64)>) -> Option<Span> {
    let Some((seq, at_us)) = moment else {
        return Some(span.clone());
    };
    if span.id.seq > seq || span.start_us > at_us {
        return None;
    }
    let mut span = span.clone();
    let ends_later = match span.end_seq {
        Some(end) => end > seq,
        None => span.end_us.is_some_and(|end| end > at_us),
    };
    if ends_later {
        (span.end_us, span.end_seq, span.label) = (None, None, None);
        span.status = loopscope_protocol::SpanStatus::Running;
    }
    Some(span)
}

#[cfg(test)]
mod tests {
    use super::super::layout_tests::span;
    use super::*;

    #[test]
    fn at_an_earlier_moment_nothing_is_known_of_what_came_after() {
        let mut done = span("3/- step fix 10 20");
        done.end_seq = Some(Seq(7));
        done.label = Some("2 fixes".to_owned());
        assert_eq!(as_it_was(&done, Some((Seq(2), 9))), None);
        let half = as_it_was(&done, Some((Seq(6), 15))).unwrap();
        assert_eq!((half.end_us, half.label), (None, None));
        assert_eq!(as_it_was(&done, Some((Seq(7), 20))).as_ref(), Some(&done));
        assert_eq!(as_it_was(&done, None), Some(done));
    }
}
