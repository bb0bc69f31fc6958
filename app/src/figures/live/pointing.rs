//! What a reader does over the plot: pointing, brushing, pinching, the wheel, the keys. In: events. Out: the crosshair, and
//! the stretch of the axis that is asked for, told to the page's lens or to whoever brings another chart for it.

use std::rc::Rc;

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _, View};
use wasm_bindgen::JsCast as _;
use web_sys::{FocusEvent, KeyboardEvent, MouseEvent, Node, PointerEvent, WheelEvent};

use super::super::crosshair::Mark;
use super::hand::{Asked, Pointer};
use super::keys::{Step, step};
use super::panel::{Panel, within};
use super::zoom;
use crate::canvas::schedule;

impl Panel {
    pub(super) fn pointer(self: &Rc<Self>, event: &PointerEvent) {
        let kind = event.type_();
        let is_touch = event.pointer_type() == "touch";
        if kind == "pointerleave" {
            // What a finger read stays when it is lifted.
            if !is_touch {
                self.hand.borrow_mut().cancel();
                self.crosshair.leave(self.owner);
                schedule(self);
            }
            return;
        }
        let over = within(event, ".plot").and_then(|plot| Some((plot, self.place(event)?)));
        let Some((plot, place)) = over else {
            self.hand.borrow_mut().cancel();
            return self.crosshair.leave(self.owner);
        };
        let pointer = Pointer {
            // The mouse is one hand, whatever number the browser gives it.
            id: if is_touch { event.pointer_id() } else { 0 },
            is_touch,
            place,
            at_ms: event.time_stamp(),
        };
        let asked = match &*kind {
            "pointerdown" if is_touch || event.button() == 0 => {
                self.hold();
                if !is_touch {
                    // A brush goes on beyond the plot's edge.
                    let _ = plot.set_pointer_capture(event.pointer_id());
                }
                let is_part = self.is_part();
                self.hand.borrow_mut().down(pointer, is_part)
            }
            "pointermove" => self.hand.borrow_mut().moves(pointer),
            "pointerup" => self.hand.borrow_mut().up(pointer),
            "pointercancel" => {
                self.hand.borrow_mut().cancel();
                Asked::Nothing
            }
            _ => Asked::Nothing,
        };
        let is_brush = kind == "pointerup" && !is_touch;
        self.answer(asked, is_brush);
        schedule(self);
    }

    pub(super) fn wheeled(self: &Rc<Self>, event: &WheelEvent) {
        let Some(plot) = within(event, ".plot") else {
            return;
        };
        let has_focus = document().active_element().as_ref() == Some(&plot);
        let Some(place) = self.place(event) else {
            return;
        };
        let asked = zoom::wheel(event, place, has_focus);
        if asked != Asked::Nothing {
            event.prevent_default();
            self.hold();
            self.answer(asked, false);
        }
    }

    pub(super) fn key(self: &Rc<Self>, event: &KeyboardEvent) {
        if event.key() == "Escape" && self.menu.get() {
            event.prevent_default();
            return self.close_menu();
        }
        if within(event, ".plot").is_none() {
            return;
        }
        let (index, len, column, place) = {
            let (shown, view) = (self.shown.borrow(), self.view());
            let mark = self.crosshair.mark_untracked();
            let index = mark.and_then(|mark| mark.on(&*shown));
            let read_out = index.and_then(|index| shown.read_out(index, &view));
            let place = index.and_then(|index| shown.place(index, &view));
            let column = read_out.map_or(1, |read_out| read_out.of);
            (index, shown.len(), column, place.unwrap_or(0.5))
        };
        let asked = zoom::key(event, place);
        if asked != Asked::Nothing {
            self.hold();
            self.answer(asked, false);
            return event.prevent_default();
        }
        match step(&event.key(), index, len, column) {
            Some(Step::To(index)) => self.reach(index),
            Some(Step::Away) => self.crosshair.leave(self.owner),
            None => return,
        }
        event.prevent_default();
    }

