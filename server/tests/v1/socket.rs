//! Streams on `/ws/v1`: filters, names, batches, resuming, resets.

use serde_json::{Value, json};

use crate::support::{Server, Socket, event, numbers, some};

async fn subscribe(socket: &mut Socket, mut message: Value) -> Value {
    message["type"] = json!("subscribe");
    let answer = socket.ask(message).await;
    assert_eq!(answer["type"], "subscribed", "{answer}");
    answer
}

#[tokio::test]
async fn hello_says_what_the_connection_may_and_how_much() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket_with(&[]).await.unwrap();
    let hello = socket.next().await;
    assert_eq!(hello["type"], "hello");
    assert_eq!(
        (&hello["protocol"], &hello["role"]),
        (&json!(1), &json!("admin"))
    );
    assert_eq!(hello["limits"]["subscriptions"], 64);
    assert_eq!(hello["cursor"], "1-0");
}

#[tokio::test]
async fn a_stream_begins_now_and_goes_on_one_by_one_or_gathered() {
    let server = Server::start(&[]).await;
    server.tell(&some("before", 0..5)).await;
    let (mut single, mut gathered) = (server.socket().await, server.socket().await);
    subscribe(&mut single, json!({})).await;
    subscribe(&mut gathered, json!({"batch": true})).await;
    server.tell(&some("s", 0..700)).await;
    let one_by_one = single.events(700).await;
    assert_eq!(numbers(&one_by_one), (0..700).collect::<Vec<_>>());
    assert_eq!(
        gathered.events(700).await,
        one_by_one,
        "the same events in both shapes"
    );
}

#[tokio::test]
async fn a_socket_of_a_project_reads_and_writes_nothing_else() {
    let server = Server::start(&[]).await;
    let refused = server.socket_at("/ws/v1?project=a%0ab", &[]).await;
    assert_eq!(refused.err(), Some(422), "no project is called that");
    let mut socket = server.socket_at("/ws/v1?project=lab", &[]).await.unwrap();
    assert_eq!(socket.next().await["type"], "hello");
    subscribe(&mut socket, json!({"session": "s"})).await;
    server.tell(&some("s", 0..1)).await;
    let receipt = socket
        .ask(json!({"type": "publish", "id": "p", "events": some("s", 1..3)}))
        .await;
    let (mut seen, mut answer, mut is_kept) = (Vec::new(), receipt, false);
    loop {
        match answer["type"].as_str() {
            Some("event") => seen.push(answer["event"].clone()),
            _ => is_kept |= answer["type"] == "ack",
        }
        if seen.len() == 2 && is_kept {
            break;
        }
        answer = socket.next().await;
    }
    assert!(
        seen.iter().all(|event| event["project"] == "lab"),
        "{seen:?}"
    );
    let session = server.read("/api/v1/sessions/s?project=lab").await;
    assert_eq!(session["summary"]["events"], 2, "{session}");
    let error = socket
        .ask(json!({"type": "subscribe", "id": "o", "project": "default"}))
        .await;
    assert_eq!(error["error"]["code"], "forbidden", "{error}");
}

#[tokio::test]
async fn filters_choose_and_named_streams_stand_side_by_side() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    subscribe(&mut socket, json!({"id": "steps", "names": ["step_*"]})).await;
    subscribe(
        &mut socket,
        json!({"id": "b", "session": "b", "batch": true}),
    )
    .await;
    server
        .tell(&[
            event("a", 1, "METRICS"),
            event("a", 2, "STEP_STARTED"),
            event("b", 3, "STEP_FAILED"),
        ])
        .await;
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let frame = socket.next().await;
        let id = frame["id"].as_str().unwrap().to_owned();
        let events = frame["events"]
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![frame["event"].clone()]);
        seen.extend(
            events
                .iter()
                .map(|event| (id.clone(), event["data"]["n"].as_u64().unwrap())),
        );
    }
    seen.sort();
    let expected = [("b", 3), ("steps", 2), ("steps", 3)].map(|(id, n)| (id.to_owned(), n));
    assert_eq!(seen, expected);

    let ended = socket
        .ask(json!({"type": "unsubscribe", "id": "steps"}))
        .await;
    assert_eq!(ended, json!({"type": "unsubscribed", "id": "steps"}));
    server
        .tell(&[event("a", 4, "STEP_STARTED"), event("b", 5, "X")])
        .await;
    assert_eq!(socket.next().await["id"], "b");
}

#[tokio::test]
async fn kinds_and_severities_choose_too() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    subscribe(&mut socket, json!({"kinds": ["error"], "severity": "high"})).await;
    let mut wrong = event("a", 2, "ERROR");
    wrong["data"] = json!({"error": "it broke", "n": 2});
    server.tell(&[event("a", 1, "METRICS"), wrong]).await;
    assert_eq!(numbers(&socket.events(1).await), [2]);
}

#[tokio::test]
async fn a_stream_resumes_anywhere_without_a_gap() {
    // A ring of 64 events: most of the cuts lie in the journal, some in the ring.
    let server = Server::start(&[("LOOPSCOPE_LIMIT_RING_EVENTS", "64")]).await;
    server.tell(&some("s", 0..900)).await;
    server.tell(&some("s", 900..1000)).await;
    let cuts = [
        (0, true),
        (1, false),
        (449, true),
        (511, true),
        (990, false),
        (999, true),
    ];
    for (late, (since, batch)) in cuts.into_iter().enumerate() {
        let mut socket = server.socket().await;
        let answer = subscribe(&mut socket, json!({"since": since, "batch": batch})).await;
        assert_eq!(answer["cursor"], format!("1-{since}"));
        let events = socket.events(1000 + late - since).await;
        let offsets: Vec<u64> = events
            .iter()
            .map(|event| event["offset"].as_u64().unwrap())
            .collect();
        let expected: Vec<u64> = (since as u64 + 1..=1000 + late as u64).collect();
        assert_eq!(offsets, expected, "since {since}");
        server.tell(&[event("late", late, "X")]).await;
        assert_eq!(
            numbers(&socket.events(1).await),
            [late as u64],
            "and goes on live"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_resumed_is_reset_with_its_reason() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..3)).await;
    for (since, reason) in [("1-99", "ahead"), ("7-1", "unknown_epoch")] {
        let mut socket = server.socket().await;
        subscribe(&mut socket, json!({"since": since})).await;
        let reset = socket.next().await;
        assert_eq!(
            (&reset["type"], &reset["reason"]),
            (&json!("reset"), &json!(reason))
        );
        assert_eq!(reset["cursor"], "1-3");
    }
}

#[tokio::test]
async fn a_new_subscription_of_a_name_takes_the_place_of_the_old() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..3)).await;
    let mut socket = server.socket().await;
    subscribe(&mut socket, json!({"session": "nobody"})).await;
    subscribe(&mut socket, json!({"since": 0})).await;
    assert_eq!(numbers(&socket.events(3).await), [0, 1, 2]);
}
