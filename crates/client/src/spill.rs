//! What waits for its receipt, on disk. It survives the program; the next one that sends to the same server finds it.
//!
//! In: lines. Out: their places; later, the lines again. A program owns a lock file and numbered segments of lines
//! beside it: `<stem>.lock`, `<stem>.000001.ndjson`. The system lets go of the lock when the program dies, however it
//! dies. Segments whose events have all settled are removed; nothing is ever written in the middle of one.

mod adopt;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use adopt::Found;

use crate::Error;

/// The largest segment, in bytes.
const SEGMENT_BYTES: u64 = 8 << 20;

/// Whom the lines are for; stands in the lock file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Whom {
    /// The server's address.
    pub(crate) server: String,
    /// The project.
    pub(crate) project: String,
}

/// Where lines lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    segment: u64,
    offset: u64,
}

impl Place {
    /// Whether `next` begins where `bytes` from here end.
    pub(crate) const fn continues(self, bytes: u64, next: Self) -> bool {
        self.segment == next.segment && self.offset + bytes == next.offset
    }
}

/// The files of this program, and those that it took over.
pub(crate) struct Spill {
    dir: PathBuf,
    stem: String,
    lock: Lock,
    taken_over: Vec<Lock>,
    segments: BTreeMap<u64, Segment>,
    /// The one that is written to.
    current: Option<u64>,
    /// The next number.
    next: u64,
    /// The first number of our own; what was taken over has lower ones.
    own_from: u64,
    most_bytes: u64,
    used_bytes: u64,
}

/// A lock file, held.
struct Lock {
    path: PathBuf,
    _file: File,
}

struct Segment {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// Bytes of lines that have not settled.
    live_bytes: u64,
}

impl Spill {
    /// Makes this program's lock file in the folder, and takes over what ended programs left there for the same server.
    pub(crate) fn open(dir: &Path, whom: &Whom, most_bytes: u64) -> Result<(Self, Found), Error> {
        let wrong = |path: &Path, source| Error::Spill {
            path: path.to_owned(),
            source,
        };
        fs::create_dir_all(dir).map_err(|error| wrong(dir, error))?;
        let stem = format!("{}-{:016x}", std::process::id(), crate::wait::chance());
        let path = dir.join(format!("{stem}.lock"));
        let lock = Lock::make(&path, whom).map_err(|error| wrong(&path, error))?;
        let mut spill = Self {
            dir: dir.to_owned(),
            stem,
            lock,
            taken_over: Vec::new(),
            segments: BTreeMap::new(),
            current: None,
            next: 1,
            own_from: 1,
            most_bytes,
            used_bytes: 0,
        };
        let found = spill.adopt(whom);
        Ok((spill, found))
    }

    /// Writes lines behind all others. `None`: the bound would be crossed.
    pub(crate) fn append(&mut self, lines: &[u8]) -> io::Result<Option<Place>> {
        let bytes = lines.len() as u64;
        if self.used_bytes + bytes > self.most_bytes {
            return Ok(None);
        }
        let number = self.segment_for(bytes)?;
        let Some(segment) = self.segments.get_mut(&number) else {
            return Ok(None);
        };
        let offset = segment.bytes;
        let written = segment
            .file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| segment.file.write_all(lines));
        if let Err(error) = written {
            // Half a line must not stand before later ones.
            let _ = segment.file.set_len(offset);
            return Err(error);
        }
        segment.bytes += bytes;
        segment.live_bytes += bytes;
        self.used_bytes += bytes;
        Ok(Some(Place {
            segment: number,
            offset,
        }))
    }

    /// The lines again.
    pub(crate) fn read(&mut self, place: Place, bytes: u64) -> io::Result<Vec<u8>> {
        let segment = self.segments.get_mut(&place.segment);
        let segment = segment.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let mut lines = vec![0; usize::try_from(bytes).unwrap_or(usize::MAX)];
        segment.file.seek(SeekFrom::Start(place.offset))?;
        segment.file.read_exact(&mut lines)?;
        Ok(lines)
    }

    /// The lines have settled: their room is given back as soon as nothing else lies there.
    pub(crate) fn release(&mut self, place: Place, bytes: u64) {
        let Some(segment) = self.segments.get_mut(&place.segment) else {
            return;
        };
        segment.live_bytes = segment.live_bytes.saturating_sub(bytes);
        if segment.live_bytes > 0 {
            return;
        }
        self.used_bytes = self.used_bytes.saturating_sub(segment.bytes);
        segment.bytes = 0;
        if self.current == Some(place.segment) && segment.file.set_len(0).is_ok() {
            return;
        }
        let _ = fs::remove_file(&segment.path);
        self.segments.remove(&place.segment);
        if self.current == Some(place.segment) {
            self.current = None;
        }
        if self.segments.range(..self.own_from).next().is_none() {
            self.taken_over.drain(..).for_each(Lock::remove);
        }
    }

    pub(crate) const fn used_bytes(&self) -> u64 {
        self.used_bytes
    }

    /// Ends the use of the folder: what is empty is removed, what waits stays for the next program.
    pub(crate) fn close(&mut self) {
        let empty: Vec<u64> = self
            .segments
            .iter()
            .filter(|(_, segment)| segment.live_bytes == 0)
            .map(|(number, _)| *number)
            .collect();
        for number in empty {
            if let Some(segment) = self.segments.remove(&number) {
                let _ = fs::remove_file(segment.path);
            }
        }
        if self.segments.range(self.own_from..).next().is_none() {
            let _ = fs::remove_file(&self.lock.path);
        }
    }

    /// The segment that takes so many bytes more.
    fn segment_for(&mut self, bytes: u64) -> io::Result<u64> {
        let most = SEGMENT_BYTES.min(self.most_bytes / 4);
        let current = self.current.and_then(|number| {
            let segment = self.segments.get(&number)?;
            (segment.bytes == 0 || segment.bytes + bytes <= most).then_some(number)
        });
        if let Some(number) = current {
            return Ok(number);
        }
        let number = self.next;
        let path = self.dir.join(format!("{}.{number:06}.ndjson", self.stem));
        let mut open = OpenOptions::new();
        let file = open.read(true).write(true).create_new(true).open(&path)?;
        self.next += 1;
        self.current = Some(number);
        let segment = Segment {
            path,
            file,
            bytes: 0,
            live_bytes: 0,
        };
        self.segments.insert(number, segment);
        Ok(number)
    }
}

impl Lock {
    fn make(path: &Path, whom: &Whom) -> io::Result<Self> {
        let mut file = File::create_new(path)?;
        // Locked before it says whom it is for, so that nobody takes over what is being made.
        file.try_lock().map_err(io::Error::from)?;
        file.write_all(serde_json::to_string(whom)?.as_bytes())?;
        Ok(Self {
            path: path.to_owned(),
            _file: file,
        })
    }

    fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }
}
