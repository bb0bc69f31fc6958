//! Programs that report over Socket.IO, and take their commands there. In: `cli_event`, receipts. Out: events in the
//! journal, acknowledged after the fsync where that was asked for; commands to the program.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{CommandId, CommandRecord, Dialect, NewEvent, RawJson, SessionId};
use loopscope_protocol::{ApiError, CommandReceipt, ErrorCode, IntakeAnswer, RunnerVia};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use socketioxide::ack::AckStream;

use super::inlet::done;
use super::outlet::{AckTo, Emit, Say};
use super::seat::Seat;
use super::{SOURCE, refused};
use crate::access::Right;
use crate::intake::{self, Transport};
use crate::life::now;
use crate::state::AppState;
use crate::steer::{Key, NewRunner, ToRunner};

/// How long a program waits before it asks again whether it may take its session's commands.
const ATTACH_AGAIN: Duration = Duration::from_secs(5);

/// `cli_event`: one event of a program, or several.
pub(super) async fn cli_event(
    state: &AppState,
    seat: &Arc<Seat>,
    argument: &str,
    ack: Option<AckTo>,
) {
    let events = match read(state, seat, argument) {
        Ok(events) => events,
        Err(error) => return refuse(seat, ack, &error),
    };
    for event in &events {
        seat.sends(event.event_id.clone());
    }
    for session in sessions_of(&events) {
        if seat.produces(&session) {
            state.orchestrator.produces(&key_of(seat, &session));
        }
    }
    loop {
        let storing = store(state.clone(), events.clone());
        let mut storing = Box::pin(storing);
        // Begun here, so that events keep their order; whoever wants to know waits for the disk elsewhere.
        let first = poll_fn(|cx| Poll::Ready(storing.as_mut().poll(cx))).await;
        match first {
            Poll::Ready(Err(error)) if error.code == ErrorCode::Busy => {
                let pause = Duration::from_millis(error.retry_after_ms.unwrap_or(250));
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = state.life.shutdown.cancelled() => return refuse(seat, ack, &error),
                }
            }
            Poll::Ready(answer) => return stored(state, seat, &events, ack, answer),
            Poll::Pending => {
                let (state, seat) = (state.clone(), Arc::clone(seat));
                state.life.tasks.clone().spawn(async move {
                    let answer = storing.await;
                    stored(&state, &seat, &events, ack, answer);
                });
                return;
            }
        }
    }
}

async fn store(state: AppState, events: Vec<NewEvent>) -> Result<IntakeAnswer, ApiError> {
    if state.life.is_stopping() {
        return Err(ApiError::new(ErrorCode::ShuttingDown, "the server stops"));
    }
    intake::submit_events(&state, events, Transport::SocketIo).await
}

fn read(state: &AppState, seat: &Seat, argument: &str) -> Result<Vec<NewEvent>, ApiError> {
    seat.allow(Right::Ingest)?;
    state.access.count_intake(&seat.grant, &seat.peer)?;
    let context = DecodeContext {
        project: seat.project.clone(),
        dialect: Some(Dialect::Orchestrator),
        session_hint: seat.rooms().own().cloned(),
        // Producers of this contract write the local time of their host.
        naive_zone: jiff::tz::TimeZone::system(),
        limits: intake::decode_limits(&state.config.limits),
        ..DecodeContext::new(now())
    };
    let bad = |error: String| ApiError::field("event_type", error);
    if !is_named(argument) {
        return Err(bad("must be a text of something".to_owned()));
    }
    let decoded = decode(argument.as_bytes(), &context).map_err(|error| bad(error.to_string()))?;
    let events: Result<Vec<NewEvent>, _> = decoded
        .items
        .into_iter()
        .map(|item| item.map(|(event, _)| event))
        .collect();
    let events = events.map_err(|error| bad(error.to_string()))?;
    if events.is_empty() {
        return Err(bad("there is no event in it".to_owned()));
    }
    Ok(events)
}

/// Over this way in an event is named by `event_type`, and by none of the fields that other producers use. What is no
/// event by itself is the decoder's business.
fn is_named(argument: &str) -> bool {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, default)]
        event_type: Option<&'a RawValue>,
        #[serde(borrow, default)]
        events: Option<&'a RawValue>,
    }
    // Of a list, the places would be taken for the fields.
    if !argument.trim_start().starts_with('{') {
        return true;
    }
    serde_json::from_str::<Named<'_>>(argument).map_or(true, |named| {
        let name = named
            .event_type
            .and_then(|name| serde_json::from_str::<String>(name.get()).ok());
        name.is_some_and(|name| !name.trim().is_empty()) || named.events.is_some()
    })
}

fn refuse(seat: &Seat, ack: Option<AckTo>, error: &ApiError) {
    tracing::warn!(sid = &*seat.sid, %error, "an event over Socket.IO was not taken");
    if let Some(ack) = ack {
        seat.say(Say::Ack(ack, Some(refused(error))));
    }
}

/// The journal has them, or not.
fn stored(
    state: &AppState,
    seat: &Arc<Seat>,
    events: &[NewEvent],
    ack: Option<AckTo>,
    answer: Result<IntakeAnswer, ApiError>,
) {
    if let Err(error) = answer {
        return refuse(seat, ack, &error);
    }
    done(seat, ack);
    for session in sessions_of(events) {
        if seat.obeys(&session) {
            let key = key_of(seat, &session);
            let tasks = &state.life.tasks;
            tasks.spawn(obey(state.clone(), Arc::clone(seat), key));
        }
    }
}

fn key_of(seat: &Seat, session: &SessionId) -> Key {
    (seat.project.clone(), session.clone())
}

