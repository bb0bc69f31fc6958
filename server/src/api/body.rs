//! The body of an intake request. In: bytes, perhaps gzipped. Out: bytes within the bound.

use std::io::Read as _;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use flate2::read::MultiGzDecoder;
use loopscope_dialects::Format;
use loopscope_protocol::{ApiError, ErrorCode};

use crate::error::Problem;
use crate::state::AppState;

/// Bodies from this size on are unpacked off the threads that serve connections.
const LARGE_BYTES: usize = 32 * 1024;

/// A whole body, unpacked, and how its media type says that it is laid out.
pub(crate) struct Body {
    /// The bytes.
    pub bytes: Bytes,
    /// One value, or one a line.
    pub format: Format,
}

impl FromRequest<AppState> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let limit = state.config.limits.body_bytes;
        let format = format_of(request.headers());
        let is_packed = is_packed(request.headers())?;
        let packed = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| unread(&rejection, limit))?;
        let bytes = match is_packed {
            false => packed,
            true if packed.len() < LARGE_BYTES => unpack(&packed, limit)?,
            true => tokio::task::spawn_blocking(move || unpack(&packed, limit))
                .await
                .map_err(|_| {
                    Problem::new(ErrorCode::Internal, "the body could not be unpacked")
                })??,
        };
        Ok(Self { bytes, format })
    }
}

/// A JSON body with the fields of a struct.
pub(crate) struct Fields<T>(pub T);

impl<T: serde::de::DeserializeOwned> FromRequest<AppState> for Fields<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let body = Body::from_request(request, state).await?;
        match serde_json::from_slice(&body.bytes) {
            Ok(fields) => Ok(Self(fields)),
            Err(error) if error.is_data() => Err(Problem(wrong_field(&error))),
            Err(error) => Err(Problem::new(
                ErrorCode::Malformed,
                format!("not JSON: {error}"),
            )),
        }
    }
}

/// What serde says of a field, with the field where it names one.
fn wrong_field(error: &serde_json::Error) -> ApiError {
    let message = error.to_string();
    let named = message.strip_prefix("missing field `");
    let field = named
        .and_then(|rest| rest.split_once('`'))
        .map(|(field, _)| field.to_owned());
    ApiError {
        field,
        ..ApiError::new(ErrorCode::InvalidField, message)
    }
}

fn format_of(headers: &HeaderMap) -> Format {
    let media = headers.get(header::CONTENT_TYPE);
    let media = media
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    match media.to_ascii_lowercase().as_str() {
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/jsonlines" => Format::Ndjson,
        _ => Format::Json,
    }
}

fn is_packed(headers: &HeaderMap) -> Result<bool, Problem> {
    let encoding = headers.get(header::CONTENT_ENCODING);
    match encoding.map(|value| value.to_str().unwrap_or("?").trim()) {
        None | Some("" | "identity") => Ok(false),
        Some(word) if word.eq_ignore_ascii_case("gzip") => Ok(true),
        Some(other) => Err(Problem::new(
            ErrorCode::Malformed,
            format!("bodies may be packed with gzip, not with `{other}`"),
        )),
    }
}

fn unpack(packed: &[u8], limit: usize) -> Result<Bytes, Problem> {
    let mut unpacked = Vec::new();
    let mut reader = MultiGzDecoder::new(packed).take(limit as u64 + 1);
    reader
        .read_to_end(&mut unpacked)
        .map_err(|_| Problem::new(ErrorCode::Malformed, "the body is not gzip"))?;
    if unpacked.len() > limit {
        return Err(too_large(limit));
    }
    Ok(Bytes::from(unpacked))
}

fn unread(rejection: &BytesRejection, limit: usize) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(limit);
    }
    Problem::new(ErrorCode::Malformed, "the body could not be read")
}

fn too_large(limit: usize) -> Problem {
    Problem(ApiError::too_large(
        format!("{limit} bytes"),
        "the body is too large; send the events in several",
    ))
}
