//! A route on the page. In: an operation of the document. Out: a `<details>` with all that it says.

use serde_json::Value;

use super::schema::{kind, row as field, shown};
use super::text::{escape, path as path_text, prose};

/// The methods in the order in which they are shown, each with its tone.
const METHODS: [(&str, &str); 4] = [
    ("get", "tone-diagnosing"),
    ("post", "tone-converged"),
    ("put", "tone-medium"),
    ("delete", "tone-failed"),
];

/// The routes of a group: path, method, operation.
pub(super) fn of_group<'a>(document: &'a Value, group: &str) -> Vec<(&'a str, &'a str, &'a Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, _) in METHODS {
            if let Some((method, told)) =
                item.as_object().and_then(|item| item.get_key_value(method))
                && told["tags"][0] == group
            {
                all.push((path.as_str(), method.as_str(), told));
            }
        }
    }
    all
}

/// A route: a line, and all of it below when it is opened.
pub(super) fn row(document: &Value, path: &str, method: &str, told: &Value) -> String {
    let tone = METHODS.iter().find(|(known, _)| *known == method);
    let tone = tone.map_or("tone-plain", |(_, tone)| *tone);
    let right = told["security"][0]["bearer"][0].as_str();
    let right = right.map_or_else(
        || "<span class=\"docs-right t3\">open</span>".to_owned(),
        |right| format!("<span class=\"docs-right t3\">{right}</span>"),
    );
    format!(
        "<details class=\"docs-op\" id=\"{id}\"><summary><span class=\"docs-method {tone}\">{method}</span><span class=\"mono docs-path\">{path}</span><span class=\"t2 docs-sum\">{summary}</span>{right}</summary><div class=\"docs-body stack\">{body}</div></details>",
        id = told["operationId"].as_str().unwrap_or_default(),
        path = path_text(path),
        summary = prose(told["summary"].as_str().unwrap_or_default()),
        body = body(document, told),
    )
}

fn body(document: &Value, told: &Value) -> String {
    let mut html = String::new();
    if let Some(about) = told["description"].as_str() {
        html.push_str(&format!("<p>{}</p>", prose(about)));
    }
    html.push_str(&parameters(told));
    let content = told["requestBody"]["content"].as_object();
    for (media, told) in content.into_iter().flatten() {
        html.push_str(&format!(
            "<div><h3>Body <span class=\"t3 mono\">{}</span></h3>{}</div>",
            escape(media),
            content_of(&told["schema"]),
        ));
    }
    html.push_str("<div><h3>Responses</h3><table class=\"table docs-table\"><tbody>");
    for (status, answer) in told["responses"].as_object().into_iter().flatten() {
        html.push_str(&response(document, status, answer));
    }
    html.push_str("</tbody></table></div>");
    html
}

fn parameters(told: &Value) -> String {
    let Some(parameters) = told["parameters"].as_array() else {
        return String::new();
    };
    let mut html = "<div><h3>Parameters</h3><table class=\"table docs-table\"><tbody>".to_owned();
    for parameter in parameters {
        let place = parameter["in"].as_str().unwrap_or_default();
        let told = format!(
            "{} <span class=\"t3\">{}</span>",
            kind(&parameter["schema"]),
            escape(place)
        );
        html.push_str(&field(
            parameter["name"].as_str().unwrap_or_default(),
            parameter["required"] == true,
            &told,
            parameter["description"].as_str().unwrap_or_default(),
        ));
    }
    html.push_str("</tbody></table></div>");
    html
}

/// A body: what it is called, or its fields where it has no name.
fn content_of(schema: &Value) -> String {
    if schema.get("properties").is_some() {
        shown(schema)
    } else {
        format!("<p>{}</p>", kind(schema))
    }
}

fn response(document: &Value, status: &str, answer: &Value) -> String {
    let named = answer["$ref"]
        .as_str()
        .and_then(|target| target.rsplit('/').next());
    let answer = named.map_or(answer, |name| &document["components"]["responses"][name]);
    let kinds = answer["content"].as_object();
    let kinds: Vec<String> = kinds
        .into_iter()
        .flatten()
        .map(|(media, told)| match media.as_str() {
            "application/json" => kind(&told["schema"]),
            other => format!("<span class=\"mono\">{}</span>", escape(other)),
        })
        .collect();
    field(
        status,
        false,
        &kinds.join(" or "),
        answer["description"].as_str().unwrap_or_default(),
    )
}
