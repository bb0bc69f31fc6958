//! Lines of a file, packed or not. In: a path, or `-` for standard input. Out: numbered lines of a bounded length.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

/// The first bytes of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The first bytes of a zstd frame (RFC 8878).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Where it begins, in bytes, and its own, without the line's end.
    Whole(u64, Vec<u8>),
    /// Longer than allowed; it was passed over.
    TooLong,
}

/// Bytes that are counted as they are read.
struct Counted {
    bytes: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Numbered lines.
pub(crate) struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: u64,
    /// Where the next line begins.
    offset: u64,
    most: usize,
    /// What went wrong behind lines that were still given.
    failed: Option<io::Error>,
}

impl Lines {
    /// Opens a file, or standard input for `-`. Packed bytes are known by their first ones. What was read of the file,
    /// as it lies there, is counted.
    pub(super) fn open(file: &str, most: usize, read: &Arc<AtomicU64>) -> io::Result<Self> {
        let bytes: Box<dyn Read + Send> = match file {
            "-" => Box::new(io::stdin()),
            path => Box::new(File::open(path)?),
        };
        let counted = Counted {
            bytes,
            read: Arc::clone(read),
        };
        Self::of(Box::new(BufReader::with_capacity(1 << 16, counted)), most)
    }

    /// Lines of bytes that come from somewhere.
    pub(crate) fn of(mut plain: Box<dyn BufRead + Send>, most: usize) -> io::Result<Self> {
        let head = plain.fill_buf()?;
        let reader: Box<dyn BufRead + Send> = if head.starts_with(&GZIP) {
            let unpacked = MultiGzDecoder::new(plain);
            Box::new(BufReader::with_capacity(1 << 16, unpacked))
        } else if head.starts_with(&ZSTD[..head.len().clamp(1, ZSTD.len())]) {
            // Frames one behind the other are one file; the window is bounded by the library (128 MiB).
            let unpacked = zstd::stream::read::Decoder::with_buffer(plain)?;
            Box::new(BufReader::with_capacity(1 << 16, unpacked))
        } else {
            plain
        };
        Ok(Self {
            reader,
            number: 0,
            offset: 0,
            most,
            failed: None,
        })
    }

    /// The next lines: at most so many, and few more bytes than that. Empty at the end.
    pub(super) fn block(&mut self, lines: usize, bytes: usize) -> io::Result<Vec<(u64, Line)>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut block = Vec::new();
        let mut taken = 0;
        while block.len() < lines && taken < bytes {
            let (number, line) = match self.next() {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            };
            if let Line::Whole(_, bytes) = &line {
                taken += bytes.len();
            }
            block.push((number, line));
        }
        match self.failed.take() {
            Some(error) if block.is_empty() => return Err(error),
            failed => self.failed = failed,
        }
        Ok(block)
    }

    /// The next line and its number, from 1; `None` at the end.
    fn next(&mut self) -> io::Result<Option<(u64, Line)>> {
        let mut bytes = Vec::new();
        let most = self.most as u64;
        let read = self
            .reader
            .by_ref()
            .take(most + 1)
            .read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let offset = self.offset;
        self.offset += read as u64;
        if bytes.ends_with(b"\n") {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        } else if read as u64 > most {
            self.skip_line()?;
            return Ok(Some((self.number, Line::TooLong)));
        }
        Ok(Some((self.number, Line::Whole(offset, bytes))))
    }

    /// Passes over the rest of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (used, done) = end.map_or((buffer.len(), false), |end| (end + 1, true));
            self.offset += used as u64;
            self.reader.consume(used);
            if done {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn lines(bytes: &[u8], most: usize) -> Vec<(u64, Option<String>)> {
        let plain = Box::new(BufReader::with_capacity(4, io::Cursor::new(bytes.to_vec())));
        let mut lines = Lines::of(plain, most).unwrap();
        let mut read = Vec::new();
        while let Some((number, line)) = lines.next().unwrap() {
            read.push(match line {
                Line::Whole(_, bytes) => (number, Some(String::from_utf8(bytes).unwrap())),
                Line::TooLong => (number, None),
            });
        }
        read
    }

    fn whole(number: u64, text: &str) -> (u64, Option<String>) {
        (number, Some(text.to_owned()))
    }

    #[test]
    fn lines_have_numbers_and_bounds() {
        assert_eq!(lines(b"", 8), []);
        assert_eq!(
            lines(b"a\r\n\nbb", 8),
            [whole(1, "a"), whole(2, ""), whole(3, "bb")]
        );
        assert_eq!(
            lines(b"12345678\n123456789\nx\n", 8),
            [whole(1, "12345678"), (2, None), whole(3, "x")]
        );
        assert_eq!(lines(b"123456789", 8), [(1, None)]);
    }

    #[test]
    fn frames_of_zstd_are_unpacked_one_behind_the_other() {
        let pack = |bytes: &[u8]| zstd::encode_all(bytes, 3).unwrap();
        let packed = [pack(b"a\nb"), pack(b"c\nd\n")].concat();
        assert_eq!(
            lines(&packed, 8),
            [whole(1, "a"), whole(2, "bc"), whole(3, "d")]
        );
        let cut = Box::new(BufReader::new(io::Cursor::new(
            packed[..packed.len() - 3].to_vec(),
        )));
        let mut cut = Lines::of(cut, 8).unwrap();
        assert_eq!(
            cut.block(9, 99).unwrap(),
            [(1, Line::Whole(0, b"a".to_vec()))]
        );
        assert!(cut.block(9, 99).is_err());
    }

    #[test]
    fn packed_lines_are_unpacked_also_in_several_members() {
        let pack = |bytes: &[u8]| {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        };
        let packed = [pack(b"a\nb"), pack(b"c\nd\n")].concat();
        assert_eq!(
            lines(&packed, 8),
            [whole(1, "a"), whole(2, "bc"), whole(3, "d")]
        );
    }
}
