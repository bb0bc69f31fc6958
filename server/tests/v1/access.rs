//! Who gets in: roles, Origins, Hosts, the login page, revocation while sockets are open.

use loopscope::tokens::{self, Wanted};
use serde_json::json;

use crate::support::{Server, event};

async fn token(server: &Server, role: &str) -> (String, String) {
    let wanted = Wanted {
        name: "test".to_owned(),
        role: role.to_owned(),
        project: None,
        days: None,
    };
    tokens::create(&server.database(), wanted).await.unwrap()
}

fn bearer(secret: &str) -> String {
    format!("Authorization: Bearer {secret}\r\n")
}

#[tokio::test]
async fn each_role_may_what_it_may() {
    let server = Server::start(&[("LOOPSCOPE_AUTH", "always")]).await;
    let body = event("s", 1, "X").to_string();
    for (role, read, write, socket) in [
        ("view", 200, 403, true),
        ("ingest", 403, 200, true),
        ("control", 200, 403, true),
        ("admin", 200, 200, true),
        ("nobody", 401, 401, false),
    ] {
        let secret = match role {
            "nobody" => "lsc_0000".to_owned(),
            role => token(&server, role).await.1,
        };
        let head = bearer(&secret);
        assert_eq!(
            server
                .request("GET /api/v1/overview", &head, b"")
                .await
                .status,
            read,
            "{role}"
        );
        let answer = server
            .request("POST /api/v1/events", &head, body.as_bytes())
            .await;
        assert_eq!(answer.status, write, "{role}");
        let header = format!("Bearer {secret}");
        let opened = server.socket_with(&[("authorization", &header)]).await;
        assert_eq!(opened.is_ok(), socket, "{role}");
    }
    for path in [
        "/api/v1/overview",
        "/api/v1/sessions",
        "/api/v1/stream",
        "/api/v1/events",
        "/metrics",
    ] {
        assert_eq!(
            server.get(path).await.code(),
            (401, "unauthorized".to_owned()),
            "{path}"
        );
    }
    assert_eq!(
        server.get("/healthz").await.status,
        200,
        "a probe needs no token"
    );
}

#[tokio::test]
async fn a_socket_may_only_what_its_role_may() {
    let server = Server::start(&[("LOOPSCOPE_AUTH", "always")]).await;
    let (_, secret) = token(&server, "ingest").await;
    let header = format!("Bearer {secret}");
    let mut socket = server
        .socket_with(&[("authorization", &header)])
        .await
        .unwrap();
    assert_eq!(socket.next().await["role"], "ingest");
    let refused = socket.ask(json!({"type": "subscribe"})).await;
    assert_eq!(refused["error"]["code"], "forbidden");
    let refused = socket.ask(json!({"type": "watch", "sessions": true})).await;
    assert_eq!(refused["error"]["code"], "forbidden");
    let ack = socket
        .ask(json!({"type": "publish", "events": event("s", 1, "X")}))
        .await;
    assert_eq!(ack["accepted"], 1);
}

