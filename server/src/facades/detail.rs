//! Errors of the agents and training facades. In: what went wrong. Out: a status and `{"detail", "error"}`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loopscope_journal::JournalError;
use loopscope_protocol::ApiError;
use serde_json::json;

use crate::error::Problem;
use crate::fold::LoadError;
use crate::telemetry::word;

/// An error as clients of these contracts read it.
#[derive(Debug)]
pub(crate) struct Detail {
    pub(super) status: StatusCode,
    /// A sentence for people.
    pub(super) message: String,
    /// A word for programs; empty where the status says it all.
    error: String,
    /// When to come again, in seconds.
    retry: Option<u64>,
}

impl Detail {
    /// An error that its status names.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            message: detail.into(),
            error: String::new(),
            retry: None,
        }
    }

    /// There is nothing there.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// The journal could not be read.
    pub(super) fn unreadable(cause: &dyn std::fmt::Display) -> Self {
        Self::internal(cause)
    }

    fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request to a contract's facade failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    }
}

/// The answer to a method that a route does not take.
pub(super) async fn method_not_allowed() -> Detail {
    Detail::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

impl From<Problem> for Detail {
    fn from(Problem(error): Problem) -> Self {
        error.into()
    }
}

impl From<ApiError> for Detail {
    fn from(error: ApiError) -> Self {
        Self {
            status: crate::error::status(&error),
            error: word(error.code),
            retry: error.retry_after_ms.map(|millis| millis.div_ceil(1_000)),
            message: error.message,
        }
    }
}

impl From<JournalError> for Detail {
    fn from(error: JournalError) -> Self {
        Self::internal(&error)
    }
}

impl From<LoadError> for Detail {
    fn from(error: LoadError) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for Detail {
    fn into_response(self) -> Response {
        let mut body = json!({"detail": self.message});
        if !self.error.is_empty() {
            body["error"] = json!(self.error);
        }
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
