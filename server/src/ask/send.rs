//! `loopscope send`: one event by its parts, or JSON Lines of standard input or a file.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{Refusal, Server, query};
use crate::say;

/// The most of a file that is read, in bytes: what a server takes at once.
const MOST_BYTES: u64 = 16 << 20;

/// The most remarks on what was sent that are told one by one.
const MOST_REMARKS: usize = 10;

/// What is sent.
#[derive(Debug)]
pub enum Note {
    /// One event.
    Event {
        /// Its name.
        name: String,
        /// Its session.
        session: String,
        /// `key=value` of its payload; a value that is JSON is taken as such.
        data: Vec<String>,
    },
    /// Events as JSON Lines; without a file, those of standard input.
    Lines(Option<PathBuf>),
}

/// Sends it, and prints what became of it. Fails where any event was refused.
pub async fn send(server: &Server, note: &Note, dialect: Option<&str>) -> Result<(), Refusal> {
    let (media, body) = match note {
        Note::Event {
            name,
            session,
            data,
        } => ("application/json", event(name, session, data)?),
        Note::Lines(file) => ("application/x-ndjson", read(file.as_deref())?),
    };
    let hints = query(dialect.map(|dialect| ("dialect", dialect)));
    let answer = server
        .post_as(&format!("events?{hints}"), media, body)
        .await?;
    if server.json {
        say!("{answer}");
    } else {
        let count = |field: &str| answer[field].as_u64().unwrap_or(0);
        say!(
            "{} stored, {} stored before, {} refused",
            count("accepted"),
            count("duplicates"),
            count("rejected")
        );
    }
    let receipts = answer["receipts"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    warn(receipts);
    let mut refused = receipts
        .iter()
        .filter_map(|receipt| receipt["error"]["message"].as_str());
    refused
        .next()
        .map_or(Ok(()), |words| Err(Refusal::Failed(words.to_owned())))
}

/// Says what the server remarked on events that it took: the first of it, and how much more there is.
fn warn(receipts: &[Value]) {
    let remarks = (1..).zip(receipts).flat_map(|(number, receipt)| {
        let warnings = receipt["warnings"].as_array().into_iter().flatten();
        // Who types an event, or pipes a line, means now.
        let words = warnings
            .filter_map(Value::as_str)
            .filter(|words| !words.starts_with("timestamp: missing"));
        words.map(move |words| (number, words.replace(char::is_control, " ")))
    });
    let remarks: Vec<(u32, String)> = remarks.collect();
    for (number, words) in remarks.iter().take(MOST_REMARKS) {
        eprintln!("event {number}: {words}");
    }
    if remarks.len() > MOST_REMARKS {
        eprintln!("and {} more", remarks.len() - MOST_REMARKS);
    }
}

fn event(name: &str, session: &str, data: &[String]) -> Result<Bytes, Refusal> {
    let mut fields = Map::new();
    for text in data {
        let (field, value) = text.split_once('=').ok_or_else(|| {
            Refusal::Failed(format!(
                "`{text}` is not part of a payload; use key=value, as in step=fix"
            ))
        })?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        fields.insert(field.to_owned(), value);
    }
    let event = json!({"event_type": name, "session_id": session, "data": fields});
    Ok(Bytes::from(event.to_string()))
}

/// A file's bytes; without one, those of standard input.
pub(super) fn read(file: Option<&Path>) -> Result<Bytes, Refusal> {
    let mut body = Vec::new();
    let (name, read) = match file {
        None => {
            let taken = std::io::stdin()
                .lock()
                .take(MOST_BYTES + 1)
                .read_to_end(&mut body);
            ("standard input".to_owned(), taken)
        }
        Some(path) => {
            let taken = std::fs::File::open(path)
                .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut body));
            (path.display().to_string(), taken)
        }
    };
    read.map_err(|error| Refusal::Failed(format!("{name}: {error}")))?;
    if body.len() as u64 > MOST_BYTES {
        return Err(Refusal::Failed(format!(
            "{name} is larger than {MOST_BYTES} bytes; `loopscope import` and `loopscope tail` take files of any length"
        )));
    }
    Ok(Bytes::from(body))
}
