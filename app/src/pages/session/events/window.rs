//! Which rows of a long list are drawn. In: where it is scrolled to. Out: a range of rows, and the room above and
//! below it. Pure.

/// The height of a row, in pixels.
pub(super) const ROW: f64 = 32.0;
/// The height of the part that opens below a row.
pub(super) const OPEN: f64 = 320.0;
/// The most rows in one list: beyond, browsers cannot hold its height.
pub(super) const MOST: usize = 1_000_000;
/// Rows that are drawn above and below what is seen.
pub(super) const SPARE: usize = 12;

/// The rows to draw, and the room around them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Window {
    pub(super) first: usize,
    /// The row after the last.
    pub(super) end: usize,
    pub(super) above: f64,
    pub(super) below: f64,
}

/// The window at a scroll position. `open` is the row whose part is open, if any.
pub(super) fn window(top: f64, height: f64, total: usize, open: Option<usize>) -> Window {
    let open = open.filter(|row| *row < total);
    let first = row_at(top, open).saturating_sub(SPARE).min(total);
    let end = (row_at(top + height.max(ROW), open) + 1 + SPARE).clamp(first, total);
    let room =
        |rows: usize, holds_open: bool| rows as f64 * ROW + if holds_open { OPEN } else { 0.0 };
    Window {
        first,
        end,
        above: room(first, open.is_some_and(|row| row < first)),
        below: room(total - end, open.is_some_and(|row| row >= end)),
    }
}

/// The row at a height.
fn row_at(y: f64, open: Option<usize>) -> usize {
    let closed = |y: f64| (y.max(0.0) / ROW) as usize;
    match open {
        Some(row) if y >= (row + 1) as f64 * ROW + OPEN => closed(y - OPEN),
        Some(row) if y >= (row + 1) as f64 * ROW => row,
        _ => closed(y),
    }
}

/// Where a row begins.
pub(super) fn top_of(row: usize, open: Option<usize>) -> f64 {
    row as f64 * ROW
        + if open.is_some_and(|open| open < row) {
            OPEN
        } else {
            0.0
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_top_draws_the_first_rows() {
        let top = window(0.0, 640.0, 1000, None);
        assert_eq!((top.first, top.end), (0, 33));
        assert_eq!((top.above, top.below), (0.0, 967.0 * ROW));
    }

    #[test]
    fn a_list_that_fits_is_drawn_whole() {
        let whole = window(0.0, 640.0, 5, None);
        assert_eq!((whole.first, whole.end, whole.below), (0, 5, 0.0));
        assert_eq!(window(0.0, 640.0, 0, None), Window::default());
    }

    proptest! {
        #[test]
        fn the_height_never_changes_and_what_is_seen_is_drawn(
            top in 0.0..40_000_000.0_f64, height in 0.0..3000.0_f64, total in 0_usize..MOST, open in proptest::option::of(0_usize..MOST),
        ) {
            let open = open.filter(|row| *row < total);
            let whole = total as f64 * ROW + if open.is_some() { OPEN } else { 0.0 };
            let top = top.min((whole - height).max(0.0));
            let window = window(top, height, total, open);
            let drawn = (window.end - window.first) as f64 * ROW
                + if open.is_some_and(|row| (window.first..window.end).contains(&row)) { OPEN } else { 0.0 };
            prop_assert!((window.above + drawn + window.below - whole).abs() < 0.5);
            prop_assert!(window.above <= top + 0.5 || window.first == 0);
            prop_assert!(window.above + drawn >= (top + height).min(whole) - 0.5);
            if let Some(row) = open && row + 1 < total {
                prop_assert!((top_of(row + 1, open) - top_of(row, open) - ROW - OPEN).abs() < 0.5);
            }
        }
    }
}
