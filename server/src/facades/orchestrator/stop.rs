//! The end of the server. In: the word that it stops. Out: `server:shutdown` to everyone, then closed connections.

use std::time::Duration;

use serde_json::json;
use socketioxide::SocketIo;

use crate::state::AppState;

/// How long the farewell may take to be on its way.
const FAREWELL: Duration = Duration::from_millis(200);

/// How long connections may take to close.
const CLOSING: Duration = Duration::from_secs(2);

/// Waits for the end, and says so.
pub(super) async fn with_farewell(io: SocketIo, state: AppState) {
    state.life.shutdown.cancelled().await;
    let message = json!({"message": "Server is shutting down"});
    if let Err(error) = io.emit("server:shutdown", &message).await {
        tracing::debug!(%error, "not everyone was told that the server stops");
    }
    tokio::time::sleep(FAREWELL).await;
    if tokio::time::timeout(CLOSING, io.close()).await.is_err() {
        tracing::debug!("some Socket.IO connections did not close in time");
    }
}
