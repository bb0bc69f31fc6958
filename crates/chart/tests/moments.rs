//! Slots of time: what they are called, where they are.

use loopscope_chart::{Chart as _, Slots, View, convergence, svg};

fn known(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

#[test]
fn slots_of_time_are_told_as_moments() {
    let minute = 60_000_i64;
    // 2026-01-05T10:00:00Z
    let first = 1_767_607_200_000 / minute;
    let slots = Slots {
        word: "Time".to_owned(),
        first,
        moments: Some(loopscope_chart::Moments {
            width_ms: minute,
            utc_offset_s: 3_600,
        }),
        ..Slots::iterations(3)
    };
    let chart = convergence::vulnerabilities(&known(&[5.0, 3.0, 1.0]), slots);
    assert_eq!(chart.mark(2), Some(first as f64 + 2.0));
    assert_eq!(chart.find(first as f64 + 1.0), Some(1));
    assert_eq!(chart.table().rows[1], ["5 Jan 11:01:00", "3"]);
    assert_eq!(
        chart.read_out(0, &View::UNKNOWN).unwrap().title,
        "5 Jan 11:00:00"
    );
    assert!(
        chart.summary().contains("5 at 5 Jan 11:00:00"),
        "{}",
        chart.summary()
    );
    let drawn = svg(&chart, &View::UNKNOWN);
    assert!(
        drawn.contains("11:00") && drawn.contains("11:02"),
        "{drawn}"
    );
}
