//! The document around the application: what the server sends before any script has run.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::App;
use crate::visit::Visitor;

/// The whole HTML document.
///
/// Nothing in it is inline except Leptos's own scripts, which carry the response's nonce, so that the page runs
/// under a Content-Security-Policy without `unsafe-inline`. The theme stands on `<html>` from the first byte.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Visitor>().and_then(|visitor| visitor.theme.word());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
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
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
