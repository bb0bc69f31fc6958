//! The stretch of time that a timeline shows. In: a stretch. Out: places in it, and ticks.

use loopscope_event::Timestamp;

use crate::text::{self, Zone};

/// The shortest stretch that is shown, in microseconds.
pub(super) const LEAST_US: f64 = 200.0;
/// What is left free at either side, as a share of the whole.
const MARGIN: f64 = 0.015;
/// Spans between ticks, in microseconds.
const STEPS_US: [i64; 33] = [
    10,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    15_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
    300_000_000,
    600_000_000,
    900_000_000,
    1_800_000_000,
    3_600_000_000,
    7_200_000_000,
    10_800_000_000,
    21_600_000_000,
    43_200_000_000,
    86_400_000_000,
];

/// A stretch of time, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub from_us: i64,
    pub to_us: i64,
}

/// A tick: where it stands, as a share of the stretch, and its word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub share: f64,
    pub word: String,
}

impl Stretch {
    /// All of it, with some room at the sides.
    pub(super) fn whole(first_us: i64, last_us: i64) -> Self {
        let margin = ((last_us - first_us) as f64 * MARGIN).max(LEAST_US) as i64;
        Self {
            from_us: first_us - margin,
            to_us: last_us + margin,
        }
    }

    pub(super) fn length_us(self) -> f64 {
        (self.to_us - self.from_us).max(1) as f64
    }

    /// Where a time is, as a share of the stretch.
    pub(super) fn share(self, at_us: i64) -> f64 {
        (at_us - self.from_us) as f64 / self.length_us()
    }

    /// Ticks at round times of the zone, at most so many.
    pub(super) fn ticks(self, most: usize, zone: Zone) -> Vec<Tick> {
        let length = self.to_us - self.from_us;
        let most = most.clamp(2, 40) as i64;
        let days = || (length / most / 86_400_000_000 + 1) * 86_400_000_000;
        let step = STEPS_US.into_iter().find(|step| length / step < most);
        let step = step.unwrap_or_else(days);
        let offset_at =
            |at: i64| i64::from(zone.offset_seconds(Timestamp::from_micros(at))) * 1_000_000;
        let offset = offset_at(self.from_us);
        // Where clocks were changed since, a round time is elsewhere.
        let round = |n: i64| {
            let at = n * step - offset;
            let own = offset_at(at);
            if (own - offset) % step == 0 {
                at
            } else {
                n * step - own
            }
        };
        let first = (self.from_us + offset).div_euclid(step) + 1;
        let end = (self.to_us + offset).div_euclid(step) + 1;
        (first..end)
            .map(round)
            .filter(|at| (self.from_us..self.to_us).contains(at))
            .map(|at| Tick {
                share: self.share(at),
                word: word(at, step, self, zone),
            })
            .collect()
    }
}

fn word(at_us: i64, step: i64, stretch: Stretch, zone: Zone) -> String {
    let at = Timestamp::from_micros(at_us);
    match step {
        ..1_000 => {
            let micros = at_us.rem_euclid(1_000_000);
            format!(".{micros:06}")
        }
        1_000..1_000_000 => {
            let (second, millis) = text::stamp_parts(at, zone);
            format!("{second}{millis}")
        }
        1_000_000..60_000_000 => text::second(at, zone),
        _ => {
            let now = Timestamp::from_micros(stretch.to_us);
            text::day_and_minute(at, now, zone)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_767_607_200_000_000;

    fn stretch(seconds: f64) -> Stretch {
        Stretch {
            from_us: START,
            to_us: START + (seconds * 1e6) as i64,
        }
    }

    #[test]
    fn ticks_are_few_and_round_at_any_length() {
        for seconds in [0.0003, 0.02, 1.0, 59.0, 3_700.0, 90_000.0, 9e7] {
            let ticks = stretch(seconds).ticks(8, Zone::Utc);
            assert!((1..=9).contains(&ticks.len()), "{seconds}: {ticks:?}");
            assert!(ticks.iter().all(|tick| (0.0..1.0).contains(&tick.share)));
        }
        let words = |seconds: f64| -> Vec<String> {
            let ticks = stretch(seconds).ticks(5, Zone::Utc).into_iter();
            ticks.map(|tick| tick.word).collect()
        };
        assert_eq!(
            words(100.0),
            ["10:00:30", "10:01", "10:01:30"].map(|word| if word == "10:01" {
                "10:01:00"
            } else {
                word
            })
        );
        assert_eq!(words(7_201.0)[0], "10:30");
        assert_eq!(words(0.1)[0], "10:00:00.050");
        // Half past, in a zone that is half an hour off.
        let ticks = stretch(7_201.0).ticks(5, Zone::Fixed(330));
        assert_eq!(ticks[0].word, "16:00");
    }

    #[test]
    fn ticks_are_round_on_both_sides_of_a_change_of_clocks() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        // From the noon before the night of 2026-03-29.
        let from_us = 1_774_695_600_000_000 - 2 * 86_400_000_000;
        let days = Stretch {
            from_us,
            to_us: from_us + 5 * 86_400_000_000,
        };
        let ticks = days.ticks(8, berlin);
        assert!(ticks.len() > 4, "{ticks:?}");
        for tick in ticks {
            assert!(tick.word.ends_with("00:00"), "{}", tick.word);
        }
    }
}
