//! The style files joined into one, in the order of `main.css`.
//!
//! In: `style/main.css`, which holds nothing but `@import "file.css";` lines and comments. Out: one CSS text.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

/// Reads `main` and every file it imports, in order.
pub(crate) fn join(main: &Path) -> anyhow::Result<String> {
    let text =
        fs::read_to_string(main).with_context(|| format!("cannot read {}", main.display()))?;
    let mut joined = String::new();
    for name in imports(&text)? {
        let path = main.with_file_name(&name);
        let part = fs::read_to_string(&path)
            .with_context(|| format!("{} imports {name}, which cannot be read", main.display()))?;
        joined.push_str(&part);
        joined.push('\n');
    }
    Ok(joined)
}

/// The text without what only people read: comments, line ends, the spaces that nothing asks for. What stands between
/// quotes stays as it is.
pub(crate) fn squeeze(text: &str) -> anyhow::Result<String> {
    let mut kept = String::with_capacity(text.len());
    let mut quote = None;
    let mut space = false;
    for sign in without_comments(text)?.chars() {
        if quote.is_none() && sign.is_whitespace() {
            space = true;
            continue;
        }
        let last = kept.chars().next_back();
        let is_idle = last.is_none_or(|last| "{};,:".contains(last)) || "{};,".contains(sign);
        if space && !is_idle {
            kept.push(' ');
        }
        space = false;
        if sign == '}' && last == Some(';') {
            kept.pop();
        }
        kept.push(sign);
        quote = match quote {
            Some(open) if open == sign => None,
            None if "\"'".contains(sign) => Some(sign),
            other => other,
        };
    }
    Ok(kept)
}

/// The imported names, in order. Anything but imports and comments is an error: rules belong into their own files.
fn imports(text: &str) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for statement in without_comments(text)?.split(';') {
        let statement = statement.trim();
        if statement.is_empty() {
            continue;
        }
        let name = statement
            .strip_prefix("@import")
            .map(str::trim)
            .map(|name| name.trim_start_matches("url(").trim_end_matches(')'))
            .and_then(|name| name.strip_prefix('"')?.strip_suffix('"'));
        match name {
            Some(name) if !name.contains("..") => {
                names.push(name.trim_start_matches("./").to_owned());
            }
            _ => bail!("style/main.css holds only @import \"file.css\"; lines, not: {statement}"),
        }
    }
    Ok(names)
}

/// The text with its `/* … */` taken out; each leaves a space.
fn without_comments(text: &str) -> anyhow::Result<String> {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        kept.push(' ');
        let (_, after) = after
            .split_once("*/")
            .context("a comment in style/ has no end")?;
        rest = after;
    }
    kept.push_str(rest);
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_keep_their_order_and_comments_do_not_count() {
        let text = "/* a; b */\n@import \"tokens.css\";\n@import url(\"./shell.css\");/* @import \"no.css\"; */";
        assert_eq!(imports(text).unwrap(), ["tokens.css", "shell.css"]);
    }

    #[test]
    fn what_only_people_read_is_left_out() {
        let text = "/* a */\n.a > .b,\n.c :hover {\n  color: red;\n  width: calc(1px + 2px);\n}\n\n\
            @media (min-width: 40em) and (hover) {\n  .d::before { content: \"a,  { b: c; }\"; }\n}\n";
        assert_eq!(
            squeeze(text).unwrap(),
            ".a > .b,.c :hover{color:red;width:calc(1px + 2px)}\
             @media (min-width:40em) and (hover){.d::before{content:\"a,  { b: c; }\"}}"
        );
        assert!(squeeze("a { /* }").is_err());
    }

    #[test]
    fn rules_and_paths_outside_are_refused() {
        for text in [
            "body { margin: 0 }",
            "@import \"../secret.css\";",
            "/* open",
        ] {
            assert!(imports(text).is_err(), "{text}");
        }
    }
}
