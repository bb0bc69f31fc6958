//! Metric series over HTTP: listed, shown in columns, as CSV; bounds that name their field; and after a kill as if
//! nothing had been.

use serde_json::{Value, json};

use crate::kill::Process;
use crate::support::{PATIENCE, Server, event, request};

/// An event with points, at a step.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a value written in its place reads best"
)]
fn point(session: &str, n: usize, step: Value, metrics: Value) -> Value {
    let mut event = event(session, n, "METRICS");
    event["data"] = json!({"step": step, "metrics": metrics});
    event
}

#[tokio::test]
async fn every_point_is_there_as_it_was_sent() {
    let server = Server::start(&[]).await;
    // Out of order, twice the same step, without one; what is no number.
    let mut events = vec![
        point("s", 1, json!(1), json!({"loss": 5, "lr": 0.1})),
        point("s", 2, json!(4), json!({"loss": 3})),
        point("s", 3, json!(2), json!({"loss": 4})),
        point("s", 4, json!(2), json!({"loss": 4.5})),
        point("s", 5, Value::Null, json!({"loss": 9})),
        point("s", 6, json!(9), json!({"odd": "NaN"})),
        point("s", 7, json!(9), json!({"odd": "-Infinity"})),
    ];
    server.tell(&events).await;
    let list = server.read("/api/v1/sessions/s/metrics").await;
    assert_eq!(list["seq"], 7);
    let odd = &list["metrics"][2];
    assert_eq!(
        (&odd["non_finite"], &odd["last"], &odd["min"]),
        (&json!(2), &json!("-Infinity"), &Value::Null)
    );
    let odd = server.read("/api/v1/sessions/s/series?name=odd").await;
    assert_eq!(
        odd["series"][0]["non_finite"],
        json!([{"at": 9.0, "value": "NaN", "count": 1}, {"at": 9.0, "value": "-Infinity", "count": 1}])
    );
    assert_eq!(list["metrics"][0]["name"], "loss");
    let loss = &list["metrics"][0];
    assert_eq!(
        (&loss["count"], &loss["min"], &loss["max"]),
        (&json!(5), &json!(3.0), &json!(9.0))
    );
    assert_eq!(loss["out_of_order"], 2);
    assert_eq!(loss["axes"], json!(["step", "time", "index"]));

    let path = "/api/v1/sessions/s/series?name=loss&name=nobody";
    let answer = server.read(path).await;
    let loss = &answer["series"][0];
    assert_eq!(loss["columns"]["at"], json!([1.0, 2.0, 2.0, 4.0]));
    assert_eq!(loss["columns"]["first"], json!([5.0, 4.0, 4.5, 3.0]));
    assert_eq!(
        (&loss["total"], &loss["points"], &loss["without_place"]),
        (&json!(5), &json!(4), &json!(1))
    );
    assert_eq!(answer["series"][1]["total"], 0);
    let by_index = server.read(&format!("{path}&axis=index&from=1&to=3")).await;
    assert_eq!(
        by_index["series"][0]["columns"]["first"],
        json!([3.0, 4.0, 4.5])
    );
    assert_eq!(by_index["series"][0]["before"], json!([0.0, 5.0]));
    assert_eq!(by_index["series"][0]["after"], json!([4.0, 9.0]));

    // What comes is there at once, and after a restart.
    events = vec![point("s", 8, json!(5), json!({"loss": 1}))];
    server.tell(&events).await;
    let now = server.read("/api/v1/sessions/s/metrics").await;
    assert_eq!(now["metrics"][0]["count"], 6);
    let server = server.restart().await;
    assert_eq!(server.read("/api/v1/sessions/s/metrics").await, now);
    let csv = server
        .get("/api/v1/sessions/s/series?name=loss&format=csv")
        .await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(
        csv.text()
            .contains("loss,5,2026-01-05T10:00:00.000000Z,,,9\n"),
        "{}",
        csv.text()
    );
    server.running.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_out_of_bounds_names_its_field() {
    let server = Server::start(&[]).await;
    server
        .tell(&[point("s", 1, json!(1), json!({"loss": 5}))])
        .await;
    for (query, field) in [
        ("", "name"),
        ("name=loss&axis=sideways", "axis"),
        ("name=loss&columns=4001", "columns"),
        ("name=loss&from=x", "from"),
        ("name=loss&from=2&to=1", "to"),
        ("name=loss&format=xml", "format"),
    ] {
        let answer = server
            .get(&format!("/api/v1/sessions/s/series?{query}"))
            .await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.text());
        assert_eq!(answer.json()["error"]["field"], field, "{query}");
    }
    let many: Vec<String> = (0..17).map(|n| format!("name={n}")).collect();
    let many = many.join("&");
    let answer = server
        .get(&format!("/api/v1/sessions/s/series?{many}"))
        .await;
    assert_eq!(
        (answer.status, &answer.json()["error"]["field"]),
        (413, &json!("name"))
    );
    for path in ["metrics", "series?name=loss"] {
        let answer = server.get(&format!("/api/v1/sessions/nobody/{path}")).await;
        assert_eq!(answer.code(), (404, "not_found".to_owned()));
    }
    server.running.stop().await.unwrap();
}

