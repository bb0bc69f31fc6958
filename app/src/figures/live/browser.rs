//! The browser's figure: ties a panel to the page. In: the figure's element, the signals it follows, the observers of
//! its size and of the screen. Out: calls to the panel; everything is let go with the component.

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use loopscope_chart::{AnyChart, View};
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{
    Event, IntersectionObserver, IntersectionObserverEntry, ResizeObserver, ResizeObserverEntry,
};

use super::super::crosshair::Crosshair;
use super::super::figure::Tied;
use super::panel::Panel;
use super::theme;

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
        theme::follow(&panel);
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
            pointed.schedule();
        });
        let bound = SendWrapper::new(Ties::new(panel));
        on_cleanup(move || drop(bound.take()));
    });
}

/// What an observer calls.
type Observed = Closure<dyn Fn(js_sys::Array)>;

/// What binds a panel to the page, undone when dropped.
struct Ties {
    panel: Rc<Panel>,
    listener: Closure<dyn Fn(Event)>,
    size: Option<(ResizeObserver, Observed)>,
    screen: Option<(IntersectionObserver, Observed)>,
}

impl Ties {
    fn new(panel: Rc<Panel>) -> Self {
        let own = Rc::clone(&panel);
        let listener = Closure::<dyn Fn(Event)>::new(move |event| own.happened(&event));
        let callback = listener.as_ref().unchecked_ref();
        for name in EVENTS {
            let _ = panel
                .root()
                .add_event_listener_with_callback(name, callback);
        }
        let _ = document().add_event_listener_with_callback("fullscreenchange", callback);
        let _ = window().add_event_listener_with_callback("resize", callback);

        let own = Rc::clone(&panel);
        let on_size = Observed::new(move |entries: js_sys::Array| {
            if let Ok(entry) = entries.pop().dyn_into::<ResizeObserverEntry>() {
                own.resized(entry.content_rect().width());
            }
        });
        let size = ResizeObserver::new(on_size.as_ref().unchecked_ref()).ok();

        let own = Rc::clone(&panel);
        let on_screen = Observed::new(move |entries: js_sys::Array| {
            if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
                own.seen(entry.is_intersecting());
            }
        });
        let screen = IntersectionObserver::new(on_screen.as_ref().unchecked_ref()).ok();

        if let Some(size) = &size {
            size.observe(panel.stage());
        }
        if let Some(screen) = &screen {
            screen.observe(panel.stage());
        }
        Self {
            panel,
            listener,
            size: size.map(|observer| (observer, on_size)),
            screen: screen.map(|observer| (observer, on_screen)),
        }
    }
}

impl Drop for Ties {
    fn drop(&mut self) {
        self.panel.stop();
        if let Some((observer, _)) = &self.size {
            observer.disconnect();
        }
        if let Some((observer, _)) = &self.screen {
            observer.disconnect();
        }
        let callback = self.listener.as_ref().unchecked_ref();
        for name in EVENTS {
            let _ = self
                .panel
                .root()
                .remove_event_listener_with_callback(name, callback);
        }
        let _ = document().remove_event_listener_with_callback("fullscreenchange", callback);
        let _ = window().remove_event_listener_with_callback("resize", callback);
    }
}
