//! How long a code takes to send.

/// The length of a code in units: a dot is one, a dash three, with one between them, three between signs and seven
/// between words.
pub fn units(code: &str) -> u32 {
    let words: Vec<u32> = code.split('/').map(word_units).collect();
    let gaps = words.len().saturating_sub(1) as u32;
    words.iter().sum::<u32>() + 7 * gaps
}

/// The length of a word.
fn word_units(word: &str) -> u32 {
    let signs: Vec<u32> = word.split_whitespace().map(sign_units).collect();
    let gaps = signs.len().saturating_sub(1) as u32;
    signs.iter().sum::<u32>() + 3 * gaps
}

/// The length of a sign.
fn sign_units(sign: &str) -> u32 {
    let marks = sign.chars().map(|mark| if mark == '-' { 3 } else { 1 });
    marks.sum::<u32>() + (sign.len() as u32).saturating_sub(1)
}

/// How many milliseconds a unit lasts at a speed in words of PARIS a minute.
pub fn unit_ms(words_per_minute: u32) -> u32 {
    1_200_u32.checked_div(words_per_minute).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paris_has_fifty_units_with_the_gap_behind_it() {
        assert_eq!(units(".--. .- .-. .. ...") + 7, 50);
    }

    #[test]
    fn words_are_seven_apart() {
        assert_eq!(units(". / ."), 9);
    }

    #[test]
    fn no_speed_is_no_length() {
        assert_eq!(unit_ms(0), 0);
        assert_eq!(unit_ms(20), 60);
    }
}
