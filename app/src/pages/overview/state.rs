//! The Overview's signals, and how live frames move them.

use std::pin::Pin;

use leptos::prelude::*;
use loopscope_event::Cursor;
use loopscope_protocol::{
    MetricsFrame, Overview, OverviewMetrics, ServerMessage, SessionSummary, SourceStatus,
};

use crate::panels::{Names, Stream};
use crate::source::source;
use crate::store::{Listener, Live, SessionRows, Taken, Wants};

/// The most running rows; the last ones go where more begin.
const MOST_RUNNING: usize = 50;
/// The most systems of agents.
const MOST_SYSTEMS: usize = 12;
/// Events of the preview a second: as many as an eye can follow.
const PREVIEW_PER_SECOND: u32 = 5;
/// How many lines of it are shown.
const LINES: usize = 12;

/// Everything that the Overview shows, as signals.
#[derive(Clone, Copy)]
pub(super) struct OverviewState {
    pub(super) metrics: Memo<OverviewMetrics>,
    pub(super) sources: Memo<Vec<SourceStatus>>,
    pub(super) running: SessionRows,
    pub(super) recent: SessionRows,
    pub(super) systems: SessionRows,
    pub(super) stream: Stream,
    seen: StoredValue<Cursor>,
    source: StoredValue<crate::source::Source>,
    live: Live,
}

impl OverviewState {
    pub(super) fn new(overview: Overview, live: Live) -> Self {
        let Overview {
            metrics,
            sources,
            running,
            recent,
            systems,
            lines,
            cursor,
            ..
        } = overview;
        Self {
            metrics: Memo::new(move |_| {
                live.metrics
                    .with(|frame| frame.as_ref().map(|frame| frame.metrics.clone()))
                    .unwrap_or_else(|| metrics.clone())
            }),
            sources: Memo::new(move |_| {
                live.metrics
                    .with(|frame| frame.as_ref().map(|frame| frame.sources.clone()))
                    .unwrap_or_else(|| sources.clone())
            }),
            running: SessionRows::new(running),
            recent: SessionRows::new(recent),
            systems: SessionRows::new(systems),
            stream: Stream::new(lines, LINES),
            seen: StoredValue::new(cursor),
            source: StoredValue::new(source()),
            live,
        }
    }

    /// Whether nothing ever reported in.
    pub(super) fn is_empty(self) -> bool {
        let sessions = self.metrics.with(|metrics| metrics.total_sessions);
        sessions == 0 && self.running.is_empty() && self.recent.is_empty()
    }

    /// Finds a session's name for its events.
    pub(super) fn names(self) -> Names {
        Callback::new(move |id| {
            self.running
                .name_of(&id)
                .or_else(|| self.recent.name_of(&id))
        })
    }

    fn take_row(self, session: SessionSummary) {
        let known = self.running.update(&session) | self.recent.update(&session);
        if session.crew.is_some() && !self.systems.update(&session) {
            self.systems.prepend(session.clone(), MOST_SYSTEMS);
        }
        if !known && !session.status.is_ended() {
            self.running.prepend(session, MOST_RUNNING);
        }
    }

    fn load(self, overview: Overview) {
        self.live.correct_clock(overview.server_time);
        self.live.metrics.set(Some(MetricsFrame {
            metrics: overview.metrics,
            sources: overview.sources,
            server_time: overview.server_time,
        }));
        self.running.replace(overview.running);
        self.recent.replace(overview.recent);
        self.systems.replace(overview.systems);
        self.stream.replace(overview.lines);
        self.seen.set_value(overview.cursor);
    }
}

impl Listener for OverviewState {
    fn wants(&self) -> Wants {
        Wants {
            sessions: true,
            preview_per_second: Some(PREVIEW_PER_SECOND),
            seen: self.seen.get_value(),
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        for message in messages {
            match message {
                ServerMessage::Sessions(frame) => {
                    frame
                        .sessions
                        .into_iter()
                        .for_each(|session| self.take_row(session));
                }
                ServerMessage::Preview(preview) => {
                    self.stream.push(preview.lines, preview.left_out);
                }
                _ => {}
            }
        }
        Taken::Fits
    }

    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        let state = *self;
        Box::pin(async move {
            let loading = state.source.with_value(|source| source.overview());
            match loading.await {
                Ok(overview) => {
                    state.load(overview);
                    true
                }
                Err(_) => false,
            }
        })
    }
}
