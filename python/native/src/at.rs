//! Where a value stands in a payload. In: keys and numbers, as the walk goes down. Out: a JSON pointer, written only
//! where somebody asks, which is nearly never.

use std::fmt;

/// A place: a link to the place above, on the stack.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(above, key) => {
                write!(f, "{above}/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Self::Index(above, index) => write!(f, "{above}/{index}"),
        }
    }
}
