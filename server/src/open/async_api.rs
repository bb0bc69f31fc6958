//! AsyncAPI: the frames of `/ws/v1`, and the events of Socket.IO.
//!
//! `send` is what the server sends, `receive` what it takes.

use loopscope_protocol::schema::{FrameSchema, client_frames, server_frames, tagged};
use serde_json::{Map, Value, json};

use super::socket_io;

/// The document.
pub(super) fn document() -> Value {
    let mut schemas = Map::new();
    let mut messages = Map::new();
    let taken = frames("client", client_frames(), &mut messages, &mut schemas);
    let sent = frames("server", server_frames(), &mut messages, &mut schemas);
    let mut document = json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Loopscope, live",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Loopscope's own WebSocket protocol, and Socket.IO as the orchestrator contract speaks it. \
                            HTTP is in `/api/openapi.json`, the prose in `docs/protocol.md` and `docs/orchestrator.md`.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "http": {"host": "localhost:8766", "protocol": "ws", "security": [{"$ref": "#/components/securitySchemes/bearer"}]},
            "https": {"host": "localhost:8766", "protocol": "wss", "security": [{"$ref": "#/components/securitySchemes/bearer"}]},
        },
        "channels": {
            "v1": {
                "address": "/ws/v1",
                "title": "Our own WebSocket",
                "description": "Text messages, a JSON object each, with a `type`. A message that is refused is answered \
                                with `error`, and the connection stays.",
                "bindings": {"ws": {"query": {"type": "object", "properties": {
                    "project": {"type": "string", "description": "Everything on the connection is of this project."},
                }}}},
                "messages": references(taken.iter().chain(&sent)),
            },
        },
        "operations": {
            "take": operation("receive", "v1", &taken),
            "send": operation("send", "v1", &sent),
        },
        "components": {
            "messages": messages,
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http", "scheme": "bearer",
                    "description": "As with HTTP: `Authorization: Bearer lsc_…`, the login page's cookie, or `?token=`; \
                                    nothing from the machine itself.",
                },
            },
        },
    });
    socket_io::add(&mut document);
    document
}

/// Notes frames among messages and schemas. Out: the names of the messages.
fn frames(
    side: &str,
    frames: Vec<FrameSchema>,
    messages: &mut Map<String, Value>,
    schemas: &mut Map<String, Value>,
) -> Vec<String> {
    let mut names = Vec::new();
    for frame in frames {
        let name = format!("{side}.{}", frame.tag);
        let payload = serde_json::to_value(tagged(frame.tag, &frame.name)).unwrap_or_default();
        let schema = serde_json::to_value(frame.schema).unwrap_or_default();
        let summary = schema["description"].as_str().unwrap_or_default();
        let summary = summary.lines().next().unwrap_or_default();
        messages.insert(
            name.clone(),
            json!({"name": frame.tag, "summary": summary, "payload": payload}),
        );
        schemas.insert(frame.name, schema);
        for (other, schema) in frame.others {
            schemas.insert(other, serde_json::to_value(schema).unwrap_or_default());
        }
        names.push(name);
    }
    names
}

/// The messages of a channel.
pub(super) fn references<'a>(names: impl Iterator<Item = &'a String>) -> Value {
    let messages = names.map(|name| {
        let target = json!({"$ref": format!("#/components/messages/{name}")});
        (name.clone(), target)
    });
    Value::Object(messages.collect())
}

/// What happens on a channel.
pub(super) fn operation(action: &str, channel: &str, names: &[String]) -> Value {
    let messages: Vec<Value> = names
        .iter()
        .map(|name| json!({"$ref": format!("#/channels/{channel}/messages/{name}")}))
        .collect();
    json!({
        "action": action,
        "channel": {"$ref": format!("#/channels/{channel}")},
        "messages": messages,
    })
}
