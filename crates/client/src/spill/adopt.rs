//! What ended programs left behind. In: the folder. Out: their lines in order, as if they had been written here.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::{Lock, Place, Segment, Spill, Whom};

/// How much is taken as one piece.
const PIECE_BYTES: u64 = 512 << 10;
/// How many lines are taken as one piece.
const PIECE_LINES: u64 = 1_000;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Lines that lie together, in order: where, how many bytes, how many lines.
    pub(crate) pieces: Vec<(Place, u64, u64)>,
    /// Last lines that were cut off while they were written, and segments that cannot be read.
    pub(crate) torn: u64,
}

impl Spill {
    /// Takes over what belongs to the same server and to no living program.
    pub(super) fn adopt(&mut self, whom: &Whom) -> Found {
        let mut found = Found::default();
        let Ok(entries) = fs::read_dir(&self.dir) else {
            return found;
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut locks: Vec<PathBuf> = paths
            .filter(|path| path.extension().is_some_and(|end| end == "lock"))
            .filter(|path| *path != self.lock.path)
            .collect();
        // The oldest first: their events come before those of later programs.
        locks.sort_by_key(|path| fs::metadata(path).and_then(|data| data.modified()).ok());
        for path in locks {
            if let Some(lock) = orphan(&path, whom) {
                self.adopt_one(lock, &mut found);
            }
        }
        found
    }

    fn adopt_one(&mut self, lock: Lock, found: &mut Found) {
        let mut any = false;
        for path in segments_of(&lock.path) {
            match read(&path) {
                Ok((file, pieces, bytes, torn)) if bytes > 0 => {
                    found.torn += torn;
                    let number = self.next;
                    self.next += 1;
                    let at = |(offset, bytes, lines)| {
                        let segment = number;
                        (Place { segment, offset }, bytes, lines)
                    };
                    found.pieces.extend(pieces.into_iter().map(at));
                    self.used_bytes += bytes;
                    let segment = Segment {
                        path,
                        file,
                        bytes,
                        live_bytes: bytes,
                    };
                    self.segments.insert(number, segment);
                    any = true;
                }
                Ok((.., torn)) => {
                    found.torn += torn;
                    let _ = fs::remove_file(path);
                }
                // It may be readable for the next one.
                Err(_) => any = true,
            }
        }
        self.own_from = self.next;
        if any {
            self.taken_over.push(lock);
        } else {
            lock.remove();
        }
    }
}

/// The lock of an ended program that sent to the same server.
fn orphan(path: &Path, whom: &Whom) -> Option<Lock> {
    let file = OpenOptions::new().read(true).write(true).open(path).ok()?;
    file.try_lock().ok()?;
    let said: Whom = serde_json::from_reader(&file).ok()?;
    (said == *whom).then(|| Lock {
        path: path.to_owned(),
        _file: file,
    })
}

/// The segments beside a lock file, in order.
fn segments_of(lock: &Path) -> Vec<PathBuf> {
    let stem = lock.file_stem().and_then(|stem| stem.to_str());
    let (Some(dir), Some(stem)) = (lock.parent(), stem) else {
        return Vec::new();
    };
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.and_then(|name| name.strip_prefix(stem))
            .is_some_and(|rest| rest.starts_with('.') && rest.ends_with(".ndjson"))
    };
    let entries = fs::read_dir(dir).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths.filter(is_ours).collect();
    paths.sort();
    paths
}

/// Offset, bytes and lines of a piece.
type Piece = (u64, u64, u64);

/// The pieces of a segment, how many bytes they have in all, and how many last lines were cut off.
fn read(path: &Path) -> io::Result<(File, Vec<Piece>, u64, u64)> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut reader = BufReader::new(&file);
    let (mut pieces, mut line): (Vec<Piece>, Vec<u8>) = (Vec::new(), Vec::new());
    let (mut offset, mut torn) = (0, 0);
    loop {
        line.clear();
        let bytes = reader.read_until(b'\n', &mut line)? as u64;
        if bytes == 0 {
            break;
        }
        if line.last() != Some(&b'\n') {
            torn = 1;
            break;
        }
        match pieces.last_mut() {
            Some((_, piece, lines)) if *piece + bytes <= PIECE_BYTES && *lines < PIECE_LINES => {
                *piece += bytes;
                *lines += 1;
            }
            _ => pieces.push((offset, bytes, 1)),
        }
        offset += bytes;
    }
    if torn > 0 {
        file.set_len(offset)?;
    }
    Ok((file, pieces, offset, torn))
}
