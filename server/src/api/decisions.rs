//! Decisions by REST: what waits for people, and their answers.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use loopscope_protocol::{ApiError, DecisionMade, DecisionState, DecisionsPage, MakeDecision};

use super::Pairs;
use super::body::Fields;
use super::read::names;
use crate::access::{Steerer, Viewer};
use crate::error::Problem;
use crate::open::params::{DecisionPath, DecisionsWanted, InProject};
use crate::state::AppState;
use crate::steer::Listed;

/// `GET /decisions`.
#[utoipa::path(
    get,
    path = "/api/v1/decisions",
    tag = "Steering",
    summary = "List questions",
    description = "The most urgent first; without `state`, all that are known.",
    params(DecisionsWanted),
    responses(
        (status = 200, description = "The questions", body = DecisionsPage),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Result<Json<DecisionsPage>, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let wanted = Listed {
        state: pairs.get("state").map(state_of).transpose()?,
        project: grant.project(pairs.parse("project")?)?,
    };
    Ok(Json(state.desk.decisions(&wanted)))
}

fn state_of(word: &str) -> Result<DecisionState, ApiError> {
    let quoted = serde_json::Value::from(word);
    serde_json::from_value(quoted)
        .map_err(|_| ApiError::field("state", "pending, answered, made or dropped"))
}

/// `POST /sessions/{id}/decisions/{decision}`.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/decisions/{decision}",
    tag = "Steering",
    summary = "Answer a question",
    description = "The first answer counts; `already_decided` names who answered and what.",
    params(DecisionPath, InProject),
    request_body = MakeDecision,
    responses(
        (status = 202, description = "The command that carries the answer", body = DecisionMade),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn make(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path((id, decision)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    Fields(made): Fields<MakeDecision>,
) -> Result<(StatusCode, Json<DecisionMade>), Problem> {
    let key = names(&grant, &Pairs::read(query.as_deref()), &id)?;
    let made = state.desk.decide(&grant.who, &key, &decision, made).await?;
    Ok((StatusCode::ACCEPTED, Json(made)))
}
