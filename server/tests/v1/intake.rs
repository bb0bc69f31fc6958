//! `POST /api/v1/events` and `publish`: one, many, lines, packed; receipts; the same again.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::support::{Server, event, some};

#[tokio::test]
async fn one_event_an_array_and_lines_are_taken_and_answered_one_by_one() {
    let server = Server::start(&[]).await;
    let one = server
        .post("/api/v1/events", event("a", 1, "X").to_string())
        .await;
    assert_eq!(one.status, 200);
    let receipt = &one.json()["receipts"][0];
    assert_eq!(receipt["event_id"], "a-1");
    assert_eq!(
        (&receipt["offset"], &receipt["seq"]),
        (&json!(1), &json!(1))
    );

    let three =
        json!([event("a", 2, "X"), {"event_type": 7, "session_id": []}, event("b", 1, "X")]);
    let many = server.post("/api/v1/events", three.to_string()).await;
    assert_eq!(many.status, 207, "the good ones of a batch are kept");
    let answer = many.json();
    assert_eq!(
        (&answer["accepted"], &answer["rejected"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(answer["receipts"][1]["status"], "rejected");
    let field = answer["receipts"][1]["error"]["field"].as_str().unwrap();
    assert!(field.starts_with("events[1]."), "{field}");
    assert_eq!(answer["receipts"][2]["seq"], 1);

    let lines = format!("{}\n\n{}\n", event("a", 3, "X"), event("a", 4, "X"));
    let head = "Content-Type: application/x-ndjson\r\n";
    let lines = server
        .request("POST /api/v1/events", head, lines.as_bytes())
        .await;
    assert_eq!(lines.json()["accepted"], 2);
}

#[tokio::test]
async fn the_same_event_twice_is_one_row_and_gets_the_first_ones_place() {
    let server = Server::start(&[]).await;
    server.tell(&some("a", 0..3)).await;
    let again = server
        .post("/api/v1/events", json!(some("a", 1..4)).to_string())
        .await
        .json();
    assert_eq!(
        (&again["accepted"], &again["duplicates"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(again["receipts"][0]["status"], "duplicate");
    assert_eq!(again["receipts"][0]["offset"], 2);
    let page = server.read("/api/v1/sessions/a/events").await;
    assert_eq!(page["last_seq"], 4);
}

#[tokio::test]
async fn packed_bodies_are_unpacked_within_the_bound() {
    let server = Server::start(&[("LOOPSCOPE_LIMIT_BODY_BYTES", "100000")]).await;
    let head = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let small = server
        .request("POST /api/v1/events", head, &gzip(&json!(some("a", 0..9))))
        .await;
    assert_eq!(small.json()["accepted"], 9, "{}", small.text());

    let bomb = gzip(&json!(["x".repeat(10_000_000)]));
    assert!(bomb.len() < 100_000);
    let bomb = server.request("POST /api/v1/events", head, &bomb).await;
    assert_eq!(bomb.code(), (413, "too_large".to_owned()));
    assert_eq!(bomb.json()["error"]["limit"], "100000 bytes");

    let broken = server
        .request("POST /api/v1/events", head, b"no gzip")
        .await;
    assert_eq!(broken.code(), (400, "malformed".to_owned()));
    let head = "Content-Encoding: br\r\n";
    let other = server.request("POST /api/v1/events", head, b"x").await;
    assert_eq!(other.code(), (400, "malformed".to_owned()));
}

#[tokio::test]
async fn the_address_says_what_the_events_do_not() {
    let server = Server::start(&[]).await;
    let path = "/api/v1/events?dialect=generic&session=night%20run&project=lab";
    let answer = server.post(path, r#"{"name":"hello","data":{}}"#).await;
    assert_eq!(answer.json()["accepted"], 1, "{}", answer.text());
    let page = server
        .read("/api/v1/sessions/night%20run/events?project=lab")
        .await;
    assert_eq!(page["events"][0]["dialect"], "generic");
    assert_eq!(page["events"][0]["project"], "lab");
    for (query, field) in [
        ("dialect=martian", "dialect"),
        ("project=", ""),
        ("format=xml", "format"),
    ] {
        let answer = server
            .post(&format!("/api/v1/events?{query}"), r#"{"name":"x"}"#)
            .await;
        let found = answer.json()["error"]["field"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(found, field, "{query}");
    }
}

#[tokio::test]
async fn what_is_published_on_a_socket_is_stored_in_order_and_acknowledged() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    for n in 0..50 {
        let id = n.to_string();
        socket
            .send(json!({"type": "publish", "id": id, "events": event("a", n, "X")}))
            .await;
    }
    for n in 0..50_u64 {
        let ack = socket.next().await;
        assert_eq!(ack["type"], "ack");
        assert_eq!(ack["id"], n.to_string());
        assert_eq!(ack["receipts"][0]["offset"], n + 1, "in the order sent");
    }
    let batch = json!({"type": "publish", "events": some("b", 0..600)});
    assert_eq!(socket.ask(batch.clone()).await["accepted"], 600);
    assert_eq!(socket.ask(batch).await["duplicates"], 600);
    let overview = server.read("/api/v1/overview").await;
    assert_eq!(overview["metrics"]["connected_producers"], 1);
}

fn gzip(value: &Value) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(value.to_string().as_bytes()).unwrap();
    packer.finish().unwrap()
}
