//! The browser's figure: ties a panel to the page. In: the figure's element, the signals it follows, the observers of
//! its size and of the screen. Out: calls to the panel; everything is let go with the component.

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use loopscope_chart::{AnyChart, View};
use send_wrapper::SendWrapper;

use super::super::crosshair::Crosshair;
use super::super::figure::Tied;
use super::panel::Panel;
use crate::canvas::{Ears, Watch, follow_theme, schedule};

/// What the figure itself listens to.
const EVENTS: [&str; 11] = [
    "click",
    "dblclick",
    "focusout",
    "input",
    "keydown",
    "pointercancel",
    "pointerdown",
    "pointerleave",
    "pointermove",
    "pointerup",
    "wheel",
];

/// The canvas is painted within a frame: no drawing is needed.
pub(in super::super) const fn still(_chart: &AnyChart, _view: &View) -> String {
    String::new()
}

/// Lets a figure follow its chart and the crosshair as soon as it is in the page.
pub(in super::super) fn follow(
    figure: NodeRef<html::Figure>,
    chart: Signal<AnyChart>,
    crosshair: Crosshair,
    tied: Tied,
) {
    Effect::new(move || {
        let Some(figure) = figure.get() else { return };
        let Some(panel) = Panel::new(&figure, chart, crosshair, tied) else {
            return;
        };
        follow_theme(&panel);
        let data = SendWrapper::new(Rc::clone(&panel));
        Effect::new(move || {
            chart.track();
            data.told();
        });
        let looked = SendWrapper::new(Rc::clone(&panel));
        Effect::new(move || {
            tied.lens.track();
            looked.changed();
        });
        let pointed = SendWrapper::new(Rc::clone(&panel));
        Effect::new(move || {
            crosshair.track();
            schedule(&pointed);
        });
        let bound = SendWrapper::new(Ties::new(panel));
        on_cleanup(move || drop(bound.take()));
    });
}

/// What binds a panel to the page, undone when dropped.
struct Ties {
    panel: Rc<Panel>,
    _ears: Ears,
    _size: Option<Watch>,
    _screen: Option<Watch>,
}

impl Ties {
    fn new(panel: Rc<Panel>) -> Self {
        let own = Rc::clone(&panel);
        let ears = Ears::new(move |event| own.happened(event))
            .on(panel.root(), &EVENTS)
            .on(&document(), &["fullscreenchange"])
            .on(&window(), &["resize"]);
        let own = Rc::clone(&panel);
        let size = Watch::size(panel.stage(), move |width_px| own.resized(width_px));
        let own = Rc::clone(&panel);
        let screen = Watch::screen(panel.stage(), move |on_screen| own.seen(on_screen));
        Self {
            panel,
            _ears: ears,
            _size: size,
            _screen: screen,
        }
    }
}

impl Drop for Ties {
    fn drop(&mut self) {
        self.panel.stop();
    }
}
