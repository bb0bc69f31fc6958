//! Long polls: at once, in time, or empty.

use serde_json::json;

use crate::support::{Server, event, numbers, some};

#[tokio::test]
async fn a_poll_pages_through_everything_and_then_waits() {
    let server = Server::start(&[]).await;
    let first = server.read("/api/v1/events").await;
    assert_eq!(first, json!({"events": [], "cursor": "1-0"}));
    server.tell(&some("s", 0..25)).await;
    let mut seen = Vec::new();
    let mut cursor = "1-0".to_owned();
    loop {
        let page = server
            .read(&format!("/api/v1/events?since={cursor}&limit=10"))
            .await;
        seen.extend(numbers(page["events"].as_array().unwrap()));
        page["cursor"].as_str().unwrap().clone_into(&mut cursor);
        if page["behind"].is_null() {
            break;
        }
    }
    assert_eq!(seen, (0..25).collect::<Vec<_>>());

    let path = format!("/api/v1/events?since={cursor}&wait=60&name=STEP_*");
    let (page, ()) = tokio::join!(server.read(&path), async {
        server.tell(&[event("s", 25, "METRICS")]).await;
        server.tell(&[event("s", 26, "STEP_STARTED")]).await;
    });
    assert_eq!(numbers(page["events"].as_array().unwrap()), [26]);
}

#[tokio::test]
async fn a_poll_that_finds_nothing_moves_its_cursor_all_the_same() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..5)).await;
    let page = server
        .read("/api/v1/events?since=0&session=nobody&wait=1")
        .await;
    assert_eq!(page, json!({"events": [], "cursor": "1-5"}));
    let reset = server.read("/api/v1/events?since=1-77").await;
    assert_eq!(
        reset,
        json!({"events": [], "cursor": "1-5", "reset": "ahead"})
    );
}