#[tokio::test]
async fn this_machine_needs_no_token_unless_someone_stands_behind_it() {
    let server = Server::start(&[]).await;
    for (head, status) in [
        ("", 200),
        ("Host: 127.0.0.1:8766\r\n", 200),
        ("Host: [::1]:8766\r\n", 200),
        ("Host: rebound.example\r\n", 401),
        ("X-Forwarded-For: 10.0.0.1\r\n", 401),
        ("Origin: http://evil.example\r\n", 403),
        ("Origin: http://localhost\r\n", 200),
    ] {
        let answer = server.request("GET /api/v1/overview", head, b"").await;
        assert_eq!(answer.status, status, "{head}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_open_no_socket_and_change_nothing() {
    let server = Server::start(&[("LOOPSCOPE_ORIGINS", "https://board.example")]).await;
    let ours = format!("http://{}", server.address());
    for (origin, is_let_in) in [
        ("http://evil.example", false),
        ("null", false),
        ("https://board.example", true),
        (ours.as_str(), true),
    ] {
        let opened = server.socket_with(&[("origin", origin)]).await;
        assert_eq!(opened.is_ok(), is_let_in, "{origin}");
    }
    let (_, secret) = token(&server, "admin").await;
    let head = format!("Cookie: loopscope_token={secret}\r\nOrigin: http://evil.example\r\n");
    let body = event("s", 1, "X").to_string();
    let answer = server
        .request("POST /api/v1/events", &head, body.as_bytes())
        .await;
    assert_eq!(
        answer.code(),
        (403, "forbidden".to_owned()),
        "not even with a cookie"
    );
}

#[tokio::test]
async fn a_browser_exchanges_its_token_for_a_cookie() {
    let server = Server::start(&[("LOOPSCOPE_AUTH", "always")]).await;
    let first = server
        .running
        .first_token()
        .expect("the first start makes a token")
        .to_owned();
    let page = server.get("/?status=running").await;
    assert_eq!(page.status, 303);
    assert_eq!(
        page.header("location"),
        Some("/login?next=%2f%3fstatus%3drunning")
    );
    let form = server.get("/login?next=%2F%22%3E%3Cscript%3E").await;
    assert_eq!(form.status, 200);
    assert!(!form.text().contains("<script>"), "{}", form.text());
    assert!(
        form.header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );

    let head = "Content-Type: application/x-www-form-urlencoded\r\n";
    let wrong = server
        .request("POST /login", head, b"token=lsc_1&next=%2F")
        .await;
    assert_eq!(wrong.status, 401);
    let right = format!("token={first}&next=%2Fsessions");
    let right = server.request("POST /login", head, right.as_bytes()).await;
    assert_eq!(
        (right.status, right.header("location")),
        (303, Some("/sessions"))
    );
    let cookie = right.header("set-cookie").unwrap();
    assert!(
        cookie.contains("httponly") && cookie.contains("samesite=strict"),
        "{cookie}"
    );
    let cookie = format!("Cookie: loopscope_token={first}\r\n");
    assert_eq!(
        server
            .request("GET /api/v1/overview", &cookie, b"")
            .await
            .status,
        200
    );

    // A contract's page is one of ours in its place, and asks for more as ours do.
    for page in [
        "/",
        "/agents/dashboard",
        "/training/",
        "/training/dashboard",
    ] {
        let link = server.get(&format!("{page}?token={first}&tab=x")).await;
        assert_eq!(
            (link.status, link.header("location")),
            (303, Some(format!("{page}?tab=x").as_str()))
        );
        assert!(link.header("set-cookie").unwrap().contains(&first));
        let request = format!("GET {page}?tab=x");
        let answer = server.request(&request, &cookie, b"").await;
        assert_eq!(answer.status, 200, "{page}");
    }
}

#[tokio::test]
async fn attempts_to_log_in_and_intake_are_bounded_in_rate() {
    let server = Server::start(&[("LOOPSCOPE_LIMIT_INTAKE_PER_SECOND", "5")]).await;
    let head = "Content-Type: application/x-www-form-urlencoded\r\n";
    let mut last = server.request("POST /login", head, b"token=x").await;
    for _ in 0..20 {
        last = server.request("POST /login", head, b"token=x").await;
    }
    assert_eq!(last.code(), (429, "rate_limited".to_owned()));
    assert!(last.header("retry-after").is_some());
    let mut codes = Vec::new();
    for n in 0..30 {
        codes.push(
            server
                .post("/api/v1/events", event("s", n, "X").to_string())
                .await
                .status,
        );
    }
    assert!(codes.contains(&200) && codes.contains(&429), "{codes:?}");
}

#[tokio::test]
async fn revocation_ends_what_the_token_opened() {
    let server = Server::start(&[("LOOPSCOPE_AUTH", "always")]).await;
    let (id, secret) = token(&server, "view").await;
    let (_, other) = token(&server, "view").await;
    let (header, other) = (format!("Bearer {secret}"), format!("Bearer {other}"));
    let mut socket = server
        .socket_with(&[("authorization", &header)])
        .await
        .unwrap();
    let mut kept = server
        .socket_with(&[("authorization", &other)])
        .await
        .unwrap();
    for socket in [&mut socket, &mut kept] {
        assert_eq!(socket.next().await["type"], "hello");
    }
    tokens::revoke(&server.database(), &id).await.unwrap();
    let closing = socket.next().await;
    assert_eq!(
        (&closing["type"], &closing["reason"]),
        (&json!("closing"), &json!("revoked"))
    );
    assert_eq!(socket.next_or_close().await, Err(Some(1008)));
    assert_eq!(
        server
            .socket_with(&[("authorization", &header)])
            .await
            .err(),
        Some(401)
    );
    assert_eq!(
        kept.ask(json!({"type": "ping"})).await["type"],
        "pong",
        "others stay"
    );
}
