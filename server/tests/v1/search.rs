//! Words over HTTP: sessions by their names, events by what they say; nothing of what was deleted; no question is an
//! error, and all are bounded.

use loopscope::tokens::{self, Wanted};
use serde_json::{Value, json};

use crate::support::{PATIENCE, Server, event};

/// Asks until the words of everything that was sent are kept.
async fn found(server: &Server, path: &str) -> Value {
    let asked = async {
        loop {
            let answer = server.read(path).await;
            if answer["behind"] == 0 {
                return answer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap()
}

/// Which sessions the events are of.
fn places(answer: &Value) -> Vec<&str> {
    let events = answer["events"].as_array().unwrap().iter();
    events
        .map(|hit| hit["session_id"].as_str().unwrap())
        .collect()
}

fn said(session: &str, n: usize, text: &str) -> Value {
    let mut event = event(session, n, "NOTE");
    event["data"] = json!({"message": text, "depth": {"list": ["Zürich", 4711, 0.25]}});
    event
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    loopscope_protocol::percent_encode(text, &mut out);
    out
}

#[tokio::test]
async fn events_are_found_by_what_they_say_the_newest_first() {
    let server = Server::start(&[]).await;
    let events = [
        said("a", 1, "an unchecked\nlength"),
        said("b", 1, "the length of it"),
        said("b", 2, "nothing"),
    ];
    server.tell(&events).await;
    let answer = found(&server, "/api/v1/search?q=LENGTH").await;
    assert_eq!(places(&answer), ["b", "a"]);
    assert_eq!(
        (&answer["events"][0]["seq"], &answer["events"][0]["name"]),
        (&json!(1), &json!("NOTE"))
    );
    for (question, expected, widened) in [
        ("unch length", &["a"][..], true),
        ("unch* length", &["a"], false),
        ("zurich", &["b", "b", "a"], false),
        ("4711", &["b", "b", "a"], false),
        ("25", &[], false),
        ("NOTE", &["b", "b", "a"], false),
        ("length nothing", &[], false),
        ("\" OR *", &[], false),
    ] {
        let path = format!("/api/v1/search?q={}", encoded(question));
        let answer = found(&server, &path).await;
        assert_eq!(places(&answer), expected, "{question}");
        assert_eq!(answer["widened"] == true, widened, "{question}");
    }
    let answer = found(&server, "/api/v1/search?q=unch%20length").await;
    let parts = answer["events"][0]["snippet"].as_array().unwrap().iter();
    let marked = parts.filter(|part| part["marked"] == true);
    let marked: Vec<_> = marked.map(|part| part["text"].clone()).collect();
    assert_eq!(marked, ["unchecked", "length"]);
    let page = found(&server, "/api/v1/search?q=note&limit=2").await;
    let path = format!("/api/v1/search?q=note&limit=2&before={}", page["next"]);
    assert_eq!(places(&found(&server, &path).await), ["a"]);
    let list = server.read("/api/v1/sessions?q=unchecked").await;
    assert_eq!(list["total"], 1);
    assert_eq!(list["sessions"][0]["session_id"], "a");
}

#[tokio::test]
async fn no_question_is_an_error() {
    let server = Server::start(&[]).await;
    server.tell(&[said("a", 1, "plain words")]).await;
    found(&server, "/api/v1/search?q=plain").await;
    for question in [
        "\"",
        "\"unbalanced",
        "((a AND (b",
        "a OR OR b",
        "NEAR(a b, 5)",
        "NOT a",
        "words:plain",
        "^plain {a b}",
        "a + b - c",
        "*",
        "***a",
        "\u{1}\u{2}\u{1b}[0m\u{7f}",
        "a\u{0}b",
        "🚀🔥",
        "e\u{301}\u{301}\u{301}",
        "\u{202e}abc",
        "'; DROP TABLE search; --",
        "%_\\",
        "日本語の全文",
    ] {
        for path in ["/api/v1/search", "/api/v1/sessions"] {
            let answer = server.get(&format!("{path}?q={}", encoded(question))).await;
            assert_eq!(answer.status, 200, "{path} {question:?}: {}", answer.text());
        }
        let page = server
            .get(&format!("/search?q={}", encoded(question)))
            .await;
        assert_eq!(page.status, 200, "{question:?}");
    }
    let long = "x".repeat(10_000);
    for path in ["/api/v1/search", "/api/v1/sessions"] {
        let answer = server.get(&format!("{path}?q={long}")).await;
        assert_eq!(answer.status, 422, "{path}");
        let error = &answer.json()["error"];
        assert_eq!(
            (&error["field"], &error["limit"]),
            (&json!("q"), &json!("256 characters"))
        );
    }
    for path in ["/search", "/sessions"] {
        let page = server.get(&format!("{path}?q={long}")).await;
        assert_eq!(page.status, 200, "{path}");
    }
    let answer = server.get("/api/v1/search?q=plain&before=-1").await;
    assert_eq!(answer.json()["error"]["field"], "before");
}

#[tokio::test]
async fn what_is_deleted_is_not_found() {
    let server = Server::start(&[]).await;
    let path = "/api/v1/search?q=secretword";
    server
        .tell(&[said("a", 1, "secretword"), said("b", 1, "secretword")])
        .await;
    assert_eq!(places(&found(&server, path).await), ["b", "a"]);
    let body = json!({"sessions": ["a", "gone"]}).to_string();
    let answer = server.post("/api/v1/deletions", body).await;
    assert_eq!(answer.json()["deleted"], json!(["a"]));
    assert_eq!(places(&found(&server, path).await), ["b"]);
}

#[tokio::test]
async fn what_was_not_taken_in_is_taken_in_after_a_restart() {
    let server = Server::start(&[]).await;
    let events: Vec<_> = (0..600).map(|n| said("a", n, "many")).collect();
    server.tell(&events).await;
    let server = server.restart().await;
    let answer = found(&server, "/api/v1/search?q=many&limit=100").await;
    assert_eq!(places(&answer).len(), 100);
    assert_eq!(answer["events"][0]["seq"], 600);
}

#[tokio::test]
async fn a_token_of_one_project_finds_and_changes_its_own() {
    let server = Server::start(&[("LOOPSCOPE_AUTH", "always")]).await;
    let mut secrets = Vec::new();
    for project in [None, Some("lab".to_owned())] {
        let wanted = Wanted {
            name: "test".to_owned(),
            role: "admin".to_owned(),
            project: project.map(|project: String| project.parse().unwrap()),
            days: None,
        };
        let (_, secret) = tokens::create(&server.database(), wanted).await.unwrap();
        secrets.push(format!(
            "Authorization: Bearer {secret}\r\nContent-Type: application/json\r\n"
        ));
    }
    let [all, lab] = &secrets[..] else {
        unreachable!()
    };
    let ask = async |head: &str, line: &str, body: Value| {
        let body = body.to_string();
        let answer = server.request(line, head, body.as_bytes()).await;
        (answer.status, answer)
    };
    let told = [
        ("POST /api/v1/events", said("s", 1, "shared word")),
        (
            "POST /api/v1/events?project=lab",
            said("own", 1, "shared word"),
        ),
    ];
    for (line, event) in told {
        assert_eq!(ask(all, line, event).await.0, 200);
    }
    let path = "GET /api/v1/search?q=shared";
    for (head, count) in [(all, 2), (lab, 1)] {
        let mut answer = ask(head, path, json!(null)).await.1.json();
        while answer["behind"] != 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            answer = ask(head, path, json!(null)).await.1.json();
        }
        assert_eq!(places(&answer).len(), count);
    }
    // Another project's session is refused, not taken for an own one of the same name.
    let foreign = json!({"sessions": ["other/own"], "add": ["x"]});
    assert_eq!(ask(lab, "POST /api/v1/tags", foreign).await.0, 403);
    let foreign = json!({"sessions": ["other/own"]});
    assert_eq!(ask(lab, "POST /api/v1/deletions", foreign).await.0, 403);
    let tagged = json!({"sessions": ["own", "s"], "add": ["x"]});
    let (_, answer) = ask(lab, "POST /api/v1/tags", tagged).await;
    assert_eq!(
        answer.json()["sessions"],
        json!([{"session": "lab/own", "tags": ["x"]}])
    );
    let view = json!({"name": "mine", "query": "tag=x"});
    let (status, view) = ask(lab, "POST /api/v1/views", view).await;
    assert_eq!((status, &view.json()["count"]), (201, &json!(1)));
    let all_views = ask(all, "GET /api/v1/views", json!(null)).await.1.json();
    assert_eq!(all_views["views"].as_array().unwrap().len(), 1);
}
