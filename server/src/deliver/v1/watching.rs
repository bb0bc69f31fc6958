//! What a `watch` is told: changed session rows, the Overview's numbers, a preview of the stream.

use std::task::{Context, Poll, ready};

use loopscope_board::describe;
use loopscope_event::ProjectId;
use loopscope_protocol::{Preview, ServerMessage, Watch, WidgetsFrame};

use crate::fold::{News, Seen, Wants};
use crate::life::now;
use crate::socket::Outbox;
use crate::state::AppState;
use crate::waiting::Ticket;

/// Previews come at most so often a second.
const PREVIEWS_PER_SECOND: u32 = 10;

/// The most events a second that a preview shows.
const MOST_PER_SECOND: u32 = 1_000;

/// See the module.
pub(super) struct Watching {
    state: AppState,
    wants: Wants,
    seen: Seen,
    ticket: Option<Ticket>,
    /// The most events in one preview.
    preview: usize,
    /// Whether they come as lines.
    lines: bool,
    /// The newest offset that a preview accounted for.
    previewed: u64,
}

impl Watching {
    /// Begins to watch; `None` where nothing is wanted. Someone who may see only one project gets no numbers: they
    /// are over all.
    pub(super) fn begin(
        state: &AppState,
        asked: &Watch,
        project: Option<ProjectId>,
    ) -> Option<Self> {
        let per_second = asked.preview_per_second.unwrap_or(0).min(MOST_PER_SECOND);
        let wants = Wants {
            rows: asked.sessions,
            metrics: asked.metrics && project.is_none(),
            decisions: asked.decisions,
            alerts: asked.alerts,
            widgets: asked.widgets,
            beat: per_second > 0,
            project,
        };
        let lists = wants.rows || wants.decisions || wants.alerts || wants.widgets;
        if !(lists || wants.metrics || wants.beat) {
            return None;
        }
        Some(Self {
            seen: state.fold.feed().enter(),
            state: state.clone(),
            wants,
            ticket: None,
            preview: per_second.div_ceil(PREVIEWS_PER_SECOND) as usize,
            lines: asked.preview_lines,
            previewed: state.ring.head().0,
        })
    }

    /// Puts the next piece of news into `out`. Pending where there is none now.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()> {
        loop {
            let feed = self.state.fold.feed();
            match ready!(feed.poll(&mut self.seen, &self.wants, &mut self.ticket, cx)) {
                News::Frame(frame) => out.wire(frame),
                News::Decisions(rows) => {
                    let project = self.wants.project.as_ref();
                    let frame = self.state.desk.decisions_frame(rows, project);
                    out.text(&ServerMessage::Decisions(frame).to_json());
                }
                News::Alerts(rows) => {
                    let project = self.wants.project.as_ref();
                    let frame = self.state.alerts.frame(rows, project);
                    out.text(&ServerMessage::Alerts(frame).to_json());
                }
                News::Widgets(changes) => {
                    let server_time = now();
                    let frame = WidgetsFrame {
                        changes,
                        server_time,
                    };
                    out.text(&ServerMessage::Widgets(frame).to_json());
                }
                News::Beat => match self.preview() {
                    Some(preview) => out.text(&ServerMessage::Preview(preview).to_json()),
                    None => continue,
                },
            }
            return Poll::Ready(());
        }
    }

    /// The newest events since the last preview, as many as fit, and how many did not.
    fn preview(&mut self) -> Option<Preview> {
        let head = self.state.ring.head().0;
        let project = self.wants.project.as_ref();
        let (newest, count) = self
            .state
            .ring
            .newest_after(self.previewed, self.preview, |event| {
                project.is_none_or(|project| *project == event.project)
            });
        self.previewed = head;
        let events = || newest.iter().rev();
        let (events, lines) = if self.lines {
            (Vec::new(), events().map(|event| describe(event)).collect())
        } else {
            (
                events().map(|event| (**event).clone()).collect(),
                Vec::new(),
            )
        };
        (count > 0).then(|| Preview {
            events,
            lines,
            left_out: (count - newest.len()) as u64,
        })
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.state.fold.feed().leave(self.ticket);
    }
}
