//! OpenAPI: the routes of the house and of the contracts in one document, with what all of them have in common.

use serde_json::{Map, Value, json};
use utoipa::OpenApi as _;

use super::errors;
use super::places::operations;
use crate::access::COOKIE;
use crate::api::open::ApiDoc;
use crate::facades::{agents, convergence, orchestrator, training};

/// The groups, in the order of the page, each with a word on it.
const TAGS: [(&str, &str); 14] = [
    (
        "Events",
        "In, and out as they come. The WebSocket `/ws/v1` is in `/api/asyncapi.json`.",
    ),
    (
        "Reading",
        "The Overview, sessions, moments, metrics, spans, comparisons.",
    ),
    (
        "Steering",
        "Commands to running programs, who takes them, and the questions that programs ask.",
    ),
    (
        "Lists",
        "Tags, saved views, and what is done with many sessions at once.",
    ),
    ("Notes", "What people leave at a session's moments."),
    (
        "Widgets",
        "Figures that people declare, or that programs push.",
    ),
    (
        "Alerts",
        "Rules, what they fire, channels and what those were told.",
    ),
    ("Files", "Sessions and the whole store, out and in."),
    ("Server", "What the server says of itself."),
    (
        "Without a version",
        "The same routes at the addresses that contracts write.",
    ),
    (
        "Contract: convergence",
        "Shapes and errors of the convergence contract, see `docs/convergence.md`.",
    ),
    (
        "Contract: agents",
        "Shapes and errors of the agents contract, see `docs/agents.md`.",
    ),
    (
        "Contract: training",
        "Shapes and errors of the training contract, see `docs/training.md`.",
    ),
    (
        "Contract: orchestrator",
        "Shapes and errors of the orchestrator contract, see `docs/orchestrator.md`.",
    ),
];

const ABOUT: &str = "Live mission control for autonomous programs. Everything that the pages do goes through these \
                     routes. Requests from the machine itself need no token; all others do. Unknown query \
                     parameters and empty values are ignored. See also `docs/protocol.md`.";

/// The document.
pub(super) fn document() -> Value {
    let mut api = ApiDoc::openapi();
    for facade in [
        convergence::open::Doc::openapi(),
        agents::open::Doc::openapi(),
        training::open::Doc::openapi(),
        orchestrator::open::Doc::openapi(),
    ] {
        api.merge(facade);
    }
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    document["info"] = json!({
        "title": "Loopscope",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
    });
    document["servers"] = json!([{"url": "/", "description": "This server"}]);
    document["tags"] = TAGS
        .iter()
        .map(|(name, description)| json!({"name": name, "description": description}))
        .collect();
    document["components"]["securitySchemes"] = security_schemes();
    document["components"]["responses"] = errors::responses();
    for (place, operation) in operations(&mut document) {
        operation["operationId"] = Value::from(place.operation_id());
        without_null(operation);
        may_be_empty(operation);
        errors::add(&place, operation);
        let every_way = ways_in(&operation["security"]);
        operation["security"] = every_way;
    }
    add_addresses_without_version(&mut document);
    document
}

/// How one may show who one is.
fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "lsc_…",
            "description": "A token (`loopscope token create NAME`). A route names the right that it asks for: `view` reads, \
                            `ingest` sends events, `control` steers, `take` takes commands (the roles ingest, control \
                            and admin have it), `admin` is everything."
        },
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": COOKIE,
            "description": "The cookie that the login page sets."
        },
        "query": {
            "type": "apiKey", "in": "query", "name": "token",
            "description": "The token in the address, where no header can be set."
        },
    })
}

/// The ways to show the right that a handler names; the last: from the machine itself, with nothing to show.
fn ways_in(said: &Value) -> Value {
    let right = said[0].get("bearer");
    match right {
        Some(right) => json!([{"bearer": right}, {"cookie": right}, {"query": right}, {}]),
        None => json!([]),
    }
}

/// Empty values are passed over, and so is an empty file.
fn may_be_empty(operation: &mut Value) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        if parameter["in"] == "query" {
            parameter["allowEmptyValue"] = Value::from(true);
        }
    }
    if let Some(body) = operation.get_mut("requestBody")
        && body["content"].get("application/octet-stream").is_some()
    {
        body["required"] = Value::from(false);
    }
}

/// A parameter that is left out is left out, and not null.
fn without_null(operation: &mut Value) {
    let parameters = operation["parameters"].as_array_mut();
    for parameter in parameters.into_iter().flatten() {
        let schema = &mut parameter["schema"];
        let only = schema.get_mut("type").and_then(Value::as_array_mut);
        let only = only.and_then(|kinds| {
            kinds.retain(|kind| kind != "null");
            (kinds.len() == 1).then(|| kinds.remove(0))
        });
        if let Some(only) = only {
            schema["type"] = only;
        }
        if let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
            choices.retain(|choice| choice["type"] != "null");
            if let [only] = &choices[..] {
                *schema = only.clone();
            }
        }
    }
    if operation["parameters"].is_null()
        && let Some(fields) = operation.as_object_mut()
    {
        fields.remove("parameters");
    }
}

/// What steers, the audit and the boards stand at `/api` too.
fn add_addresses_without_version(document: &mut Value) {
    let mut more = Map::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let Some(rest) = path.strip_prefix("/api/v1") else {
            continue;
        };
        let is_both = rest == "/audit"
            || rest.ends_with("/board")
            || item
                .as_object()
                .into_iter()
                .flatten()
                .any(|(_, operation)| operation["tags"][0] == "Steering");
        if is_both {
            let mut item = item.clone();
            for (_, operation) in item.as_object_mut().into_iter().flatten() {
                operation["tags"] = json!(["Without a version"]);
                let id = operation["operationId"].as_str().unwrap_or_default();
                operation["operationId"] = Value::from(format!("{id}_without_version"));
            }
            more.insert(format!("/api{rest}"), item);
        }
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.extend(more);
    }
}
