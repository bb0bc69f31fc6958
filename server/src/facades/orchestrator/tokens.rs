//! `NaN` and infinities, which Python writes into JSON. In: packets. Out: packets of the same length that are JSON.
//!
//! The library closes a connection whose packet is no JSON, so they must be gone before it looks. Byte by byte, without
//! looking ahead, outside of strings: `NaN` becomes a string of one DEL, `Infinity` a number beyond all bounds. [`nulls`]
//! makes both `null` behind the library.

use std::borrow::Cow;

/// What `NaN` is in between.
const NAN: &str = "\"\u{7f}\"";
const NAN_STEPS: &[(u8, u8)] = &[(b'N', b'"'), (b'a', 0x7f), (b'N', b'"')];

/// What `Infinity` is in between.
const INFINITE: &str = "9e999999";
const INFINITE_STEPS: &[(u8, u8)] = &[
    (b'I', b'9'),
    (b'n', b'e'),
    (b'f', b'9'),
    (b'i', b'9'),
    (b'n', b'9'),
    (b'i', b'9'),
    (b't', b'9'),
    (b'y', b'9'),
];

/// What a token that breaks off becomes, so that no number is made of it.
const NO_JSON: u8 = 0x01;

/// Where in a packet we are.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Scan {
    /// Behind the packet's type and namespace.
    is_json: bool,
    in_string: bool,
    is_escaped: bool,
    /// What is left of a token.
    token: &'static [(u8, u8)],
}

impl Scan {
    /// The next byte of a packet, as it goes on.
    pub(super) fn next(&mut self, byte: u8) -> u8 {
        if self.in_string {
            self.in_string = self.is_escaped || byte != b'"';
            self.is_escaped = byte == b'\\' && !self.is_escaped;
            return byte;
        }
        if let Some(((wanted, replaced), rest)) = self.token.split_first() {
            if byte == *wanted {
                self.token = rest;
                return *replaced;
            }
            self.token = &[];
            return NO_JSON;
        }
        match byte {
            b'[' | b'{' => self.is_json = true,
            b'"' => self.in_string = self.is_json,
            b'N' if self.is_json => self.token = NAN_STEPS,
            b'I' if self.is_json => self.token = INFINITE_STEPS,
            _ => return byte,
        }
        if self.token.is_empty() {
            byte
        } else {
            self.next(byte)
        }
    }
}

/// The packets of a polling body; a record separator stands between them.
pub(super) fn in_body(body: &mut [u8]) {
    let mut scan = Scan::default();
    for byte in body {
        if *byte == 0x1e {
            scan = Scan::default();
        } else {
            *byte = scan.next(*byte);
        }
    }
}

/// The text with `null` where there was no number.
pub(super) fn nulls(text: &str) -> Cow<'_, str> {
    if !text.contains(NAN) && !text.contains(INFINITE) {
        return Cow::Borrowed(text);
    }
    // In a string the second quote would have a backslash before it.
    let text = text.replace(NAN, "null");
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut is_escaped) = (false, false);
    let mut rest = text.as_str();
    while let Some(sign) = rest.chars().next() {
        let infinite = rest.strip_prefix('-').unwrap_or(rest);
        if !in_string && let Some(after) = infinite.strip_prefix(INFINITE) {
            out.push_str("null");
            rest = after;
            continue;
        }
        if in_string {
            in_string = is_escaped || sign != '"';
            is_escaped = sign == '\\' && !is_escaped;
        } else {
            in_string = sign == '"';
        }
        out.push(sign);
        rest = &rest[sign.len_utf8()..];
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(packet: &str) -> String {
        let mut bytes = packet.as_bytes().to_vec();
        in_body(&mut bytes);
        assert_eq!(bytes.len(), packet.len());
        nulls(std::str::from_utf8(&bytes).unwrap()).into_owned()
    }

    #[test]
    fn what_is_no_number_is_null() {
        for (packet, expected) in [
            (r#"42["a",{"x":NaN}]"#, r#"42["a",{"x":null}]"#),
            (
                r#"42["a",[NaN,Infinity,-Infinity,1]]"#,
                r#"42["a",[null,null,null,1]]"#,
            ),
            (
                r#"42["NaN","Infinity","-Infinity"]"#,
                r#"42["NaN","Infinity","-Infinity"]"#,
            ),
            (r#"42["a\"NaN","\\",NaN]"#, r#"42["a\"NaN","\\",null]"#),
            (r#"40/NaN,{"a":"é"}"#, r#"40/NaN,{"a":"é"}"#),
            ("42[\"a\"]\u{1e}42/NI,[NaN]", "42[\"a\"]\u{1e}42/NI,[null]"),
            (r#"42["9e999999",-9e5]"#, r#"42["9e999999",-9e5]"#),
        ] {
            assert_eq!(through(packet), expected);
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for packet in ["42[Nan]", "42[NaNN]", "42[Inf]", "42[\"NaN", "42[N", "42N"] {
            assert!(
                serde_json::from_str::<serde_json::Value>(&through(packet)[2..]).is_err(),
                "{packet}"
            );
        }
    }
}
