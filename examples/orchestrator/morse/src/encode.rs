//! Text to code.

use crate::table;

/// A sign that has no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown(pub char);

/// A text in code: a blank between signs, a slash between words.
pub fn encode(text: &str) -> Result<String, Unknown> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        words.push(encode_word(word)?);
    }
    Ok(words.join(" / "))
}

/// A word in code.
fn encode_word(word: &str) -> Result<String, Unknown> {
    let mut signs = Vec::new();
    for sign in word.chars() {
        signs.push(table::code(sign).ok_or(Unknown(sign))?);
    }
    Ok(signs.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_by_slashes() {
        assert_eq!(encode("go on").unwrap(), "--. --- / --- -.");
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(encode("  ").unwrap(), "");
    }

    #[test]
    fn a_sign_without_a_code_is_named() {
        assert_eq!(encode("a!"), Err(Unknown('!')));
    }
}
