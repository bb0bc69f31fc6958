//! Points as bytes, a column after the other. In: a run of points. Out: some 12 bytes a point, and the points again.
//!
//! Whole numbers that rise steadily (seq, time, most steps) are kept as differences; values as they are, bit for bit.

use super::bytes::{In, Out};
use super::point::Point;

/// How a column of steps or epochs is written.
const NONE: u8 = 0;
const WHOLE: u8 = 1;
const ANY: u8 = 2;

/// The largest whole number whose neighbours are numbers too.
const LARGEST: f64 = 9_007_199_254_740_991.0;

/// The points as bytes.
pub(super) fn write(points: &[Point]) -> Vec<u8> {
    let mut out = Out(Vec::with_capacity(points.len() * 14 + 16));
    out.unsigned(points.len() as u64);
    differences(&mut out, points.iter().map(|point| point.seq as i64));
    differences(&mut out, points.iter().map(|point| point.at));
    places(&mut out, points, |point| point.step);
    places(&mut out, points, |point| point.epoch);
    for point in points {
        out.float(point.value);
    }
    out.0
}

/// The points of some bytes; `None` where they are not what [`write`] wrote.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Point>> {
    let mut bytes = In(bytes);
    let count = usize::try_from(bytes.unsigned()?).ok()?;
    // Each has a value of eight bytes.
    if count > bytes.0.len() / 8 {
        return None;
    }
    let none = Point {
        seq: 0,
        at: 0,
        step: f64::NAN,
        epoch: f64::NAN,
        value: f64::NAN,
    };
    let mut points = vec![none; count];
    sums(&mut bytes, &mut points, |point, seq| point.seq = seq as u64)?;
    sums(&mut bytes, &mut points, |point, at| point.at = at)?;
    read_places(&mut bytes, &mut points, |point, step| point.step = step)?;
    read_places(&mut bytes, &mut points, |point, epoch| point.epoch = epoch)?;
    for point in &mut points {
        point.value = bytes.float()?;
    }
    bytes.0.is_empty().then_some(points)
}

fn differences(out: &mut Out, values: impl Iterator<Item = i64>) {
    let mut last = 0_i64;
    for value in values {
        out.signed(value.wrapping_sub(last));
        last = value;
    }
}

fn sums(bytes: &mut In<'_>, points: &mut [Point], set: impl Fn(&mut Point, i64)) -> Option<()> {
    let mut last = 0_i64;
    for point in points {
        last = last.wrapping_add(bytes.signed()?);
        set(point, last);
    }
    Some(())
}

fn places(out: &mut Out, points: &[Point], of: impl Fn(&Point) -> f64) {
    let is_whole =
        |value: f64| value.abs() <= LARGEST && (value as i64 as f64).to_bits() == value.to_bits();
    if points.iter().all(|point| of(point).is_nan()) {
        out.byte(NONE);
    } else if points.iter().all(|point| is_whole(of(point))) {
        out.byte(WHOLE);
        differences(out, points.iter().map(|point| of(point) as i64));
    } else {
        out.byte(ANY);
        for point in points {
            out.float(of(point));
        }
    }
}

fn read_places(
    bytes: &mut In<'_>,
    points: &mut [Point],
    set: impl Fn(&mut Point, f64),
) -> Option<()> {
    match bytes.byte()? {
        NONE => {}
        WHOLE => sums(bytes, points, |point, value| set(point, value as f64))?,
        ANY => {
            for point in points {
                set(point, bytes.float()?);
            }
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_point() -> impl Strategy<Value = Point> {
        let place = prop_oneof![
            Just(f64::NAN),
            (-1_000_i32..1_000).prop_map(f64::from),
            Just(-0.0),
            proptest::num::f64::NORMAL,
        ];
        let value = proptest::num::f64::ANY;
        (any::<u64>(), any::<i64>(), place.clone(), place, value).prop_map(
            |(seq, at, step, epoch, value)| Point {
                seq,
                at,
                step,
                epoch,
                value,
            },
        )
    }

    proptest! {
        #[test]
        fn points_come_back_as_they_were(points in proptest::collection::vec(any_point(), 0..200)) {
            prop_assert_eq!(read(&write(&points)), Some(points));
        }

        #[test]
        fn other_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(points) = read(&bytes) {
                prop_assert!(points.len() <= bytes.len());
            }
        }
    }

    #[test]
    fn a_steady_series_takes_few_bytes() {
        let points: Vec<Point> = (0..4096_u64)
            .map(|n| Point {
                seq: n,
                at: 1_767_600_000_000_000 + n as i64 * 1_000,
                step: n as f64,
                epoch: f64::NAN,
                value: (n as f64).sin(),
            })
            .collect();
        let bytes = write(&points).len();
        assert!(bytes < 13 * points.len(), "{bytes}");
    }
}
