//! The orchestrator contract: Socket.IO at `/socket.io/`, REST under `/orchestrator` and at the root of a listener of
//! its own.
//!
//! In: dashboards that watch and steer, programs that report (`cli_event`) and obey. Out: the contract's events and
//! shapes, translated from the journal, the ring, the boards and the desk; the facade holds nothing but its sockets.
//! `docs/orchestrator.md` lists the messages and the choices made.

mod connect;
mod create;
mod delete;
mod entry;
mod error;
mod frames;
mod grace;
mod inlet;
pub(crate) mod open;
mod order;
mod outlet;
mod produce;
mod rest;
mod rooms;
mod seat;
mod shapes;
mod skills;
mod sockets;
mod stop;
mod targets;
mod tokens;
mod views;
mod wire;

use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, any, get};
use loopscope_event::RawJson;
use loopscope_protocol::ApiError;
use serde_json::json;
use socketioxide::SocketIo;

pub(crate) use delete::session as delete_session;
pub(crate) use sockets::Sockets;

use crate::life::now;
use crate::state::AppState;

/// The version that this contract's clients expect to hear.
const CONTRACT_VERSION: &str = "4.0.0";

/// What `connected` says that can be asked for.
const CAPABILITIES: [&str; 6] = [
    "HALT", "RESUME", "ROLLBACK", "REDIRECT", "DECISION", "INJECT",
];

/// How keys of commands begin that came over Socket.IO without one; the connection's id follows.
const SID_KEY: &str = "socket.io:";

/// The source of sessions that are reported over Socket.IO.
pub(crate) const SOURCE: &str = "socket.io";

/// What the handshake promises.
const PING_INTERVAL: Duration = Duration::from_secs(25);
const PING_TIMEOUT: Duration = Duration::from_mins(1);
const MAX_PAYLOAD: u64 = 1_000_000;

/// Who has not said what it wants by then is cut off.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Packets that may wait for the network, on each connection.
const MOST_PACKETS: usize = 256;

/// How long a program may take to answer a command by acknowledging it.
const ACK_TIMEOUT: Duration = Duration::from_hours(1);

/// The facade's two routers.
#[derive(Clone)]
pub(crate) struct Facade {
    /// `/socket.io/`, for every listener.
    pub sockets: Router<AppState>,
    /// REST, to be nested or at the root.
    pub rest: Router<AppState>,
}

/// Opens the facade: one Socket.IO server for all listeners.
pub(crate) fn open(state: &AppState) -> Facade {
    let (service, io) = SocketIo::builder()
        .ping_interval(PING_INTERVAL)
        .ping_timeout(PING_TIMEOUT)
        .max_payload(MAX_PAYLOAD)
        .max_buffer_size(MOST_PACKETS)
        .connect_timeout(CONNECT_TIMEOUT)
        .ack_timeout(ACK_TIMEOUT)
        // Kept by each connection, idle or not; a longer message makes it grow.
        .ws_read_buffer_size(1 << 10)
        .ws_max_message_size(state.config.limits.frame_bytes)
        .ws_max_frame_size(state.config.limits.frame_bytes)
        .build_with_inner_svc(any(error::not_found));
    connect::serve(&io, state);
    state
        .life
        .tasks
        .spawn(stop::with_farewell(io, state.clone()));
    state.life.tasks.spawn(grace::after_restart(state.clone()));
    let shared = from_fn_with_state(state.clone(), super::door::share);
    let tasks = state.life.tasks.clone();
    let answer = move |request| entry::answer(service.clone(), tasks.clone(), request);
    let sockets = Router::new()
        .route("/socket.io", any(answer.clone()))
        .route("/socket.io/", any(answer))
        .layer(shared.clone());
    Facade {
        sockets,
        rest: rest().layer(shared),
    }
}

/// What is answered where nothing is.
pub(crate) fn lost(state: &AppState) -> MethodRouter<AppState> {
    any(error::not_found).layer(from_fn_with_state(state.clone(), super::door::share))
}

fn rest() -> Router<AppState> {
    Router::new()
        .route("/health", get(rest::health))
        .route("/api/skills", get(skills::list))
        .route("/api/skills/{name}", get(skills::one))
        .route("/api/sessions", get(rest::sessions).post(rest::make))
        .route(
            "/api/sessions/{id}",
            get(rest::session).delete(rest::remove),
        )
        .route("/api/stats", get(rest::stats))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
}

/// An error as clients of this contract read it.
fn refused(error: &ApiError) -> RawJson {
    let body = json!({"success": false, "error": error.message, "timestamp": now()});
    RawJson::from_trusted(body.to_string())
}
