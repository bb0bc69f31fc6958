//! A figure's panel: everything in it that moves.
//!
//! In: changes of data, crosshair, size, screen and theme, and what a reader does. Out: at most one frame for all of
//! them, which writes the parts that changed and paints the canvas if it is on screen.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _, View};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

use super::super::crosshair::{Crosshair, Mark};
use super::super::figure::Zoom;
use super::super::markup::{self, overlay};
use super::file;
use super::keys::{Step, step};
use super::painter::Painter;
use super::parts::Parts;
use super::zoom::Zooming;

/// What a figure on the full screen holds besides its plot, in pixels.
const AROUND_PX: f64 = 140.0;

/// See the module.
pub(super) struct Panel {
    parts: Parts,
    painter: Painter,
    source: Signal<AnyChart>,
    crosshair: Crosshair,
    owner: u32,
    /// The chart as it is shown: without what was put away, at its height.
    shown: RefCell<AnyChart>,
    hidden: RefCell<Vec<String>>,
    view: Cell<View>,
    width_px: Cell<f64>,
    zooming: Zooming,
    open: Cell<bool>,
    on_screen: Cell<bool>,
    /// The data, or what is shown of it, changed.
    stale: Cell<bool>,
    /// The picture is not what it should be.
    unpainted: Cell<bool>,
    due: Cell<bool>,
    over: Cell<bool>,
}

impl Panel {
    /// The panel of a figure in the page; `None` where it cannot be painted, and stays as the server sent it.
    pub(super) fn new(
        figure: &HtmlElement,
        source: Signal<AnyChart>,
        crosshair: Crosshair,
        zoom: Option<Zoom>,
    ) -> Option<Rc<Self>> {
        let parts = Parts::of(figure)?;
        let painter = Painter::new(parts.canvas.clone())?;
        Some(Rc::new(Self {
            parts,
            painter,
            source,
            crosshair,
            owner: crosshair.join(),
            shown: RefCell::new(source.get_untracked()),
            hidden: RefCell::default(),
            view: Cell::new(View::UNKNOWN),
            width_px: Cell::new(0.0),
            zooming: Zooming::new(zoom),
            open: Cell::new(false),
            on_screen: Cell::new(false),
            stale: Cell::new(true),
            unpainted: Cell::new(true),
            due: Cell::new(false),
            over: Cell::new(false),
        }))
    }

    /// The figure.
    pub(super) fn root(&self) -> &HtmlElement {
        &self.parts.root
    }

    /// The plot itself.
    pub(super) fn stage(&self) -> &Element {
        &self.parts.stage
    }

    /// The data changed.
    pub(super) fn changed(self: &Rc<Self>) {
        self.stale.set(true);
        self.schedule();
    }

    /// The crosshair moved.
    pub(super) fn pointed(self: &Rc<Self>) {
        self.schedule();
    }

    /// The plot is this wide now.
    pub(super) fn resized(self: &Rc<Self>, width_px: f64) {
        self.width_px.set(width_px);
        self.repaint();
    }

    /// The plot has come on screen, or left it.
    pub(super) fn seen(self: &Rc<Self>, on_screen: bool) {
        self.on_screen.set(on_screen);
        if on_screen && self.unpainted.get() {
            self.schedule();
        }
    }

    /// The picture is out of date, the data is not: the theme changed.
    pub(super) fn repaint(self: &Rc<Self>) {
        self.unpainted.set(true);
        self.schedule();
    }

    /// Nothing is written or painted any more.
    pub(super) fn stop(&self) {
        self.over.set(true);
        self.crosshair.leave(self.owner);
    }

    /// Asks for one frame, unless one is asked for.
    fn schedule(self: &Rc<Self>) {
        if self.over.get() || self.due.replace(true) {
            return;
        }
        let panel = Rc::clone(self);
        let frame = Closure::once_into_js(move || {
            panel.due.set(false);
            if !panel.over.get() {
                panel.frame();
            }
        });
        let _ = window().request_animation_frame(frame.unchecked_ref());
    }

    fn frame(&self) {
        if self.stale.replace(false) {
            let Some(chart) = self.source.try_get_untracked() else {
                return;
            };
            self.take(chart);
        }
        if self.on_screen.get() && self.unpainted.get() {
            let shown = self.shown.borrow();
            if let Some(view) = self.painter.paint(&shown, self.width_px.get()) {
                self.unpainted.set(false);
                self.view.set(view);
                self.parts.drawing.html(" ".to_owned());
            }
        }
        self.write_crosshair();
    }

    /// Writes what a chart says, and has it painted.
    fn take(&self, chart: AnyChart) {
        let parts = &self.parts;
        parts.note.text(chart.note().to_owned());
        if self.open.get() {
            parts.data.html(markup::table::html(&chart.table()));
        }
        let mut shown = chart.without(&self.hidden.borrow());
        if let Some(screen_px) = self.screen_height() {
            shown = shown.at_height(screen_px - AROUND_PX);
        }
        let layout = shown.layout();
        parts.class.attribute("class", layout.class().to_owned());
        parts.label.attribute("aria-label", shown.summary());
        parts
            .height
            .attribute("height", layout.height_px.to_string());
        self.shown.replace(shown);
        self.unpainted.set(true);
    }