    /// The focus went on: to another part of the figure, or away.
    pub(super) fn left(self: &Rc<Self>, event: &FocusEvent) {
        let next = event
            .related_target()
            .and_then(|next| next.dyn_into::<Node>().ok());
        let is_here = next.is_some_and(|next| self.parts.root.contains(Some(&next)));
        if !is_here {
            self.crosshair.leave(self.owner);
            self.close_menu_quietly();
        }
    }

    /// Keeps what is seen: the fractions that a hand speaks of are of this.
    fn hold(&self) {
        let seen = (self.shown.borrow().clone(), self.view());
        self.held.replace(Some(seen));
    }

    /// Whether only a part of the axis is looked at. Who brings other charts knows it alone, and sorts it out.
    fn is_part(&self) -> bool {
        self.tied.zoom.is_some() || self.tied.part(&self.shown.borrow()).is_some()
    }

    fn answer(self: &Rc<Self>, asked: Asked, is_brush: bool) {
        match asked {
            Asked::Nothing => {}
            Asked::Point(place) | Asked::Brush(place) => {
                let index = self.shown.borrow().nearest(place, &self.view());
                if let Some(index) = index {
                    self.point(index);
                }
            }
            Asked::All => self.show_all(),
            Asked::Stretch(from, to) => {
                let held = self.held.borrow();
                let Some((chart, view)) = &*held else { return };
                self.look_at(chart, view, (from, to), is_brush);
            }
        }
    }

    /// Looks at all of the axis.
    pub(super) fn show_all(&self) {
        if let Some(zoom) = self.tied.zoom {
            zoom.run(None);
        } else {
            let axis = self.shown.borrow().axis().to_owned();
            self.tied.lens.set_zoom(&axis, None, (0.0, 1.0));
        }
    }

    fn look_at(&self, chart: &AnyChart, view: &View, (from, to): (f64, f64), is_brush: bool) {
        if let Some(zoom) = self.tied.zoom {
            return zoom.run(Some((chart.x_at(from, view), chart.x_at(to, view))));
        }
        let whole = view.window(0.0, 1.0);
        let edges = (chart.x_at(0.0, &whole), chart.x_at(1.0, &whole));
        let stretch = view.within(from, to).map(|(from, to)| {
            let stretch = (chart.x_at(from, view), chart.x_at(to, view));
            if is_brush {
                chart.snapped(stretch)
            } else {
                stretch
            }
        });
        self.tied.lens.set_zoom(chart.axis(), stretch, edges);
    }

    /// Where the pointer is, as a fraction of the plot's width.
    fn place(&self, event: &MouseEvent) -> Option<f64> {
        let rect = self.parts.stage.get_bounding_client_rect();
        let place = (f64::from(event.client_x()) - rect.left()) / rect.width();
        (rect.width() > 0.0).then_some(place)
    }

    /// Points at a point by key, and moves what is looked at so that it is seen.
    fn reach(&self, index: usize) {
        self.point(index);
        let (shown, view) = (self.shown.borrow(), self.view());
        let Some(mark) = shown.mark(index).filter(|_| self.tied.zoom.is_none()) else {
            return;
        };
        if let (None, Some((from, to))) = (shown.place(index, &view), self.tied.part(&shown)) {
            let half = (to - from) / 2.0;
            let whole = view.window(0.0, 1.0);
            let edges = (shown.x_at(0.0, &whole), shown.x_at(1.0, &whole));
            let middle = mark.clamp(edges.0 + half, (edges.1 - half).max(edges.0 + half));
            let stretch = Some((middle - half, middle + half));
            let axis = shown.axis().to_owned();
            drop(shown);
            self.tied.lens.set_zoom(&axis, stretch, edges);
        }
    }

    fn point(&self, index: usize) {
        let shown = self.shown.borrow();
        let mark = shown.mark(index).map(|value| Mark {
            axis: shown.axis().to_owned(),
            value,
            owner: self.owner,
        });
        drop(shown);
        if let Some(mark) = mark {
            self.crosshair.point(mark);
        }
    }
}
