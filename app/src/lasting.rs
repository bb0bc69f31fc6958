//! What stays on a page for hours while what reads it comes and goes: values ([`Lasting`], [`told`]) and lists ([`flow`]).
//!
//! A signal notes whoever reads it, and an owner whoever it owns; neither strikes out who is gone. A line of a stream that
//! reads a preference leaves a note behind, and so does the line itself: a page that is open for a day, with fifty lines a
//! second, would hold millions. So the notes are taken down now and then, together with those of the living, who are told
//! to look again at once and so are noted anew.

use leptos::prelude::*;
use leptos::reactive::graph::Source as _;

use crate::part::{IntoPart as _, Part};
use crate::world;

/// So many readings, or rows, are noted before the notes are taken down.
const MOST_NOTES: u32 = 2_048;

/// A value that hardly ever changes.
#[derive(Debug)]
pub struct Lasting<T: Send + Sync + 'static> {
    value: RwSignal<T>,
    notes: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Lasting<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Lasting<T> {}

impl<T: Send + Sync + 'static> Lasting<T> {
    /// A value, as it is at first.
    pub fn new(value: T) -> Self {
        Self {
            value: RwSignal::new(value),
            notes: StoredValue::new(0),
        }
    }

    /// Looks at it, and whenever it changes again.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        if count(self.notes) {
            // Not while somebody reads.
            world::next_frame(move || {
                self.notes.try_set_value(0);
                renew(self.value);
            });
        }
        self.value.with(look)
    }

    /// Looks at it once.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.value.with_untracked(look)
    }

    /// Another value.
    pub fn set(self, value: T) {
        self.value.set(value);
    }

    /// Changes it.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.value.update(change);
    }

    /// Whether the part of the page that it belongs to is gone.
    pub fn is_disposed(self) -> bool {
        self.value.is_disposed()
    }
}

impl<T: Clone + Send + Sync + 'static> Lasting<T> {
    /// The value, and whenever it changes again.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value as it is.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value that follows others and changes often; `of` is asked once a page, not once a reader.
pub fn told<T>(of: impl Fn() -> T + Send + Sync + 'static) -> Signal<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let value = RwSignal::new(untrack(&of));
    Effect::new(move || {
        let new = of();
        if value.with_untracked(|old| *old != new) {
            value.update_untracked(|own| *own = new);
            renew(value);
        }
    });
    value.into()
}

/// A list whose rows come and go all the time; a row is known by its key.
pub fn flow<T: Send + 'static>(
    each: impl Fn() -> Vec<T> + Copy + Send + Sync + 'static,
    key: fn(&T) -> (u64, bool),
    row: impl Fn(T) -> Part + Clone + Send + Sync + 'static,
) -> Part {
    let notes = StoredValue::new(0);
    let turn = RwSignal::new(0_u32);
    let list = move || {
        // With another turn all rows are others: those of the last one lost their owner.
        let turn_now = turn.get();
        let row = row.clone();
        let row = move |one: T| {
            if count(notes) {
                world::next_frame(move || {
                    notes.try_set_value(0);
                    turn.try_update(|turn| *turn += 1);
                });
            }
            row(one)
        };
        view! { <For each key=move |one| (turn_now, key(one)) children=row /> }
    };
    view! { {list} }.part()
}

/// Counts a note; whether that was the one to take them down at.
fn count(notes: StoredValue<u32>) -> bool {
    let mut is_full = false;
    notes.update_value(|notes| {
        *notes += 1;
        is_full = *notes == MOST_NOTES;
    });
    is_full
}

/// Tells everyone who reads it, and strikes them out: who is there looks again, and is noted again.
fn renew<T: Send + Sync + 'static>(signal: RwSignal<T>) {
    if signal.try_update(|_| ()).is_some() {
        signal.clear_subscribers();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_see_what_it_is() {
        Owner::new().with(|| {
            let value = Lasting::new(1);
            for _ in 0..2 * MOST_NOTES {
                assert_eq!(value.get(), 1);
            }
            value.update(|value| *value += 1);
            assert_eq!(value.get_untracked(), 2);
            assert!(!value.is_disposed());
        });
    }

    #[test]
    fn a_renewed_value_still_tells_who_reads_it() {
        Owner::new().with(|| {
            let value = RwSignal::new(1);
            let double = Memo::new(move |_| value.get() * 2);
            assert_eq!(double.get_untracked(), 2);
            for number in 2..5 {
                renew(value);
                assert_eq!(double.get_untracked(), (number - 1) * 2);
                value.set(number);
                assert_eq!(double.get_untracked(), number * 2);
            }
        });
    }
}
