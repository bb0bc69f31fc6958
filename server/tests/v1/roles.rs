//! Every route, asked by every role: who is let in, who is refused, and who is asked for a token.
//!
//! "Let in" means that the route itself answers, whatever it says to a session that does not exist.

use loopscope::tokens::{self, Wanted};

use crate::support::Server;

/// Who may, of `view`, `ingest`, `control` and `admin`, in this order.
type May = [bool; 4];

const ROLES: [&str; 4] = ["view", "ingest", "control", "admin"];
const READ: May = [true, false, true, true];
const SEND: May = [false, true, false, true];
const STEER: May = [false, false, true, true];
const TAKE: May = [false, true, true, true];
const ADMIN: May = [false, false, false, true];

/// What is asked, and who may.
const ROUTES: &[(&str, May)] = &[
    ("GET /api/v1/overview", READ),
    ("GET /api/v1/sessions", READ),
    ("GET /api/v1/sessions/s", READ),
    ("GET /api/v1/sessions/s/events", READ),
    ("GET /api/v1/sessions/s/board?at=1", READ),
    ("GET /api/sessions/s/board", READ),
    ("GET /api/v1/sessions/s/spans", READ),
    ("GET /api/v1/sessions/s/trace", READ),
    ("GET /api/v1/sessions/s/annotations", READ),
    ("POST /api/v1/sessions/s/annotations", STEER),
    ("PUT /api/v1/sessions/s/annotations/a", STEER),
    ("DELETE /api/v1/sessions/s/annotations/a", STEER),
    ("GET /api/v1/compare?session=s", READ),
    ("GET /api/v1/search?q=x", READ),
    ("GET /api/v1/views", READ),
    ("POST /api/v1/views", STEER),
    ("DELETE /api/v1/views/v", STEER),
    ("POST /api/v1/tags", STEER),
    ("POST /api/v1/deletions", ADMIN),
    ("GET /api/v1/widgets", READ),
    ("POST /api/v1/widgets", STEER),
    ("GET /api/v1/widgets/w", READ),
    ("PUT /api/v1/widgets/w", STEER),
    ("DELETE /api/v1/widgets/w", STEER),
    ("GET /api/v1/widgets/w/state", READ),
    ("PUT /api/v1/widgets/w/state", SEND),
    ("GET /api/v1/widgets/arrangement", READ),
    ("PUT /api/v1/widgets/arrangement", STEER),
    ("GET /api/v1/widgets/shown", READ),
    ("POST /api/v1/widgets/preview", READ),
    ("GET /api/v1/settings", READ),
    ("GET /api/v1/sessions/s/export", READ),
    ("GET /api/v1/export?session=s", READ),
    ("POST /api/v1/import", ADMIN),
    ("GET /api/v1/backups", ADMIN),
    ("POST /api/v1/backups", ADMIN),
    ("GET /api/v1/backups/b", ADMIN),
    ("GET /api/v1/backups/b/file", ADMIN),
    ("DELETE /api/v1/backups/b", ADMIN),
    ("GET /api/v1/alerts", READ),
    ("POST /api/v1/alerts/a/ack", STEER),
    ("POST /api/v1/alerts/a/mute", STEER),
    ("GET /api/v1/alerts/rules", READ),
    ("POST /api/v1/alerts/rules", ADMIN),
    ("GET /api/v1/alerts/rules/r", READ),
    ("PUT /api/v1/alerts/rules/r", ADMIN),
    ("DELETE /api/v1/alerts/rules/r", ADMIN),
    ("POST /api/v1/alerts/rules/r/mute", STEER),
    ("GET /api/v1/alerts/channels", READ),
    ("POST /api/v1/alerts/channels", ADMIN),
    ("PUT /api/v1/alerts/channels/c", ADMIN),
    ("DELETE /api/v1/alerts/channels/c", ADMIN),
    ("POST /api/v1/alerts/channels/c/secret", ADMIN),
    ("POST /api/v1/alerts/channels/c/test", ADMIN),
    ("GET /api/v1/alerts/deliveries", READ),
    ("GET /api/v1/sessions/s/metrics", READ),
    ("GET /api/v1/sessions/s/series?name=loss", READ),
    ("GET /api/v1/stream?severity=x", READ),
    ("GET /api/v1/events?wait=0", READ),
    ("GET /metrics", READ),
    ("POST /api/v1/events", SEND),
    ("GET /api/v1/sessions/s/commands", READ),
    ("GET /api/v1/sessions/s/commands?runner=r&wait=0", TAKE),
    ("POST /api/v1/sessions/s/commands", STEER),
    ("POST /api/v1/sessions/s/commands/order", STEER),
    ("POST /api/v1/sessions/s/commands/replay", STEER),
    ("GET /api/v1/sessions/s/commands/c", READ),
    ("POST /api/v1/sessions/s/commands/c/cancel", STEER),
    ("POST /api/v1/sessions/s/commands/c/receipt", TAKE),
    ("GET /api/v1/sessions/s/runner", READ),
    ("GET /api/v1/decisions", READ),
    ("POST /api/v1/sessions/s/decisions/d", STEER),
    ("GET /api/v1/audit", STEER),
    ("GET /api/sessions/s/commands", READ),
    ("POST /api/sessions/s/commands", STEER),
    ("POST /api/sessions/s/commands/order", STEER),
    ("POST /api/sessions/s/commands/replay", STEER),
    ("GET /api/sessions/s/commands/c", READ),
    ("POST /api/sessions/s/commands/c/cancel", STEER),
    ("POST /api/sessions/s/commands/c/receipt", TAKE),
    ("GET /api/sessions/s/runner", READ),
    ("GET /api/decisions", READ),
    ("POST /api/sessions/s/decisions/d", STEER),
    ("GET /api/audit", STEER),
    // The contracts' own routes.
    ("GET /api/sessions", READ),
    ("GET /api/sessions/s", READ),
    ("GET /api/sessions/s/events", READ),
    ("GET /api/sessions/s/metrics", READ),
    ("GET /api/state", READ),
    ("GET /api/metrics", READ),
    ("GET /api/stats", READ),
    ("GET /api/security", READ),
    ("GET /api/convergence/metrics", READ),
    ("GET /api/infrastructure", READ),
    ("GET /api/threats", READ),
    ("POST /events", SEND),
    ("GET /agents/dashboard", READ),
    ("GET /agents/stats", READ),
    ("GET /agents/events", READ),
    ("GET /agents/opportunities", READ),
    ("POST /agents/events", SEND),
    ("GET /training", READ),
    ("GET /training/api/runs", READ),
    ("GET /training/api/runs/s", READ),
    ("GET /training/api/runs/s/events", READ),
    ("POST /training/events", SEND),
    ("GET /orchestrator/api/skills", READ),
    ("GET /orchestrator/api/skills/s", READ),
    ("GET /orchestrator/api/sessions", READ),
    ("GET /orchestrator/api/sessions/s", READ),
    ("POST /orchestrator/api/sessions", TAKE),
    ("DELETE /orchestrator/api/sessions/s", STEER),
    ("GET /orchestrator/api/stats", READ),
];

