//! Paths from outside, kept inside the folder they are meant for.

/// Resolves `.` and `..` in a relative path. `None` when it is absolute, leaves its root, or holds a backslash
/// or a NUL.
pub fn resolve(relative: &str) -> Option<String> {
    if relative.starts_with('/') || relative.contains(['\\', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The part of the file name after the last dot; `None` without one, or for names such as `.profile`.
pub fn extension(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_dots() {
        assert_eq!(resolve("a/./b//c").unwrap(), "a/b/c");
        assert_eq!(resolve("a/../b").unwrap(), "b");
    }

    #[test]
    fn refuses_to_leave() {
        assert_eq!(resolve("../secret"), None);
        assert_eq!(resolve("/etc/passwd"), None);
    }

    #[test]
    fn finds_extensions() {
        assert_eq!(extension("src/main.rs"), Some("rs"));
        assert_eq!(extension("a.b/c"), None);
        assert_eq!(extension(".profile"), None);
    }
}
