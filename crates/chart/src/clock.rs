//! The clocks of a zone over a stretch of time. In: offsets from UTC. Out: what clocks show, on both sides of a change.

const SECOND: f64 = 1000.0;
const QUARTER: f64 = 15.0 * 60.0 * SECOND;
const DAY: f64 = 24.0 * 3600.0 * SECOND;

/// So many looks at a zone at most. Clocks are changed weeks apart, so none of a few years' changes is missed.
const LOOKS: f64 = 400.0;

/// See the module.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Clock {
    /// East of UTC before the first change, in seconds.
    first_s: i32,
    /// When clocks are changed, in ms since the epoch, and how far east they are from then on; in order.
    changes: Vec<(f64, i32)>,
}

impl Clock {
    /// Clocks that are never changed.
    pub const fn fixed(offset_s: i32) -> Self {
        Self {
            first_s: offset_s,
            changes: Vec::new(),
        }
    }

    /// The clocks of a zone between two instants, in ms since the epoch; asks for its offset at some of them.
    pub fn between(from_ms: f64, to_ms: f64, offset_s: impl Fn(f64) -> i32) -> Self {
        let first_s = offset_s(from_ms);
        let step = DAY * ((to_ms - from_ms) / LOOKS / DAY).ceil().max(1.0);
        let mut changes = Vec::new();
        let (mut at, mut known_s) = (from_ms, first_s);
        // Whole days, so that whoever remembers answers is asked for the same instants again.
        for look in 1..=LOOKS as u32 + 1 {
            if at.is_nan() || at >= to_ms {
                break;
            }
            let next = ((from_ms / DAY).floor() * DAY + f64::from(look) * step).min(to_ms);
            let next_s = offset_s(next);
            if next_s != known_s {
                changes.push((change(at, next, known_s, &offset_s), next_s));
            }
            (at, known_s) = (next, next_s);
        }
        Self { first_s, changes }
    }

    /// What clocks show at an instant, as ms since the epoch.
    pub(crate) fn shows(&self, ms: f64) -> f64 {
        let passed = self.changes.partition_point(|(at, _)| *at <= ms);
        let offset_s = match passed.checked_sub(1) {
            Some(last) => self.changes[last].1,
            None => self.first_s,
        };
        ms + f64::from(offset_s) * SECOND
    }

    /// The stretches of a range in which clocks are not changed: from, to (which is the next one's), and how far clocks
    /// are ahead of UTC, in ms.
    pub(crate) fn stretches(&self, low: f64, high: f64) -> impl Iterator<Item = (f64, f64, f64)> {
        let first = std::iter::once((f64::NEG_INFINITY, self.first_s));
        let from = first.chain(self.changes.iter().copied());
        let to = self.changes.iter().map(|(at, _)| *at);
        let to = to.chain(std::iter::once(f64::INFINITY));
        from.zip(to)
            .filter(move |((from, _), to)| *from <= high && *to > low)
            .map(move |((from, offset_s), to)| (from.max(low), to, f64::from(offset_s) * SECOND))
    }
}

/// When an offset is no longer what it was at `from`; zones change at quarters of an hour.
fn change(from: f64, to: f64, known_s: i32, offset_s: &impl Fn(f64) -> i32) -> f64 {
    let (mut low, mut high) = ((from / QUARTER).floor(), (to / QUARTER).ceil());
    // A range of years is a few thousand quarters of an hour.
    for _ in 0..48 {
        let middle = f64::midpoint(low, high).floor();
        if middle <= low {
            break;
        }
        if offset_s(middle * QUARTER) == known_s {
            low = middle;
        } else {
            high = middle;
        }
    }
    high * QUARTER
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0 * SECOND;
    /// 2026-03-29T01:00:00Z, when clocks of Berlin are set ahead, and 2026-10-25T01:00:00Z, when they are set back.
    const AHEAD: f64 = 1_774_746_000_000.0;
    const BACK: f64 = 1_792_890_000_000.0;

    fn berlin(ms: f64) -> i32 {
        if (AHEAD..BACK).contains(&ms) {
            7200
        } else {
            3600
        }
    }

    #[test]
    fn changes_are_found_where_they_are() {
        let year = Clock::between(AHEAD - 80.0 * DAY, BACK + 60.0 * DAY, berlin);
        assert_eq!(year.changes, [(AHEAD, 7200), (BACK, 3600)]);
        let night = Clock::between(BACK - 1234.0, BACK + 5678.0, berlin);
        assert_eq!(night.changes, [(BACK, 3600)]);
        let day = Clock::between(BACK - 2.0 * DAY, BACK - DAY, berlin);
        assert_eq!(day, Clock::fixed(7200));
        let decade = Clock::between(AHEAD - 3650.0 * DAY, BACK + DAY, berlin);
        assert_eq!(decade.changes, [(AHEAD, 7200), (BACK, 3600)]);
    }

    #[test]
    fn clocks_show_the_offset_of_the_instant() {
        let clock = Clock::between(BACK - DAY, BACK + DAY, berlin);
        for (at, ahead) in [(-1.0, 2.0), (0.0, 1.0), (1e9, 1.0), (-1e9, 2.0)] {
            let shown = clock.shows(BACK + at) - (BACK + at);
            assert!((shown - ahead * HOUR).abs() < 1.0, "{at}: {shown}");
        }
    }

    #[test]
    fn any_range_is_an_answer() {
        for (from, to) in [
            (f64::NAN, 0.0),
            (0.0, f64::NAN),
            (f64::NEG_INFINITY, f64::INFINITY),
            (1.0, 0.0),
            (f64::MIN, f64::MAX),
        ] {
            let clock = Clock::between(from, to, berlin);
            assert!(clock.changes.len() <= LOOKS as usize + 1, "{from} {to}");
        }
    }
}
