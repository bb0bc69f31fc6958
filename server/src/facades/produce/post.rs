//! `POST /events` of the agents and training contracts. In: an event, an array, `{"events":[…]}`, or lines. Out: 202 and
//! how many were taken, after the fsync; 400 for what is no JSON; 422 where nothing of it can be used.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use loopscope_dialects::Format;
use loopscope_dialects::json::{self, NonFinite};
use loopscope_protocol::{ErrorCode, IntakeAnswer, Receipt};
use serde::Serialize;
use serde::de::IgnoredAny;

use crate::facades::detail::Detail;
use crate::intake::{self, IntakeRequest};
use crate::state::AppState;

/// The most refused events that an answer tells of.
const TOLD: usize = 20;

/// Two counts, and more only where there is more to say.
#[derive(Debug, Serialize)]
struct Taken {
    /// Events that are on the disk, those that were there before included.
    accepted: u64,
    rejected: u64,
    /// Of those accepted, the ones that were there before.
    #[serde(skip_serializing_if = "is_zero")]
    duplicates: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Refused>,
}

/// One refused event.
#[derive(Debug, Serialize)]
struct Refused {
    /// Its place in the body, from 0.
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

/// Stores what a body holds.
pub(crate) async fn take(state: &AppState, request: IntakeRequest) -> Result<Response, Detail> {
    let (bytes, format) = (request.bytes.clone(), request.format);
    let answer = match intake::submit(state, request).await {
        Ok(answer) => answer,
        Err(error) => {
            // JSON that is no event, such as a number: it was read, and there is nothing in it.
            let is_unusable = error.code == ErrorCode::Malformed && is_json(&bytes, format);
            let mut detail = Detail::from(error);
            if is_unusable {
                detail.status = StatusCode::UNPROCESSABLE_ENTITY;
            }
            return Err(detail);
        }
    };
    let nothing_taken = answer.accepted + answer.duplicates == 0 && answer.rejected > 0;
    let status = if nothing_taken {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::ACCEPTED
    };
    Ok((status, Json(Taken::of(answer))).into_response())
}

fn is_json(bytes: &Bytes, format: Format) -> bool {
    let Ok(clean) = json::clean(bytes, NonFinite::Null) else {
        return false;
    };
    format == Format::Json && serde_json::from_str::<IgnoredAny>(&clean.text).is_ok()
}

impl Taken {
    fn of(answer: IntakeAnswer) -> Self {
        let refused = answer.receipts.into_iter().filter_map(Refused::of);
        Self {
            accepted: answer.accepted + answer.duplicates,
            rejected: answer.rejected,
            duplicates: answer.duplicates,
            errors: refused.take(TOLD).collect(),
        }
    }
}

impl Refused {
    fn of(receipt: Receipt) -> Option<Self> {
        let error = receipt.error?;
        Some(Self {
            index: receipt.index,
            field: error.field,
            message: error.message,
        })
    }
}
