//! What a server writes on a WebSocket (RFC 6455, section 5.2): unmasked frames, so that one encoding serves all.

use bytes::{BufMut, Bytes, BytesMut};

/// The kinds of frames.
pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

/// Writes the header of a final frame of `length` payload bytes.
pub(crate) fn put_header(out: &mut impl BufMut, opcode: u8, length: usize) {
    out.put_u8(0x80 | opcode);
    match length {
        0..=125 => out.put_u8(length as u8),
        126..=0xFFFF => {
            out.put_u8(126);
            out.put_u16(length as u16);
        }
        _ => {
            out.put_u8(127);
            out.put_u64(length as u64);
        }
    }
}

/// A whole frame.
pub(crate) fn frame(opcode: u8, payload: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(payload.len() + 10);
    put_header(&mut out, opcode, payload.len());
    out.extend_from_slice(payload);
    out.freeze()
}

/// A whole text frame; the payload must be UTF-8.
pub(crate) fn text_frame(payload: &[u8]) -> Bytes {
    frame(TEXT, payload)
}

/// A close frame; the reason is cut to what a control frame can hold.
pub(crate) fn close_frame(code: u16, reason: &str) -> Bytes {
    let mut payload = code.to_be_bytes().to_vec();
    let cut = reason.floor_char_boundary(120);
    payload.extend_from_slice(&reason.as_bytes()[..cut]);
    frame(CLOSE, &payload)
}

/// How many bytes of a frame that we wrote are its header.
pub(crate) fn header_bytes(wire: &[u8]) -> usize {
    match wire.get(1) {
        Some(126) => 4,
        Some(127) => 10,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_grow_with_the_payload() {
        for (length, header) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let wire = text_frame(&vec![b'x'; length]);
            assert_eq!(header_bytes(&wire), header, "{length}");
            assert_eq!(wire.len(), header + length);
        }
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let wire = close_frame(1001, &"ü".repeat(200));
        assert!(wire.len() <= 127);
        assert!(std::str::from_utf8(&wire[4..]).is_ok());
    }
}
