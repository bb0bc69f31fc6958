//! What an agent found. In: places in files. Out: [`Finding`], which says what it is worth.

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A function of many lines.
    LongFunction,
    /// A note that something is left to do.
    Note,
    /// The same lines in several places.
    Duplicate,
    /// A public item without documentation.
    Undocumented,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::LongFunction,
        Self::Note,
        Self::Duplicate,
        Self::Undocumented,
    ];

    /// As the wire names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LongFunction => "long_function",
            Self::Note => "note",
            Self::Duplicate => "duplicate",
            Self::Undocumented => "undocumented",
        }
    }
}

/// Lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, from the tree's root.
    pub path: String,
    /// The first line, from 1.
    pub first: usize,
    /// The last line.
    pub last: usize,
}

impl Place {
    /// How many lines.
    pub const fn lines(&self) -> usize {
        self.last + 1 - self.first
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            write!(f, "{}:{}", self.path, self.first)
        } else {
            write!(f, "{}:{}-{}", self.path, self.first, self.last)
        }
    }
}

/// Something worth a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Where: one place, or for a duplicate all of them.
    pub places: Vec<Place>,
    /// What it is about: a function's or item's name, a note's text, a duplicate's first line.
    pub about: String,
    /// How much of it there is, in lines: beyond the limit, that could go, or 1.
    pub weight: usize,
}
