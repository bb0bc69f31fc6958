//! Addresses. In: `/api/v1/sessions/a%2Fb?tab=x`. Out: parts of the path, and pairs, decoded.

/// An address, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The parts of the path.
    pub parts: Vec<String>,
    pairs: Vec<(String, String)>,
}

impl Address {
    pub(crate) fn read(path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts = path.split('/').filter(|part| !part.is_empty());
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self {
            parts: parts.map(|part| decode(part, false)).collect(),
            pairs: pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name, true), decode(value, true))
                })
                .collect(),
        }
    }

    /// All pairs.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a name, where it says something.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs().find(|(known, _)| *known == name);
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }
}

/// Decodes `%XX`, and `+` where it stands for a space.
fn decode(text: &str, plus: bool) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = (bytes.get(at + 1), bytes.get(at + 2));
        let value = match (byte, pair) {
            (b'%', (Some(high), Some(low))) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        if let Some((high, low)) = value {
            decoded.push((high * 16 + low) as u8);
            at += 3;
        } else {
            decoded.push(if plus && *byte == b'+' { b' ' } else { *byte });
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_decoded() {
        let address = Address::read("/api/v1/sessions/a%2Fb+%3F?q=a+b%26c&empty=&bad=%zz");
        assert_eq!(address.parts, ["api", "v1", "sessions", "a/b+?"]);
        assert_eq!(address.get("q"), Some("a b&c"));
        assert_eq!(address.get("empty"), None);
        assert_eq!(address.get("bad"), Some("%zz"));
    }
}
