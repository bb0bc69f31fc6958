//! File-name patterns: `*` stands for any run of characters, `?` for exactly one.

/// Tells whether the whole text matches the pattern.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut retry = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star, taken)) = retry else {
                    return false;
                };
                retry = Some((star, taken + 1));
                p = star;
                t = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_takes_any_run() {
        assert!(matches("*.rs", "main.rs"));
        assert!(matches("a*b*c", "a-b-b-c"));
        assert!(!matches("*.rs", "main.py"));
    }

    #[test]
    fn a_question_mark_takes_one() {
        assert!(matches("v?.txt", "v1.txt"));
        assert!(!matches("v?.txt", "v10.txt"));
        assert!(!matches("v?.txt", "v.txt"));
    }

    #[test]
    fn an_empty_pattern_matches_nothing_else() {
        assert!(matches("", ""));
        assert!(!matches("", "a"));
    }
}
