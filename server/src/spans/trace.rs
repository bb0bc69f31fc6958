//! A session as a trace in the Trace Event Format, which Perfetto and Chrome open. In: the session's events, page after
//! page. Out: the file in parts, however long the session is.

use std::fmt::Write as _;

use bytes::Bytes;
use loopscope_board::spans::SpanFold;
use loopscope_journal::{Journal, JournalError};
use loopscope_protocol::{Span, SpanKind};
use serde_json::json;

use super::tracks::Tracks;
use super::{Key, page};

/// A trace being written.
pub(crate) struct Trace {
    journal: Journal,
    key: Key,
    fold: SpanFold,
    tracks: Tracks,
    /// The newest time that was seen: what goes on is drawn up to it.
    last_us: i64,
    text: String,
    is_over: bool,
}

impl Trace {
    pub(super) fn new(journal: Journal, key: Key, name: &str) -> Self {
        let mut text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[".to_owned();
        let process = json!({"name": "process_name", "ph": "M", "pid": 1, "args": {"name": name}});
        let _ = write!(text, "\n{process}");
        Self {
            journal,
            key,
            fold: SpanFold::default(),
            tracks: Tracks::default(),
            last_us: i64::MIN,
            text,
            is_over: false,
        }
    }

    /// The next part; `None` behind the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, JournalError> {
        while !self.is_over {
            let (project, session) = &self.key;
            let page = page(&self.journal, project, session, self.fold.seq()).await?;
            let mut ended = Vec::new();
            for event in &page.events {
                self.last_us = self.last_us.max(event.timestamp.as_micros());
                self.fold.apply(event, &mut ended);
            }
            for span in &ended {
                self.write(span);
            }
            if !page.more {
                self.close();
            }
            if !self.text.is_empty() {
                return Ok(Some(std::mem::take(&mut self.text).into()));
            }
        }
        Ok(None)
    }

    /// Writes what goes on, parts before what they are part of, and the end.
    fn close(&mut self) {
        self.is_over = true;
        let mut open: Vec<Span> = self.fold.open().collect();
        open.sort_by_key(|span| (std::cmp::Reverse(span.depth), span.start_us));
        for mut span in open {
            span.end_us = Some(span.end_at(self.last_us));
            self.write(&span);
        }
        self.text.push_str("\n]}\n");
    }

    fn write(&mut self, span: &Span) {
        let (track, made) = self.tracks.place(span);
        if let Some(made) = made {
            let name = match made.nth {
                1 => made.group.to_owned(),
                nth => format!("{} {nth}", made.group),
            };
            for (kind, args) in [
                ("thread_name", json!({"name": name})),
                ("thread_sort_index", json!({"sort_index": track})),
            ] {
                let about = json!({"name": kind, "ph": "M", "pid": 1, "tid": track, "args": args});
                let _ = write!(self.text, ",\n{about}");
            }
        }
        let mut args = json!({
            "span": span.id,
            "status": span.status,
            "first_event": span.id.seq,
        });
        let said = [
            ("label", &span.label),
            ("note", &span.note),
            ("by", &span.by),
        ];
        for (name, value) in said {
            if let Some(value) = value {
                args[name] = value.as_str().into();
            }
        }
        if let Some(seq) = span.end_seq {
            args["last_event"] = seq.0.into();
        }
        if span.iteration > 0 {
            args["iteration"] = span.iteration.into();
        }
        let event = json!({
            "name": title(span),
            "cat": span.kind,
            "ph": "X",
            "ts": span.start_us,
            "dur": span.end_at(span.start_us) - span.start_us,
            "pid": 1,
            "tid": track,
            "args": args,
        });
        // Writing into a string cannot fail.
        let _ = write!(self.text, ",\n{event}");
    }
}

fn title(span: &Span) -> String {
    match span.kind {
        SpanKind::Iteration => format!("{} {}", span.name, span.iteration),
        _ => span.name.clone(),
    }
}
