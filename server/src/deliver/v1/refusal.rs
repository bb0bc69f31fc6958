//! Refusals on the socket: an `error` frame with the request's id, where it could be read; the connection stays.

use loopscope_protocol::{ApiError, ErrorCode, ErrorFrame, MessageError, ServerMessage};
use serde::Deserialize;

/// An `error` frame.
pub(super) fn frame(id: Option<String>, error: ApiError) -> String {
    metrics::counter!("loopscope_socket_errors_total", "code" => crate::telemetry::word(error.code))
        .increment(1);
    ServerMessage::Error(ErrorFrame { id, error }).to_json()
}

/// What is wrong with a text that is no message.
pub(super) fn of_message(error: &MessageError) -> ApiError {
    match error {
        MessageError::UnknownType(name) => ApiError {
            field: Some("type".to_owned()),
            ..ApiError::new(
                ErrorCode::UnknownAction,
                format!(
                    "there is no message `{name}`; subscribe, unsubscribe, watch, publish, attach, detach, receipt, command and ping are"
                ),
            )
        },
        MessageError::Json(error) if error.is_data() => {
            ApiError::new(ErrorCode::InvalidField, format!("not a message: {error}"))
        }
        MessageError::Json(error) => {
            ApiError::new(ErrorCode::Malformed, format!("not JSON: {error}"))
        }
    }
}

/// The id of a message that could not be read as a whole.
pub(super) fn id_of(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct WithId {
        id: String,
    }
    let found: WithId = serde_json::from_str(text).ok()?;
    Some(found.id.chars().take(128).collect())
}
