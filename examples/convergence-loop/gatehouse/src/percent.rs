//! Percent-encoding, as URLs use it.

/// Encodes everything but letters, digits and `-._~`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&crate::hex::encode(&[byte]).to_ascii_uppercase());
        }
    }
    out
}

/// Decodes. `None` for a cut-off or wrong escape, and where the result is not UTF-8.
pub fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let pair = bytes.get(at + 1..at + 3)?;
            let pair = std::str::from_utf8(pair).ok()?;
            out.extend(crate::hex::decode(pair)?);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_what_is_reserved() {
        assert_eq!(encode("a b/c~"), "a%20b%2Fc~");
        assert_eq!(encode("é"), "%C3%A9");
    }

    #[test]
    fn decodes() {
        assert_eq!(decode("a%20b%2fc").unwrap(), "a b/c");
        assert_eq!(decode("%C3%A9").unwrap(), "é");
    }

    #[test]
    fn refuses_wrong_escapes() {
        assert_eq!(decode("%zz"), None);
    }
}