#[tokio::test]
async fn a_deleted_session_leaves_no_series() {
    let server = Server::start(&[]).await;
    server
        .tell(&[point("s", 1, json!(1), json!({"loss": 5}))])
        .await;
    server.read("/api/v1/sessions/s/metrics").await;
    let answer = server
        .request("DELETE /orchestrator/api/sessions/s", "", b"")
        .await;
    assert!(answer.status < 300, "{}", answer.text());
    let mut other = point("s", 9, json!(7), json!({"accuracy": 1}));
    other["event_id"] = json!("another");
    server.tell(&[other]).await;
    let list = server.read("/api/v1/sessions/s/metrics").await;
    assert_eq!(list["metrics"].as_array().map(Vec::len), Some(1), "{list}");
    server.running.stop().await.unwrap();
}

/// Killed again and again while points stream in: no point is lost, none is there twice.
#[tokio::test]
async fn a_killed_server_goes_on_without_a_gap_or_a_double() {
    const BATCH: usize = 9_000;
    let folder = tempfile::tempdir().unwrap();
    let mut sent = 0;
    for round in 0..4 {
        let process = Process::start(folder.path()).await;
        let address = ([127, 0, 0, 1], process.port).into();
        let get = async |path: &str| {
            let answer = request(address, &format!("GET {path}"), "", b"").await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()
        };
        let list = get_or_none(round, &get, "/api/v1/sessions/s/metrics").await;
        if let Some(list) = list {
            assert_eq!(list["metrics"][0]["count"], sent, "round {round}");
            let answer = get("/api/v1/sessions/s/series?name=a&axis=index&columns=7").await;
            let columns = &answer["series"][0]["columns"];
            let counts = columns["count"].as_array().unwrap().iter();
            let count: u64 = counts.map(|count| count.as_u64().unwrap()).sum();
            assert_eq!((count, &columns["min"][0]), (sent as u64, &json!(0.0)));
            assert_eq!(
                columns["last"].as_array().unwrap().last(),
                Some(&json!(sent as f64 - 1.0))
            );
        }
        let head = "Content-Type: application/json\r\n";
        for _ in 0..2 {
            // Each step is known by its value: a hole or a double would be a sum that is off.
            let events: Vec<Value> = (sent..sent + BATCH)
                .map(|n| point("s", n, json!(n), json!({"a": n, "b": n, "c": n})))
                .collect();
            let body = json!(events).to_string();
            let posted = request(address, "POST /api/v1/events", head, body.as_bytes());
            let answer = tokio::time::timeout(PATIENCE, posted).await.unwrap();
            assert_eq!(answer.json()["accepted"], BATCH, "{}", answer.text());
            sent += BATCH;
        }
        if round % 2 == 0 {
            // Some of it is written: 36,000 points and more since the last time.
            get("/api/v1/sessions/s/metrics").await;
            tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
        }
        process.kill();
    }
}

/// The first round has no session yet.
async fn get_or_none(round: usize, get: &impl AsyncFn(&str) -> Value, path: &str) -> Option<Value> {
    if round == 0 {
        return None;
    }
    Some(get(path).await)
}
