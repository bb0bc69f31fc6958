//! Pages that are asked for side by side: each is made whole, and of its own visit.

use serde_json::json;

use crate::support::{PATIENCE, Server, event};

/// So many ask at once, and so many pages each.
const VISITORS: usize = 8;
const PAGES: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_that_are_made_side_by_side_do_not_meet() {
    let server = Server::start(&[]).await;
    let mut note = event("side-by-side", 1, "NOTE");
    note["data"] = json!({"message": "plain words"});
    server.tell(&[note]).await;
    let pages = [
        ("/", "Overview"),
        ("/sessions", "Sessions"),
        ("/search?q=plain", "Search"),
        ("/sessions/side-by-side", "Session side-by-side"),
        ("/alerts", "Alerts"),
    ];
    let visitor = async |nth: usize| {
        for page in 0..PAGES {
            let (path, title) = pages[(nth + page) % pages.len()];
            let answer = server.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            let text = answer.text();
            let title = format!("<title>{title} · Loopscope</title>");
            assert!(text.contains(&title), "{path}: {text}");
            assert!(text.contains("</html>"), "{path} was cut off");
        }
    };
    let all = futures_util::future::join_all((0..VISITORS).map(visitor));
    tokio::time::timeout(PATIENCE * 2, all).await.unwrap();
}
