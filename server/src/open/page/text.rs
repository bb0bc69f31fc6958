//! Text on its way into HTML. In: text. Out: HTML that means the same, with `code` between backticks set as code.

/// A text as it stands.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A text of sentences: what stands between backticks is code.
pub(super) fn prose(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for (n, part) in text.split('`').enumerate() {
        if n % 2 == 1 {
            html.push_str(&format!("<code>{}</code>", escape(part)));
        } else {
            html.push_str(&escape(part));
        }
    }
    html
}

/// A path: it may break before each of its parts, and its parameters stand out.
pub(super) fn path(path: &str) -> String {
    let mut html = String::new();
    for part in path.split('/').skip(1) {
        html.push_str("<wbr>/");
        let part = escape(part);
        if part.starts_with('{') {
            html.push_str(&format!("<var>{part}</var>"));
        } else {
            html.push_str(&part);
        }
    }
    html
}

/// A name as an id.
pub(super) fn slug(name: &str) -> String {
    let letters = name.chars().map(|letter| {
        if letter.is_ascii_alphanumeric() {
            letter.to_ascii_lowercase()
        } else {
            '-'
        }
    });
    let slug: String = letters.collect();
    slug.split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_html_of_ours_is_text() {
        assert_eq!(prose("a `<b>` & c"), "a <code>&lt;b&gt;</code> &amp; c");
        assert_eq!(path("/a/{id}"), "<wbr>/a<wbr>/<var>{id}</var>");
        assert_eq!(slug("Contract: training"), "contract-training");
    }
}
