//! Code to text.

use crate::table;

/// A group of dots and dashes that stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaningless(pub String);

/// A code in capital letters.
pub fn decode(code: &str) -> Result<String, Meaningless> {
    let mut text = String::new();
    for word in code.split('/') {
        if word.trim().is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        for group in word.split_whitespace() {
            let sign = table::sign(group).ok_or_else(|| Meaningless(group.to_owned()))?;
            text.push(sign);
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::encode;

    #[test]
    fn every_sign_comes_back() {
        for (sign, _) in table::TABLE {
            let text = sign.to_string();
            assert_eq!(decode(&encode(&text).unwrap()).unwrap(), text);
        }
    }

    #[test]
    fn words_come_back_apart() {
        assert_eq!(decode("--. --- / --- -.").unwrap(), "GO ON");
    }

    #[test]
    fn a_meaningless_group_is_named() {
        assert_eq!(decode(".......-"), Err(Meaningless(".......-".to_owned())));
    }
}
