//! `GET /api/v1/stream`: events as server-sent events, for whom WebSockets do not reach.
//!
//! In: filters as query parameters, `since` or `Last-Event-ID`. Out: one `event` block an event with its cursor as
//! `id`; `reset` with its reason; and every few seconds of silence a cursor, which keeps the connection open and
//! moves the browser's `Last-Event-ID` past what did not match.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use loopscope_event::Cursor;
use loopscope_protocol::{ApiError, ResetReason, StreamFilter};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Presence, Speaks, filter};
use crate::access::Viewer;
use crate::api::Pairs;
use crate::error::Problem;
use crate::open::params::StreamWanted;
use crate::open::words::CursorText;
use crate::ring::{Format, ReadError, Reader};
use crate::state::AppState;

/// Silence is broken after so long.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long browsers wait before they come back.
const RETRY: &str = "retry: 1000\n\n";

/// Opens a stream.
#[utoipa::path(
    get,
    path = "/api/v1/stream",
    tag = "Events",
    summary = "Stream events",
    description = "Server-sent events: `event` with the cursor as `id`, `reset` with its reason. `Last-Event-ID` goes before `since`.",
    params(StreamWanted, ("Last-Event-ID" = Option<CursorText>, Header, description = "What a browser saw last; it sends this by itself.")),
    responses(
        (status = 200, description = "The stream; it does not end", body = String, content_type = "text/event-stream"),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn open(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let asked = filter::read(&state, &grant, &pairs)?;
    let (reader, reset) = match since(&headers, &pairs)? {
        None => (state.reader_from_now(), None),
        Some(cursor) => match state.resume(cursor) {
            Ok(reader) => (reader, None),
            Err(reason) => (state.reader_from_now(), Some(reason)),
        },
    };
    let mut first = RETRY.to_owned();
    if let Some(reason) = reset {
        first.push_str(&reset_block(reason, reader.cursor()));
    }
    let blocks = Blocks {
        reader: reader.looking_for(asked.filter.clone()),
        filter: asked.filter,
        first: Some(Bytes::from(first)),
        ends: grant.ends,
        _presence: state.clients.enter(Speaks::Sse),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store, no-transform"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(blocks.into_stream())).into_response())
}

/// What was seen: what the browser says when it comes back, else what the address says.
fn since(headers: &HeaderMap, pairs: &Pairs) -> Result<Option<Cursor>, ApiError> {
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    match last.filter(|id| !id.is_empty()) {
        Some(id) => id
            .parse()
            .map(Some)
            .map_err(|_| ApiError::field("Last-Event-ID", "a cursor, such as 3-1204")),
        None => pairs
            .parse("since")
            .map_err(|_| ApiError::field("since", "a cursor, such as 3-1204")),
    }
}

struct Blocks {
    reader: Reader,
    filter: Option<Arc<StreamFilter>>,
    first: Option<Bytes>,
    ends: CancellationToken,
    _presence: Presence,
}

impl Blocks {
    fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut blocks| async move {
            let block = blocks.next().await?;
            Some((Ok(block), blocks))
        })
    }

    /// The next blocks; `None` when the stream is over.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let ends = self.ends.clone();
        tokio::select! {
            () = ends.cancelled() => None,
            blocks = timeout(HEARTBEAT, self.events()) => match blocks {
                Ok(blocks) => blocks,
                Err(_) => Some(Bytes::from(format!("id: {}\n\n", self.reader.cursor()))),
            },
        }
    }

    async fn events(&mut self) -> Option<Bytes> {
        loop {
            match self.reader.next().await {
                Ok(slice) => {
                    if let Some(blocks) = slice.singles(Format::Sse, self.filter.as_ref()) {
                        return Some(blocks);
                    }
                }
                Err(ReadError::Reset(reason)) => {
                    return Some(Bytes::from(reset_block(reason, self.reader.cursor())));
                }
                Err(ReadError::Page(error)) => {
                    // The browser comes back by itself, with the cursor that it has.
                    tracing::warn!(%error, "a stream ends");
                    return None;
                }
            }
        }
    }
}

fn reset_block(reason: ResetReason, cursor: Cursor) -> String {
    let reason = serde_json::to_string(&reason).unwrap_or_default();
    format!("id: {cursor}\nevent: reset\ndata: {{\"reason\":{reason},\"cursor\":\"{cursor}\"}}\n\n")
}
