//! IPv4 addresses, read strictly.

/// Reads four decimal numbers, 0 to 255, joined by dots; no sign, no leading zero, nothing else.
pub fn parse(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut out = [0; 4];
    for slot in &mut out {
        *slot = octet(parts.next()?)?;
    }
    if parts.next().is_some() {
        return None;
    }
    Some(out)
}

fn octet(text: &str) -> Option<u8> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if text.len() > 1 && text.starts_with('0') {
        return None;
    }
    text.parse().ok()
}

/// Tells whether an address stays on this machine.
pub fn is_loopback(address: [u8; 4]) -> bool {
    address[0] == 127
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_four_numbers() {
        assert_eq!(parse("192.168.0.1"), Some([192, 168, 0, 1]));
        assert_eq!(parse("192.168.0"), None);
        assert_eq!(parse("192.168.0.1.5"), None);
    }

    #[test]
    fn refuses_leading_zeros() {
        assert_eq!(parse("010.0.0.1"), None);
        assert_eq!(parse("0.0.0.0"), Some([0; 4]));
    }

    #[test]
    fn knows_loopback() {
        assert!(is_loopback([127, 0, 0, 1]));
        assert!(!is_loopback([10, 0, 0, 1]));
    }
}
