//! A reader that stops reading: nobody else notices, and it misses nothing.

use serde_json::json;

use crate::support::{Server, numbers, some};

#[tokio::test]
async fn a_stalled_reader_holds_nobody_up_and_gets_everything_in_the_end() {
    let server = Server::start(&[("LOOPSCOPE_LIMIT_RING_EVENTS", "512")]).await;
    let (mut stalled, mut brisk) = (server.socket().await, server.socket().await);
    for socket in [&mut stalled, &mut brisk] {
        socket.ask(json!({"type": "subscribe"})).await;
    }
    // Far more than the ring and all of the system's buffers hold.
    let total = 40_000;
    for start in (0..total).step_by(4_000) {
        server.tell(&some("s", start..start + 4_000)).await;
        assert_eq!(brisk.events(4_000).await.len(), 4_000);
    }
    let all = stalled.events(total).await;
    assert_eq!(numbers(&all), (0..total as u64).collect::<Vec<_>>());
}