/// What needs no token: probes tell nothing of what the server knows.
const OPEN: &[&str] = &[
    "GET /healthz",
    "GET /readyz",
    "GET /health",
    "GET /orchestrator/health",
    "GET /agents/health",
    "GET /training/api/health",
    "GET /api/docs",
    "GET /api/openapi.json",
    "GET /api/asyncapi.json",
    "GET /api/event.schema.json",
];

/// Pages and documents: they are no routes of the document.
const PAGES: &[&str] = &[
    "GET /agents/dashboard",
    "GET /training",
    "GET /api/docs",
    "GET /api/openapi.json",
    "GET /api/asyncapi.json",
    "GET /api/event.schema.json",
];

async fn secrets(server: &Server) -> Vec<String> {
    let mut secrets = Vec::new();
    for role in ROLES {
        let wanted = Wanted {
            name: role.to_owned(),
            role: role.to_owned(),
            project: None,
            days: None,
        };
        let made = tokens::create(&server.database(), wanted).await.unwrap();
        secrets.push(made.1);
    }
    secrets
}

#[tokio::test]
async fn each_route_answers_whom_it_is_for() {
    let server = Server::start(&[("LOOPSCOPE_AUTH", "always")]).await;
    let secrets = secrets(&server).await;
    let mut wrong = Vec::new();
    for (route, may) in ROUTES {
        let nobody = server.request(route, "", b"{}").await;
        if nobody.status != 401 {
            wrong.push(format!("{route} without a token: {}", nobody.status));
        }
        for ((role, secret), may) in ROLES.iter().zip(&secrets).zip(may) {
            let head =
                format!("Authorization: Bearer {secret}\r\nContent-Type: application/json\r\n");
            let status = server.request(route, &head, b"{}").await.status;
            let refused = status == 403 || status == 401;
            if refused == *may || status >= 500 {
                wrong.push(format!("{route} as {role}: {status}"));
            }
        }
    }
    for route in OPEN {
        let status = server.request(route, "", b"").await.status;
        if status != 200 {
            wrong.push(format!("{route} without a token: {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether a route is one of a path with parameters in braces.
fn is_of(route: &str, method: &str, path: &str) -> bool {
    let Some((asked, address)) = route.split_once(' ') else {
        return false;
    };
    let address = address.split('?').next().unwrap_or_default();
    let (mut here, mut told) = (address.split('/'), path.split('/'));
    let same = here
        .by_ref()
        .zip(told.by_ref())
        .all(|(here, told)| here == told || told.starts_with('{'));
    let lengths = address.split('/').count() == path.split('/').count();
    asked.eq_ignore_ascii_case(method) && same && lengths
}

#[tokio::test]
async fn the_document_names_each_route_and_the_right_that_it_asks_for() {
    let server = Server::start(&[]).await;
    let document = server.read("/api/openapi.json").await;
    let mut told = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let right = operation["security"][0]["bearer"][0].as_str();
            told.push((path.as_str(), method.as_str(), right));
        }
    }
    let mut wrong = Vec::new();
    for (path, method, right) in &told {
        let may = match *right {
            Some("view") => READ,
            Some("ingest") => SEND,
            Some("control") => STEER,
            Some("take") => TAKE,
            Some("admin") => ADMIN,
            _ => {
                if !OPEN.iter().any(|route| is_of(route, method, path)) {
                    wrong.push(format!("{method} {path} is not among the open ones"));
                }
                continue;
            }
        };
        let mut routes = ROUTES
            .iter()
            .filter(|(route, _)| is_of(route, method, path));
        if !routes.any(|(_, own)| *own == may) {
            wrong.push(format!(
                "{method} {path} is not for {right:?}, or not tried here"
            ));
        }
    }
    let all = ROUTES.iter().map(|(route, _)| route).chain(OPEN);
    for route in all.filter(|route| !PAGES.contains(route)) {
        if !told
            .iter()
            .any(|(path, method, _)| is_of(route, method, path))
        {
            wrong.push(format!("{route} is not in the document"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
