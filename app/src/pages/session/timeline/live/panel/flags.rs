//! Flags of notes above the bars: links, so that keys and screen readers reach them. In: notes, the stretch that is seen.
//! Out: a flag a note, at its moment.

use std::rc::Rc;

use leptos::prelude::*;
use loopscope_event::Seq;
use loopscope_protocol::{Annotation, Moment};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement, MouseEvent};

use super::super::super::parts::{escaped, noted};
use super::super::paint::Scene;
use super::{Panel, style};
use crate::canvas::schedule;
use crate::text::Zone;

impl Panel {
    /// The notes changed, or the words for their times.
    pub(in super::super) fn noted(self: &Rc<Self>, notes: Vec<Annotation>, zone: Zone) {
        let page = self.page;
        let href = |seq: Seq| untrack(|| page.href(|asked| asked.at = Some(seq.to_string())));
        let flags = notes.iter().map(|note| flag(note, zone, &href(note.seq)));
        self.flags.set_inner_html(&flags.collect::<String>());
        self.flags.set_hidden(notes.is_empty());
        self.notes.replace(notes);
        self.unmapped.set(true);
        schedule(self);
    }

    /// Puts each flag above its moment, and takes away those outside of what is seen.
    pub(super) fn place_flags(&self, notes: &[Annotation], scene: &Scene<'_>) {
        let flags = self.flags.child_nodes();
        for (index, note) in notes.iter().enumerate() {
            let flag = flags.item(index as u32);
            let Some(flag) = flag.and_then(|flag| flag.dyn_into::<HtmlElement>().ok()) else {
                continue;
            };
            let share = scene.stretch.share(note.at.as_micros());
            let is_seen = (0.0..=1.0).contains(&share);
            flag.set_hidden(!is_seen);
            if is_seen {
                style(&flag, "left", share * scene.width_px);
            }
        }
    }

    /// Shows the moment of the flag that was pressed. Out: whether it was one.
    pub(super) fn flag_pressed(&self, event: &Event, target: &Element) -> bool {
        let Ok(Some(flag)) = target.closest("a[data-note]") else {
            return false;
        };
        let mouse: &MouseEvent = event.unchecked_ref();
        // The link is for who wants another tab.
        if !(mouse.ctrl_key() || mouse.meta_key() || mouse.shift_key()) {
            let seq = flag.get_attribute("data-note");
            if let Some(seq) = seq.and_then(|seq| seq.parse().ok()) {
                event.prevent_default();
                self.page.state.seek(Moment::Seq(Seq(seq)));
            }
        }
        true
    }
}

/// A flag: the panel listens to it, and gives it its place.
fn flag(note: &Annotation, zone: Zone, href: &str) -> String {
    let said = escaped(&noted(note, zone));
    format!(
        "<li><a class=\"tl-flag\" href=\"{}\" data-note=\"{}\" aria-label=\"{said}\" title=\"{said}\"><svg class=\"i s\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#i-flag\"/></svg></a></li>",
        escaped(href),
        note.seq,
    )
}
