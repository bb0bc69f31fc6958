//! A session as a file: one header line, then one line an event, as JSON Lines. In: lines. Out: a header, events.
//!
//! What is written is what a session is, whatever journal it lies in: places in a journal (`offset`) are left out.
//! Archives one behind the other are an archive. The prose is `docs/archive.md`.

use loopscope_event::{
    CommandRecord, Dialect, Event, EventId, Kind, NewEvent, ProjectId, RawJson, Seq, SessionId,
    Severity, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{Annotation, ApiError, ErrorCode, SessionStatus, SessionSummary};

/// The version that is written, and the newest that is read.
pub const ARCHIVE_VERSION: u32 = 1;

/// What an archive's first field says.
pub const ARCHIVE_WORD: &str = "loopscope.session";

/// How a header begins, its spaces aside.
const MARK: &[u8] = br#"{"archive":"loopscope.session""#;

/// The most bytes of a line.
pub const MAX_ARCHIVE_LINE_BYTES: usize = 64 << 20;

/// The first line of a session: what is true of the whole of it. Fields that are not known are passed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArchiveHeader {
    /// [`ARCHIVE_WORD`].
    pub archive: String,
    /// The version of the format.
    pub version: u32,
    /// The session's project.
    #[serde(default)]
    pub project: ProjectId,
    /// The session.
    pub session_id: SessionId,
    /// Its first event in the file; above 1 where retention took the oldest.
    pub first_seq: Seq,
    /// Its last event in the file.
    pub last_seq: Seq,
    /// What people call it and how it stands, for whoever reads only this line. Derived from the events.
    #[serde(default)]
    pub facts: ArchiveFacts,
    /// What people marked it with, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What was asked of its program, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandRecord>,
    /// What people wrote at its moments, by moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

/// What a session's events come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ArchiveFacts {
    /// Its name for people.
    #[serde(default)]
    pub name: String,
    /// What it works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What its producer speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<SessionStatus>,
    /// The state of its machine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The pass it is in.
    #[serde(default)]
    pub iteration: u32,
    /// Errors of the program itself.
    #[serde(default)]
    pub errors: u64,
}

impl ArchiveFacts {
    /// What a row says of a session.
    pub fn of(row: &SessionSummary) -> Self {
        Self {
            name: row.name.clone(),
            target: row.target.clone(),
            dialect: Some(row.dialect),
            status: Some(row.status),
            state: row.state.clone(),
            started_at: Some(row.started_at),
            ended_at: row.ended_at,
            iteration: row.iteration,
            errors: row.errors,
        }
    }
}

/// A line of an event.
#[derive(Serialize)]
struct Written<'a> {
    seq: Seq,
    event_id: &'a EventId,
    timestamp: Timestamp,
    received_at: Timestamp,
    name: &'a str,
    kind: Kind,
    dialect: Dialect,
    iteration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawJson>,
    /// The payload as a text, where it holds a line's end.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_text: Option<&'a str>,
}

#[derive(Deserialize)]
struct Read {
    seq: Seq,
    event_id: EventId,
    timestamp: Timestamp,
    received_at: Timestamp,
    name: String,
    kind: Kind,
    dialect: Dialect,
    #[serde(default)]
    iteration: u32,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(default)]
    data: Option<RawJson>,
    #[serde(default)]
    data_text: Option<String>,
}

/// Appends an event's line, its end included.
pub fn write_archived(event: &Event, line: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let text = event.data.as_str();
    // Between its values JSON may have any space, and a line ends where a line ends.
    let breaks = text.contains(['\n', '\r']) || text.trim().len() != text.len();
    let written = Written {
        seq: event.seq,
        event_id: &event.event_id,
        timestamp: event.timestamp,
        received_at: event.received_at,
        name: &event.name,
        kind: event.kind,
        dialect: event.dialect,
        iteration: event.iteration,
        state: event.state.as_deref(),
        severity: event.severity,
        data: (!breaks).then_some(&event.data),
        data_text: breaks.then_some(text),
    };
    serde_json::to_writer(&mut *line, &written)?;
    line.push(b'\n');
    Ok(())
}

/// Whether a line begins a session's archive.
pub fn begins_archive(line: &[u8]) -> bool {
    let squeezed = line.iter().filter(|byte| !byte.is_ascii_whitespace());
    squeezed.take(MARK.len()).eq(MARK)
}

/// One line, understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Archived {
    /// Nothing stands on it.
    Empty,
    /// A session begins.
    Header(Box<ArchiveHeader>),
    /// The next event of the session that began last, at its place.
    Event(Seq, Box<NewEvent>),
}

/// Reads an archive line by line and sees to it that nothing is missing.
#[derive(Debug, Clone, Default)]
pub struct ArchiveReader {
    session: Option<Place>,
}

#[derive(Debug, Clone)]
struct Place {
    project: ProjectId,
    session_id: SessionId,
    next: u64,
    last: u64,
}

