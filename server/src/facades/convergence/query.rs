//! The query string of the contract's lists. In: `limit`, `offset`, `format`. Out: a clamped [`Page`], or which is wrong.

/// The most rows of one page.
pub(crate) const MAX_LIMIT: usize = 1000;

/// Which rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// How many, 1 to [`MAX_LIMIT`].
    pub(crate) limit: usize,
    /// How many to leave out before them.
    pub(crate) offset: u64,
}

impl Page {
    /// The default page of sessions.
    pub(crate) const fn sessions() -> Self {
        Self {
            limit: 10,
            offset: 0,
        }
    }

    /// The default page of a session's events.
    pub(crate) const fn events() -> Self {
        Self {
            limit: 100,
            offset: 0,
        }
    }

    /// The default page of threats.
    pub(crate) const fn threats() -> Self {
        Self {
            limit: 20,
            offset: 0,
        }
    }

    /// Sets the limit, clamped to 1 to [`MAX_LIMIT`].
    pub(crate) fn set_limit(&mut self, limit: i64) {
        self.limit = limit.clamp(1, MAX_LIMIT as i64) as usize;
    }

    /// Sets the offset; a negative one is 0.
    pub(crate) fn set_offset(&mut self, offset: i64) {
        self.offset = offset.max(0) as u64;
    }
}

/// Reads the pairs of a query string over a default page. The last of a repeated name counts, other names are ignored.
/// The error names the parameter that is no whole number.
pub(crate) fn read_page(pairs: &[(String, String)], mut page: Page) -> Result<Page, &'static str> {
    for (name, value) in pairs {
        match name.as_str() {
            "limit" => page.set_limit(whole_number(value).ok_or("limit")?),
            "offset" => page.set_offset(whole_number(value).ok_or("offset")?),
            _ => {}
        }
    }
    Ok(page)
}

/// Whether a bare array was asked for, as the reference system answered.
pub(crate) fn wants_array(pairs: &[(String, String)]) -> bool {
    pairs
        .iter()
        .any(|(name, value)| name == "format" && value.eq_ignore_ascii_case("array"))
}

/// A decimal whole number of any length, stopped at the ends of i64.
fn whole_number(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let end = if text.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    };
    Some(text.parse().unwrap_or(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_clamped_or_refused() {
        let at = |limit, offset| Ok(Page { limit, offset });
        for (query, expected) in [
            ("", at(10, 0)),
            ("limit=5&offset=7", at(5, 7)),
            ("limit=0", at(1, 0)),
            ("limit=-1", at(1, 0)),
            ("limit=1001", at(1000, 0)),
            ("limit=99999999999999999999999", at(1000, 0)),
            ("limit=-99999999999999999999999", at(1, 0)),
            ("offset=-5", at(10, 0)),
            ("limit=3&limit=4", at(4, 0)),
            ("other=x", at(10, 0)),
            ("limit=abc", Err("limit")),
            ("limit=", Err("limit")),
            ("limit=1.5", Err("limit")),
            ("limit=1e3", Err("limit")),
            ("limit=-", Err("limit")),
            ("offset=--1", Err("offset")),
            ("offset=NaN", Err("offset")),
        ] {
            let pairs: Vec<(String, String)> = query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            assert_eq!(read_page(&pairs, Page::sessions()), expected, "{query}");
        }
    }
}
