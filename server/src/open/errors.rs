//! The errors of our own routes in the document: one shape, a response a status, and which routes have which.

use serde_json::{Map, Value, json};

use super::places::Place;

/// Each status: its name among the components, and what it means.
const ERRORS: [(&str, &str, &str); 12] = [
    ("400", "Malformed", "Not JSON, or not the expected JSON"),
    ("401", "Unauthorized", "No token, or one that is not valid"),
    (
        "403",
        "Forbidden",
        "A token whose role or project does not allow this",
    ),
    ("404", "NotFound", "Not found"),
    (
        "405",
        "MethodNotAllowed",
        "This address does not take this method",
    ),
    ("409", "Conflict", "It conflicts with the current state"),
    (
        "413",
        "TooLarge",
        "A limit was exceeded; `limit` says which",
    ),
    (
        "422",
        "InvalidField",
        "A field is missing or wrong; `field` names it",
    ),
    (
        "429",
        "RateLimited",
        "Too many requests; `retry_after_ms` says when to try again",
    ),
    ("500", "Internal", "Internal server error"),
    (
        "503",
        "Busy",
        "The server is overloaded or stopping; try again later",
    ),
    ("507", "DiskFull", "The disk is full; nothing was kept"),
];

/// The components.
pub(super) fn responses() -> Value {
    let mut all = Map::new();
    for (status, name, description) in ERRORS {
        let mut response = json!({
            "description": description,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
        });
        if matches!(status, "429" | "503") {
            response["headers"] = json!({
                "Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 0}},
            });
        }
        all.insert(name.to_owned(), response);
    }
    Value::Object(all)
}

/// Adds to an operation of our own what it may be refused with, where it does not say itself.
pub(super) fn add(place: &Place, operation: &mut Value) {
    let tag = operation["tags"][0].as_str().unwrap_or_default();
    if tag.starts_with("Contract") {
        return;
    }
    let is_open = operation["security"][0].get("bearer").is_none();
    let has_body = operation.get("requestBody").is_some();
    let has_place = place.path.contains('{');
    let has_parameters = operation.get("parameters").is_some();
    let writes = place.method != "get";
    for (status, name, _) in ERRORS {
        let may_be = match status {
            "401" | "403" | "500" | "503" => !is_open,
            "400" => has_body || has_place,
            "404" => has_place || place.path.ends_with("/export") || place.path.ends_with("/shown"),
            "409" => writes || place.path.ends_with("/commands") || place.path.ends_with("/file"),
            "413" | "422" => has_body || has_parameters,
            "429" | "507" => writes,
            _ => false,
        };
        let responses = &mut operation["responses"];
        if may_be && responses.get(status).is_none() {
            responses[status] = json!({"$ref": format!("#/components/responses/{name}")});
        }
    }
}
