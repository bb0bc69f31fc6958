//! Runs side by side over HTTP: in the order asked for, as JSON and as CSV; bounds that name their field; what is not
//! there is named.

use serde_json::json;

use crate::support::{Server, event};

async fn two(server: &Server) {
    let mut events = Vec::new();
    for (session, found) in [("a", 3), ("b", 5)] {
        for n in 1..=2 {
            let mut looked = event(session, n, "STEP_COMPLETE");
            looked["iteration"] = json!(n);
            let left = found / n;
            looked["data"] = json!({"step": "diagnose", "success": true, "findings_count": left, "metrics": {"issues_found": left}});
            events.push(looked);
        }
    }
    server.tell(&events).await;
}

#[tokio::test]
async fn runs_are_compared_in_the_order_asked_for() {
    let server = Server::start(&[]).await;
    two(&server).await;
    let told = server
        .read("/api/v1/compare?session=b&session=a&session=b&session=gone")
        .await;
    let ids: Vec<_> = (0..2)
        .map(|n| told["runs"][n]["summary"]["session_id"].clone())
        .collect();
    assert_eq!(ids, ["b", "a"]);
    assert_eq!(told["missing"], json!(["gone"]));
    let findings = &told["curves"][0];
    assert_eq!(
        (&findings["id"], &findings["runs"]),
        (&json!("findings"), &json!([[5.0, 2.0], [3.0, 1.0]]))
    );
    assert!(
        told["cursor"].is_string() || told["cursor"].is_object(),
        "{told}"
    );
}

#[tokio::test]
async fn all_of_it_is_one_table() {
    let server = Server::start(&[]).await;
    two(&server).await;
    let answer = server
        .request(
            "GET /api/v1/compare?session=a&session=b&format=csv",
            "",
            b"",
        )
        .await;
    assert_eq!(answer.status, 200);
    let text = String::from_utf8(answer.body).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "part,what,at,unit,A a,B b");
    for line in [
        "run,session,,,a,b",
        "result,Findings left,,count,1,2",
        "iteration,Findings,1,count,3,5",
        "iteration,Findings,2,count,1,2",
    ] {
        assert!(lines.contains(&line), "{line} is not in {text}");
    }
}

#[tokio::test]
async fn a_bad_question_names_its_field_and_bound() {
    let server = Server::start(&[]).await;
    let many: Vec<String> = (0..9).map(|n| format!("session=s{n}")).collect();
    let long = format!("session={}", "x".repeat(600));
    for (query, limit) in [
        (String::new(), None),
        (many.join("&"), Some("8 sessions")),
        (long, None),
        ("session=a&format=xml".to_owned(), None),
    ] {
        let answer = server
            .request(&format!("GET /api/v1/compare?{query}"), "", b"")
            .await;
        assert_eq!(answer.status, 422, "{query}");
        let error: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let field = if query.contains("format") {
            "format"
        } else {
            "session"
        };
        assert_eq!(error["error"]["field"], field, "{query}");
        assert_eq!(error["error"]["limit"].as_str(), limit, "{query}");
    }
}
