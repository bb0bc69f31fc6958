//! The elements of a figure that its panel writes to. In: the figure's element. Out: its parts, each written only when
//! what it says changes.

use std::cell::RefCell;

use loopscope_chart::Row;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};

use super::super::markup;

/// An element, and what was last written to it.
pub(super) struct Part {
    element: Element,
    last: RefCell<String>,
}

impl Part {
    /// Sets the markup inside.
    pub(super) fn html(&self, html: String) {
        if self.moves_to(html) {
            self.element.set_inner_html(&self.last.borrow());
        }
    }

    /// Sets the text inside.
    pub(super) fn text(&self, text: String) {
        if self.moves_to(text) {
            self.element.set_text_content(Some(&self.last.borrow()));
        }
    }

    /// Sets an attribute; always the same one.
    pub(super) fn attribute(&self, name: &str, value: String) {
        if self.moves_to(value) {
            // Only a malformed name can fail.
            let _ = self.element.set_attribute(name, &self.last.borrow());
        }
    }

    /// Shows it, or hides it.
    pub(super) fn show(&self, shown: bool) {
        let _ = self.element.toggle_attribute_with_force("hidden", !shown);
    }

    fn moves_to(&self, value: String) -> bool {
        let moves = *self.last.borrow() != value;
        if moves {
            self.last.replace(value);
        }
        moves
    }
}

/// The legend: its values move with every event and with the pointer, its buttons stay where they are. A button that was
/// replaced while a finger is on it, or while it has the focus, would be lost.
pub(super) struct Legend {
    element: Element,
    last: RefCell<(Vec<Row>, Vec<String>)>,
}

impl Legend {
    /// Writes the series, and which were put away.
    pub(super) fn write(&self, rows: Vec<Row>, hidden: Vec<String>) {
        let now = (rows, hidden);
        let last = self.last.replace(now.clone());
        if last == now {
            return;
        }
        let (rows, hidden) = now;
        let alike = |a: &Row, b: &Row| (&a.label, a.ink, a.square) == (&b.label, b.ink, b.square);
        let same = last.0.len() == rows.len() && last.0.iter().zip(&rows).all(|(a, b)| alike(a, b));
        if !same {
            return self.element.set_inner_html(&markup::legend(&rows, &hidden));
        }
        let Ok(buttons) = self.element.query_selector_all("button") else {
            return;
        };
        for (i, row) in rows.iter().enumerate() {
            let button = buttons
                .get(i as u32)
                .and_then(|node| node.dyn_into::<Element>().ok());
            let Some(button) = button else { continue };
            let is_shown = !hidden.contains(&row.label);
            let _ = button.set_attribute("aria-pressed", &is_shown.to_string());
            if let Some(value) = button.last_element_child() {
                value.set_text_content(Some(&row.text));
            }
        }
    }
}

/// See the module.
pub(super) struct Parts {
    /// The figure.
    pub(super) root: HtmlElement,
    /// The plot itself, without the labels around it.
    pub(super) stage: Element,
    /// Where it is painted, labels included.
    pub(super) canvas: HtmlCanvasElement,
    /// The title's note.
    pub(super) note: Part,
    /// The legend; empty in figures that need none.
    pub(super) legend: Legend,
    /// The class of the plot, its label, the server's drawing.
    pub(super) class: Part,
    pub(super) label: Part,
    pub(super) drawing: Part,
    /// The crosshair's layer and its height.
    pub(super) over: Part,
    pub(super) height: Part,
    /// What a screen reader hears of the crosshair.
    pub(super) status: Part,
    /// The data table, and the menu.
    pub(super) data: Part,
    pub(super) menu: Part,
}

impl Parts {
    /// The parts of a figure; `None` where it is not one.
    pub(super) fn of(root: &HtmlElement) -> Option<Self> {
        let element = |selector: &str| root.query_selector(selector).ok().flatten();
        let part = |selector: &str| {
            Some(Part {
                element: element(selector)?,
                last: RefCell::default(),
            })
        };
        Some(Self {
            root: root.clone(),
            stage: element(".stage")?,
            canvas: element("canvas")?.dyn_into().ok()?,
            note: part(".unit")?,
            legend: Legend {
                element: element(".legend")?,
                last: RefCell::default(),
            },
            class: part(".plot")?,
            label: part(".plot")?,
            drawing: part(".drawing")?,
            over: part(".over")?,
            height: part(".over")?,
            status: part("[role=status]")?,
            data: part(".chart-data")?,
            menu: part(".chart-menu")?,
        })
    }
}

/// The brush while it is drawn, from one fraction of the plot to another.
pub(super) fn brush((from, to): (f64, f64), height_px: f64) -> String {
    let (left, width) = (from * 100.0, (to - from) * 100.0);
    format!("<rect class=\"brush\" x=\"{left:.2}%\" width=\"{width:.2}%\" height=\"{height_px}\"/>")
}
