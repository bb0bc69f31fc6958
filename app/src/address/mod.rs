//! The address behind a hand. A hand moves faster than addresses should: what it moves is a signal, and the address follows
//! when it rests, without a step of its own in the browser's history.
//!
//! In: what the address is to be. Out: the router goes there, and the page stays where it is scrolled.

mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

pub use self::words::{from_to, stretch, with_fields};
use crate::world;

/// The address follows after so long, in milliseconds.
const REST_MS: i32 = 350;

/// See the module. One for everything that writes the same fields.
#[derive(Clone, Copy)]
pub struct Follower {
    go: Callback<String>,
    /// How often something was asked for.
    moves: StoredValue<u32>,
}

impl Follower {
    /// Of the page that is being made, where the router is at hand.
    pub fn here() -> Self {
        let navigate = use_navigate();
        let go = move |href: String| {
            let options = NavigateOptions {
                scroll: false,
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(&href, options);
        };
        Self {
            go: Callback::new(go),
            moves: StoredValue::new(0),
        }
    }

    /// Goes there now.
    pub fn go(self, href: String) {
        self.go.run(href);
    }

    /// Goes there when the hand has rested; `href` is asked then, where it still matters.
    pub fn rest(self, href: impl FnOnce() -> Option<String> + 'static) {
        self.moves.update_value(|moves| *moves += 1);
        let nth = self.moves.get_value();
        spawn_local(async move {
            world::sleep(REST_MS).await;
            if self.moves.try_get_value() == Some(nth)
                && let Some(href) = untrack(href)
            {
                self.go.run(href);
            }
        });
    }
}
