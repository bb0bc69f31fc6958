//! Ticks: what they read for the ranges we draw, and what they hold for any range at all.

use proptest::prelude::*;

use super::*;
use crate::clock::Clock;

fn labels(ticks: &Ticks) -> String {
    let labels: Vec<_> = ticks.ticks.iter().map(|t| t.label.as_str()).collect();
    labels.join(" ")
}

#[test]
fn ranges_we_draw() {
    let table = [
        (Unit::Count, 0.0, 34.0, "0 10 20 30 40"),
        (Unit::Count, 0.0, 5.0, "0 2 4 6"),
        (Unit::Count, 0.0, 1.0, "0 1"),
        (Unit::Count, 0.0, 4.0, "0 1 2 3 4"),
        (Unit::Count, 0.0, 12_000.0, "0 5000 10k 15k"),
        (Unit::Count, 0.0, 7_000_000.0, "0 2M 4M 6M 8M"),
        (Unit::Number, 0.3, 0.9, "0.2 0.4 0.6 0.8 1"),
        (Unit::Number, 1e-9, 4e-9, "1e-9 2e-9 3e-9 4e-9"),
        (Unit::Number, -3.0, 8.0, "-5 0 5 10"),
        (Unit::Percent, 0.0, 100.0, "0% 50% 100%"),
        (Unit::DurationMs, 0.0, 350_000.0, "0 m 2 m 4 m 6 m"),
        (Unit::DurationMs, 0.0, 50_000.0, "0 s 15 s 30 s 45 s 60 s"),
        (
            Unit::DurationMs,
            0.0,
            700.0,
            "0 ms 200 ms 400 ms 600 ms 800 ms",
        ),
        (Unit::DurationMs, 0.0, 4e8, "0 d 2 d 4 d 6 d"),
    ];
    for (unit, low, high, expected) in table {
        assert_eq!(labels(&Ticks::cover(low, high, unit, 5)), expected);
    }
}

#[test]
fn logarithmic_ranges() {
    let table = [
        (0.3, 3.0, 5, "0.2 0.5 1 2 5"),
        (0.35, 2.9, 4, "0.3 1 3"),
        (1.0, 1e6, 5, "1 100 10k 1M 100M"),
        (1e-4, 0.1, 5, "0.0001 0.001 0.01 0.1"),
    ];
    for (low, high, lines, expected) in table {
        assert_eq!(labels(&Ticks::log(low, high, lines)), expected);
    }
}

#[test]
fn moments_of_a_zone() {
    // 2026-11-03T14:30:00Z
    let at = 1_793_716_200_000.0;
    assert_eq!(
        labels(&time(at, at + 40e3, &Clock::default(), 5)),
        "14:30:00 14:30:10 14:30:20 14:30:30 14:30:40"
    );
    assert_eq!(
        labels(&time(at, at + 4.0 * 3.6e6, &Clock::fixed(19_800), 5)),
        "20:00 21:00 22:00 23:00 00:00"
    );
    assert_eq!(
        labels(&time(at, at + 86.4e6 * 3.0, &Clock::default(), 4)),
        "4 Nov 5 Nov 6 Nov"
    );
    assert_eq!(time::moment(at, &Clock::fixed(3600)), "3 Nov 15:30:00");
}

#[test]
fn moments_of_a_day_on_which_clocks_are_changed() {
    let hour = 3.6e6;
    // Berlin: 2026-03-29T01:00:00Z, and 2026-10-25T01:00:00Z.
    let (ahead, back) = (1_774_746_000_000.0, 1_792_890_000_000.0);
    let zone = |ms: f64| {
        if (ahead..back).contains(&ms) {
            7200
        } else {
            3600
        }
    };
    let table = [
        (ahead, 1.0, 2.0, 9, "01:00 01:30 03:00 03:30 04:00"),
        (back, 1.0, 2.0, 9, "02:00 02:30 02:00 02:30 03:00"),
        (ahead, 24.0, 72.0, 5, "29 Mar 30 Mar 31 Mar"),
        (back, 24.0, 72.0, 5, "25 Oct 26 Oct 27 Oct"),
    ];
    for (at, before, after, lines, expected) in table {
        let (low, high) = (at - before * hour, at + after * hour);
        let clock = Clock::between(low, high, zone);
        let told = labels(&time(low, high, &clock, lines));
        assert!(told.starts_with(expected), "{told}");
    }
}

/// Any numbers, and often ones near to each other or to the edges of what a number can be.
fn any_pair() -> impl Strategy<Value = (f64, f64)> {
    let near = (proptest::num::f64::ANY, -4_i64..4)
        .prop_map(|(a, ulps)| (a, f64::from_bits(a.to_bits().wrapping_add_signed(ulps))));
    prop_oneof![
        (proptest::num::f64::ANY, proptest::num::f64::ANY),
        near,
        (-1e6..1e6_f64, -1e6..1e6_f64),
        Just((f64::MIN, f64::MAX)),
        Just((f64::NEG_INFINITY, f64::INFINITY)),
    ]
}

fn holds(ticks: &Ticks, lines: usize) -> Result<(), TestCaseError> {
    prop_assert!(ticks.low.is_finite() && ticks.high.is_finite() && ticks.low < ticks.high);
    prop_assert!(ticks.ticks.len() <= lines, "{ticks:?}");
    prop_assert!(
        ticks.ticks.is_sorted_by(|a, b| a.value < b.value),
        "{ticks:?}"
    );
    prop_assert!(
        ticks
            .ticks
            .iter()
            .all(|t| !t.label.is_empty() && t.label.len() < 20)
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn covering_ticks_cover(
        (a, b) in any_pair(),
        unit in prop::sample::select(vec![Unit::Count, Unit::Number, Unit::Percent, Unit::DurationMs]),
        lines in 3_usize..9,
    ) {
        let ticks = Ticks::cover(a, b, unit, lines);
        holds(&ticks, lines)?;
        prop_assert!(ticks.ticks.len() >= 2, "{ticks:?}");
        let (low, high) = sane_range(a, b);
        let slack = (ticks.high - ticks.low) * 1e-6;
        prop_assert!(ticks.low <= low + slack && ticks.high >= high - slack, "{ticks:?}");
        prop_assert!((ticks.low - ticks.ticks[0].value).abs() <= slack);
    }

    #[test]
    fn free_ticks_stay_inside((a, b) in any_pair(), lines in 2_usize..9) {
        let ticks = Ticks::within(a, b, Unit::Number, lines);
        holds(&ticks, lines)?;
        prop_assert_eq!((ticks.low, ticks.high), sane_range(a, b));
    }

    #[test]
    fn logarithmic_ticks_are_few((a, b) in any_pair(), lines in 2_usize..9) {
        let ticks = Ticks::log(a, b, lines);
        holds(&ticks, lines)?;
        prop_assert!(ticks.low > 0.0);
    }

    #[test]
    fn moments_are_few((a, b) in any_pair(), offset in -50_400..50_400_i32, lines in 1_usize..9) {
        let ticks = time(a, b, &Clock::fixed(offset), lines);
        prop_assert!(ticks.ticks.len() <= lines);
        prop_assert!(ticks.ticks.is_sorted_by(|a, b| a.value <= b.value));
    }
}
