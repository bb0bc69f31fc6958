//! One socket of the contract (sections 3.3 and 3.4). In: actions, and the ring. Out: event frames and answers.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use loopscope_event::{Offset, ProjectId};
use loopscope_protocol::StreamFilter;
use serde::Serialize;
use tokio::time::{Sleep, sleep};

use super::actions::{self, Action, Refusal};
use super::error::FacadeError;
use super::frames;
use super::interest::{Interest, InterestError, Names};
use super::query::Page;
use super::rows;
use super::shapes::{SERVED, SessionItem, StateAnswer, is_served};
use crate::deliver::Presence;
use crate::life::now;
use crate::ring::{Format, ReadError, Reader, Slice};
use crate::socket::{Conversation, Later, Outbox};
use crate::state::AppState;

/// How many events the `state` frame shows.
const STATE_LOGS: u64 = 1000;
/// The most of them in bytes: some clients refuse frames over 1 MiB.
const STATE_BYTES: usize = 900 * 1024;
/// How long a reader waits when the journal cannot be read.
const PAUSE: Duration = Duration::from_secs(1);

/// The talk on one socket.
pub(crate) struct Talk {
    state: AppState,
    project: ProjectId,
    reader: Reader,
    interest: Interest,
    /// `interest`, as the ring shares encodings by it.
    chosen: Chosen,
    /// The frames of the reference's own page, until the first `subscribe`.
    is_nested: bool,
    /// The `state` frame.
    first: Option<String>,
    pause: Option<Pin<Box<Sleep>>>,
    _presence: Presence,
}

/// Which events go out.
enum Chosen {
    /// None.
    Nothing,
    /// Those of a filter that other sockets may share.
    Shared(Arc<StreamFilter>),
    /// Those that the interest itself picks.
    Own,
}

/// The data of the answer to `list_sessions`.
#[derive(Serialize)]
struct Listed {
    sessions: Vec<SessionItem>,
    total: u64,
}

impl Talk {
    /// The documented socket: flat frames, nothing before them.
    pub(crate) fn documented(state: AppState, project: ProjectId, presence: Presence) -> Self {
        let reader = state.reader_from_now();
        let interest = Interest::default();
        Self {
            chosen: Chosen::of(&state, &project, &interest),
            state,
            project,
            reader,
            interest,
            is_nested: false,
            first: None,
            pause: None,
            _presence: presence,
        }
    }

    /// The socket of the reference's own page: a `state` frame first, nested frames until the first `subscribe`.
    pub(crate) async fn of_reference(
        state: AppState,
        project: ProjectId,
        presence: Presence,
    ) -> Result<Self, FacadeError> {
        let mut talk = Self::documented(state, project, presence);
        // What came up to here is in the logs, what comes behind it is sent as events.
        let until = talk.reader.cursor().offset;
        talk.first = Some(state_frame(&talk.state, &talk.project, until).await?);
        talk.is_nested = true;
        Ok(talk)
    }

    /// Does what an action asks for; answers at once, later, or not at all.
    fn act(&mut self, action: Action, out: &mut Outbox) -> Result<Option<Later>, Refusal> {
        match action {
            Action::Ping => out.text(&frames::pong(now())),
            Action::Subscribe(names) => {
                let done = self.interest.subscribe(&names);
                done.map_err(|error| refuse("subscribe", error))?;
                self.is_nested = false;
                self.chosen = Chosen::of(&self.state, &self.project, &self.interest);
            }
            Action::Unsubscribe(names) => {
                let done = self.interest.unsubscribe(&names);
                done.map_err(|error| refuse("unsubscribe", error))?;
                self.chosen = Chosen::of(&self.state, &self.project, &self.interest);
            }
            Action::ListSessions(page) => {
                let (state, project) = (self.state.clone(), self.project.clone());
                return Ok(Some(Box::pin(list_sessions(state, project, page))));
            }
            Action::GetSession(id) => {
                let (state, project) = (self.state.clone(), self.project.clone());
                return Ok(Some(Box::pin(get_session(state, project, id))));
            }
        }
        Ok(None)
    }

