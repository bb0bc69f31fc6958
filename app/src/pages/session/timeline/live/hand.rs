//! What hands do to a timeline: wheel, drag, pinch, keys. In: events and the stretch that is seen. Out: another stretch.
//!
//! The wheel belongs to the page until the timeline has the focus (a click gives it), or with Ctrl or Cmd; Shift and
//! sideways wheels move. One finger moves sideways and leaves up and down to the page, two zoom.

use std::cell::{Cell, RefCell};

use web_sys::{PointerEvent, WheelEvent};

use super::super::scale::Stretch;

/// A drag shorter than this is a click, in pixels.
const CLICK_PX: f64 = 4.0;

/// See the module.
#[derive(Default)]
pub(super) struct Hands {
    /// Pointers that are down: which, and where they are.
    down: RefCell<Vec<(i32, f64)>>,
    /// Where the first went down, from left and top.
    began: Cell<Option<(f64, f64)>>,
    moved: Cell<bool>,
}

/// What is seen, and all there is.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub stretch: Stretch,
    pub whole: Stretch,
    pub width_px: f64,
}

impl Hands {
    /// What a wheel asks for; `None` where it is the page's.
    pub(super) fn wheel(
        event: &WheelEvent,
        x: f64,
        seen: Seen,
        has_focus: bool,
    ) -> Option<Stretch> {
        let (across, along) = (event.delta_x(), event.delta_y());
        // Lines and pages are larger than pixels.
        let scale = match event.delta_mode() {
            1 => 16.0,
            2 => 400.0,
            _ => 1.0,
        };
        if event.shift_key() || across.abs() > along.abs() {
            let by = if across == 0.0 { along } else { across };
            return Some(seen.stretch.moved(by * scale / seen.width_px, seen.whole));
        }
        if !(has_focus || event.ctrl_key() || event.meta_key()) {
            return None;
        }
        let factor = (along * scale * 0.002).clamp(-1.0, 1.0).exp();
        Some(seen.stretch.zoomed(x / seen.width_px, factor, seen.whole))
    }

    /// A pointer goes down.
    pub(super) fn down(&self, event: &PointerEvent, x: f64, y: f64) {
        let mut down = self.down.borrow_mut();
        down.retain(|(id, _)| *id != event.pointer_id());
        down.push((event.pointer_id(), x));
        if down.len() == 1 {
            self.began.set(Some((x, y)));
            self.moved.set(false);
        } else {
            self.moved.set(true);
        }
    }

    /// A pointer that is down moves. Out: what it asks for.
    pub(super) fn drag(&self, event: &PointerEvent, x: f64, seen: Seen) -> Option<Stretch> {
        let mut down = self.down.borrow_mut();
        let before: Vec<f64> = down.iter().map(|(_, x)| *x).collect();
        let own = down.iter_mut().find(|(id, _)| *id == event.pointer_id())?;
        let from = std::mem::replace(&mut own.1, x);
        if before.len() >= 2 {
            let after: Vec<f64> = down.iter().map(|(_, x)| *x).collect();
            let (near, far) = (
                before.first()? - before.get(1)?,
                after.first()? - after.get(1)?,
            );
            let middle = f64::midpoint(*after.first()?, *after.get(1)?) / seen.width_px;
            let factor = (near.abs().max(8.0) / far.abs().max(8.0)).clamp(0.5, 2.0);
            return Some(seen.stretch.zoomed(middle, factor, seen.whole));
        }
        let (start, _) = self.began.get()?;
        if !self.moved.get() && (x - start).abs() < CLICK_PX {
            // Not yet: it goes on from where it began.
            if let Some(own) = down.iter_mut().find(|(id, _)| *id == event.pointer_id()) {
                own.1 = from;
            }
            return None;
        }
        self.moved.set(true);
        Some(seen.stretch.moved((from - x) / seen.width_px, seen.whole))
    }

    /// A pointer goes up. Out: whether it was a click.
    pub(super) fn up(&self, event: &PointerEvent) -> bool {
        let mut down = self.down.borrow_mut();
        let was_down = down.iter().any(|(id, _)| *id == event.pointer_id());
        down.retain(|(id, _)| *id != event.pointer_id());
        was_down && down.is_empty() && !self.moved.get()
    }

    pub(super) fn is_dragging(&self) -> bool {
        self.moved.get() && !self.down.borrow().is_empty()
    }
}

/// What a key asks for; `None` where it is no key of the timeline's.
pub(super) fn key(key: &str, middle: f64, seen: Seen) -> Option<Stretch> {
    let zoomed = |factor: f64| seen.stretch.zoomed(middle, factor, seen.whole);
    let moved = |by: f64| seen.stretch.moved(by, seen.whole);
    Some(match key {
        "w" | "W" | "+" | "=" => zoomed(0.7),
        "s" | "S" | "-" => zoomed(1.0 / 0.7),
        "a" | "A" => moved(-0.15),
        "d" | "D" => moved(0.15),
        _ => return None,
    })
}
