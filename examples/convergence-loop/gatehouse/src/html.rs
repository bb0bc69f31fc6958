//! Text made safe to stand in HTML, in an element or a quoted attribute.

/// Replaces the five characters that mean something to a browser.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Writes `name="value"` with the value made safe.
pub fn attribute(name: &str, value: &str) -> String {
    let value = escape(value);
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_tags() {
        assert_eq!(escape("<b>bold</b>"), "&lt;b&gt;bold&lt;/b&gt;");
    }

    #[test]
    fn escapes_ampersands_once() {
        assert_eq!(escape("a & b &lt;"), "a &amp; b &amp;lt;");
    }

    #[test]
    fn keeps_the_rest() {
        assert_eq!(escape("déjà vu"), "déjà vu");
    }

    #[test]
    fn attributes_are_quoted() {
        assert_eq!(
            attribute("title", "say \"hi\""),
            "title=\"say &quot;hi&quot;\""
        );
    }
}
