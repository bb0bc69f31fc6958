//! Unpacking. In: a file's bytes. Out: lines of text, unpacked where the file is packed with zstd.

use std::borrow::Cow;
use std::io::Read as _;

use loopscope_protocol::{ApiError, ErrorCode};
use ruzstd::decoding::StreamingDecoder;

/// The first bytes of a zstd frame (RFC 8878).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The first bytes of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The most bytes that a file may unpack to: more than a tab can hold in any form.
const MOST: u64 = 1 << 30;

/// The text of a file.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ApiError> {
    if bytes.starts_with(&GZIP) {
        let message = "The file is packed with gzip. Unpack it first (gunzip), or export it again: archives are packed with zstd.";
        return Err(ApiError::new(ErrorCode::Malformed, message));
    }
    if !bytes.starts_with(&ZSTD) {
        return Ok(Cow::Borrowed(bytes));
    }
    let broken = |what: &dyn std::fmt::Display| {
        let message = format!("The file is damaged or cut off: {what}.");
        ApiError::new(ErrorCode::Malformed, message)
    };
    let mut text = Vec::new();
    let mut rest = bytes;
    // Frames one behind the other are one file.
    while !rest.is_empty() {
        let mut frame = StreamingDecoder::new(&mut rest).map_err(|error| broken(&error))?;
        let room = MOST - text.len() as u64;
        let read = (&mut frame).take(room + 1).read_to_end(&mut text);
        read.map_err(|error| broken(&error))?;
        if text.len() as u64 > MOST {
            let message = "The file holds more than a browser can show.";
            return Err(ApiError::too_large(format!("{MOST} bytes"), message));
        }
        let said = frame.decoder.get_checksum_from_data();
        if said.is_some() && said != frame.decoder.get_calculated_checksum() {
            return Err(broken(&"its checksum does not hold"));
        }
    }
    Ok(Cow::Owned(text))
}
