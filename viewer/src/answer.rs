//! The table of contents: what a page may ask for, and who answers. In: an address of `/api/v1`. Out: JSON, or why not.

use loopscope_board::spans::Spans;
use loopscope_board::{Board, SessionMoment, SessionSnapshot};
use loopscope_event::{Offset, ProjectId, SessionId};
use loopscope_protocol::{
    AlertRules, AlertsPage, Annotations, ApiError, AuditPage, Channels, CommandsPage,
    DecisionsPage, Deliveries, ErrorCode, EventsQuery, Moment, SavedViews, SeriesQuery,
    SessionsQuery, SpansQuery,
};
use serde::Serialize;

use crate::query::Address;
use crate::shelf::Held;
use crate::{Shelf, events, list, overview, search, series};

/// Answers a GET.
pub fn answer(shelf: &Shelf, path: &str) -> Result<String, ApiError> {
    let address = Address::read(path);
    let parts: Vec<&str> = address.parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["api", "v1", "overview"] => json(&overview::overview(shelf)),
        ["api", "v1", "sessions"] => {
            let (query, errors) = SessionsQuery::read(address.pairs());
            refuse_first(errors)?;
            json(&list::page(shelf, &query))
        }
        ["api", "v1", "sessions", id] => json(&snapshot(shelf, find(shelf, &address, id)?)),
        ["api", "v1", "sessions", id, rest] => {
            of_session(find(shelf, &address, id)?, rest, &address)
        }
        ["api", "v1", "views"] => json(&SavedViews::default()),
        ["api", "v1", "search"] => {
            let before = address.get("before").and_then(|before| before.parse().ok());
            let text = address.get("q").unwrap_or_default();
            json(&search::search(shelf, text, before.map(Offset)))
        }
        ["api", "v1", "decisions"] => json(&DecisionsPage {
            decisions: Vec::new(),
            pending: 0,
            server_time: shelf.newest(),
        }),
        ["api", "v1", "alerts"] => json(&AlertsPage {
            alerts: Vec::new(),
            firing: 0,
            next: None,
            server_time: shelf.newest(),
        }),
        ["api", "v1", "alerts", "rules"] => json(&AlertRules {
            rules: Vec::new(),
            server_time: shelf.newest(),
        }),
        ["api", "v1", "alerts", "channels"] => json(&Channels {
            channels: Vec::new(),
        }),
        ["api", "v1", "alerts", "deliveries"] => json(&Deliveries {
            deliveries: Vec::new(),
            next: None,
        }),
        ["api", "v1", "audit"] => json(&AuditPage {
            entries: Vec::new(),
            next: None,
        }),
        _ => Err(nothing()),
    }
}

/// What is asked of a session.
fn of_session(held: &Held, rest: &str, address: &Address) -> Result<String, ApiError> {
    match rest {
        "events" => {
            let (query, errors) = EventsQuery::read(address.pairs());
            refuse_first(errors)?;
            json(&events::page(held, &query))
        }
        "series" => {
            let (query, errors) = SeriesQuery::read(address.pairs());
            refuse_first(errors)?;
            json(&series::stretches(held, &query)?)
        }
        "spans" => {
            let (query, errors) = SpansQuery::read(address.pairs());
            refuse_first(errors)?;
            let mut spans = Spans::default();
            for event in &held.events {
                spans.apply(event);
            }
            spans.reach(held.last());
            json(&spans.snapshot(&query))
        }
        "metrics" => json(&series::metrics(held)),
        "commands" => json(&CommandsPage {
            // The newest first, as a server lists them.
            commands: held.commands.iter().rev().cloned().collect(),
            next: None,
            runner: None,
        }),
        "annotations" => json(&Annotations {
            annotations: held.annotations.clone(),
        }),
        "board" => json(&at(held, address.get("at"))?),
        _ => Err(nothing()),
    }
}

fn find<'a>(shelf: &'a Shelf, address: &Address, id: &str) -> Result<&'a Held, ApiError> {
    let project = address.get("project").map(ProjectId::new).transpose();
    let project = project.map_err(|error| ApiError::field("project", error.to_string()))?;
    let id = SessionId::new(id).map_err(|error| ApiError::field("id", error.to_string()))?;
    shelf
        .find(&project.unwrap_or_default(), &id)
        .ok_or_else(|| {
            let message =
                format!("Session `{id}` is in none of the files that are open. Open its file.");
            ApiError::new(ErrorCode::NotFound, message)
        })
}

fn snapshot(shelf: &Shelf, held: &Held) -> SessionSnapshot {
    SessionSnapshot {
        summary: held.row.clone(),
        board: held.board.clone(),
        cursor: shelf.cursor(),
        server_time: held.row.last_event_at,
    }
}

/// The session as it was: after an event, or after the last one that happened no later than a time.
fn at(held: &Held, moment: Option<&str>) -> Result<SessionMoment, ApiError> {
    let asked = moment.unwrap_or_default().parse::<Moment>();
    let asked = asked.map_err(|error| ApiError::field("at", error.to_string()))?;
    let last = match asked {
        Moment::Seq(seq) => held.events.partition_point(|event| event.seq <= seq),
        Moment::Time(time) => {
            let found = held
                .events
                .iter()
                .rposition(|event| event.timestamp <= time);
            found.map_or(0, |at| at + 1)
        }
    };
    let mut board = Board::new(held.project.clone(), held.id.clone());
    board.came_from_file(held.last());
    // Before the first event there is nothing: then it is the first.
    for event in held.events.iter().take(last.max(1)) {
        board.apply(event);
    }
    let newest = held.events.get(last.max(1) - 1).or(held.events.last());
    Ok(SessionMoment {
        seq: board.seq(),
        timestamp: newest.map_or(held.row.started_at, |event| event.timestamp),
        first_seq: held.first(),
        last_seq: held.last(),
        summary: board.summary(),
        board,
    })
}

fn json(answer: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(answer)
        .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
}

fn refuse_first(errors: Vec<ApiError>) -> Result<(), ApiError> {
    errors.into_iter().next().map_or(Ok(()), Err)
}

fn nothing() -> ApiError {
    let message = "Files hold sessions only; this needs a server.";
    ApiError::new(ErrorCode::NotFound, message)
}
