//! What hands do over a plot: point, brush, drag, pinch, tap. In: pointers going down, moving and up, in fractions of the
//! plot's width. Out: what is asked for. Knows no page, so that every gesture can be tested.
//!
//! A mouse brushes. One finger reads values along the line or, where only a part is looked at, moves that part; two fingers
//! pinch; a double tap shows all. What a finger does up and down belongs to the page, which scrolls.

/// A finger, or the mouse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pointer {
    /// Which.
    pub id: i32,
    /// Whether it is a finger.
    pub is_touch: bool,
    /// Where, as a fraction of the plot's width as it was when the hand came.
    pub place: f64,
    /// When, in milliseconds.
    pub at_ms: f64,
}

/// What is asked for. Fractions are of the plot as it was when the hand came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Asked {
    /// Nothing.
    Nothing,
    /// To point at a place.
    Point(f64),
    /// To see the brush, and what is pointed at.
    Brush(f64),
    /// To look at a stretch.
    Stretch(f64, f64),
    /// To look at all of it.
    All,
}

/// A brush, or a way of a finger, that is narrower than this share of the plot is a click.
const NARROW: f64 = 0.01;
/// Two taps within so long are one double tap.
const DOUBLE_MS: f64 = 400.0;
/// Fingers nearer to each other than this share of the plot pinch as if they were so far apart.
const LEAST_APART: f64 = 0.02;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Doing {
    Nothing,
    /// From where to where.
    Brush(f64, f64),
    /// From where.
    Read(f64),
    Pan(f64),
    /// Where the fingers came down.
    Pinch([f64; 2]),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Hand {
    fingers: Vec<Pointer>,
    doing: Doing,
    /// When the last tap was.
    tapped_ms: f64,
}

impl Default for Hand {
    fn default() -> Self {
        Self {
            fingers: Vec::new(),
            doing: Doing::Nothing,
            tapped_ms: f64::NEG_INFINITY,
        }
    }
}

impl Hand {
    /// The brush as it stands: from where to where.
    pub(super) fn brush(&self) -> Option<(f64, f64)> {
        match self.doing {
            Doing::Brush(from, to) => Some((from.min(to), from.max(to))),
            _ => None,
        }
    }

    /// A pointer goes down; `is_part`: only a part of the axis is looked at.
    pub(super) fn down(&mut self, pointer: Pointer, is_part: bool) -> Asked {
        let place = pointer.place.clamp(0.0, 1.0);
        if !pointer.is_touch {
            self.fingers = vec![pointer];
            self.doing = Doing::Brush(place, place);
            return Asked::Point(place);
        }
        self.fingers
            .retain(|finger| finger.is_touch && finger.id != pointer.id);
        self.fingers.push(pointer);
        self.doing = match self.fingers[..] {
            [_] if is_part => Doing::Pan(place),
            [_] => Doing::Read(place),
            [a, b] => Doing::Pinch([a.place, b.place]),
            _ => Doing::Nothing,
        };
        Asked::Point(place)
    }

    /// A pointer moves, down or not.
    pub(super) fn moves(&mut self, pointer: Pointer) -> Asked {
        let Some(finger) = self
            .fingers
            .iter_mut()
            .find(|finger| finger.id == pointer.id)
        else {
            // The mouse, over the plot.
            return Asked::Point(pointer.place);
        };
        finger.place = pointer.place;
        let place = pointer.place.clamp(0.0, 1.0);
        match self.doing {
            Doing::Nothing => Asked::Nothing,
            Doing::Brush(from, _) => {
                self.doing = Doing::Brush(from, place);
                Asked::Brush(place)
            }
            Doing::Read(_) => Asked::Point(place),
            Doing::Pan(from) => {
                let by = from - pointer.place;
                Asked::Stretch(by, 1.0 + by)
            }
            Doing::Pinch(before) => pinch(before, [self.fingers[0].place, self.fingers[1].place]),
        }
    }

    /// A pointer goes up.
    pub(super) fn up(&mut self, pointer: Pointer) -> Asked {
        let before = self
            .fingers
            .iter()
            .position(|finger| finger.id == pointer.id);
        let Some(_) = before.map(|place| self.fingers.remove(place)) else {
            return Asked::Nothing;
        };
        match std::mem::replace(&mut self.doing, Doing::Nothing) {
            Doing::Brush(from, to) if (to - from).abs() >= NARROW => {
                Asked::Stretch(from.min(to), from.max(to))
            }
            Doing::Read(from) | Doing::Pan(from) if (pointer.place - from).abs() < NARROW => {
                let is_second = pointer.at_ms - self.tapped_ms < DOUBLE_MS;
                self.tapped_ms = if is_second {
                    f64::NEG_INFINITY
                } else {
                    pointer.at_ms
                };
                if is_second {
                    Asked::All
                } else {
                    Asked::Nothing
                }
            }
            _ => Asked::Nothing,
        }
    }

    /// The page took the hand for itself, to scroll.
    pub(super) fn cancel(&mut self) {
        self.fingers.clear();
        self.doing = Doing::Nothing;
    }
}

/// What was under each finger stays under it.
fn pinch(before: [f64; 2], now: [f64; 2]) -> Asked {
    let apart = |[a, b]: [f64; 2]| {
        if (b - a).abs() < LEAST_APART {
            LEAST_APART
        } else {
            (b - a).abs()
        }
    };
    let scale = apart(before) / apart(now);
    let (middle, now) = (before[0].midpoint(before[1]), now[0].midpoint(now[1]));
    let from = middle - now * scale;
    Asked::Stretch(from, from + scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(id: i32, place: f64) -> Pointer {
        Pointer {
            id,
            is_touch: id > 0,
            place,
            at_ms: 0.0,
        }
    }

    #[test]
    fn a_mouse_brushes_in_either_direction_and_a_click_is_none() {
        for (from, to, asked) in [
            (0.2, 0.6, Asked::Stretch(0.2, 0.6)),
            (0.6, 0.2, Asked::Stretch(0.2, 0.6)),
            (0.5, 1.7, Asked::Stretch(0.5, 1.0)),
            (0.5, 0.505, Asked::Nothing),
        ] {
            let mut hand = Hand::default();
            hand.down(at(0, from), true);
            hand.moves(at(0, to));
            assert!(hand.brush().is_some());
            assert_eq!(hand.up(at(0, to)), asked);
            assert_eq!(hand.brush(), None);
        }
        assert_eq!(Hand::default().moves(at(0, 0.3)), Asked::Point(0.3));
    }

    #[test]
    fn one_finger_reads_the_whole_and_moves_a_part() {
        let mut hand = Hand::default();
        hand.down(at(1, 0.5), false);
        assert_eq!(hand.moves(at(1, 0.3)), Asked::Point(0.3));
        assert_eq!(hand.up(at(1, 0.3)), Asked::Nothing);
        hand.down(at(1, 0.5), true);
        assert_eq!(hand.moves(at(1, 0.25)), Asked::Stretch(0.25, 1.25));
    }

    #[test]
    fn two_fingers_keep_what_is_under_them() {
        let mut hand = Hand::default();
        hand.down(at(1, 0.4), false);
        hand.down(at(2, 0.6), false);
        hand.moves(at(1, 0.2));
        let Asked::Stretch(from, to) = hand.moves(at(2, 0.8)) else {
            panic!("two fingers pinch");
        };
        // 0.4 of before is at 0.2 now, and 0.6 at 0.8.
        let seen = |place: f64| (place - from) / (to - from);
        assert!((seen(0.4) - 0.2).abs() < 1e-9 && (seen(0.6) - 0.8).abs() < 1e-9);
        hand.up(at(2, 0.8));
        assert_eq!(hand.moves(at(1, 0.9)), Asked::Nothing);
        // Fingers in one place ask for no stretch without end.
        let Asked::Stretch(from, to) = pinch([0.5, 0.5], [0.5, 0.5]) else {
            panic!()
        };
        assert!((to - from - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_double_tap_shows_all_and_the_page_may_scroll() {
        let mut hand = Hand::default();
        for (at_ms, asked) in [
            (0.0, Asked::Nothing),
            (200.0, Asked::All),
            (300.0, Asked::Nothing),
            (900.0, Asked::Nothing),
        ] {
            let tap = Pointer {
                at_ms,
                ..at(1, 0.5)
            };
            hand.down(tap, true);
            assert_eq!(hand.up(tap), asked, "{at_ms}");
        }
        hand.down(at(1, 0.5), true);
        hand.cancel();
        assert_eq!(hand.up(at(1, 0.5)), Asked::Nothing);
    }
}