impl ArchiveReader {
    /// Reads the next line.
    pub fn line(&mut self, line: &[u8]) -> Result<Archived, ApiError> {
        if line.trim_ascii().is_empty() {
            return Ok(Archived::Empty);
        }
        if begins_archive(line) {
            self.end()?;
            return self.header(line);
        }
        let Some(place) = &mut self.session else {
            return Err(malformed(
                "the file does not begin with an archive's header",
            ));
        };
        let read: Read = serde_json::from_slice(line)
            .map_err(|error| malformed(format!("not an event of an archive: {error}")))?;
        if read.seq.0 != place.next || read.seq.0 > place.last {
            let session = place.session_id.as_str();
            let (next, last) = (place.next, place.last);
            return Err(ApiError::field(
                "seq",
                format!(
                    "event {next} of {last} of session `{session}` is due, this is {}",
                    read.seq
                ),
            ));
        }
        place.next += 1;
        let data = match (read.data, read.data_text) {
            (Some(data), _) => data,
            (None, Some(text)) => {
                let checked: Result<&serde_json::value::RawValue, _> = serde_json::from_str(&text);
                checked
                    .map_err(|error| ApiError::field("data_text", format!("not JSON: {error}")))?;
                RawJson::from_trusted(text)
            }
            (None, None) => RawJson::default(),
        };
        let event = NewEvent {
            event_id: read.event_id,
            project: place.project.clone(),
            session_id: place.session_id.clone(),
            timestamp: read.timestamp,
            received_at: read.received_at,
            name: read.name,
            kind: read.kind,
            dialect: read.dialect,
            iteration: read.iteration,
            state: read.state,
            severity: read.severity,
            data,
        };
        Ok(Archived::Event(read.seq, Box::new(event)))
    }

    /// Whether the session that began last has all its events; to be asked at the end.
    pub fn end(&self) -> Result<(), ApiError> {
        match &self.session {
            Some(place) if place.next <= place.last => Err(malformed(format!(
                "the file ends early: session `{}` has {} events, the last one here is {}",
                place.session_id,
                place.last,
                place.next.saturating_sub(1)
            ))),
            _ => Ok(()),
        }
    }

    /// Lets go of a session whose rest is of no use: its lines are passed over until the next header.
    pub fn forget(&mut self) {
        self.session = None;
    }

    fn header(&mut self, line: &[u8]) -> Result<Archived, ApiError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let version = serde_json::from_slice(line).map(|Version { version }| version);
        let version = version.map_err(|error| malformed(format!("not a header: {error}")))?;
        if version > ARCHIVE_VERSION || version == 0 {
            let message = format!(
                "an archive of version {version}; this Loopscope reads up to {ARCHIVE_VERSION}, a newer one is needed"
            );
            return Err(ApiError::field("version", message));
        }
        let header: ArchiveHeader = serde_json::from_slice(line)
            .map_err(|error| malformed(format!("not a header: {error}")))?;
        if header.first_seq.0 == 0 || header.last_seq.0.saturating_add(1) < header.first_seq.0 {
            let message = "sessions begin at 1 or later, and do not end before they begin";
            return Err(ApiError::field("first_seq", message));
        }
        self.session = Some(Place {
            project: header.project.clone(),
            session_id: header.session_id.clone(),
            next: header.first_seq.0,
            last: header.last_seq.0,
        });
        Ok(Archived::Header(Box::new(header)))
    }
}

fn malformed(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::Malformed, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use loopscope_event::Offset;

    fn header(first: u64, last: u64) -> Vec<u8> {
        format!(
            r#"{{"archive":"loopscope.session","version":1,"project":"default","session_id":"s","first_seq":{first},"last_seq":{last},"new_field":[1]}}"#
        )
        .into_bytes()
    }

    fn event(seq: u64, data: &str) -> Event {
        let text = format!(
            r#"{{"offset":7,"seq":{seq},"event_id":"e{seq}","session_id":"s","timestamp":"2026-01-05T10:00:00.000001Z","received_at":"2026-01-05T10:00:01Z","name":"METRICS","kind":"metric","dialect":"convergence","severity":"high"}}"#
        );
        Event {
            data: RawJson::from_trusted(data),
            ..serde_json::from_str(&text).unwrap()
        }
    }

    #[test]
    fn what_is_written_reads_back_whatever_space_is_in_it() {
        let mut reader = ArchiveReader::default();
        let payloads = [
            "{}",
            "{\"a\" : 1.50e3}",
            "{\n\"a\":\r\n[ ]}",
            " 7",
            "\"\u{2028}\\n\"",
        ];
        reader.line(&header(1, payloads.len() as u64)).unwrap();
        for (index, data) in payloads.iter().enumerate() {
            let event = event(index as u64 + 1, data);
            let mut line = Vec::new();
            write_archived(&event, &mut line).unwrap();
            assert_eq!(
                line.iter().position(|byte| *byte == b'\n'),
                Some(line.len() - 1)
            );
            let Archived::Event(seq, read) = reader.line(&line).unwrap() else {
                panic!("not an event");
            };
            assert_eq!(read.placed(Offset(7), seq), event);
        }
        assert_eq!(reader.end(), Ok(()));
    }

    #[test]
    fn what_is_missing_or_foreign_is_named() {
        let line = |seq| {
            let mut line = Vec::new();
            write_archived(&event(seq, "{}"), &mut line).unwrap();
            line
        };
        let mut reader = ArchiveReader::default();
        assert!(reader.line(&line(1)).is_err());
        reader.line(&header(2, 4)).unwrap();
        assert_eq!(
            reader.line(&line(3)).unwrap_err().field.as_deref(),
            Some("seq")
        );
        reader.line(&line(2)).unwrap();
        assert!(reader.end().unwrap_err().message.contains("ends early"));
        assert!(reader.line(&header(1, 1)).is_err());
        reader.line(&line(3)).unwrap();
        reader.line(&line(4)).unwrap();
        assert!(reader.line(&line(5)).is_err());
        assert_eq!(reader.line(b" \r").unwrap(), Archived::Empty);
        reader.line(&header(1, 0)).unwrap();

        let newer = br#"{"archive":"loopscope.session","version":2,"what":"else"}"#;
        let error = ArchiveReader::default().line(newer).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("version"));
        let spaced = br#"{ "archive": "loopscope.session", "version": 1 }"#;
        assert!(begins_archive(spaced));
        assert!(!begins_archive(br#"{"archive":"other"}"#));
    }
}
