//! The login page: a plain form that exchanges a token for a cookie. It works without scripts.

use axum::extract::{Form, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use loopscope_app::visit::Visitor;
use serde::Deserialize;

use super::{Peer, Right, Secret, origin, secret};
use crate::error::Problem;
use crate::state::AppState;

/// Where to go after the login.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Login {
    token: String,
    #[serde(default)]
    next: String,
}

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// `GET /login`: the form.
pub(crate) async fn form(Query(Next { next }): Query<Next>, headers: HeaderMap) -> Response {
    page(StatusCode::OK, &headers, &next, "")
}

/// `POST /login`: a cookie for a token that holds.
pub(crate) async fn submit(
    State(state): State<AppState>,
    parts: Parts,
    Form(Login { token, next }): Form<Login>,
) -> Result<Response, Problem> {
    let peer = Peer::of(&parts)?;
    state.access.0.rates.login(&peer)?;
    origin::refuse_foreign(&parts, &[])?;
    let Some(secret) = Secret::read(&token) else {
        let problem = "This is not an access token.";
        return Ok(page(
            StatusCode::UNAUTHORIZED,
            &parts.headers,
            &next,
            problem,
        ));
    };
    match state.access.0.tokens.grant(&secret).await? {
        Some(grant) if grant.role.may(Right::View) => {
            let cookie = cookie(&secret, &parts);
            Ok((
                [(header::SET_COOKIE, cookie)],
                Redirect::to(&local_path(&next)),
            )
                .into_response())
        }
        Some(_) => Ok(page(
            StatusCode::FORBIDDEN,
            &parts.headers,
            &next,
            "This token can only send events; it cannot open pages.",
        )),
        None => Ok(page(
            StatusCode::UNAUTHORIZED,
            &parts.headers,
            &next,
            "This token is not valid: it may be expired or revoked.",
        )),
    }
}

/// `POST /logout`: the cookie is forgotten.
pub(crate) async fn logout(parts: Parts) -> Result<Response, Problem> {
    origin::refuse_foreign(&parts, &[])?;
    let cookie = format!(
        "{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
        secret::COOKIE
    );
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

/// The cookie that holds a token: out of reach of scripts, and not sent along by foreign pages.
pub(super) fn cookie(secret: &Secret, parts: &Parts) -> String {
    let is_tls = parts
        .extensions
        .get::<Peer>()
        .is_some_and(|peer| peer.is_tls);
    let secure = if is_tls { "; Secure" } else { "" };
    format!(
        "{}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict{secure}",
        secret::COOKIE,
        secret.reveal()
    )
}

/// A place on this server to go to; the start page where the text names another.
pub(super) fn local_path(next: &str) -> String {
    let is_local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n'])
        && next.bytes().all(|byte| byte.is_ascii_graphic());
    if is_local {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

/// The mark of the house, as on every page.
pub(crate) const MARK: &str = r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M20 12a8 8 0 1 1-2.3-5.6"/><circle class="solid" cx="12" cy="12" r="2.5"/></svg>"#;

/// The theme that was chosen on the pages, as an attribute; none where the system decides.
fn theme(headers: &HeaderMap) -> String {
    let cookies = headers
        .get(header::COOKIE)
        .and_then(|value| value.to_str().ok());
    let visitor = Visitor::read(cookies.unwrap_or_default(), "", String::new());
    let word = visitor.theme.word();
    word.map(|word| format!(r#" data-theme="{word}""#))
        .unwrap_or_default()
}

fn page(status: StatusCode, headers: &HeaderMap, next: &str, problem: &str) -> Response {
    let next = escape(&local_path(next));
    let problem = if problem.is_empty() {
        String::new()
    } else {
        format!(
            r#"<p class="note tone-failed" role="alert">{}</p>"#,
            escape(problem)
        )
    };
    let form = format!(
        r#"<form method="post" action="/login">
<p class="brand">{MARK}<span>Loopscope</span></p>
<h1>Log in</h1>
<p class="t2">This server requires an access token. To create one, run <code class="mono">loopscope token create my-browser</code> on the server.</p>
{problem}
<input type="hidden" name="next" value="{next}">
<input class="sr" type="text" name="name" value="loopscope" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
<label>Access token<input name="token" type="password" autocomplete="current-password" required autofocus></label>
<button class="btn primary" type="submit">Log in</button>
</form>"#
    );
    plain_page(status, headers, "Log in", &form)
}

/// A page of plain HTML: a panel in the middle, which needs no script.
pub(crate) fn plain_page(
    status: StatusCode,
    headers: &HeaderMap,
    title: &str,
    contents: &str,
) -> Response {
    let theme = theme(headers);
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="en"{theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Loopscope</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{style}">
</head>
<body class="login">
<main class="panel">
{contents}
</main>
</body>
</html>
"#,
        style = crate::site::style_path(),
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(html)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_only_to_this_server() {
        for (next, to) in [
            ("/sessions?status=running", "/sessions?status=running"),
            ("", "/"),
            ("https://evil.example", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/a\r\nset-cookie: x", "/"),
        ] {
            assert_eq!(local_path(next), to);
        }
    }
}
