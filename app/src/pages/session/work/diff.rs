//! A difference as lines with their numbers and tones. In: text, as a program sent it. Out: markup in which all of it is text.

use std::fmt::Write as _;

/// The most lines that are drawn of one difference.
const MOST: usize = 400;

/// Lines added and taken away.
pub(super) fn changed(diff: &str) -> (u64, u64) {
    let count = |sign: char, head: &str| {
        let own = |line: &&str| line.starts_with(sign) && !line.starts_with(head);
        diff.lines().filter(own).count() as u64
    };
    (count('+', "+++"), count('-', "---"))
}

/// The first line numbers, old and new, of `@@ -69,5 +69,8 @@ …`.
fn hunk(line: &str) -> Option<(u64, u64)> {
    let rest = line.strip_prefix("@@ -")?;
    let (old, rest) = rest.split_once(" +")?;
    let number = |text: &str| text.split([',', ' ']).next()?.parse().ok();
    Some((number(old)?, number(rest)?))
}

/// The markup. A text that is no unified difference has no numbers.
pub(super) fn markup(diff: &str) -> String {
    let mut out = String::with_capacity(diff.len() * 2);
    let mut at: Option<(u64, u64)> = None;
    for line in diff.lines().take(MOST) {
        let is_head = line.starts_with("+++") || line.starts_with("---");
        if let Some(numbers) = hunk(line) {
            at = Some(numbers);
            put(&mut out, "hunk", [None, None], ' ', line);
        } else if is_head && at.is_none() {
            put(&mut out, "meta", [None, None], ' ', line);
        } else if let Some(text) = line.strip_prefix('+') {
            put(&mut out, "add", [None, at.map(|(_, new)| new)], '+', text);
            at = at.map(|(old, new)| (old, new + 1));
        } else if let Some(text) = line.strip_prefix('-') {
            put(&mut out, "del", [at.map(|(old, _)| old), None], '-', text);
            at = at.map(|(old, new)| (old + 1, new));
        } else {
            let text = line.strip_prefix(' ').unwrap_or(line);
            let numbers = [at.map(|(old, _)| old), at.map(|(_, new)| new)];
            put(&mut out, "same", numbers, ' ', text);
            at = at.map(|(old, new)| (old + 1, new + 1));
        }
    }
    let more = diff.lines().count().saturating_sub(MOST);
    if more > 0 {
        let words = format!("{more} more lines");
        put(&mut out, "meta", [None, None], ' ', &words);
    }
    out
}

fn put(out: &mut String, class: &str, numbers: [Option<u64>; 2], sign: char, text: &str) {
    // Writing into a string cannot fail.
    let _ = write!(out, r#"<p class="{class}">"#);
    for number in numbers {
        out.push_str(r#"<span class="g">"#);
        if let Some(number) = number {
            let _ = write!(out, "{number}");
        }
        out.push_str("</span>");
    }
    let _ = write!(out, r#"<span class="s">{sign}</span><span class="x">"#);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out.push_str("</span></p>");
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "--- a/x\n+++ b/x\n@@ -69,3 +69,3 @@ fn load\n keep\n-old\n+new <b>\n+more";

    #[test]
    fn lines_have_their_numbers_and_tones() {
        let markup = markup(DIFF);
        let has = |part: &str| assert!(markup.contains(part), "{part} in {markup}");
        has(r#"<p class="same"><span class="g">69</span><span class="g">69</span>"#);
        has(r#"<p class="del"><span class="g">70</span><span class="g"></span>"#);
        has(r#"<p class="add"><span class="g"></span><span class="g">70</span>"#);
        has(r#"<p class="add"><span class="g"></span><span class="g">71</span>"#);
        assert_eq!(markup.matches(r#"class="meta""#).count(), 2);
        assert_eq!(changed(DIFF), (2, 1));
    }

    #[test]
    fn nothing_of_a_program_is_markup() {
        let markup = markup("+</p><script>alert('1')</script>&\"");
        assert!(
            markup.contains("&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;")
        );
        assert_eq!(markup.matches("<p").count(), 1);
    }

    #[test]
    fn any_text_is_drawn_and_a_long_one_is_cut() {
        assert_eq!(markup("").len(), 0);
        assert!(markup("@@ nonsense\nwords").contains("words"));
        let long = "+x\n".repeat(MOST + 7);
        assert!(markup(&long).contains("7 more lines"));
    }
}
