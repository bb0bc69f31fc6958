//! Lines of any dialect. In: a line and its place. Out: events that wait to be stored, or why the line is none.

use loopscope_dialects::training::Runs;
use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{Dialect, NewEvent, Timestamp};
use loopscope_protocol::{ApiError, ErrorCode};

use crate::lines::{Identity, with_id};

/// A file of lines.
pub(super) struct Plain {
    /// Which file it is.
    file: Identity,
    /// The runs of training in it.
    runs: Runs,
    batch: Vec<NewEvent>,
}

impl Plain {
    /// The file of that name which begins with this line.
    pub(super) fn new(name: &str, first_line: &[u8]) -> Self {
        Self {
            file: Identity::of(first_line),
            runs: Runs::new(name),
            batch: Vec::new(),
        }
    }

    /// Takes a line; answers what of it was refused.
    pub(super) fn line(&mut self, offset: u64, bytes: &[u8]) -> Vec<ApiError> {
        let bytes = &*with_id(&self.file, offset, bytes);
        let context = DecodeContext {
            own_events: true,
            // As where the same lines come to a server.
            naive_zone: jiff::tz::TimeZone::system(),
            ..DecodeContext::new(Timestamp::from(jiff::Timestamp::now()))
        };
        let refused = |message: String| ApiError::new(ErrorCode::Malformed, message);
        let decoded = match decode(bytes, &context) {
            Ok(decoded) => decoded,
            Err(error) => return vec![refused(error.to_string())],
        };
        let mut faults = Vec::new();
        for item in decoded.items {
            match item {
                Ok((mut event, _)) => {
                    if event.dialect == Dialect::Training {
                        self.runs.place(&mut event);
                    }
                    self.batch.push(event);
                }
                Err(error) => faults.push(refused(error.to_string())),
            }
        }
        faults
    }

    /// What waits.
    pub(super) fn take(&mut self) -> Vec<NewEvent> {
        std::mem::take(&mut self.batch)
    }
}
