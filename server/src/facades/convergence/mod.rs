//! The convergence contract's own paths, frames and errors, at the root of the main port.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use loopscope_event::Event;

use crate::state::AppState;

/// The contract's paths.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
}

/// Takes WebSocket upgrades of `/`; without one, `/` is the page.
pub(crate) async fn upgrade_at_root(
    State(_): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    next.run(request).await
}

/// Writes an event as the contract's flat frame.
pub(crate) fn write_flat(event: &Event, out: &mut Vec<u8>) {
    let _ = (event, out);
}

/// Writes an event as the contract's nested frame.
pub(crate) fn write_nested(event: &Event, out: &mut Vec<u8>) {
    let _ = (event, out);
}
