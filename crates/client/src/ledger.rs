//! The commands that a program began, on disk: none is begun twice, whoever died in between.
//!
//! In: ids as they are begun, receipts as they are given. Out, after a restart: which were begun and what became of
//! them. One file a session, beside what waits to be sent; without a folder, in memory.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use loopscope_event::CommandId;
use loopscope_protocol::{CommandReceipt, percent_encode};
use serde::{Deserialize, Serialize};

/// The longest part of a session's id that stands in a file's name.
const NAME_BYTES: usize = 120;

/// See the module.
pub(crate) struct Ledger {
    path: Option<PathBuf>,
    file: Option<File>,
    known: HashMap<CommandId, Known>,
}

/// What is known of a command.
#[derive(Debug, Clone)]
pub(crate) enum Known {
    /// This program has begun it.
    Begun,
    /// A program before this one had begun it and ended before it was done.
    CutShort,
    /// It is over, and this was said of it.
    Done(CommandReceipt),
}

#[derive(Serialize, Deserialize)]
struct Line {
    command_id: CommandId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receipt: Option<CommandReceipt>,
}

impl Ledger {
    /// Reads what a program before this one left of the session.
    pub(crate) fn open(dir: Option<&Path>, server: &str, session: &str) -> Self {
        let path = dir.map(|dir| dir.join(file_name(server, session)));
        let text = path.as_ref().and_then(|path| fs::read_to_string(path).ok());
        let mut known = HashMap::new();
        for line in text.as_deref().unwrap_or_default().lines() {
            // The last may be cut off.
            let Ok(line) = serde_json::from_str::<Line>(line) else {
                continue;
            };
            let what = line.receipt.map_or(Known::CutShort, Known::Done);
            known.insert(line.command_id, what);
        }
        Self {
            path,
            file: None,
            known,
        }
    }

    pub(crate) fn get(&self, id: &CommandId) -> Option<&Known> {
        self.known.get(id)
    }

    /// It is begun now.
    pub(crate) fn begin(&mut self, id: &CommandId) {
        self.write(&Line {
            command_id: id.clone(),
            receipt: None,
        });
        self.known.insert(id.clone(), Known::Begun);
    }

    /// It is over.
    pub(crate) fn end(&mut self, receipt: &CommandReceipt) {
        self.write(&Line {
            command_id: receipt.command_id.clone(),
            receipt: Some(receipt.clone()),
        });
        let done = Known::Done(receipt.clone());
        self.known.insert(receipt.command_id.clone(), done);
    }

    /// The session is over, and with it all its commands.
    pub(crate) fn remove(&mut self) {
        self.file = None;
        if let Some(path) = self.path.take() {
            let _ = fs::remove_file(path);
        }
    }

    /// Where it cannot be written, the program still begins nothing twice as long as it lives.
    fn write(&mut self, line: &Line) {
        let Some(path) = &self.path else { return };
        if self.file.is_none() {
            let _ = path.parent().map(fs::create_dir_all);
            self.file = OpenOptions::new().create(true).append(true).open(path).ok();
        }
        let text = serde_json::to_string(line).unwrap_or_default();
        if let Some(file) = &mut self.file
            // A line break first: the last line of a killed program may have none.
            && let Err(_) = file.write_all(format!("\n{text}\n").as_bytes())
        {
            self.file = None;
        }
    }
}

fn file_name(server: &str, session: &str) -> String {
    let mut readable = String::new();
    percent_encode(session, &mut readable);
    readable.truncate(NAME_BYTES);
    // Sessions of one name may be on several servers, and long ids may begin alike.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in server.bytes().chain([0]).chain(session.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("commands-{readable}-{hash:016x}.ndjson")
}

#[cfg(test)]
mod tests {
    use loopscope_protocol::ReceiptWord;

    use super::*;

    #[test]
    fn what_was_begun_is_known_to_the_next_program() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Ledger::open(Some(dir.path()), "http://h", "a/b");
        let ids = ["one", "two", "three"].map(|id| CommandId::new(id).unwrap());
        let mut ledger = open();
        assert!(ledger.get(&ids[0]).is_none());
        ledger.begin(&ids[0]);
        ledger.begin(&ids[1]);
        ledger.end(&CommandReceipt {
            command_id: ids[1].clone(),
            status: ReceiptWord::Succeeded,
            result: None,
            error: None,
        });
        assert!(matches!(ledger.get(&ids[0]), Some(Known::Begun)));
        let path = ledger.path.clone().unwrap();
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("{\"command_id\":\"thr");
        fs::write(&path, text).unwrap();
        let mut later = open();
        assert!(matches!(later.get(&ids[0]), Some(Known::CutShort)));
        assert!(matches!(later.get(&ids[1]), Some(Known::Done(_))));
        later.begin(&ids[2]);
        assert!(matches!(open().get(&ids[2]), Some(Known::CutShort)));
        assert!(
            Ledger::open(Some(dir.path()), "http://other", "a/b")
                .known
                .is_empty()
        );
        later.remove();
        assert!(open().known.is_empty());
    }
}
