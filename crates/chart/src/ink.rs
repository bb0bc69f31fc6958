//! Inks: colours named by what they mean, never by how they look.
//!
//! In: a meaning (a step, a severity, a series, a part of the chart's own furniture). Out: one [`Ink`], with
//! the CSS class that a page's theme gives a colour to. Nothing in this crate knows a colour, so the same
//! drawing is right in the dark, in the light, and in themes that do not exist yet.

/// What a mark means. A theme turns it into a colour: `.ink-…` in `style/chart.css` for SVG, a
/// [`Palette`](crate::Palette) for a canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ink {
    /// Finding what is wrong; findings.
    Diagnose,
    /// Putting it right; fixes.
    Fix,
    /// Attacking what was put right; vulnerabilities.
    Attack,
    /// Proving that it holds; tests run.
    Validate,
    /// A critical finding.
    Critical,
    /// A high finding.
    High,
    /// A medium finding.
    Medium,
    /// A low finding.
    Low,
    /// A finding that only informs; idle.
    Info,
    /// Done, passed, reached.
    Good,
    /// Broken, failed.
    Bad,
    /// Caution, or waiting for a person.
    Caution,
    /// A series without a meaning of its own, 1 to 8. Any other number counts on from there, round and round.
    Series(u8),
    /// What is read.
    Text,
    /// What explains it.
    Text2,
    /// Units and captions; a line that is neither good nor bad.
    Text3,
    /// A grid line.
    Grid,
    /// The zero line.
    Axis,
    /// The line under the pointer.
    Crosshair,
    /// What lies behind the chart.
    Surface,
    /// A tint on it, for what has not happened yet.
    Raised,
}

/// Every ink and its class, in the order of their numbers.
const TABLE: [(Ink, &str); 28] = [
    (Ink::Diagnose, "ink-diagnose"),
    (Ink::Fix, "ink-fix"),
    (Ink::Attack, "ink-attack"),
    (Ink::Validate, "ink-validate"),
    (Ink::Critical, "ink-critical"),
    (Ink::High, "ink-high"),
    (Ink::Medium, "ink-medium"),
    (Ink::Low, "ink-low"),
    (Ink::Info, "ink-info"),
    (Ink::Good, "ink-good"),
    (Ink::Bad, "ink-bad"),
    (Ink::Caution, "ink-caution"),
    (Ink::Series(1), "ink-series-1"),
    (Ink::Series(2), "ink-series-2"),
    (Ink::Series(3), "ink-series-3"),
    (Ink::Series(4), "ink-series-4"),
    (Ink::Series(5), "ink-series-5"),
    (Ink::Series(6), "ink-series-6"),
    (Ink::Series(7), "ink-series-7"),
    (Ink::Series(8), "ink-series-8"),
    (Ink::Text, "ink-text"),
    (Ink::Text2, "ink-text-2"),
    (Ink::Text3, "ink-text-3"),
    (Ink::Grid, "ink-grid"),
    (Ink::Axis, "ink-axis"),
    (Ink::Crosshair, "ink-crosshair"),
    (Ink::Surface, "ink-surface"),
    (Ink::Raised, "ink-raised"),
];

impl Ink {
    /// How many inks there are.
    pub const COUNT: usize = TABLE.len();

    /// Every ink, in the order of [`Ink::index`].
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(ink, _)| *ink)
    }

    /// This ink's number, below [`Ink::COUNT`].
    pub fn index(self) -> usize {
        match self {
            Self::Diagnose => 0,
            Self::Fix => 1,
            Self::Attack => 2,
            Self::Validate => 3,
            Self::Critical => 4,
            Self::High => 5,
            Self::Medium => 6,
            Self::Low => 7,
            Self::Info => 8,
            Self::Good => 9,
            Self::Bad => 10,
            Self::Caution => 11,
            Self::Series(n) => 12 + usize::from(n.wrapping_sub(1) % 8),
            Self::Text => 20,
            Self::Text2 => 21,
            Self::Text3 => 22,
            Self::Grid => 23,
            Self::Axis => 24,
            Self::Crosshair => 25,
            Self::Surface => 26,
            Self::Raised => 27,
        }
    }

    /// The ink with this number; [`Ink::Text`] where there is none.
    pub fn from_index(index: usize) -> Self {
        TABLE.get(index).map_or(Self::Text, |(ink, _)| *ink)
    }

    /// The CSS class that carries this ink's colour.
    pub fn class(self) -> &'static str {
        TABLE[self.index()].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_classes_are_one_to_one() {
        for (number, ink) in Ink::all().enumerate() {
            assert_eq!(ink.index(), number, "{ink:?}");
            assert_eq!(Ink::from_index(number), ink);
        }
        let mut classes: Vec<_> = Ink::all().map(Ink::class).collect();
        classes.sort_unstable();
        classes.dedup();
        assert_eq!(classes.len(), Ink::COUNT);
    }

    #[test]
    fn series_go_round() {
        assert_eq!(Ink::Series(9).class(), "ink-series-1");
        assert_eq!(Ink::Series(0).class(), Ink::Series(8).class());
    }
}
