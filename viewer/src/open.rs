//! Opening a file. In: its name and its bytes. Out: its sessions on the shelf, and what could not be read.

use loopscope_dialects::training::Runs;
use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{Dialect, EventId, ProjectId, SessionId, Timestamp};
use loopscope_protocol::{ApiError, ArchiveReader, Archived, ErrorCode, begins_archive};

use crate::Shelf;
use crate::unpack::unpack;

/// The most faults that are told one by one.
const TOLD: usize = 5;

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opened {
    /// Its sessions, in its order.
    pub sessions: Vec<(ProjectId, SessionId)>,
    /// Events that are shown now and were not before.
    pub events: u64,
    /// Lines that could not be read.
    pub refused: u64,
    /// Why, of the first of them.
    pub faults: Vec<String>,
}

/// Opens a file. An error where nothing of it can be shown.
pub fn open(
    shelf: &mut Shelf,
    name: &str,
    bytes: &[u8],
    now: Timestamp,
) -> Result<Opened, ApiError> {
    let text = unpack(bytes)?;
    let mut lines = text.split(|byte| *byte == b'\n');
    let first = lines.clone().find(|line| !line.trim_ascii().is_empty());
    let mut opened = Opened::default();
    match first {
        None => return Err(refused("The file is empty.")),
        Some(first) if begins_archive(first) => archive(shelf, &mut lines, &mut opened),
        Some(_) => plain(shelf, name, &mut lines, now, &mut opened),
    }
    shelf.settle();
    if opened.sessions.is_empty() {
        let why = opened
            .faults
            .first()
            .map_or("it holds no event", String::as_str);
        return Err(refused(format!(
            "{name} cannot be shown: {why}. Open a session that was exported from Loopscope, or a file with one event a line."
        )));
    }
    Ok(opened)
}

fn archive<'a>(shelf: &mut Shelf, lines: &mut impl Iterator<Item = &'a [u8]>, opened: &mut Opened) {
    let mut reader = ArchiveReader::default();
    let mut beside = Vec::new();
    for (number, line) in lines.enumerate() {
        if begins_archive(line)
            && let Err(error) = reader.end()
        {
            opened.fault(number, &error.message);
            reader.forget();
        }
        match reader.line(line) {
            Ok(Archived::Empty) => {}
            Ok(Archived::Header(header)) => {
                // What is open already is read anew.
                shelf.remove(&header.project, &header.session_id);
                beside.push((
                    header.project,
                    header.session_id,
                    header.commands,
                    header.annotations,
                    header.tags,
                ));
            }
            Ok(Archived::Event(seq, event)) => {
                opened.note(&event.project, &event.session_id);
                opened.events += u64::from(shelf.push(*event, Some(seq)));
            }
            Err(error) => {
                opened.fault(number, &error.message);
                reader.forget();
            }
        }
    }
    if let Err(error) = reader.end() {
        opened.fault(0, &error.message);
    }
    for (project, session, commands, annotations, tags) in beside {
        shelf.put_beside(&project, &session, commands, annotations, tags);
    }
}

fn plain<'a>(
    shelf: &mut Shelf,
    name: &str,
    lines: &mut impl Iterator<Item = &'a [u8]>,
    now: Timestamp,
    opened: &mut Opened,
) {
    let stem = name.split('.').next().filter(|stem| !stem.is_empty());
    let mut runs = Runs::new(stem.unwrap_or("file"));
    for (number, line) in lines.enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let context = DecodeContext {
            own_events: true,
            ..DecodeContext::new(now)
        };
        let decoded = match decode(line, &context) {
            Ok(decoded) => decoded,
            Err(error) => {
                opened.fault(number, &error.to_string());
                continue;
            }
        };
        for (part, item) in decoded.items.into_iter().enumerate() {
            match item {
                Ok((mut event, _)) => {
                    if event.dialect == Dialect::Training {
                        runs.place(&mut event);
                    }
                    if !has_id(line)
                        && let Ok(id) = EventId::new(format!("line-{number}-{part}"))
                    {
                        event.event_id = id;
                    }
                    opened.note(&event.project, &event.session_id);
                    opened.events += u64::from(shelf.push(event, None));
                }
                Err(error) => opened.fault(number, &error.to_string()),
            }
        }
    }
}

/// Whether a line may name its event: the same line read again is then the same event anyway.
fn has_id(line: &[u8]) -> bool {
    line.windows(10).any(|part| part == b"\"event_id\"")
}

impl Opened {
    fn note(&mut self, project: &ProjectId, session: &SessionId) {
        let is_known = |(known, id): &(ProjectId, SessionId)| id == session && known == project;
        if !self.sessions.iter().rev().any(is_known) {
            self.sessions.push((project.clone(), session.clone()));
        }
    }

    fn fault(&mut self, number: usize, message: &str) {
        self.refused += 1;
        if self.faults.len() < TOLD {
            self.faults.push(match number {
                0 => message.to_owned(),
                line => format!("line {}: {message}", line + 1),
            });
        }
    }
}

fn refused(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::Malformed, message)
}
