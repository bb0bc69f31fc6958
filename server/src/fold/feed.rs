//! News for watchers: changed session rows, the Overview's numbers, and the beat that stream previews follow.
//!
//! In: rows and numbers, from the fold. Out: frames, encoded once for all watchers that keep up. One who does not
//! keep up gets, when it reads again, the newest row of each session that changed meanwhile, once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use loopscope_event::ProjectId;
use loopscope_protocol::{
    AlertRow, DecisionRow, MetricsFrame, ServerMessage, SessionSummary, SessionsFrame, WidgetChange,
};

use super::boards::Key;
use crate::life::now;
use crate::socket::frame;
use crate::waiting::{Ticket, Waiting};

/// The most sessions whose last change is remembered for watchers that are behind.
const MOST_ROWS: usize = 4_096;

/// See the module.
#[derive(Default)]
pub(crate) struct Feed(Mutex<State>);

#[derive(Default)]
struct State {
    beat: u64,
    rows_beat: u64,
    metrics_beat: u64,
    /// The newest row of each session that changed, and the beat that it changed in.
    rows: HashMap<Key, (u64, SessionSummary)>,
    /// The frame of the newest beat's rows.
    rows_frame: Bytes,
    /// The beat before the newest rows.
    rows_before: u64,
    metrics_frame: Bytes,
    /// The newest row of each question that changed, and the beat that it changed in.
    decisions: HashMap<(Key, String), (u64, DecisionRow)>,
    decisions_beat: u64,
    /// The newest row of each alert that changed, and the beat that it changed in.
    alerts: HashMap<String, (u64, AlertRow)>,
    alerts_beat: u64,
    /// What changed about widgets, and the beat that it changed in.
    widgets: HashMap<WidgetChange, u64>,
    widgets_beat: u64,
    waiting: Waiting,
    watchers: usize,
}

/// What a watcher has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    rows: u64,
    decisions: u64,
    alerts: u64,
    widgets: u64,
    metrics: u64,
    beat: u64,
}

/// What a watcher wants.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub(crate) struct Wants {
    /// Changed rows.
    pub rows: bool,
    /// The Overview's numbers.
    pub metrics: bool,
    /// Questions that changed.
    pub decisions: bool,
    /// Alerts that changed.
    pub alerts: bool,
    /// Widgets that changed.
    pub widgets: bool,
    /// To be woken when there are new events.
    pub beat: bool,
    /// Rows of this project only.
    pub project: Option<ProjectId>,
}

/// One piece of news.
#[derive(Debug, PartialEq)]
pub(crate) enum News {
    /// A frame, ready for the wire.
    Frame(Bytes),
    /// Questions that changed.
    Decisions(Vec<DecisionRow>),
    /// Alerts that changed.
    Alerts(Vec<AlertRow>),
    /// What changed about widgets.
    Widgets(Vec<WidgetChange>),
    /// There are new events.
    Beat,
}

impl Feed {
    /// A watcher that wants what comes from now on.
    pub(crate) fn enter(&self) -> Seen {
        let mut state = self.lock();
        // While nobody watched nobody counted: those numbers are of long ago. The next come within a second.
        let metrics = if state.watchers == 0 {
            state.metrics_beat
        } else {
            0
        };
        state.watchers += 1;
        Seen {
            rows: state.rows_beat,
            decisions: state.decisions_beat,
            alerts: state.alerts_beat,
            widgets: state.widgets_beat,
            metrics,
            beat: state.beat,
        }
    }

    /// A watcher leaves.
    pub(crate) fn leave(&self, ticket: Option<Ticket>) {
        let mut state = self.lock();
        state.watchers = state.watchers.saturating_sub(1);
        if let Some(ticket) = ticket {
            state.waiting.leave(ticket);
        }
    }

    /// Whether anyone watches.
    pub(crate) fn is_watched(&self) -> bool {
        self.lock().watchers > 0
    }

