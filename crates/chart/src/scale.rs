//! Scales: values to fractions. In: a range and whether it is logarithmic. Out: 0 at its low end, 1 at its
//! high end, `None` for what has no place (NaN, infinite, not positive on a logarithmic scale).

/// Beyond this, a difference of two values could overflow; nothing that is measured comes near.
const LARGEST: f64 = 1e300;
/// Closer to zero than this, a step between two values could vanish.
const SMALLEST: f64 = 1e-290;

/// A range of values laid out from 0 to 1. Always a real range: both ends finite, the high above the low.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    log: bool,
}

impl Scale {
    /// A linear scale over the values between two, whatever they are; see [`sane_range`].
    pub fn linear(a: f64, b: f64) -> Self {
        let (low, high) = sane_range(a, b);
        Self {
            low,
            high,
            log: false,
        }
    }

    /// A logarithmic scale; ends that are not positive are moved to where the scale can begin.
    pub fn log(a: f64, b: f64) -> Self {
        let (a, b) = (sane(a), sane(b));
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        let (low, high) = match (low > 0.0, high > 0.0) {
            (true, _) => (low, high),
            (false, true) => (high / 1000.0, high),
            (false, false) => (1.0, 10.0),
        };
        let high = if high <= low * 1.000_001 {
            low * 10.0
        } else {
            high
        };
        Self {
            low,
            high,
            log: true,
        }
    }

    /// The value at 0.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The value at 1.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Whether it goes by powers of ten.
    pub fn is_log(&self) -> bool {
        self.log
    }

    /// Where a value lies, from 0 to 1 and beyond.
    pub fn fraction(&self, value: f64) -> Option<f64> {
        if !value.is_finite() || (self.log && value <= 0.0) {
            return None;
        }
        let (low, high, value) = if self.log {
            (self.low.ln(), self.high.ln(), value.ln())
        } else {
            (
                self.low,
                self.high,
                value.clamp(-10.0 * LARGEST, 10.0 * LARGEST),
            )
        };
        Some((value - low) / (high - low))
    }

    /// The value at a fraction.
    pub fn value(&self, fraction: f64) -> f64 {
        if self.log {
            (self.low.ln() + fraction * (self.high.ln() - self.low.ln())).exp()
        } else {
            self.low + fraction * (self.high - self.low)
        }
    }
}

/// The two values in order and finite, with room between them: a range of nothing is widened so that its
/// value lies in it, NaN counts as nothing, infinities as very large.
pub fn sane_range(a: f64, b: f64) -> (f64, f64) {
    let (a, b) = (sane(a), sane(b));
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    let magnitude = low.abs().max(high.abs());
    // Fewer than some thousand distinct values between the two: no room for ticks.
    if high - low > magnitude * 1e-12 && high - low > SMALLEST {
        return (low, high);
    }
    if magnitude < 1.0 && low >= 0.0 && magnitude < SMALLEST {
        return (0.0, 1.0);
    }
    let room = (magnitude * 0.1).max(SMALLEST * 10.0);
    (low - room, high + room)
}

fn sane(value: f64) -> f64 {
    if value.is_nan() || value.abs() < SMALLEST {
        0.0
    } else {
        value.clamp(-LARGEST, LARGEST)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_two_numbers_make_a_scale(a in proptest::num::f64::ANY, b in proptest::num::f64::ANY) {
            for scale in [Scale::linear(a, b), Scale::log(a, b)] {
                prop_assert!(scale.low().is_finite() && scale.high().is_finite());
                prop_assert!(scale.low() < scale.high());
                let ends = [scale.fraction(scale.low()), scale.fraction(scale.high())];
                prop_assert_eq!(ends, [Some(0.0), Some(1.0)]);
            }
        }

        #[test]
        fn what_is_inside_stays_inside(
            a in proptest::num::f64::ANY, b in proptest::num::f64::ANY, at in 0.0..1.0_f64,
        ) {
            for scale in [Scale::linear(a, b), Scale::log(a, b)] {
                let back = scale.fraction(scale.value(at)).unwrap();
                prop_assert!((back - at).abs() < 1e-3, "{scale:?} {at} {back}");
            }
        }
    }

    #[test]
    fn what_has_no_place_is_none() {
        assert_eq!(Scale::linear(0.0, 1.0).fraction(f64::NAN), None);
        assert_eq!(Scale::linear(0.0, 1.0).fraction(f64::INFINITY), None);
        assert_eq!(Scale::log(0.1, 10.0).fraction(0.0), None);
        let middle = Scale::log(0.1, 10.0).fraction(1.0).unwrap();
        assert!((middle - 0.5).abs() < 1e-12);
    }
}