/// The sessions of some events, each once where they stand together.
fn sessions_of(events: &[NewEvent]) -> Vec<SessionId> {
    let mut sessions: Vec<SessionId> = events
        .iter()
        .map(|event| event.session_id.clone())
        .collect();
    sessions.dedup();
    sessions
}

/// Takes a session's commands for its program, unless another one does; asks again as long as the session goes on.
async fn obey(state: AppState, seat: Arc<Seat>, key: Key) {
    let noted = state.journal.set_source(&key.0, &key.1, SOURCE).await;
    if let Err(error) = noted {
        tracing::warn!(%error, session = %key.1, "the session's source could not be noted");
    }
    if seat.allow(Right::Take).is_err() {
        return;
    }
    let gone = seat.closed.clone();
    tokio::select! {
        () = take_commands(&state, &seat, &key) => {}
        () = gone.cancelled() => {}
        () = state.life.shutdown.cancelled() => {}
    }
    seat.obeys_no_more(&key.1);
}

async fn take_commands(state: &AppState, seat: &Arc<Seat>, key: &Key) {
    let mut attachment = loop {
        let new = NewRunner {
            name: format!("{} over Socket.IO", key.1),
            via: RunnerVia::SocketIo,
            commands: Vec::new(),
            take_over: false,
        };
        match state.desk.attach(key, new).await {
            Ok(attachment) => break attachment,
            Err(error) => {
                tracing::debug!(%error, session = %key.1, "a program does not take its commands");
                let board = state.fold.board(&key.0, &key.1).await;
                if !board
                    .is_ok_and(|found| found.is_some_and(|(board, _)| !board.status().is_ended()))
                {
                    return;
                }
                tokio::time::sleep(ATTACH_AGAIN).await;
            }
        }
    };
    while let Some(word) = attachment.incoming.recv().await {
        match word {
            ToRunner::Command {
                command,
                redelivered,
            } => {
                let emit = Emit::new("command", &flat(&command, redelivered));
                seat.say(Say::Command(emit, key.clone()));
            }
            ToRunner::Cancelled(id) => seat.emit("command:cancelled", &json!({"command_id": id})),
            ToRunner::Detached(_) => return,
        }
    }
}

/// A command as the contract has it, flat, with its id.
fn flat(command: &CommandRecord, redelivered: bool) -> Value {
    let mut flat = match command.parameters.value() {
        fields @ Value::Object(_) => fields,
        other => json!({"parameters": other}),
    };
    flat["type"] = json!(command.kind);
    flat["command_id"] = json!(command.command_id);
    flat["session_id"] = json!(command.session_id);
    if let Some(reason) = &command.reason {
        flat["reason"] = json!(reason);
    }
    if redelivered {
        flat["redelivered"] = json!(true);
    }
    flat
}

/// A program may answer a command by acknowledging it with `{status, result?, error?}`. Client libraries acknowledge
/// by themselves too, with nothing in it: that says nothing.
pub(super) fn await_receipt(
    state: &AppState,
    seat: &Arc<Seat>,
    key: &Key,
    emit: &Emit,
    answer: AckStream<Value>,
) {
    let command_id = emit.payload.value()["command_id"].clone();
    let (state, seat, key) = (state.clone(), Arc::clone(seat), key.clone());
    state.life.tasks.clone().spawn(async move {
        let answer = tokio::select! {
            answer = answer => answer,
            () = seat.closed.cancelled() => return,
            () = state.life.shutdown.cancelled() => return,
        };
        let Ok(mut said) = answer else {
            return;
        };
        if said.get("status").is_none() {
            return;
        }
        said["command_id"] = command_id;
        match serde_json::from_value::<CommandReceipt>(said) {
            Ok(receipt) => {
                if let Err(error) = state.desk.receipt(&seat.grant.who, &key, receipt).await {
                    tracing::warn!(%error, "a receipt over Socket.IO was not taken");
                }
            }
            Err(error) => tracing::warn!(%error, "a receipt over Socket.IO was not understood"),
        }
    });
}

/// `command:receipt`: what a program says of a command.
pub(super) async fn receipt(
    state: &AppState,
    seat: &Arc<Seat>,
    argument: &str,
    ack: Option<AckTo>,
) {
    match try_receipt(state, seat, argument).await {
        Ok(record) => {
            if let Some(ack) = ack {
                let record = Emit::new("", &record).payload;
                seat.say(Say::Ack(ack, Some(record)));
            }
        }
        Err(error) => refuse(seat, ack, &error),
    }
}

async fn try_receipt(
    state: &AppState,
    seat: &Seat,
    argument: &str,
) -> Result<CommandRecord, ApiError> {
    seat.allow(Right::Take)?;
    let receipt: CommandReceipt = serde_json::from_str(argument)
        .map_err(|error| ApiError::field("command_id", error.to_string()))?;
    let key = key_of_command(state, seat, &receipt.command_id).await?;
    state.desk.receipt(&seat.grant.who, &key, receipt).await
}

async fn key_of_command(state: &AppState, seat: &Seat, id: &CommandId) -> Result<Key, ApiError> {
    let found = state.journal.command(id).await.map_err(|error| {
        tracing::error!(%error, "a command could not be read");
        ApiError::new(ErrorCode::Internal, "the journal could not be read")
    })?;
    let record = found.filter(|record| record.project == seat.project);
    let record = record
        .ok_or_else(|| ApiError::new(ErrorCode::NotFound, format!("there is no command `{id}`")))?;
    Ok((record.project, record.session_id))
}

/// An object as JSON that is sent as it is.
pub(super) fn raw(value: &Value) -> RawJson {
    RawJson::from_trusted(value.to_string())
}
