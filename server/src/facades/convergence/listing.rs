//! `GET /api/sessions/{id}/events`: oldest first. In: a page. Out: JSON, written portion by portion.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use loopscope_event::Event;
use loopscope_journal::JournalError;

use super::error::FacadeError;
use super::frames::EventItem;
use super::guest::Reader;
use super::pages::{self, Pages};
use super::query::{Page, read_page, wants_array};
use super::rest::{Id, Pairs};
use super::rows;
use crate::open::AsContract;
use crate::state::AppState;

/// `{"events":[…],"total":n}`, or the bare array with `?format=array`.
#[utoipa::path(
    get,
    path = "/api/sessions/{id}/events",
    tag = "Contract: convergence",
    summary = "A session's events",
    params(
        ("id" = String, Path, description = "The session"),
        ("limit" = Option<i64>, Query, description = "How many; values outside of the limits are clamped"),
        ("offset" = Option<i64>, Query, description = "How many to skip"),
        ("format" = Option<String>, Query, description = "`array`: the bare array"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn events(
    State(state): State<AppState>,
    reader: Reader,
    id: Id,
    Query(pairs): Pairs,
) -> Result<Response, FacadeError> {
    let page = read_page(&pairs, Page::events())?;
    let board = rows::board(&state, &reader.project, &id?.0).await?;
    let (head, tail) = if wants_array(&pairs) {
        ("[", "]".to_owned())
    } else {
        let total = pages::total(&state.journal, &board).await?;
        (r#"{"events":["#, format!(r#"],"total":{total}}}"#))
    };
    let mut text = Text {
        pages: Pages::new(state.journal.clone(), &board, page),
        tail: Some(tail),
        has_items: false,
    };
    let mut first = head.as_bytes().to_vec();
    text.portion(&mut first).await?;
    let body = if text.tail.is_none() {
        Body::from(first)
    } else {
        let rest = stream::try_unfold((Some(first), text), next);
        Body::from_stream(rest)
    };
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], body).into_response())
}

/// What is not written yet.
struct Text {
    pages: Pages,
    /// What stands behind the events; taken when it is written.
    tail: Option<String>,
    has_items: bool,
}

type Step = (Option<Vec<u8>>, Text);

/// The next piece of a body that comes in several.
async fn next((first, mut text): Step) -> Result<Option<(Bytes, Step)>, JournalError> {
    if let Some(first) = first {
        return Ok(Some((Bytes::from(first), (None, text))));
    }
    if text.tail.is_none() {
        return Ok(None);
    }
    let mut out = Vec::new();
    text.portion(&mut out).await?;
    Ok(Some((Bytes::from(out), (None, text))))
}

impl Text {
    /// Writes the next portion, and what stands behind the events where it is the last.
    async fn portion(&mut self, out: &mut Vec<u8>) -> Result<(), JournalError> {
        for event in self.pages.next().await? {
            if std::mem::replace(&mut self.has_items, true) {
                out.push(b',');
            }
            write_item(&event, out);
        }
        if self.pages.is_over()
            && let Some(tail) = self.tail.take()
        {
            out.extend_from_slice(tail.as_bytes());
        }
        Ok(())
    }
}

fn write_item(event: &Arc<Event>, out: &mut Vec<u8>) {
    // Plain data: only a payload that is no JSON could fail, and intake lets none through.
    if let Err(error) = serde_json::to_writer(&mut *out, &EventItem::from(&**event)) {
        tracing::error!(offset = event.offset.0, %error, "an event cannot be written as JSON");
        out.extend_from_slice(b"null");
    }
}
