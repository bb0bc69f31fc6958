//! The keys that walk a chart's points. In: a key, where the crosshair is, how many points there are and how many share a
//! column. Out: where it goes.

/// What a key does to the crosshair.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It goes to a point.
    To(usize),
    /// It goes away.
    Away,
}

/// One column on or back, to either end, or away; `None` where the key is not for the chart.
pub(super) fn step(key: &str, from: Option<usize>, count: usize, column: usize) -> Option<Step> {
    let last = count.checked_sub(1)?;
    Some(match (key, from) {
        ("Escape", Some(_)) => Step::Away,
        ("Home", _) => Step::To(0),
        ("End", _) | ("ArrowLeft" | "ArrowRight", None) => Step::To(last),
        ("ArrowLeft", Some(index)) => Step::To(index.saturating_sub(column)),
        ("ArrowRight", Some(index)) => Step::To((index + column).min(last)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_walk_the_points_and_stop_at_the_ends() {
        for (key, from, to) in [
            ("ArrowRight", None, Some(Step::To(6))),
            ("ArrowRight", Some(6), Some(Step::To(6))),
            ("ArrowRight", Some(2), Some(Step::To(3))),
            ("ArrowLeft", Some(0), Some(Step::To(0))),
            ("Home", Some(4), Some(Step::To(0))),
            ("End", Some(4), Some(Step::To(6))),
            ("Escape", Some(4), Some(Step::Away)),
            ("Escape", None, None),
            ("x", Some(4), None),
        ] {
            assert_eq!(step(key, from, 7, 1), to, "{key} {from:?}");
        }
        assert_eq!(step("End", None, 0, 1), None);
        assert_eq!(step("ArrowRight", Some(2), 90, 40), Some(Step::To(42)));
    }
}
