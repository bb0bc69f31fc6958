//! The pyramid against the plain way of asking: whatever the stretch, nothing is lost.

use proptest::prelude::*;

use super::*;

fn plain(values: &[f64], range: Range<usize>) -> Option<(f64, f64, usize)> {
    let finite: Vec<f64> = values[range]
        .iter()
        .copied()
        .filter(|v| v.is_finite())
        .collect();
    let min = finite.iter().copied().reduce(f64::min)?;
    Some((
        min,
        finite.iter().copied().fold(min, f64::max),
        finite.len(),
    ))
}

fn series() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        8 => -1e6..1e6_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
    ];
    proptest::collection::vec(value, 0..700)
}

#[test]
fn a_series_with_gaps_is_equal_to_itself() {
    let series = || Pyramid::new([1.0, f64::NAN, 3.0]);
    assert_eq!(series(), series());
    assert_ne!(series(), Pyramid::new([1.0, 2.0, 3.0]));
    assert_ne!(series(), Pyramid::new([1.0, f64::NAN]));
}

proptest! {
    #[test]
    fn extremes_of_any_stretch_are_the_plain_ones(values in series(), a in 0_usize..700, b in 0_usize..700) {
        let pyramid = Pyramid::new(values.iter().copied());
        let (from, to) = (a.min(b).min(values.len()), a.max(b).min(values.len()));
        let seen = pyramid.extremes(from..to);
        prop_assert_eq!(seen.map(|s| (s.min, s.max, s.count)), plain(&values, from..to));
        if let Some(seen) = seen {
            let there = (values[seen.min_at], values[seen.max_at]);
            prop_assert_eq!(there, (seen.min, seen.max));
        }
    }

    #[test]
    fn every_level_keeps_the_extremes(values in series()) {
        let pyramid = Pyramid::new(values.iter().copied());
        for (level, buckets) in pyramid.levels.iter().enumerate() {
            let size = FAN.pow(level as u32 + 1);
            prop_assert_eq!(buckets.len(), values.len().div_ceil(size));
            for (i, bucket) in buckets.iter().enumerate() {
                let range = i * size..((i + 1) * size).min(values.len());
                let value = |at: u32| values[at as usize];
                let seen = (bucket.count > 0)
                    .then(|| (value(bucket.min_at), value(bucket.max_at), bucket.count as usize));
                prop_assert_eq!(seen, plain(&values, range));
            }
        }
    }

    #[test]
    fn an_outline_shows_the_extremes_in_order_and_no_more_than_fits(
        values in series(), columns in 1_usize..200,
    ) {
        let pyramid = Pyramid::new(values.iter().copied());
        let outline = pyramid.outline(0..values.len(), columns);
        prop_assert!(outline.len() <= columns * 3);
        let shown: Vec<usize> = outline.into_iter().flatten().collect();
        prop_assert!(shown.is_sorted());
        let drawn: Vec<f64> = shown.iter().map(|at| values[*at]).collect();
        let bounds = |values: &[f64]| plain(values, 0..values.len()).map(|(min, max, _)| (min, max));
        prop_assert_eq!(bounds(&drawn), bounds(&values));
    }
}

#[test]
fn one_spike_among_a_million_is_seen() {
    let spike = 777_777;
    let pyramid = Pyramid::new((0..1_000_000).map(|i| if i == spike { 9.0 } else { 1.0 }));
    assert!(pyramid.outline(0..1_000_000, 300).contains(&Some(spike)));
}
