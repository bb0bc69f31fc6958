//! A figure's panel: everything in it that moves.
//!
//! In: changes of data, crosshair, lens, size, screen and theme, and what a reader does. Out: at most one frame for all of
//! them, which writes the parts that changed and paints the canvas if it is on screen. What a hand does over the plot is in
//! `pointing`, what its buttons do in `menu`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _, View};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement};

use super::super::crosshair::Crosshair;
use super::super::figure::Tied;
use super::super::markup::{self, overlay};
use super::hand::Hand;
use super::painter::Painter;
use super::parts::{self, Parts};
use crate::canvas::{Drawn, Frames, Recoloured, schedule};

/// What a figure on the full screen holds besides its plot, in pixels.
const AROUND_PX: f64 = 140.0;

/// Data that comes all the time is taken in no more often than this, in milliseconds: nobody reads ten values a second,
/// and what a reader does has the frames in between for itself.
const LEAST_MS: f64 = 100.0;

/// See the module.
pub(super) struct Panel {
    pub(super) parts: Parts,
    painter: Painter,
    pub(super) source: Signal<AnyChart>,
    pub(super) crosshair: Crosshair,
    pub(super) tied: Tied,
    pub(super) owner: u32,
    /// The chart as it is shown: without what was put away, at its height.
    pub(super) shown: RefCell<AnyChart>,
    /// The whole, at the width that it has.
    whole: Cell<View>,
    width_px: Cell<f64>,
    pub(super) hand: RefCell<Hand>,
    /// What was seen when the hand came: its fractions are of this.
    pub(super) held: RefCell<Option<(AnyChart, View)>>,
    /// Whether the table is shown, and the menu.
    pub(super) tabled: Cell<bool>,
    pub(super) menu: Cell<bool>,
    on_screen: Cell<bool>,
    /// The data, or what is shown of it, changed.
    stale: Cell<bool>,
    /// The picture is not what it should be.
    unpainted: Cell<bool>,
    /// When data was taken in last, and whether more waits for its time.
    taken_ms: Cell<f64>,
    waits: Cell<bool>,
    frames: Frames,
}

