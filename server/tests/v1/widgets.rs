//! Widgets: declared as JSON and as TOML, evaluated for the Overview, for a session and for a moment of it; pushed by
//! programs; arranged; told to who watches; there after a restart; refused at their field.

use serde_json::{Value, json};

use crate::support::{Server, Socket, event, some};

const JSON: &str = "Content-Type: application/json\r\n";
const TOML: &str = "Content-Type: application/toml\r\n";

async fn send(server: &Server, line: &str, head: &str, body: &str) -> (u16, Value) {
    let answer = server.request(line, head, body.as_bytes()).await;
    let body = if answer.body.is_empty() {
        Value::Null
    } else {
        answer.json()
    };
    (answer.status, body)
}

async fn ask(server: &Server, line: &str, body: &Value) -> (u16, Value) {
    send(server, line, JSON, &body.to_string()).await
}

async fn until(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let frame = socket.next().await;
        if frame["type"] == kind {
            return frame;
        }
    }
}

/// Counts every event of the tests by its iteration.
fn counting(name: &str) -> Value {
    json!({ "name": name, "title": "<b>All</b>", "select": { "events": ["*"] }, "x": "iteration", "chart": "bars" })
}

async fn number(server: &Server, path: &str) -> Value {
    server.read(path).await["state"]["number"].clone()
}

#[tokio::test]
async fn a_new_widget_looks_back_over_more_than_is_read_at_once() {
    let server = Server::start(&[]).await;
    for batch in 0..5 {
        server
            .tell(&some("s", batch * 500..(batch + 1) * 500))
            .await;
    }
    let (status, made) = ask(&server, "POST /api/v1/widgets", &counting("all")).await;
    assert_eq!(status, 201, "{made}");
    let overview = "/api/v1/widgets/all/state";
    assert_eq!(number(&server, overview).await, json!(2_500.0));
}

#[tokio::test]
async fn a_declared_widget_counts_what_was_and_what_comes() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..12)).await;
    let (status, made) = ask(&server, "POST /api/v1/widgets", &counting("all")).await;
    assert_eq!(
        (status, &made["source"]),
        (201, &json!("declared")),
        "{made}"
    );
    assert_eq!(made["title"], "<b>All</b>");
    let overview = "/api/v1/widgets/all/state";
    assert_eq!(number(&server, overview).await, json!(12.0));
    server.tell(&some("s", 12..20)).await;
    server.tell(&some("t", 0..5)).await;
    // What was answered for is in the next figure.
    assert_eq!(number(&server, overview).await, json!(25.0));
    assert_eq!(
        number(&server, &format!("{overview}?session=s")).await,
        json!(20.0)
    );
    assert_eq!(
        number(&server, &format!("{overview}?session=s&at=7")).await,
        json!(7.0)
    );
    assert_eq!(
        number(&server, &format!("{overview}?session=s&at=3")).await,
        json!(3.0)
    );
    let told = server.read(&format!("{overview}?session=s&at=7")).await;
    assert_eq!(told["seq"], json!(7));
    assert_eq!(told["state"]["type"], "chart");
    assert_eq!(told["state"]["options"]["chart"], "bars");

    let shown = server.read("/api/v1/widgets/shown?session=t").await;
    assert_eq!(shown["widgets"][0]["fold"]["taken"], json!(5));
    assert_eq!(shown["seq"], json!(5));
    let shown = server.read("/api/v1/widgets/shown").await;
    assert_eq!(shown["widgets"][0]["picture"]["number"], json!(25.0));
    assert!(shown["widgets"][0].get("fold").is_none());

    let server = server.restart().await;
    assert_eq!(number(&server, overview).await, json!(25.0));
    server.tell(&some("t", 5..6)).await;
    assert_eq!(number(&server, overview).await, json!(26.0));
    assert_eq!(
        ask(&server, "DELETE /api/v1/widgets/all", &json!({}))
            .await
            .0,
        204
    );
    assert_eq!(
        ask(&server, "DELETE /api/v1/widgets/all", &json!({}))
            .await
            .0,
        404
    );
    assert_eq!(
        server
            .request(&format!("GET {overview}"), "", b"")
            .await
            .status,
        404
    );
    let audit = server.read("/api/v1/audit").await.to_string();
    assert!(audit.contains("widget.declared") && audit.contains("widget.deleted"));
}

