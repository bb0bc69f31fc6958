//! A sentence whose code stands between backticks.

use leptos::prelude::*;

use crate::part::{IntoPart as _, Part};

/// The sentence with its code in the code's own type. Everything in it is text, whatever it looks like.
pub fn sentence(text: &str) -> Part {
    text.split('`')
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(index, part)| {
            let part = part.to_owned();
            if index % 2 == 1 {
                view! { <span class="mono">{part}</span> }.part()
            } else {
                part.part()
            }
        })
        .collect_view()
        .part()
}