    /// The next piece of news; wakes the task when there is one.
    pub(crate) fn poll(
        &self,
        seen: &mut Seen,
        wants: &Wants,
        ticket: &mut Option<Ticket>,
        cx: &mut Context<'_>,
    ) -> Poll<News> {
        let mut state = self.lock();
        if wants.rows && seen.rows < state.rows_beat {
            let frame = state.rows_after(seen.rows, wants.project.as_ref());
            seen.rows = state.rows_beat;
            if let Some(frame) = frame {
                return Poll::Ready(News::Frame(frame));
            }
        }
        if wants.decisions && seen.decisions < state.decisions_beat {
            let changed = state.decisions.values().filter(|(beat, row)| {
                *beat > seen.decisions
                    && wants
                        .project
                        .as_ref()
                        .is_none_or(|project| *project == row.project)
            });
            let changed: Vec<DecisionRow> = changed.map(|(_, row)| row.clone()).collect();
            seen.decisions = state.decisions_beat;
            if !changed.is_empty() {
                return Poll::Ready(News::Decisions(changed));
            }
        }
        if wants.alerts && seen.alerts < state.alerts_beat {
            let changed = state.alerts_after(seen.alerts, wants.project.as_ref());
            seen.alerts = state.alerts_beat;
            if !changed.is_empty() {
                return Poll::Ready(News::Alerts(changed));
            }
        }
        if wants.widgets && seen.widgets < state.widgets_beat {
            let changed = state.widgets_after(seen.widgets, wants.project.as_ref());
            seen.widgets = state.widgets_beat;
            if !changed.is_empty() {
                return Poll::Ready(News::Widgets(changed));
            }
        }
        if wants.metrics && seen.metrics < state.metrics_beat {
            seen.metrics = state.metrics_beat;
            return Poll::Ready(News::Frame(state.metrics_frame.clone()));
        }
        if wants.beat && seen.beat < state.beat {
            seen.beat = state.beat;
            return Poll::Ready(News::Beat);
        }
        *ticket = Some(state.waiting.enter(*ticket, cx.waker()));
        Poll::Pending
    }

    /// Tells of changed rows; also of new events where there were no changed rows.
    pub(super) fn tell_rows(&self, rows: Vec<SessionSummary>) {
        self.change(|state| {
            state.beat += 1;
            if rows.is_empty() {
                return;
            }
            // Nobody watches: nobody has seen everything up to here.
            let is_watched = state.watchers > 0;
            state.rows_before = if is_watched {
                state.rows_beat
            } else {
                u64::MAX
            };
            state.rows_beat = state.beat;
            state.rows_frame = if is_watched {
                rows_frame(rows.clone())
            } else {
                Bytes::new()
            };
            for row in rows {
                let key = (row.project.clone(), row.session_id.clone());
                state.rows.insert(key, (state.beat, row));
            }
            if state.rows.len() > 2 * MOST_ROWS {
                state.forget_old_rows();
            }
        });
    }

    /// Tells of questions that changed.
    pub(super) fn tell_decisions(&self, rows: Vec<DecisionRow>) {
        self.change(|state| {
            state.beat += 1;
            state.decisions_beat = state.beat;
            for row in rows {
                let key = (row.project.clone(), row.session_id.clone());
                let name = (key, row.decision_id.clone());
                state.decisions.insert(name, (state.beat, row));
            }
            if state.decisions.len() > 2 * MOST_ROWS {
                let oldest = state.beat.saturating_sub(MOST_ROWS as u64);
                state.decisions.retain(|_, (beat, _)| *beat >= oldest);
            }
        });
    }

    /// Tells of alerts that changed.
    pub(crate) fn tell_alerts(&self, rows: Vec<AlertRow>) {
        self.change(|state| {
            state.beat += 1;
            state.alerts_beat = state.beat;
            for row in rows {
                state.alerts.insert(row.alert_id.clone(), (state.beat, row));
            }
            if state.alerts.len() > 2 * MOST_ROWS {
                let oldest = state.beat.saturating_sub(MOST_ROWS as u64);
                state.alerts.retain(|_, (beat, _)| *beat >= oldest);
            }
        });
    }