#[tokio::test]
async fn a_changed_widget_is_counted_anew() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..4)).await;
    let put = "PUT /api/v1/widgets/all";
    assert_eq!(ask(&server, put, &counting("all")).await.0, 201);
    assert_eq!(
        number(&server, "/api/v1/widgets/all/state?session=s").await,
        json!(4.0)
    );
    let toml =
        "name = \"all\"\nx = \"iteration\"\nchart = \"number\"\n[select]\nevents = [\"NOTHING\"]\n";
    let (status, now) = send(&server, put, TOML, toml).await;
    assert_eq!((status, &now["title"]), (200, &json!("all")), "{now}");
    assert_eq!(
        number(&server, "/api/v1/widgets/all/state?session=s").await,
        Value::Null
    );
    assert_eq!(
        number(&server, "/api/v1/widgets/all/state").await,
        Value::Null
    );
    let (status, refused) = ask(&server, "PUT /api/v1/widgets/other", &counting("all")).await;
    assert_eq!((status, &refused["error"]["field"]), (422, &json!("name")));
    let (status, refused) = ask(&server, "POST /api/v1/widgets", &counting("all")).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("conflict"))
    );
}

#[tokio::test]
async fn what_is_wrong_is_refused_at_its_field() {
    let server = Server::start(&[]).await;
    let with = |key: &str, value: Value| {
        let mut spec = counting("all");
        spec[key] = value;
        spec
    };
    for (spec, field) in [
        (with("name", json!("A b")), "name"),
        (with("select", json!({})), "select.events"),
        (with("y", json!("loss")), "y"),
        (with("colour", json!("red")), "colour"),
        (with("bucket_seconds", json!(5)), "bucket_seconds"),
    ] {
        for line in ["POST /api/v1/widgets", "POST /api/v1/widgets/preview"] {
            let (status, refused) = ask(&server, line, &spec).await;
            assert_eq!(
                (status, &refused["error"]["field"]),
                (422, &json!(field)),
                "{line} {refused}"
            );
        }
    }
    let (status, _) = send(&server, "POST /api/v1/widgets", TOML, "name = ").await;
    assert_eq!(status, 400);
    let (status, refused) = send(&server, "POST /api/v1/widgets", TOML, "name = \"a\"").await;
    assert_eq!(
        (status, &refused["error"]["field"]),
        (422, &json!("select"))
    );
    let wide = json!({ "overview": [{ "name": "all", "width": 5 }] });
    let (status, refused) = ask(&server, "PUT /api/v1/widgets/arrangement", &wide).await;
    assert_eq!(
        (status, &refused["error"]["field"]),
        (422, &json!("overview[0].width"))
    );
    let twice = json!({ "session": [{ "name": "all" }, { "name": "all" }] });
    let (_, refused) = ask(&server, "PUT /api/v1/widgets/arrangement", &twice).await;
    assert_eq!(refused["error"]["field"], json!("session[1].name"));
    let at = server
        .request("GET /api/v1/widgets/shown?at=3", "", b"")
        .await;
    assert_eq!(
        (at.status, &at.json()["error"]["field"]),
        (422, &json!("at"))
    );
    let nobody = server
        .request("GET /api/v1/widgets/shown?session=x", "", b"")
        .await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn a_pushed_widget_stands_where_it_was_pushed_to() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..3)).await;
    let chart = |data: &str| {
        format!("{{\"type\":\"chart\",\"data\":{data},\"options\":{{\"title\":\"<i>mine</i>\"}}}}")
    };
    let here = "PUT /api/v1/widgets/mine/state";
    // As Python's encoder writes what is no number.
    let (status, made) = send(&server, here, JSON, &chart("[1, NaN, 3]")).await;
    assert_eq!((status, &made["source"]), (200, &json!("pushed")), "{made}");
    let (status, _) = send(&server, &format!("{here}?session=s"), JSON, &chart("[4]")).await;
    assert_eq!(status, 200);
    let shown = server.read("/api/v1/widgets/shown").await;
    assert_eq!(
        shown["widgets"][0]["picture"]["series"][0]["points"],
        json!([[0.0, 1.0], [1.0, null], [2.0, 3.0]])
    );
    assert_eq!(shown["widgets"][0]["widget"]["title"], "<i>mine</i>");
    let state = server.read("/api/v1/widgets/mine/state?session=s").await;
    assert_eq!(state["state"]["data"], json!([4]));
    assert!(state["pushed_at"].is_string());

    for (line, body, status, field) in [
        (
            format!("{here}?session=nobody"),
            chart("[1]"),
            404,
            Value::Null,
        ),
        (here.to_owned(), chart("[[1]]"), 422, json!("data[0]")),
        (here.to_owned(), "{".to_owned(), 400, Value::Null),
        (
            "PUT /api/v1/widgets/No/state".to_owned(),
            chart("[1]"),
            422,
            json!("name"),
        ),
        (
            here.to_owned(),
            chart(&format!("[{}1]", "1,".repeat(40_000))),
            413,
            Value::Null,
        ),
    ] {
        let (got, refused) = send(&server, &line, JSON, &body).await;
        assert_eq!(
            (got, &refused["error"]["field"]),
            (status, &field),
            "{line} {refused}"
        );
    }
    let (status, _) = ask(&server, "POST /api/v1/widgets", &counting("mine")).await;
    assert_eq!(status, 409, "a program pushes to this name");
    assert_eq!(
        ask(&server, "POST /api/v1/widgets", &counting("all"))
            .await
            .0,
        201
    );
    let (status, _) = send(
        &server,
        "PUT /api/v1/widgets/all/state",
        JSON,
        &chart("[1]"),
    )
    .await;
    assert_eq!(status, 409, "it is evaluated here");
    assert_eq!(
        ask(&server, "DELETE /api/v1/widgets/mine", &json!({}))
            .await
            .0,
        204
    );
    let gone = server
        .request("GET /api/v1/widgets/mine/state?session=s", "", b"")
        .await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn widgets_stand_as_they_were_arranged() {
    let server = Server::start(&[]).await;
    server.tell(&[event("s", 0, "STEP_START")]).await;
    for name in ["a", "b", "c"] {
        assert_eq!(
            ask(&server, "POST /api/v1/widgets", &counting(name))
                .await
                .0,
            201
        );
    }
    let wanted = json!({
        "overview": [{ "name": "c", "width": 12 }, { "name": "a", "hidden": true }],
        "session": [{ "name": "b", "width": 3 }],
    });
    let (status, _) = ask(&server, "PUT /api/v1/widgets/arrangement", &wanted).await;
    assert_eq!(status, 200);
    let server = server.restart().await;
    assert_eq!(server.read("/api/v1/widgets/arrangement").await, wanted);
    let order = async |path: &str| {
        let shown = server.read(path).await;
        let all = shown["widgets"].as_array().unwrap().iter();
        all.map(|own| {
            format!(
                "{} {}",
                own["widget"]["name"].as_str().unwrap(),
                own["width"]
            )
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(order("/api/v1/widgets/shown").await, ["c 12", "b 6"]);
    assert_eq!(
        order("/api/v1/widgets/shown?session=s").await,
        ["b 3", "a 6", "c 6"]
    );
}

#[tokio::test]
async fn a_preview_keeps_nothing() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..6)).await;
    let (status, picture) = ask(&server, "POST /api/v1/widgets/preview", &counting("all")).await;
    assert_eq!((status, &picture["number"]), (200, &json!(6.0)));
    assert_eq!(server.read("/api/v1/widgets").await["widgets"], json!([]));
}

#[tokio::test]
async fn who_watches_is_told_of_widgets() {
    let server = Server::start(&[]).await;
    let mut watcher = server.socket().await;
    let watch = json!({ "type": "watch", "widgets": true, "metrics": true });
    watcher.send(watch).await;
    until(&mut watcher, "metrics").await;
    assert_eq!(
        ask(&server, "POST /api/v1/widgets", &counting("all"))
            .await
            .0,
        201
    );
    let told = until(&mut watcher, "widgets").await;
    assert_eq!(told["changes"][0]["what"], "definitions");
    server.tell(&some("s", 0..3)).await;
    let told = until(&mut watcher, "widgets").await;
    assert_eq!(told["changes"][0]["what"], "figures");
}
