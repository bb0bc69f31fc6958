//! `loopscope widgets`: lists, shows, declares, deletes and arranges widgets.

use std::path::Path;

use bytes::Bytes;
use loopscope_board::widgets::read_pushed;
use serde::Deserialize;
use serde_json::{Value, json};

use super::send::read;
use super::table::{field, plain, table, words};
use super::{PATIENCE, Refusal, Server, part, query};
use crate::output;
use crate::say;

/// Which figures of a widget are shown.
#[derive(Debug, Default)]
pub struct Figures {
    /// Of this session; else of the Overview.
    pub session: Option<String>,
    /// As the session was at this event, or this moment.
    pub at: Option<String>,
    /// At most so many rows of a table.
    pub rows: usize,
}

/// Prints all widgets of a project.
pub async fn widgets(server: &Server, project: Option<&str>) -> Result<(), Refusal> {
    let list = server
        .get(&of_project("widgets", project), PATIENCE)
        .await?;
    if server.json {
        say!("{list}");
        return Ok(());
    }
    let rows = list["widgets"].as_array();
    let cells: Vec<[String; 6]> = rows.into_iter().flatten().map(row).collect();
    let head = ["NAME", "SOURCE", "CHART", "TITLE", "BY", "SINCE"];
    output::text(&table(head, &cells));
    Ok(())
}

/// Prints a widget and what it shows.
pub async fn show_widget(
    server: &Server,
    name: &str,
    project: Option<&str>,
    figures: &Figures,
) -> Result<(), Refusal> {
    let at = format!("widgets/{}", part(name));
    let widget = server.get(&of_project(&at, project), PATIENCE).await?;
    let wanted = [
        ("project", project),
        ("session", figures.session.as_deref()),
        ("at", figures.at.as_deref()),
    ];
    let wanted = wanted
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let asked = format!("{at}/state?{}", query(wanted));
    let state = match server.get(&asked, PATIENCE).await {
        // A program pushes for sessions only: there is nothing of it on the Overview.
        Err(Refusal::Refused(404, _)) if figures.session.is_none() => Value::Null,
        state => state?,
    };
    if server.json {
        say!("{}", json!({"widget": widget, "state": state}));
        return Ok(());
    }
    tell(&widget);
    field("seq", &state["seq"]);
    field("pushed", &state["pushed_at"]);
    output::text(&drawn(&state["state"], name, figures.rows));
    Ok(())
}

/// Declares what a file says; `-` is standard input. With `replace` it may take the place of one that is there.
pub async fn declare_widget(
    server: &Server,
    file: &Path,
    project: Option<&str>,
    replace: bool,
) -> Result<(), Refusal> {
    let body = read((file != Path::new("-")).then_some(file))?;
    let media = media(file, &body);
    // What has no name is refused by the server, in its words.
    let named = name(media, &body).filter(|_| replace);
    let widget = if let Some(name) = named {
        let at = of_project(&format!("widgets/{}", part(&name)), project);
        server.put_as(&at, media, body).await
    } else {
        let at = of_project("widgets", project);
        server.post_as(&at, media, body).await
    };
    let widget = widget.map_err(|refusal| match refusal {
        Refusal::Refused(409, words) if !replace && words.starts_with("name") => {
            Refusal::Refused(409, format!("{words}; --replace changes a declared one"))
        }
        other => other,
    })?;
    if server.json {
        say!("{widget}");
    } else {
        let name = widget["name"].as_str().unwrap_or_default();
        say!("{name} is declared");
    }
    Ok(())
}

/// Deletes one.
pub async fn delete_widget(
    server: &Server,
    name: &str,
    project: Option<&str>,
) -> Result<(), Refusal> {
    let at = of_project(&format!("widgets/{}", part(name)), project);
    server.delete(&at).await?;
    if server.json {
        say!("{}", json!({"name": name, "deleted": true}));
    } else {
        say!("{} is deleted", plain(name));
    }
    Ok(())
}

