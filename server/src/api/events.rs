//! `POST /api/v1/events`: events in, of any dialect.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use loopscope_dialects::Format;
use loopscope_event::{Dialect, ProjectId, SessionId};
use loopscope_protocol::{ApiError, IntakeAnswer};

use super::body::Body;
use super::query::Pairs;
use crate::access::Producer;
use crate::error::Problem;
use crate::intake::{IntakeRequest, Transport, submit};
use crate::open::params::IntakeHints;
use crate::open::shapes;
use crate::state::AppState;

/// Stores what is good of a body and says for each event what became of it: 200 where all were taken, 207 where
/// some were refused, 422 where all were.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    tag = "Events",
    summary = "Send events",
    description = "In any dialect, which is detected for each event. The answer comes after the fsync that covers them, with one receipt per event in the order sent. Sending the same `event_id` again is safe.",
    params(IntakeHints),
    request_body(content((shapes::Sent = "application/json"), (String = "application/x-ndjson"))),
    responses(
        (status = 200, description = "All events were accepted", body = IntakeAnswer),
        (status = 207, description = "Some events were refused", body = IntakeAnswer),
        (status = 422, description = "No event was accepted, or a query parameter is wrong", body = shapes::NoneTaken),
    ),
    security(("bearer" = ["ingest"])),
)]
pub(crate) async fn post(
    State(state): State<AppState>,
    Producer(grant): Producer,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<(StatusCode, Json<IntakeAnswer>), Problem> {
    let pairs = Pairs::read(query.as_deref());
    let hints = Hints::read(&pairs)?;
    let project = grant.project(hints.project)?.unwrap_or_default();
    let source = pairs.get("source");
    let source = source.map(|name| state.trainers.of_requests(&project, Some(name)));
    let request = IntakeRequest {
        bytes: body.bytes,
        format: hints.format.unwrap_or(body.format),
        dialect: hints.dialect,
        project,
        session_hint: hints.session,
        source,
        transport: Transport::Http,
    };
    let answer = submit(&state, request).await?;
    Ok((status_of(&answer), Json(answer)))
}

fn status_of(answer: &IntakeAnswer) -> StatusCode {
    match (answer.rejected, answer.accepted + answer.duplicates) {
        (0, _) => StatusCode::OK,
        (_, 0) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::MULTI_STATUS,
    }
}

/// What the address says of the events: `?dialect=&project=&session=&format=`.
#[derive(Default)]
struct Hints {
    dialect: Option<Dialect>,
    project: Option<ProjectId>,
    session: Option<SessionId>,
    format: Option<Format>,
}

impl Hints {
    fn read(pairs: &Pairs) -> Result<Self, ApiError> {
        Ok(Self {
            dialect: pairs.parse("dialect")?,
            project: pairs.parse("project")?,
            session: pairs.parse("session")?,
            format: match pairs.get("format") {
                None | Some("") => None,
                Some("json") => Some(Format::Json),
                Some("ndjson" | "jsonl") => Some(Format::Ndjson),
                Some(_) => return Err(ApiError::field("format", "json or ndjson")),
            },
        })
    }
}
