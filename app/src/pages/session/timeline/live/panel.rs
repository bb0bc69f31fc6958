//! The timeline's panel: everything in it that moves.
//!
//! In: changes of spans, stretch, size and theme, and what a reader does. Out: at most one frame for all of them, which
//! writes the names that are seen and paints the bars that are seen.

mod acts;
mod flags;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use loopscope_protocol::Annotation;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement};

use super::super::all_of;
use super::super::page::{Page, Shown};
use super::super::parts::{ROW_PX, name};
use super::super::scale::Stretch;
use super::hand::{Hands, Seen};
use super::paint::{self, Scene};
use super::theme::Theme;
use crate::canvas::{Drawn, Frames, Recoloured, schedule};
use crate::visit::prefs;

const ROW: f64 = ROW_PX as f64;

/// A canvas and what paints on it.
type Canvas = (HtmlCanvasElement, CanvasRenderingContext2d);

/// See the module.
pub(super) struct Panel {
    root: HtmlElement,
    scroll: HtmlElement,
    space: HtmlElement,
    view: HtmlElement,
    names: HtmlElement,
    bars: Canvas,
    ruler: Canvas,
    map: Canvas,
    window: HtmlElement,
    flags: HtmlElement,
    tip: HtmlElement,
    said: HtmlElement,
    page: Page,
    theme: RefCell<Theme>,
    shown: RefCell<Shown>,
    notes: RefCell<Vec<Annotation>>,
    /// What is seen, as it was painted last.
    seen: Cell<Option<Seen>>,
    hands: Hands,
    hovered: Cell<Option<usize>>,
    /// Which rows are written, and of which second.
    written: RefCell<String>,
    stale: Cell<bool>,
    unmapped: Cell<bool>,
    frames: Frames,
}

fn part<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

fn canvas(canvas: HtmlCanvasElement) -> Option<Canvas> {
    let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    Some((canvas, context))
}

impl Panel {
    /// The panel of a timeline in the page; `None` where it cannot be painted.
    pub(super) fn new(root: &HtmlElement, page: Page) -> Option<Rc<Self>> {
        let view: HtmlElement = part(root, ".tl-view")?;
        // What the server drew makes room for what is drawn here.
        view.set_inner_html("<ol class=\"tl-names\"></ol><div class=\"tl-lanes\"><canvas aria-hidden=\"true\"></canvas></div>");
        root.class_list().add_1("alive").ok()?;
        Some(Rc::new(Self {
            scroll: part(root, ".tl-scroll")?,
            space: part(root, ".tl-space")?,
            names: part(root, ".tl-names")?,
            bars: canvas(part(root, ".tl-lanes canvas")?)?,
            ruler: canvas(part(root, ".tl-ruler")?)?,
            map: canvas(part(root, ".tl-map canvas")?)?,
            window: part(root, ".tl-window")?,
            flags: part(root, ".tl-flags")?,
            tip: part(root, ".tl-tip")?,
            said: part(root, ".tl-said")?,
            root: root.clone(),
            view,
            page,
            theme: RefCell::new(Theme::read()),
            shown: RefCell::default(),
            notes: RefCell::default(),
            seen: Cell::new(None),
            hands: Hands::default(),
            hovered: Cell::new(None),
            written: RefCell::default(),
            stale: Cell::new(true),
            unmapped: Cell::new(true),
            frames: Frames::default(),
        }))
    }

    pub(super) fn root(&self) -> &HtmlElement {
        &self.root
    }

    pub(super) fn scroll(&self) -> &HtmlElement {
        &self.scroll
    }

    /// The spans or their rows changed.
    pub(super) fn changed(self: &Rc<Self>) {
        self.stale.set(true);
        schedule(self);
    }

    /// There is more or less room.
    pub(super) fn resized(self: &Rc<Self>) {
        self.unmapped.set(true);
        schedule(self);
    }

    /// Nothing is painted any more.
    pub(super) fn stop(&self) {
        self.frames.stop();
    }

