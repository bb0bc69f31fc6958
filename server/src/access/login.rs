//! The login page: a plain form that exchanges a token for a cookie. It works without scripts.

use axum::extract::{Form, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
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
pub(crate) async fn form(Query(Next { next }): Query<Next>) -> Response {
    page(StatusCode::OK, &next, "")
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
        return Ok(page(StatusCode::UNAUTHORIZED, &next, "This is no token."));
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
            &next,
            "This token sends events; it does not open pages.",
        )),
        None => Ok(page(
            StatusCode::UNAUTHORIZED,
            &next,
            "This token does not hold.",
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

fn page(status: StatusCode, next: &str, problem: &str) -> Response {
    let next = escape(&local_path(next));
    let problem = if problem.is_empty() {
        String::new()
    } else {
        format!(
            r#"<p class="login-problem" role="alert">{}</p>"#,
            escape(problem)
        )
    };
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in · Loopscope</title>
<link rel="stylesheet" href="{style}">
</head>
<body class="login">
<main class="login-box">
<h1>Loopscope</h1>
<p>This server asks for an access token. <code>loopscope token create</code> makes one.</p>
{problem}
<form method="post" action="/login">
<input type="hidden" name="next" value="{next}">
<label for="token">Access token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Log in</button>
</form>
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
