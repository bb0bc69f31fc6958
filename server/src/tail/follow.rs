//! A file that grows, is renamed, is truncated, is made anew. In: its path. Out: its whole lines and where they stand.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use crate::lines::Identity;

/// How much is read at once.
const READ_BYTES: usize = 256 * 1024;
/// The longest line; a longer one is passed over.
const LINE_BYTES: usize = 16 << 20;
/// How far back the start of a last line is looked for.
const LOOK_BACK: u64 = 1 << 20;
/// How often a file that was renamed is looked at before it is left: its program may still write to it.
const LAST_LOOKS: u32 = 5;

/// A whole line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Of which file.
    pub file: Identity,
    /// At which byte it begins.
    pub offset: u64,
    /// The line, without its end.
    pub bytes: Vec<u8>,
}

/// See the module.
pub(crate) struct Follow {
    path: PathBuf,
    open: Option<Open>,
    /// Whether the first file is read from its end.
    from_end: bool,
}

/// The file that is read.
struct Open {
    file: File,
    /// Which one it is to the system.
    node: (u64, u64),
    /// Where the next byte is read.
    read: u64,
    /// What was read and is no whole line yet; it begins at `read - pending.len()`.
    pending: Vec<u8>,
    /// Whether the line that is being read is too long, and is passed over.
    skips: bool,
    identity: Option<Identity>,
    /// How often it was looked at since it was found to be renamed.
    looks: u32,
}

impl Follow {
    /// Follows a path, which need not be there yet.
    pub(crate) fn new(path: PathBuf, from_start: bool) -> Self {
        Self {
            path,
            open: None,
            from_end: !from_start,
        }
    }

    /// The next whole lines: about so many, and few more bytes. Empty where there are none now.
    pub(crate) fn lines(&mut self, most: usize, bytes: usize) -> io::Result<Vec<Placed>> {
        if self.open.is_none() {
            self.open = self.open_path()?;
            // What comes after the first file is read whole.
            self.from_end = false;
        }
        let Some(open) = &mut self.open else {
            return Ok(Vec::new());
        };
        open.notice_truncation()?;
        let lines = open.read_lines(most, bytes)?;
        if lines.is_empty() && is_replaced(&self.path, open.node) {
            open.looks += 1;
            if open.looks > LAST_LOOKS {
                let last = open.last_line();
                self.open = None;
                return Ok(last.into_iter().collect());
            }
        }
        Ok(lines)
    }

    fn open_path(&self) -> io::Result<Option<Open>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let about = file.metadata()?;
        let mut open = Open {
            file,
            node: (about.dev(), about.ino()),
            read: 0,
            pending: Vec::new(),
            skips: false,
            identity: None,
            looks: 0,
        };
        if self.from_end {
            open.begin_at_end(about.len())?;
        }
        Ok(Some(open))
    }
}

/// Whether another file stands at the path now. While none does, its program may be about to make one.
fn is_replaced(path: &std::path::Path, node: (u64, u64)) -> bool {
    std::fs::metadata(path).is_ok_and(|about| (about.dev(), about.ino()) != node)
}

impl Open {
    /// Goes to the start of the line that is being written.
    fn begin_at_end(&mut self, length: u64) -> io::Result<()> {
        let from = length.saturating_sub(LOOK_BACK);
        self.file.seek(SeekFrom::Start(from))?;
        let mut tail = Vec::new();
        (&mut self.file)
            .take(length - from)
            .read_to_end(&mut tail)?;
        let end = tail.iter().rposition(|byte| *byte == b'\n');
        self.read = from + end.map_or(0, |end| end as u64 + 1);
        Ok(())
    }

    /// A file that is shorter than what was read of it, or begins with another line, was begun anew.
    fn notice_truncation(&mut self) -> io::Result<()> {
        let is_shorter = self.file.metadata()?.len() < self.read;
        let is_other = match self.identity {
            Some(known) => self
                .first_line()?
                .is_some_and(|line| Identity::of(&line) != known),
            None => false,
        };
        if is_shorter || is_other {
            tracing::info!("the file was truncated; it is read from its start");
            self.read = 0;
            self.pending.clear();
            self.skips = false;
            self.identity = None;
        }
        Ok(())
    }

    /// The file's first line as far as it tells the file; `None` while it is not whole.
    fn first_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        const HEAD: u64 = 4 * 1024;
        self.file.seek(SeekFrom::Start(0))?;
        let mut head = Vec::new();
        (&mut self.file).take(HEAD).read_to_end(&mut head)?;
        let end = head.iter().position(|byte| *byte == b'\n');
        Ok(match end {
            Some(end) => {
                head.truncate(end);
                Some(head)
            }
            None if head.len() as u64 == HEAD => Some(head),
            None => None,
        })
    }

    fn read_lines(&mut self, most: usize, bytes: usize) -> io::Result<Vec<Placed>> {
        let mut lines = Vec::new();
        let mut taken = 0;
        while lines.len() < most && taken < bytes {
            if let Some((offset, line)) = self.next_line() {
                let Some(file) = self.identify()? else { break };
                taken += line.len();
                lines.push(Placed {
                    file,
                    offset,
                    bytes: line,
                });
            } else if !self.read_more()? {
                break;
            }
        }
        Ok(lines)
    }

    /// Reads on. False where there is nothing more now.
    fn read_more(&mut self) -> io::Result<bool> {
        self.file.seek(SeekFrom::Start(self.read))?;
        let before = self.pending.len();
        let limit = READ_BYTES as u64;
        let count = (&mut self.file)
            .take(limit)
            .read_to_end(&mut self.pending)?;
        self.read += count as u64;
        debug_assert_eq!(self.pending.len(), before + count);
        Ok(count > 0)
    }

    /// The next whole line of what was read.
    fn next_line(&mut self) -> Option<(u64, Vec<u8>)> {
        loop {
            let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') else {
                if self.pending.len() > LINE_BYTES {
                    tracing::warn!("a line is longer than {LINE_BYTES} bytes and is passed over");
                    self.skips = true;
                    self.pending.clear();
                }
                return None;
            };
            let offset = self.read - self.pending.len() as u64;
            let mut line: Vec<u8> = self.pending.drain(..=end).collect();
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if !std::mem::take(&mut self.skips) {
                return Some((offset, line));
            }
        }
    }

    /// Which file it is, once its first line is whole.
    fn identify(&mut self) -> io::Result<Option<Identity>> {
        if self.identity.is_none() {
            self.identity = self.first_line()?.map(|line| Identity::of(&line));
        }
        Ok(self.identity)
    }

    /// What is left of a file that nobody writes to any more: a last line without its end.
    fn last_line(&mut self) -> Option<Placed> {
        let file = self.identity.or_else(|| {
            let is_first = self.read == self.pending.len() as u64;
            is_first.then(|| Identity::of(&self.pending))
        })?;
        let offset = self.read - self.pending.len() as u64;
        let bytes = std::mem::take(&mut self.pending);
        (!bytes.is_empty()).then_some(Placed {
            file,
            offset,
            bytes,
        })
    }
}

#[cfg(test)]
mod tests;
