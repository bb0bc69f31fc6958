//! Text taken apart, so that no finder mistakes a comment or a string for code.
//!
//! In: a language and a text. Out: each line's code, with what stands between quotation marks left out, and each
//! line's comment. It never fails: a text that is not what it says gives lines all the same.

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Rust.
    Rust,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Python.
    Python,
    /// Style sheets.
    Css,
    /// SQL.
    Sql,
    /// Shell scripts.
    Shell,
    /// TOML.
    Toml,
}

impl Language {
    /// By a file's name; `None` for what is not source.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name.rsplit_once('.')?.1 {
            "rs" => Self::Rust,
            "js" | "mjs" | "cjs" | "ts" | "tsx" | "jsx" => Self::JavaScript,
            "py" => Self::Python,
            "css" => Self::Css,
            "sql" => Self::Sql,
            "sh" => Self::Shell,
            "toml" => Self::Toml,
            _ => return None,
        })
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
            Self::Css => "CSS",
            Self::Sql => "SQL",
            Self::Shell => "Shell",
            Self::Toml => "TOML",
        }
    }

    const fn line_comment(self) -> &'static str {
        match self {
            Self::Rust | Self::JavaScript => "//",
            Self::Python | Self::Shell | Self::Toml => "#",
            Self::Sql => "--",
            Self::Css => "",
        }
    }

    const fn has_block_comments(self) -> bool {
        matches!(self, Self::Rust | Self::JavaScript | Self::Css | Self::Sql)
    }

    /// What closes a string that this text opens, and whether it may go over lines and escape by backslashes.
    fn string(self, rest: &str) -> Option<Quote> {
        let triple = matches!(self, Self::Python | Self::Toml);
        let quotes: &[(&str, bool, bool)] = match self {
            _ if triple && rest.starts_with("\"\"\"") => &[("\"\"\"", true, true)],
            _ if triple && rest.starts_with("'''") => &[("'''", true, true)],
            Self::Rust => &[("\"", true, true)],
            Self::JavaScript => &[("\"", false, true), ("'", false, true), ("`", true, true)],
            Self::Shell => &[("\"", true, true), ("'", true, false)],
            Self::Sql => &[("'", true, false)],
            _ => &[("\"", false, true), ("'", false, true)],
        };
        let found = quotes.iter().find(|(open, ..)| rest.starts_with(open))?;
        Some(Quote {
            open: found.0.len(),
            close: found.0.to_owned(),
            over_lines: found.1,
            escapes: found.2,
        })
    }
}

/// A string that was opened.
#[derive(Debug, Clone)]
struct Quote {
    open: usize,
    close: String,
    over_lines: bool,
    escapes: bool,
}

/// A line, its code and its comment apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// The code; of a string only the quotation marks.
    pub code: String,
    /// The comment, with its marks.
    pub comment: String,
}

/// Where in a text we are.
enum At {
    Code,
    LineComment,
    /// So deep.
    BlockComment(usize),
    String(Quote),
}

/// Takes a text apart; as many lines as `str::lines` gives.
pub fn lines(language: Language, text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = At::Code;
    for text in text.lines() {
        let mut line = Line::default();
        if matches!(&at, At::LineComment) || matches!(&at, At::String(quote) if !quote.over_lines) {
            at = At::Code;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let (length, next) = step(language, &at, rest, &mut line);
            at = next.unwrap_or(at);
            rest = rest.get(length..).unwrap_or_default();
        }
        lines.push(line);
    }
    lines
}

/// One step on: how many bytes it took, and where we are after it when that is elsewhere.
fn step(language: Language, at: &At, rest: &str, line: &mut Line) -> (usize, Option<At>) {
    let first = rest.chars().next().map_or(1, char::len_utf8);
    match at {
        At::Code => code(language, rest, first, line),
        At::LineComment => {
            line.comment.push_str(rest);
            (rest.len(), None)
        }
        At::BlockComment(depth) => {
            let (length, depth) = if rest.starts_with("*/") {
                (2, depth - 1)
            } else if language == Language::Rust && rest.starts_with("/*") {
                (2, depth + 1)
            } else {
                (first, *depth)
            };
            line.comment.push_str(&rest[..length]);
            let next = if depth == 0 {
                At::Code
            } else {
                At::BlockComment(depth)
            };
            (length, Some(next))
        }
        At::String(quote) => {
            if quote.escapes && rest.starts_with('\\') {
                let escaped = rest[1..].chars().next().map_or(0, char::len_utf8);
                (1 + escaped, None)
            } else if rest.starts_with(&quote.close) {
                line.code.push_str(&quote.close);
                (quote.close.len(), Some(At::Code))
            } else {
                (first, None)
            }
        }
    }
}

