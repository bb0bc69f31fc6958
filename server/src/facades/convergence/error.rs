//! Errors of this facade's routes. In: what went wrong. Out: a status and `{"detail","error","message"}`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use loopscope_protocol::{ApiError, ErrorCode};
use serde::Serialize;

use super::actions::Refusal;
use crate::error::Problem;

/// An error as the contract's clients read it: `detail` and `message` say the same to two kinds of clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FacadeError {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// A word for programs.
    pub(crate) error: &'static str,
    /// A sentence for people.
    pub(crate) message: String,
}

#[derive(Serialize)]
struct Body<'a> {
    detail: &'a str,
    error: &'a str,
    message: &'a str,
}

impl FacadeError {
    /// No such session.
    pub(crate) fn unknown_session(id: &str) -> Self {
        let shown: String = id.chars().take(128).collect();
        Self {
            status: StatusCode::NOT_FOUND,
            error: "not_found",
            message: format!("no session `{shown}`"),
        }
    }

    /// A query parameter that is no whole number.
    pub(crate) fn bad_number(parameter: &str) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            error: "invalid_parameter",
            message: format!("`{parameter}` is not a whole number"),
        }
    }

    /// The same, as the answer to an action on a socket.
    pub(crate) fn refusal(&self, action: &str) -> Refusal {
        Refusal::action(action, self.error, self.message.clone())
    }

    /// A request for a socket that asks for no upgrade, or for one that cannot be.
    pub(crate) fn no_upgrade(problem: Problem) -> Self {
        Self {
            error: "upgrade_required",
            ..problem.into()
        }
    }

    /// A fault of ours; what it was goes to the log, not to the client.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request to the convergence facade failed");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: "internal",
            message: "the server could not answer; its log says why".to_owned(),
        }
    }
}

/// The answer where nothing is, right beside the contract's addresses.
pub(super) async fn no_such_address() -> FacadeError {
    FacadeError {
        status: StatusCode::NOT_FOUND,
        error: "not_found",
        message: "there is nothing at this address".to_owned(),
    }
}

/// The answer to a method that a route does not take.
pub(super) async fn method_not_allowed() -> FacadeError {
    FacadeError {
        status: StatusCode::METHOD_NOT_ALLOWED,
        error: "method_not_allowed",
        message: "this address does not take this method".to_owned(),
    }
}

impl From<PathRejection> for FacadeError {
    /// A path whose escapes are no text.
    fn from(rejection: PathRejection) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: "invalid_parameter",
            message: rejection.body_text(),
        }
    }
}

impl From<Problem> for FacadeError {
    fn from(Problem(error): Problem) -> Self {
        error.into()
    }
}

impl From<&'static str> for FacadeError {
    /// A query parameter that is no whole number, by its name.
    fn from(parameter: &'static str) -> Self {
        Self::bad_number(parameter)
    }
}

impl From<ApiError> for FacadeError {
    fn from(error: ApiError) -> Self {
        Self {
            status: crate::error::status(&error),
            error: word(error.code),
            message: error.message,
        }
    }
}

/// The code as a word.
const fn word(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Malformed => "invalid_json",
        ErrorCode::InvalidField => "invalid_parameter",
        ErrorCode::UnknownAction => "unknown_action",
        ErrorCode::TooLarge => "too_large",
        ErrorCode::RateLimited => "rate_limited",
        ErrorCode::Unauthorized => "unauthorized",
        ErrorCode::Forbidden => "forbidden",
        ErrorCode::NotFound => "not_found",
        ErrorCode::MethodNotAllowed => "method_not_allowed",
        ErrorCode::Conflict | ErrorCode::AlreadyDecided => "conflict",
        ErrorCode::DiskFull => "disk_full",
        ErrorCode::Busy => "busy",
        ErrorCode::ShuttingDown => "shutting_down",
        ErrorCode::Internal => "internal",
    }
}

impl IntoResponse for FacadeError {
    fn into_response(self) -> Response {
        let body = Body {
            detail: &self.message,
            error: self.error,
            message: &self.message,
        };
        (self.status, Json(body)).into_response()
    }
}
