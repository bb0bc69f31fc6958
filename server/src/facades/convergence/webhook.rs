//! `POST /events`: the loop's webhook (section 2). In: a batch of events. Out: how many were new, after the fsync.
//!
//! A loop sends a batch again, with the same ids, whenever the answer is not a success. So one bad event never refuses
//! its batch: the good ones are kept, the bad ones are logged and told of in the answer.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use loopscope_event::Dialect;
use loopscope_protocol::{IntakeAnswer, Receipt};
use serde::Serialize;

use super::error::FacadeError;
use super::guest::Sender;
use crate::intake::{self, IntakeRequest, Transport};
use crate::open::AsContract;
use crate::state::AppState;

/// The most refused events that an answer tells of.
const TOLD: usize = 20;

/// The answer: two counts, and more only where something was refused.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Accepted {
    #[serde(rename = "accepted")]
    stored: u64,
    duplicates: u64,
    #[serde(skip_serializing_if = "is_zero")]
    rejected: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Rejected>,
}

/// One refused event.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Rejected {
    /// Its place in the batch, from 0.
    index: usize,
    field: Option<String>,
    message: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Takes a batch, an array, or a bare event.
#[utoipa::path(
    post,
    path = "/events",
    tag = "Contract: convergence",
    summary = "Events of a loop",
    request_body(content = Object, content_type = "application/json"),
    responses(AsContract),
    security(("bearer" = ["ingest"])),
)]
pub(super) async fn take(
    State(state): State<AppState>,
    sender: Sender,
    body: Body,
) -> Result<Json<Accepted>, FacadeError> {
    let limit = state.config.limits.body_bytes;
    let bytes = axum::body::to_bytes(body, limit)
        .await
        .map_err(|_| too_large(limit))?;
    let request = IntakeRequest {
        dialect: Some(Dialect::Convergence),
        project: sender.project,
        ..IntakeRequest::json(bytes, Transport::Webhook)
    };
    let answer = intake::submit(&state, request).await?;
    if answer.rejected > 0 {
        let first = answer
            .receipts
            .iter()
            .find_map(|receipt| receipt.error.as_ref());
        let message = first.map_or("", |error| error.message.as_str());
        tracing::warn!(
            rejected = answer.rejected,
            message,
            "a loop posted events that cannot be read"
        );
    }
    Ok(Json(Accepted::of(answer)))
}

impl Accepted {
    fn of(answer: IntakeAnswer) -> Self {
        let refused = answer.receipts.into_iter().filter_map(Rejected::of);
        Self {
            stored: answer.accepted,
            duplicates: answer.duplicates,
            rejected: answer.rejected,
            errors: refused.take(TOLD).collect(),
        }
    }
}

impl Rejected {
    fn of(receipt: Receipt) -> Option<Self> {
        let error = receipt.error?;
        Some(Self {
            index: receipt.index,
            field: error.field,
            message: error.message,
        })
    }
}

fn too_large(limit: usize) -> FacadeError {
    FacadeError {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        error: "too_large",
        message: format!("a body has at most {limit} bytes"),
    }
}