    /// Writes the crosshair, its read-out, and the values under it.
    fn write_crosshair(&self) {
        let mark = self.crosshair.mark_untracked();
        let own = mark.as_ref().is_some_and(|mark| mark.owner == self.owner);
        let (shown, view) = (self.shown.borrow(), self.view.get());
        let index = mark.as_ref().and_then(|mark| mark.on(&*shown));
        let over = index.and_then(|index| {
            let place = shown.place(index, &view)?;
            let read_out = own.then(|| shown.read_out(index, &view)).flatten();
            Some(overlay::Shown { place, read_out })
        });
        let height_px = shown.layout().height_px;
        let svg = over.as_ref().map(|over| overlay::svg(over, height_px));
        let words = over.and_then(|over| Some(overlay::words(&over.read_out?)));
        let brush = self.zooming.brush(height_px);
        self.parts.over.html(brush + &svg.unwrap_or_default());
        self.parts.status.text(words.unwrap_or_default());
        if let Some(legend) = &self.parts.legend {
            self.source.with_untracked(|chart| {
                let index = mark.as_ref().and_then(|mark| mark.on(chart));
                legend.html(markup::legend(&chart.legend(index), &self.hidden.borrow()));
            });
        }
    }

    /// Something happened to the figure, or to the whole page.
    pub(super) fn happened(self: &Rc<Self>, event: &Event) {
        let place = within(event, ".plot").and_then(|plot| {
            let has_focus = document()
                .active_element()
                .is_some_and(|active| active == plot);
            Some((self.place(event.dyn_ref::<MouseEvent>()?)?, has_focus))
        });
        let asked = {
            let (shown, view) = (self.shown.borrow(), self.view.get());
            let mark = self.crosshair.mark_untracked();
            let index = mark.and_then(|mark| mark.on(&*shown));
            let at = index.and_then(|index| shown.place(index, &view));
            let x = |place: f64| shown.x_at(place, &view);
            self.zooming.asked(event, place, at, x)
        };
        if let Some((zoom, stretch)) = asked {
            event.prevent_default();
            zoom.run(stretch);
        }
        match &*event.type_() {
            "click" => self.clicked(event),
            "keydown" => self.key(event.unchecked_ref()),
            "wheel" | "dblclick" | "pointerup" | "pointercancel" => self.schedule(),
            "pointermove" | "pointerdown" => self.pointer(event.unchecked_ref()),
            "pointerleave" | "focusout" => self.crosshair.leave(self.owner),
            // The full screen was taken or given back, or the window changed.
            _ => self.changed(),
        }
    }

    fn pointer(self: &Rc<Self>, event: &MouseEvent) {
        let place = within(event, ".plot").and_then(|_| self.place(event));
        let Some(place) = place else {
            return self.crosshair.leave(self.owner);
        };
        let index = self.shown.borrow().nearest(place, &self.view.get());
        if let Some(index) = index {
            self.point(index);
        }
        if self.zooming.is_brushing() {
            self.schedule();
        }
    }

    /// Where the pointer is, as a fraction of the plot's width.
    fn place(&self, event: &MouseEvent) -> Option<f64> {
        let rect = self.parts.stage.get_bounding_client_rect();
        let place = (f64::from(event.client_x()) - rect.left()) / rect.width();
        (rect.width() > 0.0).then_some(place)
    }

    fn key(&self, event: &KeyboardEvent) {
        if within(event, ".plot").is_none() {
            return;
        }
        let step = {
            let shown = self.shown.borrow();
            let mark = self.crosshair.mark_untracked();
            let index = mark.and_then(|mark| mark.on(&*shown));
            let read_out = index.and_then(|index| shown.read_out(index, &self.view.get()));
            let column = read_out.map_or(1, |read_out| read_out.of);
            step(&event.key(), index, shown.len(), column)
        };
        match step {
            Some(Step::To(index)) => self.point(index),
            Some(Step::Away) => self.crosshair.leave(self.owner),
            None => return,
        }
        event.prevent_default();
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

    fn clicked(self: &Rc<Self>, event: &Event) {
        let Some(button) = within(event, "[data-act]") else {
            return;
        };
        let csv = || self.source.with_untracked(|chart| chart.table().csv());
        match button.get_attribute("data-act").as_deref() {
            Some("full") => self.toggle_full_screen(),
            Some("table") => self.toggle_table(&button),
            Some("series") => self.toggle_series(&button),
            Some("copy") => file::copy(&csv()),
            Some("save") => {
                let name = self.source.with_untracked(|chart| chart.name().to_owned());
                file::save(&name, &csv());
            }
            _ => {}
        }
    }

    fn toggle_series(self: &Rc<Self>, button: &Element) {
        let place = button.get_attribute("data-series");
        let place = place.and_then(|place| place.parse::<usize>().ok());
        let rows = self.source.with_untracked(|chart| chart.legend(None));
        if let Some(row) = place.and_then(|place| rows.into_iter().nth(place)) {
            let mut hidden = self.hidden.borrow_mut();
            match hidden.iter().position(|label| *label == row.label) {
                Some(place) => drop(hidden.remove(place)),
                None => hidden.push(row.label),
            }
        }
        self.changed();
    }

    fn toggle_table(self: &Rc<Self>, button: &Element) {
        let open = !self.open.get();
        self.open.set(open);
        let _ = button.set_attribute("aria-pressed", &open.to_string());
        let _ = self
            .parts
            .root
            .class_list()
            .toggle_with_force("tabled", open);
        self.parts.data.show(open);
        self.changed();
    }

    fn toggle_full_screen(&self) {
        if document().fullscreen_element().is_some() {
            document().exit_fullscreen();
        } else {
            // A browser that refuses shows the figure where it is.
            let _ = self.parts.root.request_fullscreen();
        }
    }

    /// The height of the screen, while the figure has all of it.
    fn screen_height(&self) -> Option<f64> {
        let root: &Element = &self.parts.root;
        let own = document().fullscreen_element().as_ref() == Some(root);
        let height = window().inner_height().ok()?.as_f64()?;
        own.then_some(height)
    }
}

/// The nearest element around an event's target that fits a selector.
fn within(event: &Event, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(selector).ok().flatten()
}
