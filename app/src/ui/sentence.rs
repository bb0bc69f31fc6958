//! A sentence whose code stands between backticks.

use leptos::prelude::*;

/// The sentence with its code in the code's own type. Everything in it is text, whatever it looks like.
pub fn sentence(text: &str) -> AnyView {
    text.split('`')
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(index, part)| {
            let part = part.to_owned();
            if index % 2 == 1 {
                view! { <span class="mono">{part}</span> }.into_any()
            } else {
                part.into_any()
            }
        })
        .collect_view()
        .into_any()
}
