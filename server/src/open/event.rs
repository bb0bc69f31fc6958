//! The JSON Schema of an event, by itself.

use loopscope_event::Event;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema as _, ToSchema as _};

/// The schema, with everything that it refers to.
pub(super) fn schema() -> Value {
    let mut others = Vec::new();
    Event::schemas(&mut others);
    let others: Map<String, Value> = others
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default()))
        .collect();
    let mut schema = serde_json::to_value(Event::schema()).unwrap_or_default();
    schema["$defs"] = Value::Object(others);
    here(&mut schema);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$id"] = json!("/api/event.schema.json");
    schema["title"] = json!("Event");
    schema
}

/// What refers to a document's components refers to this schema's own.
fn here(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get_mut("$ref") {
                *target = target.replace("#/components/schemas/", "#/$defs/");
            }
            fields.values_mut().for_each(here);
        }
        Value::Array(items) => items.iter_mut().for_each(here),
        _ => {}
    }
}
