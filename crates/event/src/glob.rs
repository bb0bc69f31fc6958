//! Patterns of names: `*` stands for anything, letter case does not matter. In: pattern, name. Out: a match or not.

/// Whether the name is meant. Takes time in the product of both lengths at most, whatever the pattern.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    // Where the newest star is, and how much of the name it stands for by now.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(sign) if sign.eq_ignore_ascii_case(&name[n]) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|sign| *sign == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name, meant) in [
            ("loss", "LOSS", true),
            ("loss", "losses", false),
            ("*loss", "ppo/value_loss", true),
            ("*loss", "loss/x", false),
            ("epoch/*/env3", "epoch/val_accuracy/env3", true),
            ("epoch/*/env3", "epoch/env3", false),
            ("*_DETECTED", "RATIO_COLLAPSE_DETECTED", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("**", "x", true),
            ("ü*", "übung", true),
        ] {
            assert_eq!(matches(pattern, name), meant, "{pattern} {name}");
        }
    }
}
