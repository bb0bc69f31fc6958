//! The one error shape of our own routes and frames. In: a code and words. Out: `{"error":{…}}`.

use serde::{Deserialize, Serialize};

/// What went wrong, for programs. The HTTP status follows from it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, or not the JSON that is meant (400).
    Malformed,
    /// A field is missing, of a wrong type or out of range (422).
    InvalidField,
    /// A message or action of an unknown name (400).
    UnknownAction,
    /// A bound was crossed; `limit` says which and how much (413).
    TooLarge,
    /// Too many at once, or too fast (429).
    RateLimited,
    /// No token, or one that does not hold (401).
    Unauthorized,
    /// A token whose role does not allow this (403).
    Forbidden,
    /// No such thing (404).
    NotFound,
    /// The method does not exist on this route (405).
    MethodNotAllowed,
    /// It collides with what is there (409).
    Conflict,
    /// The question has its answer; the message says whose and which (409).
    AlreadyDecided,
    /// The disk that holds the journal is full; nothing of the batch was kept, retry later (507).
    DiskFull,
    /// The server cannot take more right now, retry later (503).
    Busy,
    /// The server is stopping (503).
    ShuttingDown,
    /// A fault of ours (500).
    Internal,
}

/// An error as it stands in an answer: `{"error":{"code","message","field"?,"limit"?}}`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The error.
    pub error: ApiError,
}

/// What went wrong, for programs and people.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what happened, what is safe, what to do.
    pub message: String,
    /// The field at fault, as a path (`events[3].iteration`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The bound that was crossed, with its unit (`16 MiB`, `64 subscriptions`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// When to try again, in milliseconds, where that helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl ErrorCode {
    /// The HTTP status that carries it.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Malformed | Self::UnknownAction => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::AlreadyDecided => 409,
            Self::TooLarge => 413,
            Self::InvalidField => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Busy | Self::ShuttingDown => 503,
            Self::DiskFull => 507,
        }
    }
}

impl ApiError {
    /// An error with neither field nor bound.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            limit: None,
            retry_after_ms: None,
        }
    }

    /// A field is wrong, and why.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(ErrorCode::InvalidField, message)
        }
    }

    /// A bound was crossed.
    pub fn too_large(limit: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            limit: Some(limit.into()),
            ..Self::new(ErrorCode::TooLarge, message)
        }
    }

    /// The same error, saying when to try again.
    #[must_use]
    pub const fn retry_after_ms(mut self, millis: u64) -> Self {
        self.retry_after_ms = Some(millis);
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}
