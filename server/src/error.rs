//! Errors on their way out over HTTP. In: the one error of our protocol. Out: its status and JSON body.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loopscope_protocol::{ApiError, ErrorBody, ErrorCode};

use crate::telemetry::word;

/// An error as the answer to a request on our own routes.
#[derive(Debug)]
pub(crate) struct Problem(pub ApiError);

impl Problem {
    /// An error with neither field nor bound.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(ApiError::new(code, message))
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

/// The HTTP status of an error.
pub(crate) fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self(error) = self;
        metrics::counter!("loopscope_http_errors_total", "code" => word(error.code)).increment(1);
        let retry = error.retry_after_ms.map(|millis| millis.div_ceil(1000));
        let mut response = (status(&error), Json(ErrorBody { error })).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