fn code(language: Language, rest: &str, first: usize, line: &mut Line) -> (usize, Option<At>) {
    let mark = language.line_comment();
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let after_word = line.code.ends_with(is_word);
    if !mark.is_empty()
        && rest.starts_with(mark)
        && !(language == Language::Shell && !line.code.is_empty() && !line.code.ends_with(' '))
    {
        return (0, Some(At::LineComment));
    }
    if language.has_block_comments() && rest.starts_with("/*") {
        line.comment.push_str("/*");
        return (2, Some(At::BlockComment(1)));
    }
    if language == Language::Rust {
        if !after_word && let Some(quote) = raw_string(rest) {
            line.code.push_str(&rest[..quote.open]);
            return (quote.open, Some(At::String(quote)));
        }
        if let Some(length) = char_literal(rest) {
            line.code.push_str("''");
            return (length, None);
        }
    }
    if let Some(quote) = language.string(rest) {
        line.code.push_str(&rest[..quote.open]);
        return (quote.open, Some(At::String(quote)));
    }
    line.code.push_str(&rest[..first]);
    (first, None)
}

/// `r"`, `r#"`, `br##"`: opened, with what closes it.
fn raw_string(rest: &str) -> Option<Quote> {
    let inner = rest.strip_prefix('b').unwrap_or(rest);
    let inner = inner.strip_prefix('c').unwrap_or(inner).strip_prefix('r')?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    inner[hashes..].strip_prefix('"')?;
    Some(Quote {
        open: rest.len() - inner.len() + hashes + 1,
        close: format!("\"{}", "#".repeat(hashes)),
        over_lines: true,
        escapes: false,
    })
}

/// The length of a literal such as `'x'` or `'\u{7f}'`; `None` for a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        // The escaped letter may itself be the closing mark.
        let close = inner.get(2..)?.find('\'')?;
        return Some(1 + 2 + close + 1);
    }
    let letter = inner.chars().next()?.len_utf8();
    inner[letter..].starts_with('\'').then_some(1 + letter + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn apart(language: Language, text: &str) -> Vec<(String, String)> {
        let lines = lines(language, text).into_iter();
        lines
            .map(|line| (line.code.trim().to_owned(), line.comment))
            .collect()
    }

    #[test]
    fn code_strings_and_comments_are_told_apart() {
        for (language, text, wanted) in [
            (
                Language::Rust,
                "let a = \"// no\"; // yes",
                ("let a = \"\";", "// yes"),
            ),
            (
                Language::Rust,
                r#"let a = r"\"; // b"#,
                ("let a = r\"\";", "// b"),
            ),
            (
                Language::Rust,
                "let a = r#\"\"{\"#; b",
                ("let a = r#\"\"#; b", ""),
            ),
            (
                Language::Rust,
                "let a = b'\\''; b // c",
                ("let a = b''; b", "// c"),
            ),
            (
                Language::Rust,
                "fn a<'a>(b: &'a str) {",
                ("fn a<'a>(b: &'a str) {", ""),
            ),
            (
                Language::Rust,
                "'{' '\\u{7b}' /* /* */ */ d",
                ("'' ''  d", "/* /* */ */"),
            ),
            (Language::Python, "a = '#' # b", ("a = ''", "# b")),
            (Language::JavaScript, "a = `//` // b", ("a = ``", "// b")),
            (Language::Css, "a { } /* b */", ("a { }", "/* b */")),
            (Language::Sql, "a 'it''s' -- b", ("a ''''", "-- b")),
            (Language::Shell, "echo ${#a} # b", ("echo ${#a}", "# b")),
        ] {
            let found = apart(language, text);
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].0.as_str(), found[0].1.as_str()), wanted, "{text}");
        }
    }

    #[test]
    fn strings_and_comments_go_over_lines() {
        let text = "let a = \"x\n// y\n\"; /* z\nw */ b";
        let found = apart(Language::Rust, text);
        let code: Vec<&str> = found.iter().map(|line| line.0.as_str()).collect();
        assert_eq!(code, ["let a = \"", "", "\";", "b"]);
        assert_eq!(found[2].1, "/* z");
        let code = apart(Language::JavaScript, "a = 'never closed\nb // c");
        assert_eq!(code[1], ("b".to_owned(), "// c".to_owned()));
    }

    proptest! {
        #[test]
        fn any_text_gives_as_many_lines_as_it_has(text in "[a'\"/*#\\\\rb`{é\n]{0,60}") {
            for language in [Language::Rust, Language::JavaScript, Language::Python, Language::Shell] {
                prop_assert_eq!(lines(language, &text).len(), text.lines().count());
            }
        }
    }
}
