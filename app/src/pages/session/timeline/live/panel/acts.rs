//! What a reader does to the timeline. In: events of the panel. Out: another stretch, a chosen span, an open group.

use std::rc::Rc;

use leptos::prelude::*;
use loopscope_protocol::{Span, SpanId};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

use super::super::super::look::{say, spent, title};
use super::super::super::page::Shown;
use super::super::super::parts::{ROW_PX, escaped};
use super::super::super::scale::Stretch;
use super::super::hand::{self, Hands, Seen};
use super::super::paint;
use super::{Panel, ROW, style};
use crate::canvas::schedule;

impl Panel {
    /// Something happened in the panel.
    pub(in super::super) fn happened(self: &Rc<Self>, event: &Event) {
        let Some(seen) = self.seen.get() else { return };
        match &*event.type_() {
            "scroll" => schedule(self),
            "wheel" => self.wheeled(event.unchecked_ref(), seen),
            "keydown" => self.pressed(event.unchecked_ref(), seen),
            "click" => self.clicked(event),
            "dblclick" if self.over_bars(event).is_some() => self.page.look(None),
            "pointerdown" => self.went_down(event.unchecked_ref(), seen),
            "pointermove" => self.moved(event.unchecked_ref(), seen),
            "pointerup" | "pointercancel" => self.went_up(event.unchecked_ref()),
            "pointerleave" => self.point(None, (0.0, 0.0)),
            _ => {}
        }
    }