impl Panel {
    /// The panel of a figure in the page; `None` where it cannot be painted, and stays as the server sent it.
    pub(super) fn new(
        figure: &HtmlElement,
        source: Signal<AnyChart>,
        crosshair: Crosshair,
        tied: Tied,
    ) -> Option<Rc<Self>> {
        let parts = Parts::of(figure)?;
        let painter = Painter::new(parts.canvas.clone())?;
        Some(Rc::new(Self {
            parts,
            painter,
            source,
            crosshair,
            tied,
            owner: crosshair.join(),
            shown: RefCell::new(source.get_untracked()),
            whole: Cell::new(View::UNKNOWN),
            width_px: Cell::new(0.0),
            hand: RefCell::default(),
            held: RefCell::default(),
            tabled: Cell::new(false),
            menu: Cell::new(false),
            on_screen: Cell::new(false),
            stale: Cell::new(true),
            unpainted: Cell::new(true),
            taken_ms: Cell::new(f64::NEG_INFINITY),
            waits: Cell::new(false),
            frames: Frames::default(),
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

    /// What is seen of the chart: always as the lens says by now, also before it is painted.
    pub(super) fn view(&self) -> View {
        self.tied.view(self.whole.get(), &self.shown.borrow())
    }

    /// The data changed: at once where it has been still, else in its time.
    pub(super) fn told(self: &Rc<Self>) {
        let rest = self.taken_ms.get() + LEAST_MS - now_ms();
        if rest <= 0.0 {
            self.changed();
        } else if !self.waits.replace(true) {
            let panel = Rc::clone(self);
            let later = move || {
                panel.waits.set(false);
                panel.changed();
            };
            set_timeout(later, std::time::Duration::from_secs_f64(rest / 1000.0));
        }
    }

    /// How it is looked at changed.
    pub(super) fn changed(self: &Rc<Self>) {
        self.stale.set(true);
        schedule(self);
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
            schedule(self);
        }
    }

    fn repaint(self: &Rc<Self>) {
        self.unpainted.set(true);
        schedule(self);
    }

    /// Nothing is written or painted any more.
    pub(super) fn stop(&self) {
        self.frames.stop();
        self.crosshair.leave(self.owner);
    }

    /// Writes what a chart says, and has it painted.
    fn take(&self, chart: AnyChart) {
        let parts = &self.parts;
        parts.note.text(chart.note().to_owned());
        if self.tabled.get() {
            parts.data.html(markup::table::html(&chart.table()));
        }
        let mut shown = self.tied.shown(chart);
        if let Some(screen_px) = self.screen_height() {
            shown = shown.at_height(screen_px - AROUND_PX);
        }
        self.shown.replace(shown);
        self.unpainted.set(true);
        let (shown, view) = (self.shown.borrow(), self.view());
        let layout = shown.layout(&view);
        parts.class.attribute("class", layout.class().to_owned());
        parts.label.attribute("aria-label", shown.summary());
        parts
            .height
            .attribute("height", layout.height_px.to_string());
        let is_part = self.tied.part(&shown).is_some();
        let _ = parts.root.class_list().toggle_with_force("zoomed", is_part);
        if self.menu.get() {
            self.write_menu();
        }
    }

    /// Writes the crosshair, its read-out, and the values under it.
    fn write_crosshair(&self) {
        let mark = self.crosshair.mark_untracked();
        let own = mark.as_ref().is_some_and(|mark| mark.owner == self.owner);
        let (shown, view) = (self.shown.borrow(), self.view());
        let index = mark.as_ref().and_then(|mark| mark.on(&*shown));
        let over = index.and_then(|index| {
            let place = shown.place(index, &view)?;
            let read_out = own.then(|| shown.read_out(index, &view)).flatten();
            Some(overlay::Shown { place, read_out })
        });
        let size = (view.width_px, shown.layout(&view).height_px);
        let svg = over.as_ref().map(|over| overlay::svg(over, size));
        let words = over.and_then(|over| Some(overlay::words(&over.read_out?)));
        let brush = self.hand.borrow().brush();
        let brush = brush.map_or_else(String::new, |brush| parts::brush(brush, size.1));
        self.parts.over.html(brush + &svg.unwrap_or_default());
        self.parts.status.text(words.unwrap_or_default());
        self.source.with_untracked(|chart| {
            if chart.needs_legend() {
                let index = mark.as_ref().and_then(|mark| mark.on(chart));
                let hidden = self.tied.lens.hidden(chart.name());
                self.parts.legend.write(chart.legend(index), hidden);
            }
        });
    }

    /// Something happened to the figure, or to the whole page.
    pub(super) fn happened(self: &Rc<Self>, event: &Event) {
        match &*event.type_() {
            "click" => self.clicked(event),
            "input" => self.slid(event),
            "keydown" => self.key(event.unchecked_ref()),
            "wheel" => self.wheeled(event.unchecked_ref()),
            // No pointer's event, but a mouse's.
            "dblclick" if within(event, ".plot").is_some() => self.show_all(),
            "pointercancel" | "pointerdown" | "pointerleave" | "pointermove" | "pointerup" => {
                self.pointer(event.unchecked_ref());
            }
            "focusout" => self.left(event.unchecked_ref()),
            // The full screen was taken or given back, or the window changed.
            _ => self.changed(),
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

impl Drawn for Panel {
    fn frames(&self) -> &Frames {
        &self.frames
    }

    fn frame(&self) {
        if self.stale.replace(false) {
            let Some(chart) = self.source.try_get_untracked() else {
                return;
            };
            self.taken_ms.set(now_ms());
            self.take(chart);
        }
        if self.on_screen.get() && self.unpainted.get() {
            let whole = Painter::whole(self.width_px.get());
            self.whole.set(whole);
            let view = self.view();
            if self.painter.paint(&self.shown.borrow(), &view).is_some() {
                self.unpainted.set(false);
                self.parts.drawing.html(" ".to_owned());
            }
        }
        self.write_crosshair();
    }
}

impl Recoloured for Panel {
    /// The picture is out of date, the data is not.
    fn recolour(self: Rc<Self>) {
        self.repaint();
    }
}

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The nearest element around an event's target that fits a selector.
pub(super) fn within(event: &Event, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(selector).ok().flatten()
}
