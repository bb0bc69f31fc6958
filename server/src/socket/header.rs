//! The header of a client's frame (RFC 6455, section 5.2). In: its bytes. Out: what it says, or what it breaks.

use super::frame;

/// The client broke the protocol; the connection ends with this code and reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub code: u16,
    pub reason: &'static str,
}

/// A violation of the framing itself.
pub(super) const fn violation(reason: &'static str) -> Violation {
    Violation { code: 1002, reason }
}

/// A frame of which the payload is being read.
#[derive(Debug)]
pub(super) struct Header {
    pub fin: bool,
    pub opcode: u8,
    /// Payload bytes still to come.
    pub length: u64,
    mask: [u8; 4],
}

impl Header {
    /// Whether it is a ping, a pong or a close.
    pub(super) const fn is_control(&self) -> bool {
        self.opcode >= frame::CLOSE
    }

    /// Unmasks the next bytes of the payload, in place.
    pub(super) fn unmask(&mut self, payload: &mut [u8]) {
        let wide: [u8; 16] = std::array::from_fn(|index| self.mask[index % 4]);
        let (blocks, rest) = payload.as_chunks_mut::<16>();
        for block in blocks {
            for (byte, mask) in block.iter_mut().zip(wide) {
                *byte ^= mask;
            }
        }
        for (byte, mask) in rest.iter_mut().zip(wide) {
            *byte ^= mask;
        }
        self.mask.rotate_left(payload.len() % 4);
    }
}

/// Reads a header and answers how many bytes it took; `None` while some are missing.
pub(super) fn read_header(bytes: &[u8]) -> Result<Option<(Header, usize)>, Violation> {
    let [first, second, rest @ ..] = bytes else {
        return Ok(None);
    };
    let (fin, opcode) = (first & 0x80 != 0, first & 0x0F);
    if first & 0x70 != 0 {
        return Err(violation("a reserved bit is set"));
    }
    if second & 0x80 == 0 {
        return Err(violation("a client's frame must be masked"));
    }
    if !matches!(opcode, 0..=2 | 8..=10) {
        return Err(violation("an unknown opcode"));
    }
    let extra = match second & 0x7F {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    if opcode >= frame::CLOSE && (extra > 0 || !fin) {
        return Err(violation("a control frame that is long or in pieces"));
    }
    let Some((length, rest)) = rest.split_at_checked(extra) else {
        return Ok(None);
    };
    let Some(&mask) = rest.first_chunk::<4>() else {
        return Ok(None);
    };
    let length = match extra {
        0 => u64::from(second & 0x7F),
        _ => length
            .iter()
            .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
    };
    let header = Header {
        fin,
        opcode,
        length,
        mask,
    };
    Ok(Some((header, 2 + extra + 4)))
}
