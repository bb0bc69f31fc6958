//! The server's part: Leptos's own view of any type, which can be sent in pieces and waits for what it needs.

use leptos::prelude::{AnyView, IntoAny};

/// A view whose type is forgotten.
pub type Part = AnyView;

/// Forgets a view's type.
pub trait IntoPart {
    /// The view as a part.
    fn part(self) -> Part;
}

impl<T: IntoAny> IntoPart for T {
    fn part(self) -> Part {
        self.into_any()
    }
}
