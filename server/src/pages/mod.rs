//! The pages: `app` rendered on the server, under a strict Content-Security-Policy.
//!
//! In: GET of a page's path. Out: HTML whose only inline scripts carry the response's nonce.

mod no_viewer;
mod source;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes as _, ResponseOptions, render_app_async_with_context,
};
use leptos_router::Method::Get;
use leptos_router::SsrMode;
use loopscope_app::pages::{PageStatus, lazy};
use loopscope_app::source::Source;
use loopscope_app::visit::Visitor;
use loopscope_app::{PageAddress, PageFiles, shell};

use crate::access::{Grant, Peer, Right, Role};
use crate::site;
use crate::state::AppState;

/// Every page of the application, and the files that they need.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    let options = options();
    let shell_options = options.clone();
    Router::new()
        .leptos_routes_with_context(
            &options,
            routes(),
            {
                let state = state.clone();
                move || {
                    set_policy();
                    provide_visit(&state);
                }
            },
            move || shell(shell_options.clone()),
        )
        .with_state(options)
}

/// The addresses of all pages, as axum writes them. Leptos could find them in the application itself; but while it looks
/// for them it lets no page of the whole process load its data, and a page that begins just then waits for ever
/// (leptos-rs/leptos#4773).
fn routes() -> Vec<AxumRouteListing> {
    let own = |part: &str| match part.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => part.to_owned(),
    };
    let route = |address: &str| {
        let parts: Vec<String> = address.split('/').map(own).collect();
        AxumRouteListing::new(parts.join("/"), SsrMode::Async, [Get], Vec::new())
    };
    lazy::addresses().map(route).collect()
}

/// An address that is neither a page nor a file: the page that says so, for whom takes a page.
pub(crate) async fn lost(state: AppState, request: Request) -> Response {
    let is_page = request.method() == Method::GET
        && header_text_of(request.headers(), &header::ACCEPT).contains("text/html");
    if !is_page {
        return (StatusCode::NOT_FOUND, "there is nothing at this address\n").into_response();
    }
    if request.uri().path().starts_with("/viewer/") && !site::has_viewer() {
        return no_viewer::page(request.headers());
    }
    if let Some(address) = without_last_slash(request.uri()) {
        return Redirect::permanent(&address).into_response();
    }
    let context = move || {
        set_policy();
        provide_visit(&state);
    };
    let options = options();
    let render = render_app_async_with_context(context, move || shell(options.clone()));
    let mut response = render(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Where an address leads without the slash that somebody typed at its end; never to another host.
fn without_last_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?.trim_matches('/');
    if path.is_empty() || path.contains('\\') {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}"));
    Some(format!("/{path}{}", query.unwrap_or_default()))
}

/// A page at an address that is not its own, such as the one that a contract gives it. It tells the browser its own.
pub(crate) async fn show(
    state: AppState,
    mut parts: Parts,
    grant: Grant,
    address: Uri,
) -> Response {
    let own = PageAddress(address.to_string());
    parts.uri = address;
    parts.extensions.insert(grant);
    let context = move || {
        set_policy();
        provide_context(own.clone());
        provide_visit(&state);
    };
    let options = options();
    let render = render_app_async_with_context(context, move || shell(options.clone()));
    render(Request::from_parts(parts, Body::empty())).await
}

/// What the shell needs to know. The port is the one that the workspace's `Cargo.toml` names for `cargo leptos watch`.
fn options() -> LeptosOptions {
    LeptosOptions::builder()
        .output_name(site::OUTPUT_NAME)
        .site_root("target/site")
        .site_pkg_dir(site::package())
        .reload_port(8768)
        .build()
}

/// Tells the page who looks, gives it its data, and lets it set the status of the answer.
fn provide_visit(state: &AppState) {
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    provide_context(PageFiles(site::files_of(parts.uri.path())));
    let mut visitor = Visitor::read(
        &header_text(&parts, &header::COOKIE),
        parts.uri.query().unwrap_or_default(),
        origin(&parts),
    );
    if let Some(grant) = parts.extensions.get::<Grant>() {
        visitor.may_steer = grant.role.may(Right::Steer);
        visitor.may_admin = grant.role == Role::Admin;
        visitor.firing = state.alerts.firing(grant.project.as_ref());
        visitor.waiting = state.desk.waiting(grant.project.as_ref());
        let views: Source = Arc::new(source::Views::new(state.clone(), grant));
        provide_context(views);
    }
    if let Some(response) = use_context::<ResponseOptions>() {
        provide_context(PageStatus(Arc::new(move |status| {
            if let Ok(status) = StatusCode::from_u16(status) {
                response.set_status(status);
            }
        })));
    }
    provide_context(visitor);
}

/// Scheme, host and port under which the visitor reaches the server.
fn origin(parts: &Parts) -> String {
    let peer = parts.extensions.get::<Peer>();
    let secure = peer.is_some_and(|peer| peer.is_tls);
    let scheme = if secure { "https" } else { "http" };
    format!("{scheme}://{}", header_text(parts, &header::HOST))
}

fn header_text(parts: &Parts, name: &header::HeaderName) -> String {
    header_text_of(&parts.headers, name)
}

fn header_text_of(headers: &HeaderMap, name: &header::HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// Adds the policy to the response that is being rendered.
fn set_policy() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src {}; font-src 'self'; manifest-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        connect_sources()
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// Where the page may connect: home, and under `cargo leptos watch` to its reload socket too.
fn connect_sources() -> &'static str {
    if std::env::var_os("LEPTOS_WATCH").is_some() {
        "'self' ws://localhost:8768 ws://127.0.0.1:8768"
    } else {
        "'self'"
    }
}

#[cfg(test)]
mod tests {
    use loopscope_app::pages::lazy::file_of;

    use super::*;

    #[test]
    fn a_slash_at_the_end_leads_to_the_page_and_nowhere_else() {
        for (typed, address) in [
            ("/sessions/", Some("/sessions")),
            ("/sessions/a/?tab=events", Some("/sessions/a?tab=events")),
            ("//elsewhere.example/", Some("/elsewhere.example")),
            ("/sessions", None),
            ("/", None),
            ("//", None),
        ] {
            let uri: Uri = typed.parse().unwrap();
            assert_eq!(without_last_slash(&uri).as_deref(), address, "{typed}");
        }
    }

    #[tokio::test]
    async fn every_page_is_in_a_file_that_its_address_leads_to() {
        let routes = routes();
        assert!(!routes.is_empty());
        for route in routes {
            assert!(file_of(route.path()).is_some(), "{}", route.path());
        }
    }
}