/// Arranges a place, `overview` or `session`: widgets from the first to the last, as `NAME`, `NAME:WIDTH` or
/// `NAME:hidden`. The other place stays as it is.
pub async fn arrange(
    server: &Server,
    place: &str,
    slots: &[String],
    project: Option<&str>,
) -> Result<(), Refusal> {
    let slots: Result<Vec<Value>, Refusal> = slots.iter().map(|text| slot(text)).collect();
    let slots = slots?;
    let at = of_project("widgets/arrangement", project);
    let mut arrangement = server.get(&at, PATIENCE).await?;
    arrangement[place] = Value::from(slots);
    let body = Bytes::from(arrangement.to_string());
    let arrangement = server.put_as(&at, "application/json", body).await?;
    if server.json {
        say!("{arrangement}");
        return Ok(());
    }
    let slots = arrangement[place].as_array();
    let cells: Vec<[String; 2]> = slots.into_iter().flatten().map(placed).collect();
    output::text(&table(["NAME", "WIDTH"], &cells));
    Ok(())
}

fn slot(text: &str) -> Result<Value, Refusal> {
    let slot = match text.split_once(':') {
        None => json!({"name": text}),
        Some((name, "hidden")) => json!({"name": name, "hidden": true}),
        Some((name, width)) => {
            let width: u8 = width.parse().map_err(|_| {
                Refusal::Failed(format!(
                    "`{text}` is not a valid width; use NAME, NAME:WIDTH as in loss:6, or NAME:hidden"
                ))
            })?;
            json!({"name": name, "width": width})
        }
    };
    Ok(slot)
}

fn placed(slot: &Value) -> [String; 2] {
    let width = slot["width"].as_u64();
    let width = width.map_or_else(|| "–".to_owned(), |width| width.to_string());
    let is_hidden = slot["hidden"].as_bool().unwrap_or(false);
    let name = slot["name"].as_str().unwrap_or_default();
    [
        name.to_owned(),
        if is_hidden {
            "hidden".to_owned()
        } else {
            width
        },
    ]
}

fn of_project(path: &str, project: Option<&str>) -> String {
    let pairs = project.map(|project| ("project", project));
    match query(pairs) {
        none if none.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// What a declaration is written in: as the file's name ends; else JSON where it begins as an object.
fn media(file: &Path, body: &[u8]) -> &'static str {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("json") => "application/json",
        Some("toml") => "application/toml",
        _ if first == Some(&b'{') => "application/json",
        _ => "application/toml",
    }
}

/// The name that a declaration gives its widget, where it can be read.
fn name(media: &str, body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let named: Option<Named> = if media == "application/json" {
        serde_json::from_slice(body).ok()
    } else {
        toml::from_slice(body).ok()
    };
    named
        .map(|named| named.name)
        .filter(|name| !name.is_empty())
}

fn row(widget: &Value) -> [String; 6] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let chart = match (&widget["source"], &widget["spec"]["chart"]) {
        (source, Value::Null) if source == "declared" => "line".to_owned(),
        (_, Value::Null) => "–".to_owned(),
        (_, chart) => text(chart),
    };
    [
        text(&widget["name"]),
        text(&widget["source"]),
        chart,
        text(&widget["title"]),
        text(&widget["by"]),
        text(&widget["at"]),
    ]
}

/// A widget, a line a field of its declaration, in the words of a declaration.
fn tell(widget: &Value) {
    for (label, name) in [
        ("name", "name"),
        ("title", "title"),
        ("source", "source"),
        ("by", "by"),
        ("since", "at"),
    ] {
        field(label, &widget[name]);
    }
    let spec = &widget["spec"];
    for (label, name) in [
        ("events", "events"),
        ("kinds", "kinds"),
        ("dialect", "dialect"),
        ("session", "session"),
        ("severity", "severity"),
    ] {
        field(label, &spec["select"][name]);
    }
    for (label, name) in [
        ("x", "x"),
        ("y", "y"),
        ("group", "group"),
        ("aggregate", "aggregate"),
        ("chart", "chart"),
        ("unit", "unit"),
        ("bucket (s)", "bucket_seconds"),
        ("window (s)", "window_seconds"),
    ] {
        field(label, &spec[name]);
    }
}

