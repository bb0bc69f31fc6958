//! How good a round was, measured. In: the reports, and what held on a second look. Out: three shares and their mean.

use crate::agents::Report;

/// The dimensions of a round's quality, each from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// The share of the source files that were read whole.
    pub completeness: f64,
    /// The share of the findings that held on a second look.
    pub verification: f64,
    /// The share of the lines that every finder could read, and not the counter alone.
    pub depth: f64,
}

impl Quality {
    /// Measures a round. `counter` has read every language; `deepest` is the report of the finder that reads the
    /// fewest. What was not asked for is whole: no finding is as good as one that holds.
    pub fn measure(counter: &Report, deepest: &Report, found: usize, held: usize) -> Self {
        Self {
            completeness: share(counter.read, counter.meant),
            verification: share(held, found),
            depth: share(deepest.lines, counter.lines),
        }
    }

    /// Their mean.
    pub const fn overall(&self) -> f64 {
        (self.completeness + self.verification + self.depth) / 3.0
    }
}

/// A share in percent; of nothing, all.
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        100.0
    } else {
        (100.0 * part as f64 / whole as f64).min(100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dimension_is_a_share() {
        let report = |meant, read, lines| Report {
            meant,
            read,
            lines,
            ..Report::default()
        };
        let quality = Quality::measure(&report(4, 3, 200), &report(2, 2, 150), 10, 9);
        assert!((quality.completeness - 75.0).abs() < 1e-9);
        assert!((quality.verification - 90.0).abs() < 1e-9);
        assert!((quality.depth - 75.0).abs() < 1e-9);
        assert!((quality.overall() - 80.0).abs() < 1e-9);
        let nothing = Quality::measure(&Report::default(), &Report::default(), 0, 0);
        assert!((nothing.overall() - 100.0).abs() < 1e-9);
    }
}
