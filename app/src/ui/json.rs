//! A JSON value as a tree that opens and closes, with the path of every part to copy.

use leptos::prelude::*;
use serde_json::Value;

use crate::part::{IntoPart as _, Part};
use crate::world;

/// The most members of one list or object that are drawn; the rest is counted.
const MOST_MEMBERS: usize = 200;
/// How deep it is open at first.
const OPEN_TO: usize = 2;
/// How deep it is drawn at all; deeper parts are shown as text.
const DEEPEST: usize = 32;

/// The value, indented.
pub fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The tree of a value.
pub fn json_tree(value: &Value) -> Part {
    view! { <div class="json">{node(None, value, String::new(), 0)}</div> }.part()
}

/// One part: its name where it has one, its value, and its path from the root.
fn node(name: Option<String>, value: &Value, path: String, depth: usize) -> Part {
    match value {
        Value::Object(members) if !members.is_empty() && depth < DEEPEST => {
            let children = members.iter().take(MOST_MEMBERS).map(|(key, member)| {
                let path = member_path(&path, key);
                node(Some(key.clone()), member, path, depth + 1)
            });
            let children = children.collect();
            branch(
                name,
                path,
                &format!("{{{}}}", members.len()),
                children,
                members.len(),
                depth,
            )
        }
        Value::Array(items) if !items.is_empty() && depth < DEEPEST => {
            let children = items
                .iter()
                .take(MOST_MEMBERS)
                .enumerate()
                .map(|(index, item)| {
                    let path = format!("{path}[{index}]");
                    node(Some(index.to_string()), item, path, depth + 1)
                });
            let children = children.collect();
            branch(
                name,
                path,
                &format!("[{}]", items.len()),
                children,
                items.len(),
                depth,
            )
        }
        leaf => self::leaf(name, leaf, path),
    }
    .part()
}

/// `a.b`, or `a["odd key"]`.
fn member_path(path: &str, key: &str) -> String {
    let plain = !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !key.starts_with(|letter: char| letter.is_ascii_digit());
    match (plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{}]", Value::from(key)),
    }
}

fn branch(
    name: Option<String>,
    path: String,
    size: &str,
    children: Vec<Part>,
    count: usize,
    depth: usize,
) -> Part {
    let more = count.saturating_sub(MOST_MEMBERS);
    let more = (more > 0).then(|| view! { <p class="leaf m">{format!("{more} more")}</p> });
    view! {
        <div class="branch">
            <details open=depth < OPEN_TO>
                <summary>{key(name)}<span class="m">{size.to_owned()}</span></summary>
                <div>{children}{more}</div>
            </details>
            {copy_path(path)}
        </div>
    }
    .part()
}

fn leaf(name: Option<String>, value: &Value, path: String) -> Part {
    let class = match value {
        Value::String(_) => "str",
        Value::Number(_) => "numb",
        _ => "word",
    };
    view! {
        <p class="leaf">{key(name)}<span class=class>{value.to_string()}</span>{copy_path(path)}</p>
    }
    .part()
}

fn key(name: Option<String>) -> Option<Part> {
    name.map(|name| view! { <span class="k">{name}</span><span class="m">": "</span> }.part())
}

fn copy_path(path: String) -> Option<Part> {
    (!path.is_empty()).then(|| {
        let label = format!("Copy path {path}");
        let press = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            world::copy(&path);
        };
        view! {
            <button type="button" class="copyp" aria-label=label on:click=press>"copy path"</button>
        }
        .part()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_can_be_pasted_into_a_program() {
        assert_eq!(member_path("", "data"), "data");
        assert_eq!(member_path("data", "step"), "data.step");
        assert_eq!(member_path("data[0]", "a b"), "data[0][\"a b\"]");
        assert_eq!(member_path("", "0x"), "[\"0x\"]");
    }
}
