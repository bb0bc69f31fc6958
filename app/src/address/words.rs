//! What addresses say, in words that every page shares. In: an address's fields; what is odd is passed over. Out: stretches of
//! axes; addresses with fields.

use leptos_router::params::ParamsMap;
use loopscope_protocol::percent_encode;

/// A stretch of an axis in one word: `2.5..7.5`.
pub fn stretch(text: &str) -> Option<(f64, f64)> {
    let (from, to) = text.split_once("..")?;
    bounded(from, to)
}

/// A stretch of an axis in two fields: `from` and `to`.
pub fn from_to(params: &ParamsMap) -> Option<(f64, f64)> {
    bounded(&params.get("from")?, &params.get("to")?)
}

fn bounded(from: &str, to: &str) -> Option<(f64, f64)> {
    let (from, to) = (from.parse::<f64>().ok()?, to.parse::<f64>().ok()?);
    (from.is_finite() && to.is_finite() && from < to).then_some((from, to))
}

/// An address with more fields.
pub fn with_fields(mut href: String, fields: &[(&'static str, String)]) -> String {
    for (name, value) in fields {
        href.push(if href.contains('?') { '&' } else { '?' });
        href.push_str(name);
        href.push('=');
        percent_encode(value, &mut href);
    }
    href
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_has_two_ends_in_order() {
        assert_eq!(stretch("-2.5..7e3"), Some((-2.5, 7_000.0)));
        let odd = [
            "", "5..1", "5..5", "NaN..2", "1..inf", "1", "a..b", "1..2..3",
        ];
        for odd in odd {
            assert_eq!(stretch(odd), None, "{odd}");
        }
        let mut params = ParamsMap::new();
        params.insert("from", "1".to_owned());
        assert_eq!(from_to(&params), None);
        params.insert("to", "2".to_owned());
        assert_eq!(from_to(&params), Some((1.0, 2.0)));
    }

    #[test]
    fn fields_are_written_so_that_they_are_read_again() {
        let fields = [("q", "a b&c".to_owned()), ("at", "5".to_owned())];
        assert_eq!(with_fields("/s".to_owned(), &fields), "/s?q=a%20b%26c&at=5");
        assert_eq!(with_fields("/s?x=1".to_owned(), &[]), "/s?x=1");
    }
}
