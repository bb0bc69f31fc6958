//! The document around the application: what the server sends before any script has run.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::App;
use crate::part::{IntoPart as _, Part};
use crate::visit::Visitor;

/// Files that the page needs beside the main ones, by address. The server provides them.
#[derive(Debug, Clone, Default)]
pub struct PageFiles(pub Vec<String>);

/// The page's own address, where it is sent at another one. The browser's half goes by it.
#[derive(Debug, Clone)]
pub struct PageAddress(pub String);

/// The whole HTML document.
///
/// Nothing in it is inline except Leptos's own scripts, which carry the response's nonce, so that the page runs
/// under a Content-Security-Policy without `unsafe-inline`. The theme stands on `<html>` from the first byte.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let visitor = use_context::<Visitor>().unwrap_or_default();
    let (theme, density) = (visitor.theme.word(), visitor.density.word());
    let zone = visitor.zone.to_cookie();
    let steer = visitor.may_steer.then_some("1");
    let admin = visitor.may_admin.then_some("1");
    let firing = (visitor.firing > 0).then(|| visitor.firing.to_string());
    let waiting = (visitor.waiting > 0).then(|| visitor.waiting.to_string());
    let address = use_context().map(|PageAddress(address)| address);
    let PageFiles(files) = use_context().unwrap_or_default();
    let files = files.into_iter().map(announce).collect_view();
    view! {
        <!DOCTYPE html>
        <html
            lang="en" data-theme=theme data-density=density data-zone=zone data-steer=steer data-waiting=waiting
            data-admin=admin data-firing=firing data-address=address
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta
                    name="description"
                    content="Live mission control for autonomous programs: loops, findings, fixes, step by step."
                />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options=options.clone() id="leptos" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                {files}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Has the browser ask for a file at once, beside the main ones instead of after them.
fn announce(href: String) -> Part {
    if href.rsplit('.').next() == Some("js") {
        view! { <link rel="modulepreload" href=href crossorigin="anonymous" /> }.part()
    } else {
        view! { <link rel="preload" href=href r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
            .part()
    }
}
