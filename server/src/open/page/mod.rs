//! The page that shows the OpenAPI document: plain HTML, no script, our own style.
//!
//! In: the document, a `Cookie` header (the theme). Out: HTML. Everything opens and closes by `<details>`, so that it
//! works as it is sent, and every address on it is a place within it.

#![expect(
    clippy::format_push_string,
    reason = "a page is put together once a request, and reads better so"
)]

mod operation;
mod schema;
mod text;

use loopscope_app::visit::Visitor;
use serde_json::Value;

use text::{escape, prose, slug};

/// What the page may load: its style and its icon.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                                 form-action 'none'; frame-ancestors 'none'";

/// The mark of the house, as on every page.
const MARK: &str = r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M20 12a8 8 0 1 1-2.3-5.6"/><circle class="solid" cx="12" cy="12" r="2.5"/></svg>"#;

/// The page.
pub(super) fn page(document: &Value, cookies: &str) -> String {
    let theme = match Visitor::read(cookies, "", String::new()).theme.word() {
        Some(word) => format!(r#" data-theme="{word}""#),
        None => String::new(),
    };
    let mut html = format!(
        r##"<!DOCTYPE html>
<html lang="en"{theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API · Loopscope</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{style}">
</head>
<body>
<a class="skip" href="#groups">Skip to the routes</a>
<div class="docs">
<header class="docs-bar"><a class="brand" href="/">{MARK}<span>Loopscope</span></a><span class="t3">API</span></header>
"##,
        style = crate::site::style_path(),
    );
    html.push_str(&contents(document));
    html.push_str("<main class=\"docs-main\">\n");
    html.push_str(&introduction(document));
    for tag in document["tags"].as_array().into_iter().flatten() {
        html.push_str(&group(document, tag));
    }
    html.push_str(&schemas(document));
    html.push_str("</main>\n</div>\n</body>\n</html>\n");
    html
}

/// The groups, to jump to.
fn contents(document: &Value) -> String {
    let mut html = "<nav class=\"docs-nav\" aria-label=\"Groups\">\n".to_owned();
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        let count = operation::of_group(document, name).len();
        html.push_str(&format!(
            "<a href=\"#{}\">{}<span class=\"count\">{count}</span></a>\n",
            slug(name),
            escape(name.trim_start_matches("Contract: ")),
        ));
    }
    html.push_str("<a href=\"#schemas\">Schemas</a>\n</nav>\n");
    html
}

fn introduction(document: &Value) -> String {
    let info = &document["info"];
    let mut html = format!(
        r#"<section class="panel docs-intro"><div class="pad stack">
<h1>{} API <span class="t3 mono">{}</span></h1>
<p class="t2">{}</p>
<p class="row"><a class="btn" href="/api/openapi.json">OpenAPI 3.1</a><a class="btn" href="/api/asyncapi.json">AsyncAPI 3, for the WebSocket and Socket.IO</a><a class="btn" href="/api/event.schema.json">JSON Schema of an event</a></p>
<details><summary>Authentication</summary><dl class="docs-list">
"#,
        escape(info["title"].as_str().unwrap_or_default()),
        escape(info["version"].as_str().unwrap_or_default()),
        prose(info["description"].as_str().unwrap_or_default()),
    );
    let schemes = document["components"]["securitySchemes"].as_object();
    for (name, scheme) in schemes.into_iter().flatten() {
        let about = scheme["description"].as_str().unwrap_or_default();
        html.push_str(&format!(
            "<dt class=\"mono\">{name}</dt><dd>{}</dd>\n",
            prose(about)
        ));
    }
    html.push_str("</dl></details>\n</div></section>\n<div id=\"groups\"></div>\n");
    html
}

/// A group of routes.
fn group(document: &Value, tag: &Value) -> String {
    let name = tag["name"].as_str().unwrap_or_default();
    let mut html = format!(
        "<section class=\"panel\" id=\"{}\"><div class=\"panel-head\"><h2>{}</h2></div>\n<p class=\"pad t2 small docs-about\">{}</p>\n<ul class=\"rows\">\n",
        slug(name),
        escape(name),
        prose(tag["description"].as_str().unwrap_or_default()),
    );
    for (path, method, told) in operation::of_group(document, name) {
        html.push_str("<li>");
        html.push_str(&operation::row(document, path, method, told));
        html.push_str("</li>\n");
    }
    html.push_str("</ul></section>\n");
    html
}

/// The named schemas, which the routes refer to.
fn schemas(document: &Value) -> String {
    let mut html = "<section class=\"panel\" id=\"schemas\"><div class=\"panel-head\"><h2>Schemas</h2></div>\n<ul class=\"rows\">\n".to_owned();
    let all = document["components"]["schemas"].as_object();
    for (name, told) in all.into_iter().flatten() {
        html.push_str(&format!(
            "<li><details class=\"docs-op\" id=\"schema-{name}\"><summary><span class=\"mono\">{name}</span><span class=\"t3 cut\">{}</span></summary><div class=\"docs-body\">{}</div></details></li>\n",
            prose(first_line(told)),
            schema::shown(told),
        ));
    }
    html.push_str("</ul></section>\n");
    html
}

/// The first line of what a thing says of itself.
fn first_line(told: &Value) -> &str {
    let about = told["description"].as_str().unwrap_or_default();
    about.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::OPEN_API;

    #[test]
    fn every_route_and_schema_is_on_the_page_and_nothing_leads_away() {
        let document = &OPEN_API.0;
        let html = page(document, "theme=dark");
        assert!(html.contains(r#"data-theme="dark""#));
        for path in document["paths"].as_object().unwrap().keys() {
            assert!(html.contains(&text::path(path)), "{path}");
        }
        let ids: Vec<&str> = html.split(" id=\"").skip(1).map(until_quote).collect();
        for target in html.split("href=\"#").skip(1).map(until_quote) {
            assert!(ids.contains(&target), "#{target} leads nowhere");
        }
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), ids.len(), "an id stands twice");
        assert!(!html.contains("http://") && !html.contains("https://"));
        assert!(!html.contains("<script") && !html.contains(" style="));
    }

    fn until_quote(text: &str) -> &str {
        text.split('"').next().unwrap_or_default()
    }
}
