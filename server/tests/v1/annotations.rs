//! Notes at moments of a session: left, listed, changed, taken away; told to who watches; bounds that name their field;
//! there after a restart, gone with their session.

use serde_json::{Value, json};

use crate::support::{Server, event, some};

const JSON: &str = "Content-Type: application/json\r\n";

async fn ask(server: &Server, line: &str, body: &Value) -> (u16, Value) {
    let answer = server
        .request(line, JSON, body.to_string().as_bytes())
        .await;
    let body = if answer.body.is_empty() {
        Value::Null
    } else {
        answer.json()
    };
    (answer.status, body)
}

#[tokio::test]
async fn a_note_is_left_changed_and_taken_away() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..12)).await;
    let path = "/api/v1/sessions/s/annotations";
    assert_eq!(server.read(path).await, json!({"annotations": []}));
    let post = format!("POST {path}");
    let (status, late) = ask(&server, &post, &json!({"text": "  here it went wrong\n"})).await;
    assert_eq!((status, &late["seq"]), (201, &json!(12)));
    assert_eq!(late["text"], "here it went wrong");
    assert_eq!(late["iteration"], 1);
    let early = json!({"text": "<b>first</b>", "at": "3"});
    let (status, early) = ask(&server, &post, &early).await;
    assert_eq!((status, &early["seq"]), (201, &json!(3)));
    let by_time = json!({"text": "by time", "at": "2026-01-05T10:00:00Z"});
    assert_eq!(ask(&server, &post, &by_time).await.0, 201);
    // By moment, and each told as an event that does not hold the text.
    let list = server.read(path).await;
    let notes = list["annotations"].as_array().unwrap().iter();
    let seqs: Vec<_> = notes.map(|note| note["seq"].clone()).collect();
    // The first note was an event itself by the time of the third.
    assert_eq!(seqs, [json!(3), json!(12), json!(12)]);
    let events = server.read("/api/v1/sessions/s/events?after=12").await;
    let told = &events["events"][0];
    assert_eq!(told["name"], "loopscope:annotated");
    assert_eq!(told["data"]["change"], "added");
    assert!(!told.to_string().contains("went wrong"), "{told}");

    let one = format!("{path}/{}", early["annotation_id"].as_str().unwrap());
    let (status, changed) = ask(
        &server,
        &format!("PUT {one}"),
        &json!({"text": "second thoughts"}),
    )
    .await;
    assert_eq!((status, &changed["seq"]), (200, &json!(3)));
    assert_eq!(changed["made_at"], early["made_at"]);
    assert!(changed["edited_at"].is_string());

    let server = server.restart().await;
    let list = server.read(path).await;
    assert_eq!(list["annotations"][0], changed);
    assert_eq!(
        ask(&server, &format!("DELETE {one}"), &json!({})).await.0,
        204
    );
    assert_eq!(
        ask(&server, &format!("DELETE {one}"), &json!({})).await.0,
        404
    );
    assert_eq!(
        ask(&server, &format!("PUT {one}"), &json!({"text": "x"}))
            .await
            .0,
        404
    );
    let list = server.read(path).await;
    assert_eq!(list["annotations"].as_array().map(Vec::len), Some(2));
    let audit = server.read("/api/v1/audit?session=s").await;
    assert_eq!(
        audit["entries"][0]["action"], "annotation.deleted",
        "{audit}"
    );
    server.running.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_no_note_names_its_field() {
    let server = Server::start(&[]).await;
    server.tell(&[event("s", 1, "METRICS")]).await;
    let post = "POST /api/v1/sessions/s/annotations";
    for (body, status, field) in [
        (json!({"text": "  "}), 422, "text"),
        (json!({"text": "x".repeat(2_001)}), 413, "text"),
        (json!({"text": "x", "at": "noon"}), 422, "at"),
        (json!({"text": "x", "at": "0"}), 422, "at"),
    ] {
        let (found, answer) = ask(&server, post, &body).await;
        assert_eq!((found, &answer["error"]["field"]), (status, &json!(field)));
    }
    // Counted in characters.
    let body = json!({"text": "ü".repeat(2_000)});
    assert_eq!(ask(&server, post, &body).await.0, 201);
    let (status, _) = ask(
        &server,
        "POST /api/v1/sessions/nobody/annotations",
        &json!({"text": "x"}),
    )
    .await;
    assert_eq!(status, 404);
    let answer = server.get("/api/v1/sessions/nobody/annotations").await;
    assert_eq!(answer.status, 404);
    // With its session a note is gone.
    let deleted = server
        .request("DELETE /orchestrator/api/sessions/s", "", b"")
        .await;
    assert!(deleted.status < 300);
    server.tell(&[event("s", 2, "METRICS")]).await;
    let list = server.read("/api/v1/sessions/s/annotations").await;
    assert_eq!(list, json!({"annotations": []}));
    server.running.stop().await.unwrap();
}
