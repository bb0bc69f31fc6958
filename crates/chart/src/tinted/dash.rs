//! Dashes for backends that know none. In: a polyline and a pattern of lengths, on and off in turn. Out: the
//! pieces to draw, all of the line where there is no pattern.

use plotters_backend::BackendCoord;

/// A line that would fall into more pieces than this is drawn whole: nobody could see them.
const MOST_PIECES: f64 = 20_000.0;

/// Cuts a polyline; the pattern runs on around its corners.
pub(super) fn cut(points: Vec<BackendCoord>, pattern: &[f64]) -> Vec<Vec<BackendCoord>> {
    let period: f64 = pattern.iter().sum();
    let length: f64 = points
        .windows(2)
        .map(|pair| distance(pair[0], pair[1]))
        .sum();
    let usable = period > 0.0 && pattern.iter().all(|part| *part > 0.0);
    if !usable || length / period > MOST_PIECES {
        return vec![points];
    }
    let mut pieces: Vec<Vec<BackendCoord>> = Vec::new();
    let (mut part, mut left) = (0, pattern[0]);
    let mut open = false;
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let whole = distance(from, to);
        let mut done = 0.0;
        while done < whole {
            let step = left.min(whole - done);
            if part % 2 == 0 {
                if !open {
                    pieces.push(vec![between(from, to, done / whole)]);
                }
                done += step;
                if let Some(piece) = pieces.last_mut() {
                    piece.push(between(from, to, done / whole));
                }
                open = true;
            } else {
                done += step;
            }
            left -= step;
            if left <= 1e-9 {
                part = (part + 1) % (pattern.len() + pattern.len() % 2);
                left = pattern[part % pattern.len()];
                open = false;
            }
        }
    }
    pieces
}

fn distance(a: BackendCoord, b: BackendCoord) -> f64 {
    f64::from(a.0 - b.0).hypot(f64::from(a.1 - b.1))
}

fn between(from: BackendCoord, to: BackendCoord, share: f64) -> BackendCoord {
    let mix = |a: i32, b: i32| (f64::from(a) + share * f64::from(b - a)).round() as i32;
    (mix(from.0, to.0), mix(from.1, to.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pattern_runs_on_around_a_corner() {
        let pieces = cut(vec![(0, 0), (100, 0), (100, 100)], &[80.0, 40.0]);
        assert_eq!(pieces, [vec![(0, 0), (80, 0)], vec![(100, 20), (100, 100)]]);
        let round = cut(vec![(0, 0), (100, 0), (100, 100)], &[120.0, 60.0]);
        assert_eq!(
            round,
            [
                vec![(0, 0), (100, 0), (100, 20)],
                vec![(100, 80), (100, 100)]
            ]
        );
    }

    proptest! {
        #[test]
        fn any_line_is_cut_in_time(
            points in proptest::collection::vec((-40_000..40_000_i32, -40_000..40_000_i32), 0..40),
            pattern in proptest::collection::vec(0.0..300.0_f64, 0..5),
        ) {
            let pieces = cut(points.clone(), &pattern);
            let total = |points: &[BackendCoord]| -> f64 {
                points.windows(2).map(|pair| distance(pair[0], pair[1])).sum()
            };
            let drawn: f64 = pieces.iter().map(|piece| total(piece)).sum();
            // Rounding to whole units adds at most one a piece's corner.
            let corners: usize = pieces.iter().map(Vec::len).sum();
            prop_assert!(drawn <= total(&points) + 2.0 * corners as f64);
        }
    }
}
