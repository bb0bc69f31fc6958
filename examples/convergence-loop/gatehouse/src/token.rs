//! Secrets compared and shown without giving them away.

/// Compares in a time that does not depend on where the two differ.
pub fn same(given: &[u8], known: &[u8]) -> bool {
    if given.len() != known.len() {
        return false;
    }
    let differences = given.iter().zip(known).fold(0, |sum, (a, b)| sum | (a ^ b));
    differences == 0
}

/// The token out of `Bearer <token>`; the word is read in any case.
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The last four characters behind stars; a short secret is hidden whole.
pub fn mask(secret: &str) -> String {
    let count = secret.chars().count();
    let shown = if count < 12 { 0 } else { 4 };
    let tail: String = secret.chars().skip(count - shown).collect();
    format!("****{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares() {
        assert!(same(b"secret", b"secret"));
        assert!(!same(b"secret", b"sekret"));
    }

    #[test]
    fn reads_the_bearer() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer abc"), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
    }

    #[test]
    fn masks() {
        assert_eq!(mask("sk-0123456789abcdef"), "****cdef");
        assert_eq!(mask("short"), "****");
    }
}
