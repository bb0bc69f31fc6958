//! The HTTP `Range` header: one range of bytes of a resource.

/// Reads `bytes=0-499`, `bytes=500-` or `bytes=-500` (the last 500) for a resource of `length` bytes. Gives the
/// first and last byte, both inside the resource; `None` where there is no such range.
pub fn parse(header: &str, length: u64) -> Option<(u64, u64)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let end = length.checked_sub(1)?;
    if first.is_empty() {
        let count = number(last)?;
        if count == 0 {
            return None;
        }
        return Some((length.saturating_sub(count), end));
    }
    let first = number(first)?;
    let last = if last.is_empty() {
        end
    } else {
        number(last)?.min(end)
    };
    (first <= last).then_some((first, last))
}

fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// How many bytes a range holds.
pub fn size(first: u64, last: u64) -> u64 {
    last.saturating_sub(first).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_range() {
        assert_eq!(parse("bytes=0-499", 1_000), Some((0, 499)));
        assert_eq!(parse("bytes=500-", 1_000), Some((500, 999)));
    }

    #[test]
    fn reads_the_tail() {
        assert_eq!(parse("bytes=-200", 1_000), Some((800, 999)));
        assert_eq!(parse("bytes=-0", 1_000), None);
    }

    #[test]
    fn refuses_what_is_backwards() {
        assert_eq!(parse("bytes=9-3", 1_000), None);
        assert_eq!(parse("items=0-9", 1_000), None);
    }

    #[test]
    fn counts_both_ends() {
        assert_eq!(size(0, 499), 500);
    }
}