    /// Tells what changed about widgets.
    pub(crate) fn tell_widgets(&self, changes: impl IntoIterator<Item = WidgetChange>) {
        self.change(|state| {
            state.beat += 1;
            state.widgets_beat = state.beat;
            for change in changes {
                state.widgets.insert(change, state.beat);
            }
            if state.widgets.len() > 2 * MOST_ROWS {
                let oldest = state.beat.saturating_sub(MOST_ROWS as u64);
                state.widgets.retain(|_, beat| *beat >= oldest);
            }
        });
    }

    /// Tells the Overview's numbers.
    pub(crate) fn tell_metrics(&self, metrics: MetricsFrame) {
        let text = ServerMessage::Metrics(metrics).to_json();
        self.change(|state| {
            state.beat += 1;
            state.metrics_beat = state.beat;
            state.metrics_frame = frame::text_frame(text.as_bytes());
        });
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        let everyone = state.waiting.everyone();
        drop(state);
        everyone
            .into_iter()
            .flatten()
            .for_each(std::task::Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The frame of the rows that changed after a beat.
    fn rows_after(&self, seen: u64, project: Option<&ProjectId>) -> Option<Bytes> {
        if seen == self.rows_before && project.is_none() {
            return Some(self.rows_frame.clone());
        }
        let changed = self.rows.values().filter(|(beat, row)| {
            *beat > seen && project.is_none_or(|project| *project == row.project)
        });
        let rows: Vec<_> = changed.map(|(_, row)| row.clone()).collect();
        (!rows.is_empty()).then(|| rows_frame(rows))
    }

    /// Alerts that changed after a beat.
    fn alerts_after(&self, seen: u64, project: Option<&ProjectId>) -> Vec<AlertRow> {
        let changed = self.alerts.values().filter(|(beat, row)| {
            *beat > seen && project.is_none_or(|project| *project == row.project)
        });
        changed.map(|(_, row)| row.clone()).collect()
    }

    /// What changed about widgets after a beat.
    fn widgets_after(&self, seen: u64, project: Option<&ProjectId>) -> Vec<WidgetChange> {
        let changed = self.widgets.iter().filter(|(change, beat)| {
            **beat > seen && project.is_none_or(|project| *project == change.project)
        });
        changed.map(|(change, _)| change.clone()).collect()
    }

    fn forget_old_rows(&mut self) {
        let mut beats: Vec<u64> = self.rows.values().map(|(beat, _)| *beat).collect();
        beats.sort_unstable();
        let oldest = beats[beats.len().saturating_sub(MOST_ROWS)];
        self.rows.retain(|_, (beat, _)| *beat >= oldest);
    }
}

fn rows_frame(sessions: Vec<SessionSummary>) -> Bytes {
    let message = ServerMessage::Sessions(SessionsFrame {
        sessions,
        server_time: now(),
    });
    frame::text_frame(message.to_json().as_bytes())
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use loopscope_protocol::OverviewMetrics;

    use super::*;

    fn numbers() -> MetricsFrame {
        MetricsFrame {
            metrics: OverviewMetrics::default(),
            sources: Vec::new(),
            server_time: now(),
        }
    }

    fn next(feed: &Feed, seen: &mut Seen) -> Poll<News> {
        let wants = Wants {
            metrics: true,
            ..Wants::default()
        };
        let mut ticket = None;
        feed.poll(
            seen,
            &wants,
            &mut ticket,
            &mut Context::from_waker(Waker::noop()),
        )
    }

    #[test]
    fn numbers_of_a_time_when_somebody_else_looked_are_told_to_nobody() {
        let feed = Feed::default();
        let mut first = feed.enter();
        assert!(next(&feed, &mut first).is_pending());
        feed.tell_metrics(numbers());
        assert!(next(&feed, &mut first).is_ready());
        // Beside another watcher the newest numbers are no older than a second.
        assert!(next(&feed, &mut feed.enter()).is_ready());
        feed.leave(None);
        feed.leave(None);
        let mut late = feed.enter();
        assert!(next(&feed, &mut late).is_pending());
        feed.tell_metrics(numbers());
        assert!(next(&feed, &mut late).is_ready());
    }
}
