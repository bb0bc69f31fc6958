//! Intake: the one way in. Bytes become events, events get their place on the disk, and the producer its receipts.
//!
//! In: bytes from any transport (a request, a frame, a loop's feed, a file) and what is known of them. Out: a receipt
//! an event, after the fsync that covers it; or an error that names the bound or the place. Whoever calls has
//! already checked that the producer may.

mod answer;
mod request;

use std::time::Instant;

use jiff::tz::TimeZone;
use loopscope_dialects::{DecodeContext, DecodeError, DecodeLimits, Decoded};
use loopscope_event::{Dialect, NewEvent};
use loopscope_journal::{AppendError, Appended};
use loopscope_protocol::{ApiError, ErrorCode, IntakeAnswer};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

pub(crate) use request::{IntakeRequest, Transport};

use crate::config::Limits;
use crate::life::now;
use crate::runs;
use crate::state::AppState;

/// Bodies from this size on are worth another thread.
const LARGE_BYTES: usize = 128 * 1024;

/// Takes bytes in: decodes them, stores what is good, and answers for each event.
#[tracing::instrument(level = "debug", skip_all, fields(bytes = request.bytes.len(), transport = request.transport.as_str()))]
pub(crate) async fn submit(
    state: &AppState,
    request: IntakeRequest,
) -> Result<IntakeAnswer, ApiError> {
    let transport = request.transport;
    let started = Instant::now();
    let result = take(state, request).await;
    state
        .telemetry
        .intake(transport, &result, started.elapsed());
    result
}

async fn take(state: &AppState, request: IntakeRequest) -> Result<IntakeAnswer, ApiError> {
    refuse_while_stopping(state)?;
    let context = context(state, &request);
    let bytes = request.bytes;
    let decoded = decode(&bytes, &context).map_err(|error| answer::unreadable(&error))?;
    let (events, draft) = answer::Draft::split(decoded);
    let has_runs = events
        .iter()
        .any(|event| event.dialect == Dialect::Training);
    if !has_runs {
        return store(state, events, draft, None).await;
    }
    let nameless = || state.trainers.of_requests(&request.project, None);
    let source = request.source.unwrap_or_else(nameless);
    runs::placed(state, &source, events, async |events| {
        store(state, events, draft, None).await
    })
    .await
}

/// Decodes in place, so that what one connection sends is stored in the order sent. While a large body is decoded,
/// another thread takes over the tasks of this one.
fn decode(bytes: &[u8], context: &DecodeContext) -> Result<Decoded, DecodeError> {
    let has_threads = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    if bytes.len() >= LARGE_BYTES && has_threads {
        return tokio::task::block_in_place(|| loopscope_dialects::decode(bytes, context));
    }
    loopscope_dialects::decode(bytes, context)
}

/// Stores events that are decoded already: our own, and those of programs inside of the server.
pub(crate) async fn submit_events(
    state: &AppState,
    events: Vec<NewEvent>,
    transport: Transport,
) -> Result<IntakeAnswer, ApiError> {
    submit_events_placed(state, events, transport, None).await
}

/// As [`submit_events`]; `placed` is told when what is submitted from then on comes after them, and dropped where they
/// are not stored.
pub(crate) async fn submit_events_placed(
    state: &AppState,
    events: Vec<NewEvent>,
    transport: Transport,
    placed: Option<oneshot::Sender<()>>,
) -> Result<IntakeAnswer, ApiError> {
    let decoded = Decoded {
        items: events
            .into_iter()
            .map(|event| Ok((event, Vec::new())))
            .collect(),
        ..Decoded::default()
    };
    let started = Instant::now();
    let (events, draft) = answer::Draft::split(decoded);
    let result = store(state, events, draft, placed).await;
    state
        .telemetry
        .intake(transport, &result, started.elapsed());
    result
}

async fn store(
    state: &AppState,
    events: Vec<NewEvent>,
    draft: answer::Draft,
    placed: Option<oneshot::Sender<()>>,
) -> Result<IntakeAnswer, ApiError> {
    let started = Instant::now();
    let appended = append(state, events, placed).await?;
    state.telemetry.appended(appended.len(), started.elapsed());
    Ok(draft.finish(&appended))
}

async fn append(
    state: &AppState,
    events: Vec<NewEvent>,
    placed: Option<oneshot::Sender<()>>,
) -> Result<Vec<Appended>, ApiError> {
    let appended = state.journal.append_placed(events, placed).await;
    if matches!(
        appended,
        Err(AppendError::DiskFull | AppendError::Storage(_))
    ) {
        state.telemetry.not_appended();
    }
    appended.map_err(|error| match error {
        AppendError::DiskFull => ApiError::new(
            ErrorCode::DiskFull,
            "the disk that holds the journal is full; nothing of this batch was kept, everything kept before is safe",
        )
        .retry_after_ms(5_000),
        AppendError::TooBusy => {
            let (_, most) = state.journal.queued_bytes();
            ApiError {
                limit: Some(format!("{most} bytes waiting for the disk")),
                ..ApiError::new(ErrorCode::Busy, "more events wait than the disk can take; nothing of this batch was kept")
            }
            .retry_after_ms(250)
        }
        AppendError::Closed => stopping(),
        AppendError::Storage(message) => {
            tracing::error!(%message, "events could not be stored");
            ApiError::new(ErrorCode::Internal, "the journal could not be written; sending the batch again is safe")
                .retry_after_ms(1_000)
        }
    })
}

fn refuse_while_stopping(state: &AppState) -> Result<(), ApiError> {
    if state.life.is_stopping() {
        return Err(stopping());
    }
    Ok(())
}

fn stopping() -> ApiError {
    ApiError::new(
        ErrorCode::ShuttingDown,
        "the server is shutting down; try again soon",
    )
    .retry_after_ms(1_000)
}

fn context(state: &AppState, request: &IntakeRequest) -> DecodeContext {
    DecodeContext {
        project: request.project.clone(),
        dialect: request.dialect,
        session_hint: request.session_hint.clone(),
        naive_zone: TimeZone::system(),
        format: request.format,
        limits: decode_limits(&state.config.limits),
        ..DecodeContext::new(now())
    }
}

/// The bounds of a decoder, by the configuration.
pub(crate) fn decode_limits(limits: &Limits) -> DecodeLimits {
    DecodeLimits {
        depth: limits.json_depth,
        string_bytes: limits.string_bytes,
        events: limits.batch_events,
        data_bytes: limits.event_bytes,
        ..DecodeLimits::default()
    }
}