    fn scene<'a>(
        &self,
        shown: &'a Shown,
        stretch: Stretch,
        now_us: i64,
        (width_px, height_px): (f64, f64),
    ) -> Scene<'a> {
        Scene {
            spans: &shown.spans,
            rows: &shown.rows,
            stretch,
            now_us,
            selected: self.page.selected.get_untracked(),
            hovered: self.hovered.get(),
            top_px: f64::from(self.scroll.scroll_top()),
            width_px,
            height_px,
        }
    }

    /// Writes the names of the rows that are seen, where they are not written yet.
    fn write_names(&self, scene: &Scene<'_>) {
        let view = paint::rows_in_view(scene);
        let goes_on = scene.rows.get(view.clone()).unwrap_or_default();
        let goes_on = goes_on.iter().any(|row| !row.going_us.is_empty());
        let second = if goes_on { scene.now_us / 1_000_000 } else { 0 };
        let key = format!("{view:?} {second}");
        let offset = view.start as f64 * ROW - scene.top_px;
        let _ = self
            .names
            .style()
            .set_property("transform", &format!("translateY({offset}px)"));
        if *self.written.borrow() == key {
            return;
        }
        let focused = document()
            .active_element()
            .filter(|element| self.names.contains(Some(element)));
        let focused = focused.and_then(|element| element.get_attribute("data-row"));
        let rows = scene
            .rows
            .iter()
            .enumerate()
            .skip(view.start)
            .take(view.len());
        let html: String = rows
            .map(|(index, row)| {
                let href = |group: &str| untrack(|| self.page.href(|asked| asked.toggle(group)));
                name(row, index, scene.now_us, href)
            })
            .collect();
        self.names.set_inner_html(&html);
        if let Some(row) = focused
            && let Some(element) =
                part::<HtmlElement>(&self.names, &format!("[data-row=\"{row}\"]"))
        {
            let _ = element.focus();
        }
        self.written.replace(key);
    }

    fn draw_map(
        &self,
        theme: &mut Theme,
        shown: &Shown,
        (whole, stretch): (Stretch, Stretch),
        now_us: i64,
        ratio: f64,
    ) {
        let (canvas, context) = &self.map;
        let room = canvas
            .parent_element()
            .map(|room| room.get_bounding_client_rect());
        let width_px = room.map_or(0.0, |room| room.width());
        if width_px < 1.0 {
            return;
        }
        let goes_on = shown.rows.iter().any(|row| !row.going_us.is_empty());
        if self.unmapped.replace(false) || goes_on {
            style(canvas, "width", width_px);
            if paint::prepare(canvas, context, (width_px, 32.0), ratio).is_some() {
                paint::map(context, theme, &shown.spans, (whole, now_us), width_px);
                let notes = self.notes.borrow();
                paint::map_notes(context, theme, &notes, whole, width_px);
            }
        }
        let from = (whole.share(stretch.from_us) * width_px).clamp(0.0, width_px);
        let to = (whole.share(stretch.to_us) * width_px).clamp(from, width_px);
        style(&self.window, "left", from);
        style(&self.window, "width", (to - from).max(4.0));
    }
}

impl Drawn for Panel {
    fn frames(&self) -> &Frames {
        &self.frames
    }

    fn frame(&self) {
        if self.stale.replace(false) {
            let Some(shown) = self.page.shown.try_get_untracked() else {
                return;
            };
            self.shown.replace(shown);
            self.written.borrow_mut().clear();
            self.unmapped.set(true);
        }
        let now_us = untrack(|| self.page.now_us());
        let whole = untrack(|| all_of(self.page));
        let (canvas, context) = &self.bars;
        let lanes = canvas
            .parent_element()
            .map(|lanes| lanes.get_bounding_client_rect());
        let width_px = lanes.map_or(0.0, |lanes| lanes.width());
        if width_px < 1.0 {
            return;
        }
        let rows = self.shown.borrow().rows.len();
        style(&self.space, "height", rows as f64 * ROW);
        let height_px = f64::from(self.scroll.client_height()).min((rows as f64 * ROW).max(ROW));
        let ratio = window().device_pixel_ratio();
        let stretch = self.page.looking.get_untracked().unwrap_or(whole);
        self.seen.set(Some(Seen {
            stretch,
            whole,
            width_px,
        }));
        style(canvas, "width", width_px);
        style(canvas, "height", height_px);
        style(&self.view, "height", height_px);
        if paint::prepare(canvas, context, (width_px, height_px), ratio).is_none() {
            return;
        }
        let zone = prefs().zone.get_untracked();
        let ticks = stretch.ticks((width_px / 96.0) as usize, zone);
        let mut theme = self.theme.borrow_mut();
        let shown = self.shown.borrow();
        let scene = self.scene(&shown, stretch, now_us, (width_px, height_px));
        let bars = paint::paint(context, &mut theme, &scene, &ticks);
        let notes = self.notes.borrow();
        paint::notes(context, &theme, &scene, &notes);
        self.place_flags(&notes, &scene);
        self.write_names(&scene);
        let (canvas, context) = &self.ruler;
        style(canvas, "width", width_px);
        if paint::prepare(canvas, context, (width_px, 28.0), ratio).is_some() {
            paint::ruler(context, &theme, &ticks, (width_px, 28.0));
        }
        self.draw_map(&mut theme, &shown, (whole, stretch), now_us, ratio);
        // For whoever watches from outside: that it drew, and how much.
        let _ = self.root.set_attribute("data-bars", &bars.to_string());
    }
}

impl Recoloured for Panel {
    fn recolour(self: Rc<Self>) {
        self.theme.replace(Theme::read());
        self.unmapped.set(true);
        schedule(&self);
    }
}

/// Sets a length, in pixels. Through the object model, which a strict policy allows.
fn style(element: &HtmlElement, property: &str, px: f64) {
    let _ = element.style().set_property(property, &format!("{px}px"));
}
