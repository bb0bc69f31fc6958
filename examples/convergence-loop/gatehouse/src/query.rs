//! Query strings: `?name=value&name=value`.

use crate::percent;

/// The most pairs that are read; the rest is left alone.
pub const MAX_PAIRS: usize = 64;

/// Reads the pairs in order. What cannot be decoded is skipped; a name without `=` has an empty value.
pub fn parse(text: &str) -> Vec<(String, String)> {
    let text = text.strip_prefix('?').unwrap_or(text);
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .take(MAX_PAIRS)
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Writes pairs that [`parse`] reads back.
pub fn write(pairs: &[(String, String)]) -> String {
    let written: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent::encode(name), percent::encode(value)))
        .collect();
    written.join("&")
}

/// The first value of a name.
pub fn first<'a>(pairs: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.as_str())
}

fn decode(text: &str) -> Option<String> {
    percent::decode(&text.replace('+', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pairs_in_order() {
        let pairs = parse("?b=2&a=1&flag");
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["b", "a", "flag"]);
    }

    #[test]
    fn a_plus_is_a_space() {
        assert_eq!(first(&parse("q=two+words"), "q"), Some("two words"));
    }

    #[test]
    fn skips_what_it_cannot_decode() {
        assert_eq!(parse("a=%zz&b=1").len(), 1);
    }

    #[test]
    fn finds_the_first_value() {
        assert_eq!(first(&parse("a=1&a=2"), "a"), Some("1"));
        assert_eq!(first(&parse("a=1"), "b"), None);
    }
}
