//! What a figure's buttons do: its series, its menu, its table, the full screen, and the files that it is saved as.

use std::rc::Rc;

use leptos::prelude::*;
use loopscope_chart::{Chart as _, Row, Ways};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, MouseEvent};

use super::super::lens::Look;
use super::super::markup;
use super::panel::{Panel, within};
use super::{file, picture};

impl Panel {
    pub(super) fn clicked(self: &Rc<Self>, event: &Event) {
        let Some(button) = within(event, "button[data-act]") else {
            return;
        };
        let csv = || self.source.with_untracked(|chart| chart.table().csv());
        let name = || self.source.with_untracked(|chart| chart.name().to_owned());
        match button.get_attribute("data-act").as_deref() {
            Some("all") => self.show_all(),
            Some("full") => self.toggle_full_screen(),
            Some("table") => self.toggle_table(&button),
            Some("more") if self.menu.get() => self.close_menu(),
            Some("more") => self.open_menu(&button),
            Some("log") => self.change_look(|look| look.log_y = !look.log_y),
            Some("log-x") => self.change_look(|look| look.log_x = !look.log_x),
            Some("series") => self.toggle_series(&button, event.unchecked_ref()),
            Some("copy") => file::copy(&csv()),
            Some("save") => file::save(&name(), file::Kind::Csv, &csv()),
            Some("svg") => {
                let svg = picture::svg(&self.shown.borrow(), &self.view());
                file::save(&name(), file::Kind::Svg, &svg);
            }
            Some("png") => picture::png(&self.shown.borrow(), &self.view(), name()),
            _ => {}
        }
    }

    /// The slider of the menu moved.
    pub(super) fn slid(self: &Rc<Self>, event: &Event) {
        let slider = within(event, "input[data-act=smooth]");
        let slider = slider.and_then(|slider| slider.dyn_into::<HtmlInputElement>().ok());
        let percent = slider.and_then(|slider| slider.value().parse::<u8>().ok());
        if let Some(percent) = percent {
            self.change_look(|look| look.smooth = percent.min(99));
        }
    }

    fn change_look(self: &Rc<Self>, change: impl FnOnce(&mut Look)) {
        let name = self.source.with_untracked(|chart| chart.name().to_owned());
        let mut look = self.tied.lens.look(&name);
        change(&mut look);
        self.tied.lens.set_look(&name, look);
        self.changed();
    }

    /// A click puts a series away or takes it back; with Shift or Alt only this one stays, or all come back.
    fn toggle_series(self: &Rc<Self>, button: &Element, click: &MouseEvent) {
        let place = button.get_attribute("data-series");
        let place = place.and_then(|place| place.parse::<usize>().ok());
        let (name, rows) = self
            .source
            .with_untracked(|chart| (chart.name().to_owned(), chart.legend(None)));
        let labels: Vec<String> = rows.into_iter().map(|row| row.label).collect();
        let Some(label) = place.and_then(|place| labels.get(place)).cloned() else {
            return;
        };
        let mut hidden = self.tied.lens.hidden(&name);
        if click.shift_key() || click.alt_key() {
            let others: Vec<String> = labels.into_iter().filter(|other| *other != label).collect();
            let is_alone =
                !hidden.contains(&label) && others.iter().all(|other| hidden.contains(other));
            hidden = if is_alone { Vec::new() } else { others };
        } else if let Some(place) = hidden.iter().position(|other| *other == label) {
            hidden.remove(place);
        } else {
            hidden.push(label);
        }
        self.tied.lens.set_hidden(&name, &hidden);
        self.changed();
    }

    fn toggle_table(self: &Rc<Self>, button: &Element) {
        let open = !self.tabled.get();
        self.tabled.set(open);
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

    fn open_menu(self: &Rc<Self>, button: &Element) {
        let (ways, rows, name) = self.source.with_untracked(|chart| {
            let rows = if chart.needs_legend() || chart.legend(None).len() < 2 {
                Vec::new()
            } else {
                chart.legend(None)
            };
            (chart.ways(), rows, chart.name().to_owned())
        });
        // Where the page says how charts are drawn, it has the buttons for it.
        let ways = if self.tied.zoom.is_some() {
            Ways::default()
        } else {
            ways
        };
        self.parts.menu.html(markup::menu::html(ways, &rows));
        self.parts.menu.attribute("aria-label", name);
        self.parts.menu.show(true);
        let _ = button.set_attribute("aria-expanded", "true");
        self.menu.set(true);
        self.write_menu();
        if let Ok(Some(first)) = self
            .parts
            .root
            .query_selector(".chart-menu :is(button, input)")
            && let Some(first) = first.dyn_ref::<HtmlElement>()
        {
            let _ = first.focus();
        }
    }

    /// Closes the menu, and gives the focus back to its button.
    pub(super) fn close_menu(&self) {
        self.close_menu_quietly();
        if let Some(button) = self
            .more()
            .and_then(|button| button.dyn_into::<HtmlElement>().ok())
        {
            let _ = button.focus();
        }
    }

    /// Closes the menu: the focus is elsewhere already.
    pub(super) fn close_menu_quietly(&self) {
        if self.menu.replace(false) {
            self.parts.menu.show(false);
            if let Some(button) = self.more() {
                let _ = button.set_attribute("aria-expanded", "false");
            }
        }
    }

    fn more(&self) -> Option<Element> {
        let root = &self.parts.root;
        root.query_selector("button[data-act=more]").ok().flatten()
    }

    /// Writes what is on in the open menu.
    pub(super) fn write_menu(&self) {
        let (name, rows) = self
            .source
            .with_untracked(|chart| (chart.name().to_owned(), chart.legend(None)));
        let look = self.tied.lens.look(&name);
        let hidden = self.tied.lens.hidden(&name);
        let part = |selector: &str| {
            let selector = format!(".chart-menu {selector}");
            self.parts.root.query_selector(&selector).ok().flatten()
        };
        for (act, is_on) in [("log", look.log_y), ("log-x", look.log_x)] {
            if let Some(button) = part(&format!("button[data-act={act}]")) {
                let _ = button.set_attribute("aria-pressed", &is_on.to_string());
            }
        }
        let percent = look.smooth.to_string();
        if let Some(words) = part("label b") {
            words.set_text_content(Some(&format!("{percent}%")));
        }
        let slider = part("input").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
        if let Some(slider) = slider.filter(|slider| slider.value() != percent) {
            slider.set_value(&percent);
        }
        for (i, Row { label, .. }) in rows.iter().enumerate() {
            if let Some(button) = part(&format!("[data-series=\"{i}\"]")) {
                let is_shown = !hidden.contains(label);
                let _ = button.set_attribute("aria-pressed", &is_shown.to_string());
            }
        }
    }
}
