//! A schema on the page. In: a JSON Schema. Out: its type in a word or two, or all of its fields.

use serde_json::Value;

use super::text::{escape, prose};

/// The fields of a schema, or what it is where it has none.
pub(super) fn shown(schema: &Value) -> String {
    let mut html = String::new();
    let about = schema["description"].as_str().unwrap_or_default();
    if about.lines().count() > 1 {
        html.push_str(&format!("<p class=\"t2\">{}</p>", prose(about)));
    }
    let fields = fields(schema);
    if fields.is_empty() {
        html.push_str(&format!("<p>{}</p>", kind(schema)));
    } else {
        html.push_str(&format!(
            "<table class=\"table docs-table\"><tbody>{fields}</tbody></table>"
        ));
    }
    html
}

/// Rows of a table, a field each; of everything that an `allOf` holds.
fn fields(schema: &Value) -> String {
    let mut html = String::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        if part.get("$ref").is_some() {
            html.push_str(&format!(
                "<tr><td class=\"wrap\" colspan=\"2\">and the fields of {}</td></tr>",
                kind(part)
            ));
        }
        html.push_str(&fields(part));
    }
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let about = field["description"].as_str().unwrap_or_default();
        html.push_str(&row(
            name,
            required.contains(&name.as_str()),
            &kind(field),
            about,
        ));
    }
    html
}

/// A row: a field or a parameter.
pub(super) fn row(name: &str, is_required: bool, kind: &str, about: &str) -> String {
    let always = if is_required {
        "<span class=\"docs-must\">always</span>"
    } else {
        ""
    };
    format!(
        "<tr><td class=\"docs-name\"><span class=\"mono\">{}</span>{always}</td><td class=\"wrap\"><span class=\"docs-kind\">{kind}</span> {}</td></tr>",
        escape(name),
        prose(about),
    )
}

/// What a value is, in a line.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        return format!("<a class=\"link mono\" href=\"#schema-{name}\">{name}</a>");
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema[word].as_array() {
            let choices: Vec<String> = choices.iter().map(kind).collect();
            return choices.join(if word == "allOf" { " and " } else { " or " });
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words = words
            .iter()
            .map(|word| format!("<code>{}</code>", escape(&said(word))));
        return words.collect::<Vec<_>>().join(" ");
    }
    if schema.get("items").is_some() {
        return format!("array of {}", kind(&schema["items"]));
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().map(said).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    };
    format!("<code>{}</code>{}", escape(&kinds), bounds(schema))
}

/// A word of a document as text.
fn said(word: &Value) -> String {
    word.as_str()
        .map_or_else(|| word.to_string(), str::to_owned)
}

/// The bounds of a value.
fn bounds(schema: &Value) -> String {
    let of = |name: &str| schema.get(name).filter(|bound| !bound.is_null()).map(said);
    let mut told = Vec::new();
    match (of("minimum"), of("maximum")) {
        (Some(from), Some(to)) => told.push(format!("{from} to {to}")),
        (Some(from), None) => told.push(format!("from {from}")),
        (None, Some(to)) => told.push(format!("up to {to}")),
        (None, None) => {}
    }
    if let Some(most) = of("maxLength") {
        told.push(format!("at most {most} characters"));
    }
    if let Some(most) = of("maxItems") {
        told.push(format!("at most {most}"));
    }
    if let Some(format) =
        of("format").filter(|format| !format.starts_with("int") && format != "double")
    {
        told.push(format);
    }
    if told.is_empty() {
        return String::new();
    }
    format!(" <span class=\"t3\">{}</span>", escape(&told.join(", ")))
}
