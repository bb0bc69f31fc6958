//! Version numbers: `major.minor.patch`.

/// A version; later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Changes that break.
    pub major: u32,
    /// Changes that add.
    pub minor: u32,
    /// Changes that repair.
    pub patch: u32,
}

/// Reads three numbers joined by dots, an optional `v` before them.
pub fn parse(text: &str) -> Option<Version> {
    let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
    let version = Version {
        major: number(parts.next()?)?,
        minor: number(parts.next()?)?,
        patch: number(parts.next()?)?,
    };
    parts.next().is_none().then_some(version)
}

fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

impl Version {
    /// Whether a program made for `wanted` can use this version instead.
    pub fn serves(self, wanted: Self) -> bool {
        self.major == wanted.major && self >= wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_three_numbers() {
        let version = parse("v1.20.3").unwrap();
        assert_eq!((version.major, version.minor, version.patch), (1, 20, 3));
        assert_eq!(parse("1.2"), None);
        assert_eq!(parse("1.2.3.4"), None);
    }

    #[test]
    fn later_is_greater() {
        assert!(parse("1.10.0") > parse("1.9.9"));
    }

    #[test]
    fn a_later_minor_serves() {
        let wanted = parse("1.2.0").unwrap();
        assert!(parse("1.3.0").unwrap().serves(wanted));
        assert!(!parse("1.1.9").unwrap().serves(wanted));
        assert!(!parse("2.2.0").unwrap().serves(wanted));
    }
}
