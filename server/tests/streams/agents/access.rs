//! Who gets in: tokens before the upgrade, roles, foreign pages.

use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::{Begun, numbered};
use crate::support::{Server, Socket, get};

/// The status of an upgrade that is refused.
async fn refusal(server: &Server, path: &str, headers: &[(&'static str, &str)]) -> u16 {
    let url = format!("ws://{}{path}", server.address());
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("{:?}", other.map(|_| "let in")),
    }
}

#[tokio::test]
async fn without_a_token_nobody_gets_in_where_one_is_asked_for() {
    let server = Server::start(&[("LOOPSCOPE_AUTH", "always")]).await;
    for path in [
        "/agents/ws",
        "/agents/ws?role=producer",
        "/agents/ws/publish",
        "/training/ws",
        "/training/ws?role=producer",
    ] {
        assert_eq!(refusal(&server, path, &[]).await, 401, "{path}");
        let wrong = [("authorization", "Bearer wrong")];
        assert_eq!(refusal(&server, path, &wrong).await, 401, "{path}");
    }
    for path in ["/agents/stats", "/agents/events", "/training/api/runs"] {
        assert_eq!(server.ask(path).await.status, 401, "{path}");
    }
    for path in ["/agents/events", "/training/events"] {
        assert_eq!(server.post(path, numbered(1).to_string()).await.status, 401);
    }
    // Probes need none.
    for path in ["/agents/health", "/training/api/health"] {
        assert_eq!(server.ask(path).await.status, 200, "{path}");
    }
    let token = server.token();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(
        get(server.address(), "/agents/stats", &bearer).await.status,
        200
    );
    let _viewer = Begun::at(&server, &format!("/agents/ws?token={token}")).await;
    server.stop().await;
}

#[tokio::test]
async fn pages_of_others_open_no_sockets_and_local_ones_do() {
    let server = Server::start(&[]).await;
    let foreign = [("origin", "https://evil.example")];
    for path in ["/agents/ws", "/agents/ws?role=producer", "/training/ws"] {
        let status = refusal(&server, path, &foreign).await;
        assert!(matches!(status, 401 | 403), "{path}: {status}");
    }
    let url = format!("ws://{}/agents/ws", server.address());
    let mut request = url.into_client_request().unwrap();
    let origin = "http://localhost:5173".parse().unwrap();
    request.headers_mut().insert("origin", origin);
    let (stream, _) = connect_async(request).await.unwrap();
    let _viewer = Begun::of(Socket(stream)).await;
    let shared = get(
        server.address(),
        "/agents/stats",
        "Origin: http://localhost:5173\r\n",
    )
    .await;
    let allowed = "access-control-allow-origin: http://localhost:5173";
    assert!(shared.head.contains(allowed), "{}", shared.head);
    let foreign = get(
        server.address(),
        "/agents/health",
        "Origin: https://evil.example\r\n",
    )
    .await;
    assert!(!foreign.head.contains("access-control-allow-origin"));
    server.stop().await;
}
