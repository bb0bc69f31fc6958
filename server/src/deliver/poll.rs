//! `GET /api/v1/events?since=…&wait=30`: long polling, for whom neither WebSockets nor event streams reach.

use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use loopscope_event::Cursor;
use loopscope_protocol::{ApiError, ErrorCode, EventsPoll, StreamFilter};
use tokio::time::{Instant, timeout_at};

use super::filter;
use crate::access::Viewer;
use crate::api::Pairs;
use crate::error::Problem;
use crate::open::params::{PollWanted, StreamWanted};
use crate::ring::{ReadError, Reader, Slice};
use crate::state::AppState;

/// The longest that a poll waits, in seconds.
const MOST_SECONDS: u32 = 60;

/// The most events in one answer.
const MOST_EVENTS: u32 = 1_000;

/// The most bytes of payload in one answer, but for a single larger event.
const MOST_BYTES: usize = 256 * 1024;

/// Answers with the events after `since` as soon as there are any, or after `wait` seconds with none.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "Events",
    summary = "Wait for events",
    description = "Long polling: answers as soon as there is something after `since`, or after `wait` seconds with nothing. Without `since`, the answer is the present cursor.",
    params(StreamWanted, PollWanted),
    responses(
        (status = 200, description = "What came, and where to go on", body = EventsPoll),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn poll(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Result<Json<EventsPoll>, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let asked = filter::read(&state, &grant, &pairs)?;
    let wait = pairs.bounded("wait", 0..=MOST_SECONDS)?.unwrap_or(0);
    let limit = pairs
        .bounded("limit", 1..=MOST_EVENTS)?
        .unwrap_or(MOST_EVENTS) as usize;
    let since: Option<Cursor> = pairs
        .parse("since")
        .map_err(|_| ApiError::field("since", "a cursor, such as 3-1204"))?;
    let Some(since) = since else {
        return Ok(Json(answer_at(state.ring.cursor())));
    };
    let reader = match state.resume(since) {
        Ok(reader) => reader,
        Err(reason) => {
            return Ok(Json(EventsPoll {
                reset: Some(reason),
                ..answer_at(state.ring.cursor())
            }));
        }
    };
    let mut gathering = Gathering {
        reader: reader.looking_for(asked.filter.clone()),
        answer: answer_at(since),
        limit,
        bytes: 0,
    };
    let until = Instant::now() + Duration::from_secs(wait.into());
    tokio::select! {
        // A server that stops answers with what there is.
        () = grant.ends.cancelled() => {}
        result = gathering.gather(asked.filter.as_deref(), until) => result?,
    }
    Ok(Json(gathering.answer))
}

fn answer_at(cursor: Cursor) -> EventsPoll {
    EventsPoll {
        events: Vec::new(),
        cursor,
        behind: None,
        reset: None,
    }
}

struct Gathering {
    reader: Reader,
    answer: EventsPoll,
    limit: usize,
    bytes: usize,
}

impl Gathering {
    /// Gathers until there is something and nothing more at once, or the answer is full, or the time is over.
    async fn gather(
        &mut self,
        filter: Option<&StreamFilter>,
        until: Instant,
    ) -> Result<(), Problem> {
        loop {
            let is_something = !self.answer.events.is_empty();
            if is_something && (self.reader.behind() == 0 || self.is_full()) {
                break;
            }
            match timeout_at(until, self.reader.next()).await {
                Err(_) => break,
                Ok(Ok(slice)) => self.take(&slice, filter),
                Ok(Err(ReadError::Reset(reason))) => {
                    self.answer = EventsPoll {
                        reset: Some(reason),
                        ..answer_at(self.reader.cursor())
                    };
                    break;
                }
                Ok(Err(ReadError::Page(error))) => {
                    return Err(Problem::new(ErrorCode::Internal, error.to_string()));
                }
            }
        }
        let newest = self.reader.cursor().offset.0 + self.reader.behind();
        let behind = newest.saturating_sub(self.answer.cursor.offset.0);
        self.answer.behind = (behind > 0).then_some(behind);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.answer.events.len() >= self.limit || self.bytes >= MOST_BYTES
    }

    fn take(&mut self, slice: &Slice, filter: Option<&StreamFilter>) {
        for event in slice.events() {
            if self.is_full() {
                return;
            }
            self.answer.cursor.offset = event.offset;
            if filter.is_none_or(|filter| filter.matches(event)) {
                self.bytes += event.data.as_str().len();
                self.answer.events.push((**event).clone());
            }
        }
        self.answer.cursor = slice.cursor();
    }
}
