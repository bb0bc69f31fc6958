//! HTTP header lines, safe against smuggling a second line in.

/// Writes `Name: value`. `None` when the name is no token or the value could end the line.
pub fn build(name: &str, value: &str) -> Option<String> {
    if !is_token(name) || value.contains(['\r', '\n', '\0']) {
        return None;
    }
    Some(format!("{name}: {}", value.trim()))
}

/// Reads `Name: value`; the name comes back in lower case.
pub fn parse(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    if !is_token(name) || value.contains(['\r', '\n', '\0']) {
        return None;
    }
    Some((name.to_ascii_lowercase(), value.trim().to_string()))
}

fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_a_line() {
        assert_eq!(build("Host", " example.org ").unwrap(), "Host: example.org");
    }

    #[test]
    fn refuses_a_second_line() {
        assert_eq!(build("Host", "a\nSet-Cookie: b"), None);
    }

    #[test]
    fn reads_a_line() {
        let (name, value) = parse("Content-Type:  text/html ").unwrap();
        assert_eq!(
            (name.as_str(), value.as_str()),
            ("content-type", "text/html")
        );
    }

    #[test]
    fn refuses_names_that_are_no_token() {
        assert_eq!(build("Bad Name", "a"), None);
        assert_eq!(parse(": a"), None);
    }
}
