//! The documents as they are in `docs/`: written anew by `LOOPSCOPE_RENEW=1 cargo test -p loopscope open::`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::{ASYNC_API, EVENT, OPEN_API};

/// Compares a document with the file that holds it, or writes the file.
fn stands_in(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(file);
    if std::env::var_os("LOOPSCOPE_RENEW").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let first = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(
        kept == text,
        "docs/{file} is not what the code says, from line {}; if the change is meant, renew it: \
         LOOPSCOPE_RENEW=1 cargo test -p loopscope open::",
        first.unwrap_or_default() + 1
    );
}

#[test]
fn the_documents_are_those_in_docs() {
    stands_in("openapi.json", &OPEN_API.1);
    stands_in("asyncapi.json", &ASYNC_API.1);
    stands_in("event.schema.json", &EVENT.1);
}

/// Every `$ref` below a value.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
                found.insert(target);
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn what_is_referred_to_is_there() {
    for (document, _) in [&*OPEN_API, &*ASYNC_API, &*EVENT] {
        let mut found = BTreeSet::new();
        references(document, &mut found);
        assert!(!found.is_empty());
        let lost: Vec<_> = found
            .into_iter()
            .filter(|target| document.pointer(target.trim_start_matches('#')).is_none())
            .collect();
        assert!(lost.is_empty(), "nothing is at {lost:#?}");
    }
}

#[test]
fn every_operation_has_a_name_a_group_a_right_and_its_errors() {
    let document = &OPEN_API.0;
    let groups: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, told) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(
                names.insert(told["operationId"].as_str().unwrap()),
                "{place}"
            );
            assert!(
                groups.contains(told["tags"][0].as_str().unwrap()),
                "{place}"
            );
            assert!(
                told["summary"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{place}"
            );
            let asks = told["security"][0].get("bearer").is_some();
            let own = path.starts_with("/api/v1");
            assert!(asks || !own, "{place} names no right");
            assert!(!own || told["responses"].get("401").is_some(), "{place}");
        }
    }
}

/// The paths in the router's own words: what stands behind `.route(`.
fn routes_of(source: &str) -> BTreeSet<String> {
    let parts = source.split(".route(").skip(1);
    let paths = parts.filter_map(|part| part.split('"').nth(1));
    paths.map(str::to_owned).collect()
}

#[test]
fn every_route_of_the_router_is_in_the_document_and_the_other_way() {
    let told = OPEN_API.0["paths"].as_object().unwrap();
    let own = routes_of(include_str!("../api/mod.rs"));
    let known: BTreeSet<String> = told
        .keys()
        .filter_map(|path| path.strip_prefix("/api/v1"))
        .map(str::to_owned)
        .collect();
    assert_eq!(own, known);
    for (source, prefix, pages) in [
        (
            include_str!("../facades/convergence/mod.rs"),
            "",
            &["/ws"][..],
        ),
        (
            include_str!("../facades/agents/mod.rs"),
            "/agents",
            &["/dashboard", "/ws", "/ws/publish"][..],
        ),
        (
            include_str!("../facades/training/mod.rs"),
            "/training",
            &["/dashboard", "/ws", "/ws/publish"][..],
        ),
        (
            include_str!("../facades/orchestrator/mod.rs"),
            "/orchestrator",
            &["/socket.io", "/socket.io/"][..],
        ),
    ] {
        let routes = routes_of(source);
        for route in routes
            .iter()
            .filter(|route| !pages.contains(&route.as_str()))
        {
            assert!(
                told.contains_key(&format!("{prefix}{route}")),
                "{prefix}{route}"
            );
        }
    }
}
