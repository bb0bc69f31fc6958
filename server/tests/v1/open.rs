//! The open documents, from the server itself.

use crate::support::Server;

/// What a path's parameters are filled with.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let is_parameter = part.starts_with('{');
        if is_parameter { "x" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn each_address_takes_the_methods_that_the_document_names_and_no_other() {
    let server = Server::start(&[]).await;
    let document = server.read("/api/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut wrong = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/api/v1") || path.ends_with("/stream") {
            continue;
        }
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            let is_told = item.get(method.to_ascii_lowercase()).is_some();
            let route = format!("{method} {}", filled(path));
            let answer = server
                .request(&route, "Content-Type: application/json\r\n", b"[")
                .await;
            if is_told == (answer.status == 405) || answer.status >= 500 {
                wrong.push(format!("{route}: {}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn the_page_is_plain_html_that_may_load_nothing_from_elsewhere() {
    let server = Server::start(&[]).await;
    let page = server
        .request("GET /api/docs", "Cookie: theme=light\r\n", b"")
        .await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"));
    let html = page.text();
    assert!(html.contains("data-theme=\"light\""));
    assert!(html.contains("id=\"get_sessions_by_id\""));
    for document in ["asyncapi.json", "event.schema.json"] {
        let document = server.read(&format!("/api/{document}")).await;
        assert!(document.is_object());
    }
}

#[tokio::test]
async fn what_is_stored_is_what_the_schema_of_an_event_says() {
    let server = Server::start(&[]).await;
    let schema = server.read("/api/event.schema.json").await;
    let event = br#"{"event_type":"STEP_COMPLETE","session_id":"s","data":{"step":"fix"}}"#;
    let answer = server
        .request(
            "POST /api/v1/events",
            "Content-Type: application/json\r\n",
            event,
        )
        .await;
    assert_eq!(answer.status, 200);
    let page = server.read("/api/v1/sessions/s/events").await;
    let stored = page["events"][0].as_object().unwrap();
    let known = schema["properties"].as_object().unwrap();
    for name in stored.keys() {
        assert!(known.contains_key(name), "{name} is not in the schema");
    }
    for name in schema["required"].as_array().unwrap() {
        assert!(
            stored.contains_key(name.as_str().unwrap()),
            "{name} is always there"
        );
    }
}
