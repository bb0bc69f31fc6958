//! Packing. In: lines. Out: the bytes of a zstd frame, or the lines as they are.

use std::io::{self, Write as _};

use bytes::Bytes;

/// zstd's own default: as quick as the journal is read, and a tenth of the size.
const LEVEL: i32 = 3;

/// Whether an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// With zstd.
    Zstd,
    /// Not at all.
    Plain,
}

impl Packing {
    /// How names of such files end.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Zstd => ".jsonl.zst",
            Self::Plain => ".jsonl",
        }
    }

    /// Their media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Zstd => "application/zstd",
            Self::Plain => "application/x-ndjson",
        }
    }
}

/// Takes lines, gives bytes.
pub(crate) enum Packer {
    Zstd(Box<zstd::stream::write::Encoder<'static, Vec<u8>>>),
    Plain(Vec<u8>),
}

impl Packer {
    pub(crate) fn new(packing: Packing) -> io::Result<Self> {
        Ok(match packing {
            Packing::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(Box::new(encoder))
            }
            Packing::Plain => Self::Plain(Vec::new()),
        })
    }

    /// Takes lines; answers the bytes that are ready, often none.
    pub(crate) fn put(&mut self, lines: &[u8]) -> io::Result<Bytes> {
        let ready = match self {
            Self::Zstd(encoder) => {
                encoder.write_all(lines)?;
                encoder.get_mut()
            }
            Self::Plain(ready) => {
                ready.extend_from_slice(lines);
                ready
            }
        };
        Ok(std::mem::take(ready).into())
    }

    /// The bytes that are left.
    pub(crate) fn finish(self) -> io::Result<Bytes> {
        Ok(match self {
            Self::Zstd(encoder) => encoder.finish()?.into(),
            Self::Plain(ready) => ready.into(),
        })
    }
}
