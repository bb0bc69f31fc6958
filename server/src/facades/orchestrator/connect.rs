//! How a connection begins. In: the handshake's credentials and session. Out: a seat, and the first words.
//!
//! The library acknowledges first; then `connected` follows, then `session:state` where the session is there.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use loopscope_event::SessionId;
use loopscope_protocol::ApiError;
use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::extract::{Extension, SocketRef, TryData};
use socketioxide::handler::ConnectHandler as _;
use tokio::sync::{Mutex, mpsc};

use super::inlet::{Inlet, session_of};
use super::outlet::{Emit, Mouth, Outlet, Say, Word, reader};
use super::seat::{Seat, Seated};
use super::{CAPABILITIES, CONTRACT_VERSION, shapes};
use crate::access::{Grant, Peer, Right};
use crate::api::Pairs;
use crate::deliver::Speaks;
use crate::facades::door::without_local_origin;
use crate::life::now;
use crate::state::AppState;

/// What waits to be said; taken by the connection's task.
type Said = Arc<Mutex<Option<mpsc::UnboundedReceiver<Box<Word>>>>>;

/// Lets connections in, to `/` only.
pub(super) fn serve(io: &SocketIo, state: &AppState) {
    let (at_door, inside) = (state.clone(), state.clone());
    let let_in = move |socket: SocketRef, auth: TryData<Value>| {
        let state = at_door.clone();
        async move { let_in(&state, &socket, auth.0.unwrap_or_default()).await }
    };
    let begin = move |socket: SocketRef, seat: Extension<Seated>, said: Extension<Said>| {
        let state = inside.clone();
        async move { begin(&state, socket, seat.0.0, &said.0) }
    };
    io.ns("/", begin.with(let_in));
}

/// Who may not come in is told why by the library's `connect_error`.
async fn let_in(state: &AppState, socket: &SocketRef, auth: Value) -> Result<(), String> {
    if state.life.is_stopping() {
        return Err("the server stops".to_owned());
    }
    let parts = socket.req_parts();
    let grant = grant(state, parts, &auth)
        .await
        .map_err(|error| error.message)?;
    let peer = Peer::of(parts).map_err(|problem| problem.0.message)?;
    let session = session(parts, &auth)?;
    let presence = state.clients.enter(Speaks::SocketIo);
    let (seat, said) = Seat::new(socket.id.to_string(), grant, peer, session, presence);
    let seat = Arc::new(seat);
    // Before the acknowledgement: a quick client's first event comes right behind it.
    let inlet = Inlet {
        state: state.clone(),
        seat: Arc::clone(&seat),
    };
    socket.on_fallback(inlet);
    let (gone, state) = (Arc::clone(&seat), state.clone());
    socket.on_disconnect(move || {
        let gone = Arc::clone(&gone);
        let state = state.clone();
        async move {
            state.orchestrator.leave(&gone.sid);
            gone.closed.cancel();
        }
    });
    socket.extensions.insert(Seated(seat));
    socket
        .extensions
        .insert::<Said>(Arc::new(Mutex::new(Some(said))));
    Ok(())
}

/// The same rules as everywhere, with one more place for the token: `token` in the handshake's payload.
async fn grant(state: &AppState, parts: &Parts, auth: &Value) -> Result<Grant, ApiError> {
    let mut parts = without_local_origin(parts.clone());
    if let Some(token) = auth.get("token").and_then(Value::as_str)
        && let Ok(value) = HeaderValue::try_from(format!("Bearer {token}"))
    {
        parts.headers.insert(header::AUTHORIZATION, value);
    }
    // Polling is as good as a socket to whoever wants to steer: no page of another origin opens either.
    parts
        .headers
        .insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    match state.access.allow(&parts, Right::View).await {
        Ok(grant) => Ok(grant),
        Err(error) => state
            .access
            .allow(&parts, Right::Take)
            .await
            .map_err(|_| error),
    }
}

/// The session of the handshake's payload where it has the key, else of the address.
fn session(parts: &Parts, auth: &Value) -> Result<Option<SessionId>, String> {
    if let Some(value) = auth.get("session_id") {
        return session_of(value);
    }
    let pairs = Pairs::read(parts.uri.query());
    let named = pairs.get("session_id").map(|text| json!(text));
    named.map_or(Ok(None), |value| session_of(&value))
}

fn begin(state: &AppState, socket: SocketRef, seat: Arc<Seat>, said: &Said) {
    let Some(words) = said.try_lock().ok().and_then(|mut said| said.take()) else {
        return;
    };
    socket.extensions.remove::<Said>();
    state.orchestrator.enter(&seat);
    if seat.closed.is_cancelled() {
        // It went while it came.
        state.orchestrator.leave(&seat.sid);
        return;
    }
    // Taken before the session is read: what comes between is said twice rather than not at all.
    let reader = reader(state, &seat);
    let outlet = Outlet {
        mouth: Mouth {
            state: state.clone(),
            socket,
            seat: Arc::clone(&seat),
        },
        words,
        reader,
        deleted: state.orchestrator.deleted(),
    };
    let state = state.clone();
    // Two tasks: the one that greets is larger than the one that stays, and ends here.
    state.life.tasks.clone().spawn(async move {
        for emit in greeting(&state, &seat).await {
            if outlet.mouth.say(&Say::Event(emit)).await.is_err() {
                return;
            }
        }
        state.life.tasks.spawn(outlet.run());
    });
}

async fn greeting(state: &AppState, seat: &Seat) -> Vec<Emit> {
    let session = seat.rooms().own().cloned();
    let connected = json!({
        "server_version": CONTRACT_VERSION,
        "timestamp": now(),
        "session_id": session,
        "capabilities": CAPABILITIES,
    });
    let mut greeting = vec![Emit::new("connected", &connected)];
    if let Some(session) = session.filter(|_| seat.may_view()) {
        match shapes::full(state, &(seat.project.clone(), session)).await {
            Ok(Some(full)) => {
                let payload = json!({"session": full, "timestamp": now()});
                greeting.push(Emit::new("session:state", &payload));
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a session could not be shown"),
        }
    }
    greeting
}
