//! The GETs of the API: lists with filters and pages, sessions by any name, events by any filter.

use serde_json::{Value, json};

use crate::support::{Server, event, numbers, some};

#[tokio::test]
async fn the_list_filters_sorts_and_pages_by_key() {
    let server = Server::start(&[]).await;
    for n in 0..7 {
        server
            .tell(&[event(&format!("run {n}"), n, "SESSION_STARTED")])
            .await;
    }
    server
        .tell(&[
            event("run 3", 10, "CONVERGENCE_REACHED"),
            event("run 3", 11, "SESSION_ENDED"),
        ])
        .await;
    server
        .eventually("/api/v1/sessions?status=converged", |page| {
            page["total"] == 1
        })
        .await;

    let mut names = Vec::new();
    let mut next = String::new();
    loop {
        let page = server
            .read(&format!(
                "/api/v1/sessions?sort=name&order=asc&limit=3&after={next}"
            ))
            .await;
        assert_eq!(page["total"], 7);
        let rows = page["sessions"].as_array().unwrap();
        names.extend(
            rows.iter()
                .map(|row| row["session_id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(token) => token.clone_into(&mut next),
            None => break,
        }
    }
    let expected: Vec<String> = (0..7).map(|n| format!("run {n}")).collect();
    assert_eq!(names, expected);

    let page = server.read("/api/v1/sessions?status=converged&q=RUN").await;
    assert_eq!(page["sessions"][0]["session_id"], "run 3");
    let facets = &page["facets"]["status"];
    assert!(
        facets.as_array().unwrap().contains(&json!(["running", 6])),
        "{facets}"
    );
    for (query, field) in [
        ("status=happy", "status"),
        ("limit=many", "limit"),
        ("after=zzz", "after"),
    ] {
        let answer = server.get(&format!("/api/v1/sessions?{query}")).await;
        assert_eq!(answer.code(), (422, "invalid_field".to_owned()), "{query}");
        assert_eq!(answer.json()["error"]["field"], field);
    }
}

#[tokio::test]
async fn a_session_may_have_any_name() {
    let server = Server::start(&[]).await;
    for (name, path) in [
        ("a/b?c", "a%2Fb%3Fc"),
        ("ünï cödé", "%C3%BCn%C3%AF%20c%C3%B6d%C3%A9"),
        ("..", "%2E%2E"),
    ] {
        server.tell(&[event(name, 1, "X")]).await;
        let snapshot = server.read(&format!("/api/v1/sessions/{path}")).await;
        assert_eq!(snapshot["summary"]["session_id"], name);
        let page = server
            .read(&format!("/api/v1/sessions/{path}/events"))
            .await;
        assert_eq!(page["events"][0]["session_id"], name);
    }
    let answer = server.get("/api/v1/sessions/nobody").await;
    assert_eq!(answer.code(), (404, "not_found".to_owned()));
    assert_eq!(
        server.get("/api/v1/sessions/nobody/events").await.status,
        404
    );
}

#[tokio::test]
async fn events_are_read_on_and_back_and_by_filter() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..30)).await;
    let mut step = event("s", 30, "STEP_STARTED");
    step["iteration"] = json!(4);
    step["data"] = json!({"n": 30, "step": "Fix"});
    server.tell(&[step]).await;
    let read = async |query: &str| -> (Vec<u64>, Value) {
        let page = server
            .read(&format!("/api/v1/sessions/s/events?{query}"))
            .await;
        (numbers(page["events"].as_array().unwrap()), page)
    };
    let (newest, page) = read("limit=3").await;
    assert_eq!(newest, [28, 29, 30]);
    assert_eq!(
        (&page["more"], &page["first_seq"], &page["last_seq"]),
        (&json!(true), &json!(1), &json!(31))
    );
    assert_eq!(read("after=3&limit=2").await.0, [3, 4]);
    assert_eq!(read("before=3").await.0, [0, 1]);
    assert_eq!(read("iteration=4").await.0, [30]);
    assert_eq!(read("step=fix").await.0, [30]);
    assert_eq!(read("kind=step_started").await.1["total"], 1);
    assert_eq!(read("q=%22n%22:17").await.0, [17]);
    assert_eq!(read("at=2020-01-01T00:00:00Z").await.0, [0_u64; 0]);
}

#[tokio::test]
async fn settings_show_each_value_with_its_source() {
    let server = Server::start(&[("LOOPSCOPE_LIMIT_BOARDS", "9")]).await;
    server.tell(&some("s", 0..2)).await;
    let settings = server.read("/api/v1/settings").await;
    let all = settings["settings"].as_array().unwrap();
    let boards = all
        .iter()
        .find(|setting| setting["key"] == "limits.boards")
        .unwrap();
    assert_eq!(
        (&boards["value"], &boards["source"]),
        (&json!("9"), &json!("environment"))
    );
    assert_eq!(settings["storage"]["events"], 2);
    assert_eq!(settings["storage"]["writable"], true);
    assert!(settings["storage"]["bytes"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_our_shape() {
    let server = Server::start(&[]).await;
    assert_eq!(
        server.get("/api/v1/nothing").await.code(),
        (404, "not_found".to_owned())
    );
    let answer = server.request("DELETE /api/v1/sessions", "", b"").await;
    assert_eq!(answer.code(), (405, "method_not_allowed".to_owned()));
    assert_eq!(
        server.get("/ws/v1").await.code(),
        (400, "malformed".to_owned())
    );
    assert_eq!(server.read("/healthz").await["status"], "alive");
    assert_eq!(server.read("/readyz").await["status"], "ready");
}

#[tokio::test]
async fn lists_are_packed_for_whom_takes_it() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..50)).await;
    let head = "Accept-Encoding: gzip\r\n";
    let packed = server
        .request("GET /api/v1/sessions/s/events", head, b"")
        .await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let plain = server.get("/api/v1/sessions/s/events").await;
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("x-content-type-options"), Some("nosniff"));
    assert!(packed.body.len() < plain.body.len() / 3);
}

#[tokio::test]
async fn an_address_that_is_nothing_gets_a_page_or_a_line() {
    let server = Server::start(&[]).await;
    let line = server.get("/no/such/thing").await;
    assert_eq!(line.status, 404);
    assert!(!line.text().contains("<html"));
    let page = server
        .request("GET /no/such/thing", "Accept: text/html\r\n", b"")
        .await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("<html"), "{}", page.text());
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("nonce-")
    );
}

#[tokio::test]
async fn a_list_has_everything_that_was_acknowledged_before_it_was_asked_for() {
    let server = Server::start(&[]).await;
    for n in 1..=40_usize {
        let session = format!("s{n}");
        server
            .tell(&[event(&session, 1, "START"), event(&session, 2, "LOG")])
            .await;
        let list = server.read("/api/v1/sessions?sort=started&limit=1").await;
        assert_eq!(list["total"], n);
        let facade = server.read("/api/sessions?limit=100").await;
        assert_eq!(facade["sessions"].as_array().unwrap().len(), n);
        server.tell(&[event("s1", 2 + n, "LOG")]).await;
        let list = server.read("/api/v1/sessions?limit=100").await;
        let rows = list["sessions"].as_array().unwrap();
        let first = rows.iter().find(|row| row["session_id"] == "s1").unwrap();
        assert_eq!(first["events"], 2 + n);
    }
}