    /// Where a pointer is over the bars, from their left and top.
    fn over_bars(&self, event: &Event) -> Option<(f64, f64)> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        target.closest(".tl-lanes").ok().flatten()?;
        let mouse: &MouseEvent = event.unchecked_ref();
        let lanes = self.bars.0.get_bounding_client_rect();
        Some((
            f64::from(mouse.client_x()) - lanes.left(),
            f64::from(mouse.client_y()) - lanes.top(),
        ))
    }

    /// Where a pointer is over the map, as a share of it.
    fn over_map(&self, event: &Event) -> Option<f64> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        target.closest(".tl-map").ok().flatten()?;
        let mouse: &MouseEvent = event.unchecked_ref();
        let map = self.map.0.get_bounding_client_rect();
        Some(((f64::from(mouse.client_x()) - map.left()) / map.width()).clamp(0.0, 1.0))
    }

    fn wheeled(&self, event: &WheelEvent, seen: Seen) {
        let Some((x, _)) = self.over_bars(event) else {
            return;
        };
        let has_focus = document().active_element().as_ref() == Some(self.scroll.unchecked_ref());
        if let Some(stretch) = Hands::wheel(event, x, seen, has_focus) {
            event.prevent_default();
            self.look(stretch, seen.whole);
        }
    }

    fn look(&self, stretch: Stretch, whole: Stretch) {
        self.page.look((stretch != whole).then_some(stretch));
    }

    fn went_down(&self, event: &PointerEvent, seen: Seen) {
        if event.button() != 0 {
            return;
        }
        if let Some(share) = self.over_map(event) {
            let _ = self.map.0.set_pointer_capture(event.pointer_id());
            self.centre(seen.whole.at(share), seen);
        } else if let Some((x, y)) = self.over_bars(event) {
            let _ = self.bars.0.set_pointer_capture(event.pointer_id());
            self.hands.down(event, x, y);
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = self.scroll.focus_with_options(&options);
        }
    }

    /// Moves the stretch that is seen to have a time in its middle.
    fn centre(&self, at_us: i64, seen: Seen) {
        let half = (seen.stretch.length_us() / 2.0) as i64;
        let stretch = Stretch {
            from_us: at_us - half,
            to_us: at_us + half,
        };
        self.look(stretch.within(seen.whole), seen.whole);
    }

    fn moved(self: &Rc<Self>, event: &PointerEvent, seen: Seen) {
        if event.buttons() & 1 == 1
            && let Some(share) = self.over_map(event)
        {
            self.centre(seen.whole.at(share), seen);
            return;
        }
        let Some((x, y)) = self.over_bars(event) else {
            self.point(None, (0.0, 0.0));
            return;
        };
        if let Some(stretch) = self.hands.drag(event, x, seen) {
            self.look(stretch, seen.whole);
        }
        if self.hands.is_dragging() || event.pointer_type() == "touch" {
            self.point(None, (x, y));
        } else {
            self.point(self.at(x, y), (x, y));
        }
    }

    fn went_up(&self, event: &PointerEvent) {
        let place = self.over_bars(event);
        if self.hands.up(event)
            && let Some((x, y)) = place
        {
            self.choose(self.at(x, y));
        }
    }

    /// The span at a place.
    fn at(&self, x: f64, y: f64) -> Option<SpanId> {
        let seen = self.seen.get()?;
        let shown = self.shown.borrow();
        let size = (seen.width_px, f64::from(self.scroll.client_height()));
        let now_us = untrack(|| self.page.now_us());
        let scene = self.scene(&shown, seen.stretch, now_us, size);
        paint::at(&scene, x, y)
    }

    /// Shows in few words what the pointer is over.
    fn point(self: &Rc<Self>, id: Option<SpanId>, (x, y): (f64, f64)) {
        let row = id.map(|_| ((y + f64::from(self.scroll.scroll_top())) / ROW) as usize);
        if self.hovered.replace(row) != row {
            schedule(self);
        }
        let shown = self.shown.borrow();
        let span = id.and_then(|id| shown.spans.iter().find(|span| span.id == id));
        let Some(span) = span else {
            self.tip.set_hidden(true);
            return;
        };
        let now_us = untrack(|| self.page.now_us());
        let mut words = format!("<b>{}</b> {}", escaped(&title(span)), spent(span, now_us));
        if let Some(label) = &span.label {
            words.push_str("<br>");
            words.push_str(&escaped(label));
        }
        self.tip.set_inner_html(&words);
        self.tip.set_hidden(false);
        let (panel, lanes) = (
            self.root.get_bounding_client_rect(),
            self.bars.0.get_bounding_client_rect(),
        );
        let width = f64::from(self.tip.offset_width());
        let left = (lanes.left() - panel.left() + x + 12.0).min(panel.width() - width - 8.0);
        style(&self.tip, "left", left.max(8.0));
        style(&self.tip, "top", lanes.top() - panel.top() + y + 16.0);
    }

    fn choose(&self, id: Option<SpanId>) {
        self.page.select(id);
        let shown = self.shown.borrow();
        let span = id.and_then(|id| shown.spans.iter().find(|span| span.id == id));
        let now_us = untrack(|| self.page.now_us());
        let words = span.map(|span| say(span, now_us)).unwrap_or_default();
        self.said.set_text_content(Some(&words));
    }

    fn clicked(&self, event: &Event) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let Some(target) = target else { return };
        if self.flag_pressed(event, &target) {
            return;
        }
        if let Ok(Some(button)) = target.closest("a[data-row]") {
            let row = button
                .get_attribute("data-row")
                .and_then(|row| row.parse().ok());
            let shown = self.shown.borrow();
            let row = row.and_then(|row: usize| shown.rows.get(row));
            let mouse: &MouseEvent = event.unchecked_ref();
            let is_plain = !(mouse.ctrl_key() || mouse.meta_key() || mouse.shift_key());
            if let Some((group, _)) = row.and_then(|row| row.group.as_ref()).filter(|_| is_plain) {
                // The link is for who has no scripts, or wants another tab.
                event.prevent_default();
                self.page.toggle(group);
            }
            return;
        }
        let Ok(Some(button)) = target.closest("[data-act]") else {
            return;
        };
        let Some(seen) = self.seen.get() else { return };
        match button.get_attribute("data-act").as_deref() {
            Some("in") => self.look(seen.stretch.zoomed(0.5, 0.5, seen.whole), seen.whole),
            Some("out") => self.look(seen.stretch.zoomed(0.5, 2.0, seen.whole), seen.whole),
            Some("fit") => self.page.look(None),
            _ => {}
        }
    }

    fn pressed(&self, event: &KeyboardEvent, seen: Seen) {
        let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        let is_here = document().active_element().as_ref() == Some(self.scroll.unchecked_ref());
        if !is_plain || !is_here {
            return;
        }
        let done = match &*event.key() {
            "ArrowLeft" => self.step(-1, 0),
            "ArrowRight" => self.step(1, 0),
            "ArrowUp" => self.step(0, -1),
            "ArrowDown" => self.step(0, 1),
            "Escape" if self.page.selected.get_untracked().is_some() => {
                self.choose(None);
                true
            }
            "f" | "F" => {
                let chosen = self.chosen(|span, now_us| {
                    let end = span.end_at(now_us);
                    let room = (end - span.start_us) / 4;
                    Stretch::whole(span.start_us - room, end + room).within(seen.whole)
                });
                self.page
                    .look(chosen.filter(|chosen| *chosen != seen.stretch));
                true
            }
            "0" => {
                self.page.look(None);
                true
            }
            key => {
                let middle = self.chosen(|span, now_us| {
                    let middle = i64::midpoint(span.start_us, span.end_at(now_us));
                    seen.stretch.share(middle)
                });
                let middle = middle.filter(|middle| (0.0..=1.0).contains(middle));
                let stretch = hand::key(key, middle.unwrap_or(0.5), seen);
                stretch.is_some_and(|stretch| {
                    self.look(stretch, seen.whole);
                    true
                })
            }
        };
        if done {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    fn chosen<T>(&self, of: impl FnOnce(&Span, i64) -> T) -> Option<T> {
        let id = self.page.selected.get_untracked()?;
        let shown = self.shown.borrow();
        let span = shown.spans.iter().find(|span| span.id == id)?;
        Some(of(span, untrack(|| self.page.now_us())))
    }

    /// Goes to another bar of the row, or to the nearest of another row.
    fn step(&self, along: i64, down: i64) -> bool {
        let next = {
            let shown = self.shown.borrow();
            next(&shown, self.page.selected.get_untracked(), along, down)
        };
        let Some((row, id)) = next else { return true };
        self.choose(Some(id));
        // The row comes into view.
        let (top, room) = (self.scroll.scroll_top(), self.scroll.client_height());
        let (from, to) = ((row * ROW_PX) as i32, ((row + 1) * ROW_PX) as i32);
        if from < top {
            self.scroll.set_scroll_top(from);
        } else if to > top + room {
            self.scroll.set_scroll_top(to - room);
        }
        if let Some(seen) = self.seen.get() {
            let middle =
                self.chosen(|span, now_us| i64::midpoint(span.start_us, span.end_at(now_us)));
            let is_out =
                middle.is_some_and(|middle| !(0.0..=1.0).contains(&seen.stretch.share(middle)));
            if let Some(middle) = middle.filter(|_| is_out) {
                self.centre(middle, seen);
            }
        }
        true
    }
}

/// The bar beside the chosen one; the first where none is.
fn next(shown: &Shown, id: Option<SpanId>, along: i64, down: i64) -> Option<(usize, SpanId)> {
    let id_of = |bar: &u32| shown.spans.get(*bar as usize).map(|span| span.id);
    let rows = || {
        shown
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.is_rolled && !row.bars.is_empty())
    };
    let place = rows().find_map(|(index, row)| {
        let bar = row
            .bars
            .iter()
            .position(|bar| id_of(bar) == id && id.is_some())?;
        Some((index, bar))
    });
    let Some((row, bar)) = place else {
        let (index, row) = rows().next()?;
        return Some((index, id_of(row.bars.first()?)?));
    };
    if down == 0 {
        let bars = &shown.rows.get(row)?.bars;
        let bar = (bar as i64 + along).clamp(0, bars.len() as i64 - 1);
        return Some((row, id_of(bars.get(bar as usize)?)?));
    }
    let start = shown.rows.get(row)?.bars.get(bar)?;
    let start = shown.spans.get(*start as usize)?.start_us;
    let (index, next) = if down > 0 {
        rows().find(|(index, _)| *index > row)?
    } else {
        rows().rfind(|(index, _)| *index < row)?
    };
    let near = next.bars.iter().min_by_key(|bar| {
        let span = shown.spans.get(**bar as usize);
        span.map_or(i64::MAX, |span| (span.start_us - start).abs())
    });
    Some((index, id_of(near?)?))
}
