//! Text cut, wrapped and simplified, at the borders of characters.

/// The longest beginning of at most `max_bytes` bytes that ends between two characters.
pub fn truncate(text: &str, max_bytes: usize) -> &str {
    let mut end = max_bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// At most `max_chars` characters; where some were left out, the last one is `…`.
pub fn elide(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_string();
    }
    let Some(kept) = max_chars.checked_sub(1) else {
        return String::new();
    };
    let mut out: String = text.chars().take(kept).collect();
    out.push('…');
    out
}

/// Breaks text into lines of at most `width` characters. A longer word has a line of its own.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let needed = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && needed > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Lower-case letters and digits joined by single dashes, as in the addresses of pages.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            out.push(letter);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncates_plain_text() {
        assert_eq!(truncate("hello", 3), "hel");
        assert_eq!(truncate("hi", 10), "hi");
    }

    #[test]
    fn elides_the_end() {
        assert_eq!(elide("hello", 4), "hel…");
        assert_eq!(elide("hello", 5), "hello");
    }

    #[test]
    fn wraps_at_words() {
        assert_eq!(wrap("the quick brown fox", 9), ["the quick", "brown fox"]);
        assert_eq!(wrap("", 9), [""; 0]);
    }

    #[test]
    fn slugs() {
        assert_eq!(slug("Hello, World"), "hello-world");
        assert_eq!(slug("Rust 2024"), "rust-2024");
    }
}
