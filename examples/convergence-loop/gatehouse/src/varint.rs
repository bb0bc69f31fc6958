//! Numbers in as few bytes as they need: seven bits a byte, lowest first, the top bit set on all but the last.

/// The most bytes that a `u64` takes.
const MAX_BYTES: usize = 10;

/// Appends a number.
pub fn encode(value: u64, out: &mut Vec<u8>) {
    let mut rest = value;
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// Reads a number from the front, and tells how many bytes it took. `None` when it is cut off or too large.
pub fn decode(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(MAX_BYTES) {
        let bits = u64::from(byte & 0x7f);
        let shift = 7 * index;
        if bits << shift >> shift != bits {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_take_one_byte() {
        let mut out = Vec::new();
        encode(127, &mut out);
        assert_eq!(out, [0x7f]);
    }

    #[test]
    fn larger_numbers_take_more() {
        let mut out = Vec::new();
        encode(300, &mut out);
        assert_eq!(out, [0xac, 0x02]);
        assert_eq!(decode(&out), Some((300, 2)));
    }

    #[test]
    fn refuses_what_is_cut_off() {
        assert_eq!(decode(&[0x80]), None);
        assert_eq!(decode(&[]), None);
    }
}
