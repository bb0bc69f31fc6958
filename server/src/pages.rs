//! The pages: `app` rendered on the server, under a strict Content-Security-Policy.
//!
//! In: GET of a page's path. Out: HTML whose only inline scripts carry the response's nonce.

use axum::Router;
use axum::http::{HeaderValue, header};
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, use_context};
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list};
use loopscope_app::{App, shell};

use crate::site;
use crate::state::AppState;

/// Every page of the application, and the files that they need.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    let _ = state;
    let options = LeptosOptions::builder()
        .output_name(site::output_name())
        .site_root("target/site")
        .site_pkg_dir("pkg")
        .reload_port(8767)
        .build();
    let routes = generate_route_list(App);
    let shell_options = options.clone();
    Router::new()
        .leptos_routes_with_context(&options, routes, set_policy, move || {
            shell(shell_options.clone())
        })
        .with_state(options)
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
        "'self' ws://localhost:8767 ws://127.0.0.1:8767"
    } else {
        "'self'"
    }
}
