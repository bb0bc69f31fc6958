//! Errors of this facade's routes. In: what went wrong. Out: a status and `{detail, error, success, timestamp}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use loopscope_protocol::ApiError;
use serde_json::{Value, json};

use crate::error::Problem;
use crate::life::now;

/// An error as the contract's clients read it: `detail` and `error` say the same to two kinds of clients.
#[derive(Debug)]
pub(super) struct FacadeError {
    status: StatusCode,
    error: String,
    /// `detail` where it is more than the sentence: the list of a 422.
    detail: Option<Value>,
}

impl FacadeError {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self {
            status,
            error: error.into(),
            detail: None,
        }
    }

    /// No such session.
    pub(super) fn unknown_session(id: &str) -> Self {
        let shown: String = id.chars().take(256).collect();
        Self::new(StatusCode::NOT_FOUND, format!("Session not found: {shown}"))
    }

    /// A body, or a field of it, that is not what it must be.
    pub(super) fn unprocessable(place: &[&str], kind: &str, message: &str, input: &Value) -> Self {
        let place: Vec<&str> = ["body"].iter().chain(place).copied().collect();
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            error: message.to_owned(),
            detail: Some(json!([{"type": kind, "loc": place, "msg": message, "input": input}])),
        }
    }

    /// A fault of ours; what it was goes to the log, not to the client.
    pub(super) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request to the orchestrator facade failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }
}

/// The answer to an address of this facade that is none.
pub(super) async fn not_found() -> FacadeError {
    FacadeError::new(StatusCode::NOT_FOUND, "Not Found")
}

/// The answer to a method that a route does not take.
pub(super) async fn method_not_allowed() -> FacadeError {
    FacadeError::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

impl From<Problem> for FacadeError {
    fn from(Problem(error): Problem) -> Self {
        error.into()
    }
}

impl From<ApiError> for FacadeError {
    fn from(error: ApiError) -> Self {
        Self::new(crate::error::status(&error), error.message)
    }
}

impl IntoResponse for FacadeError {
    fn into_response(self) -> Response {
        let body = json!({
            "detail": self.detail.unwrap_or_else(|| json!(self.error)),
            "error": self.error,
            "success": false,
            "timestamp": now(),
        });
        (self.status, Json(body)).into_response()
    }
}
