//! What a file is, told without SQLite touching it. In: a path under our lock. Out: new, ours, or why it is refused.
//!
//! Only reads. The caller holds the lock and has no SQLite connection to the file yet: a plain handle on a database
//! that is open in the same process would drop SQLite's own locks when it is closed.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{APPLICATION_ID, SCHEMA, lock};
use crate::OpenError;

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing, or an empty file.
    Nothing,
    /// A journal of a version that we know.
    Ours {
        /// Whether a write-ahead log with something in it lies beside it, as after a crash.
        has_log: bool,
    },
}

/// The header of a SQLite file, <https://www.sqlite.org/fileformat.html>.
const HEADER_BYTES: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";

pub(crate) fn probe(path: &Path) -> Result<Found, OpenError> {
    let io = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    let corrupt = |what: &str| OpenError::Corrupt {
        path: path.to_owned(),
        what: what.to_owned(),
    };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(io(error)),
    };
    let meta = file.metadata().map_err(io)?;
    if !meta.is_file() {
        return Err(corrupt("not a file"));
    }
    if meta.len() == 0 {
        return Ok(Found::Nothing);
    }
    let mut header = [0_u8; HEADER_BYTES];
    file.read_exact(&mut header)
        .map_err(|_| corrupt("too short for a database"))?;
    if !header.starts_with(MAGIC) {
        return Err(corrupt("not a SQLite database"));
    }
    let word = |at: usize| {
        header[at..at + 4]
            .iter()
            .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte))
    };
    let has_log = std::fs::metadata(lock::beside(path, "-wal")).is_ok_and(|log| log.len() > 0);

    let application = word(68);
    if application != APPLICATION_ID {
        return Err(OpenError::Foreign {
            path: path.to_owned(),
        });
    }
    let found = word(60);
    if found > SCHEMA {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known: SCHEMA,
        });
    }
    // The size in the header holds where the two change counters agree. With a log beside it the truth is there.
    let page_bytes = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let expected = u64::from(word(28)) * page_bytes;
    if !has_log && word(24) == word(92) && meta.len() < expected {
        return Err(corrupt(&format!(
            "{} bytes of {expected} are there, the rest is missing",
            meta.len()
        )));
    }
    Ok(Found::Ours { has_log })
}
