//! A pace for what is costly to make. In: a signal that may change with every frame. Out: a signal that tells of it at
//! once where it has been still, else ten times a second; with every change while somebody moves it by hand.

use std::time::Duration;

use leptos::prelude::*;

use crate::world;

/// Nobody reads more values a second than these steps give, in milliseconds.
const STEP_MS: f64 = 100.0;

/// When to tell of a change.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    Now,
    /// After so many milliseconds, with all that comes until then.
    In(f64),
    /// With one that waits already.
    Soon,
}

/// See the module.
fn when(now_ms: f64, told_ms: f64, is_touched: bool, waits: bool) -> When {
    let rest = told_ms + STEP_MS - now_ms;
    if is_touched || rest <= 0.0 {
        When::Now
    } else if waits {
        When::Soon
    } else {
        When::In(rest)
    }
}

/// Counts the changes of a signal that are to be shown. Whoever follows it reads the signal itself untracked.
pub(super) fn pace<T: Send + Sync + 'static>(
    source: Signal<T>,
    touched: Signal<bool>,
) -> ReadSignal<u32> {
    let (told, tell) = signal(0_u32);
    let told_ms = StoredValue::new(f64::NEG_INFINITY);
    let waits = StoredValue::new(false);
    // A page that is gone is told nothing.
    let go = move || {
        told_ms.try_set_value(world::uptime_ms());
        tell.try_update(|told| *told = told.wrapping_add(1));
    };
    // In the browser only: the server draws once.
    Effect::new(move |before: Option<()>| {
        source.track();
        if before.is_none() {
            return;
        }
        let is_touched = touched.get_untracked();
        match when(
            world::uptime_ms(),
            told_ms.get_value(),
            is_touched,
            waits.get_value(),
        ) {
            When::Now => go(),
            When::In(rest_ms) => {
                waits.set_value(true);
                let later = move || {
                    waits.try_set_value(false);
                    go();
                };
                set_timeout(later, Duration::from_secs_f64(rest_ms / 1_000.0));
            }
            When::Soon => {}
        }
    });
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_shown_ten_times_a_second_and_never_left_untold() {
        let (mut told, mut due, mut shown) = (f64::NEG_INFINITY, None::<f64>, 0);
        // A change every 16 ms for a second, then silence.
        for tick in 0..63 {
            let now = f64::from(tick) * 16.0;
            if let Some(at) = due.filter(|at| *at <= now) {
                (told, due, shown) = (at, None, shown + 1);
            }
            match when(now, told, false, due.is_some()) {
                When::Now => (told, shown) = (now, shown + 1),
                When::In(rest) => due = Some(now + rest),
                When::Soon => {}
            }
        }
        assert!((9..=11).contains(&shown), "{shown}");
        assert!(due.is_some(), "what came last is told too");
    }

    #[test]
    fn a_hand_never_waits() {
        assert_eq!(when(1_001.0, 1_000.0, true, false), When::Now);
        assert_eq!(when(1_001.0, 1_000.0, true, true), When::Now);
        assert_eq!(when(9_999.0, 1_000.0, false, false), When::Now);
        assert_eq!(when(1_001.0, 1_000.0, false, true), When::Soon);
    }
}