/// What a widget shows: a row a point, the newest where there are too many.
fn drawn(state: &Value, name: &str, most: usize) -> String {
    // Programs push points in several shapes; read as the page reads them, they have one.
    let Ok(picture) = read_pushed(&state.to_string(), name) else {
        return String::new();
    };
    let mut text = String::new();
    if let Some(number) = state["number"].as_f64() {
        text = format!("{:<12} {number}\n", "all");
    }
    let even = picture.to_state();
    let points = even["data"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if points.is_empty() || most == 0 {
        return text;
    }
    let cell = |value: &Value| words(value).unwrap_or_else(|| "–".to_owned());
    let left_out = points.len().saturating_sub(most);
    let rows = &points[left_out..];
    if left_out > 0 {
        text = format!("{text}{:<12} {} of {}\n", "rows", rows.len(), points.len());
    }
    let head = [picture.x.as_str(), "group", picture.y.as_str()].map(str::to_uppercase);
    let [x, group, y] = [&head[0], &head[1], &head[2]].map(String::as_str);
    let cells: Vec<[String; 3]> = rows
        .iter()
        .map(|point| [&point["x"], &point["y"], &point["group"]].map(cell))
        .map(|[x, y, group]| [x, group, y])
        .collect();
    let x = if x.is_empty() { "X" } else { x };
    let y = if y.is_empty() { "Y" } else { y };
    let drawn = if rows.iter().any(|point| !point["group"].is_null()) {
        table([x, group, y], &cells)
    } else {
        let two: Vec<[String; 2]> = cells.into_iter().map(|[x, _, y]| [x, y]).collect();
        table([x, y], &two)
    };
    format!("{text}\n{drawn}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_told_by_its_ending_or_by_its_first_sign() {
        let told = |file: &str, body: &str| media(Path::new(file), body.as_bytes());
        assert_eq!(told("a.json", "name = 1"), "application/json");
        assert_eq!(told("a.TOML", "{"), "application/toml");
        assert_eq!(told("-", " \n{\"name\""), "application/json");
        assert_eq!(told("-", "name = \"a\""), "application/toml");
        assert_eq!(told("widget", "[select]\nevents = []"), "application/toml");
        let json = name("application/json", br#"{"name": "a", "x": 1}"#);
        let toml = name("application/toml", b"name = \"b\"\n[select]\nevents = 3");
        assert_eq!((json.as_deref(), toml.as_deref()), (Some("a"), Some("b")));
        assert_eq!(name("application/toml", b"name = "), None);
    }

    #[test]
    fn a_place_has_a_width_or_is_hidden() {
        let json = |text: &str| slot(text).unwrap().to_string();
        assert_eq!(json("loss"), r#"{"name":"loss"}"#);
        assert_eq!(json("loss:6"), r#"{"name":"loss","width":6}"#);
        assert_eq!(json("loss:hidden"), r#"{"hidden":true,"name":"loss"}"#);
        assert!(slot("loss:wide").is_err());
    }

    #[test]
    fn points_of_any_shape_are_rows() {
        let pushed = json!({"type": "chart", "data": [[1, 61.5], [2, null]], "options": {"x": "pass", "y": "percent"}});
        assert_eq!(
            drawn(&pushed, "a", 9),
            "\nPASS  PERCENT\n1.0   61.5\n2.0   –\n"
        );
        let named = json!({"type": "chart", "data": {"fix": 3}, "number": 3.0});
        assert_eq!(
            drawn(&named, "a", 9),
            format!("{:<12} 3\n\nX    Y\nfix  3.0\n", "all")
        );
        assert_eq!(drawn(&Value::Null, "a", 9), "");
    }
}