    /// The frames of a run of events, where any of them is wanted.
    fn pick(&self, slice: &Slice) -> Option<Bytes> {
        let format = if self.is_nested {
            Format::ConvergenceNested
        } else {
            Format::ConvergenceFlat
        };
        match &self.chosen {
            Chosen::Nothing => None,
            Chosen::Shared(filter) => slice.singles(format, Some(filter)),
            Chosen::Own => slice.singles_where(format, |event| {
                is_served(event.dialect)
                    && event.project == self.project
                    && self.interest.wants(&event.name)
            }),
        }
    }
}

impl Conversation for Talk {
    fn begin(&mut self, out: &mut Outbox) {
        if let Some(first) = self.first.take() {
            out.text(&first);
        }
    }

    fn on_text(&mut self, text: &str, out: &mut Outbox) -> Option<Later> {
        let done = actions::read(text).and_then(|action| self.act(action, out));
        done.unwrap_or_else(|refusal| {
            out.text(&frames::error(&refusal));
            None
        })
    }

    fn on_refused(&mut self, limit: Option<usize>, out: &mut Outbox) {
        let refusal = match limit {
            Some(limit) => {
                Refusal::frame("too_large", format!("a message has at most {limit} bytes"))
            }
            None => Refusal::frame(
                "invalid_message",
                "a message is a text frame, not a binary one",
            ),
        };
        out.text(&frames::error(&refusal));
    }

    fn poll_frames(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match ready!(self.reader.poll_next(cx)) {
                Ok(slice) => {
                    if let Some(frames) = self.pick(&slice) {
                        out.wire(frames);
                        return Poll::Ready(());
                    }
                }
                Err(ReadError::Reset(_)) => {
                    let lost =
                        "events were removed from the journal before they could be sent here";
                    out.text(&frames::error(&Refusal::frame("events_lost", lost)));
                    return Poll::Ready(());
                }
                Err(ReadError::Page(error)) => {
                    tracing::warn!(%error, "a convergence socket waits for the journal");
                    self.pause = Some(Box::pin(sleep(PAUSE)));
                }
            }
        }
    }
}

impl Chosen {
    fn of(state: &AppState, project: &ProjectId, interest: &Interest) -> Self {
        let names = match interest.as_names() {
            Names::All => Vec::new(),
            Names::These(names) if names.is_empty() => return Self::Nothing,
            Names::These(names) => names,
            Names::NoList => return Self::Own,
        };
        let filter = StreamFilter {
            project: Some(project.clone()),
            dialects: SERVED.to_vec(),
            names,
            ..StreamFilter::default()
        };
        state
            .ring
            .filters()
            .intern(filter)
            .map_or(Self::Own, Self::Shared)
    }
}

async fn state_frame(
    state: &AppState,
    project: &ProjectId,
    until: Offset,
) -> Result<String, FacadeError> {
    let found = rows::state_with_logs(state, project, STATE_LOGS, STATE_BYTES, Some(until)).await?;
    let (state, logs) = found;
    let logs = rows::published(&logs);
    Ok(frames::state(StateAnswer { state, logs }))
}

async fn list_sessions(state: AppState, project: ProjectId, page: Page) -> String {
    match rows::sessions(&state, &project, page).await {
        Ok(answer) => {
            let (sessions, total) = (answer.sessions, answer.total);
            frames::response("list_sessions", Listed { sessions, total })
        }
        Err(error) => frames::error(&error.refusal("list_sessions")),
    }
}

async fn get_session(state: AppState, project: ProjectId, id: String) -> String {
    match rows::detail(&state, &project, &id).await {
        Ok(detail) => frames::response("get_session", detail),
        Err(error) => frames::error(&error.refusal("get_session")),
    }
}

fn refuse(action: &str, error: InterestError) -> Refusal {
    Refusal::action(action, "too_large", error.to_string())
}
