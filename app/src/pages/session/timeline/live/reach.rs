//! What a hand does to a stretch of time. In: a stretch, and all there is. Out: another stretch.

use super::super::scale::{LEAST_US, Stretch};

impl Stretch {
    /// The time at a share of the stretch.
    pub(in super::super) fn at(self, share: f64) -> i64 {
        self.from_us + (share * self.length_us()) as i64
    }

    /// Zoomed around a place, which stays where it is; within `whole`.
    pub(in super::super) fn zoomed(self, around: f64, factor: f64, whole: Self) -> Self {
        let length = (self.length_us() * factor).clamp(LEAST_US, whole.length_us());
        let from = self.at(around) as f64 - around * length;
        Self {
            from_us: from.round() as i64,
            to_us: (from + length).round() as i64,
        }
        .within(whole)
    }

    /// Moved by a share of itself; within `whole`.
    pub(in super::super) fn moved(self, by: f64, whole: Self) -> Self {
        let by = (by * self.length_us()) as i64;
        Self {
            from_us: self.from_us + by,
            to_us: self.to_us + by,
        }
        .within(whole)
    }

    /// The same length, moved into `whole`.
    pub(in super::super) fn within(self, whole: Self) -> Self {
        let length = self.to_us - self.from_us;
        if length >= whole.to_us - whole.from_us {
            return whole;
        }
        let from_us = self.from_us.clamp(whole.from_us, whole.to_us - length);
        Self {
            from_us,
            to_us: from_us + length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_767_607_200_000_000;

    fn stretch(seconds: f64) -> Stretch {
        Stretch {
            from_us: START,
            to_us: START + (seconds * 1e6) as i64,
        }
    }

    #[test]
    fn a_place_stays_where_it_is_while_zooming() {
        let whole = Stretch::whole(START, START + 100_000_000);
        let zoomed = stretch(100.0).zoomed(0.25, 0.5, whole);
        assert_eq!((zoomed.at(0.25) - stretch(100.0).at(0.25)).abs() / 100, 0);
        assert!((zoomed.length_us() - 50e6).abs() < 2.0);
        // Neither further out than the whole, nor closer than there is anything to see.
        assert_eq!(zoomed.zoomed(0.9, 1e9, whole), whole);
        let near = zoomed.zoomed(0.5, 1e-12, whole);
        assert!((near.length_us() - LEAST_US).abs() < 2.0);
    }

    #[test]
    fn a_hand_does_not_leave_the_whole() {
        let whole = Stretch::whole(START, START + 100_000_000);
        let moved = stretch(10.0).moved(-50.0, whole);
        assert_eq!(moved.from_us, whole.from_us);
        let moved = stretch(10.0).moved(1_000.0, whole);
        assert_eq!(moved.to_us, whole.to_us);
        assert!((moved.length_us() - 10e6).abs() < 2.0);
    }
}
