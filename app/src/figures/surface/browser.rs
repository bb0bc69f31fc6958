//! The browser's surface: ties a painter to the page. In: the chart's signal and the observers of size and screen. Out:
//! calls to the painter; everything is let go with the component.

use leptos::html;
use leptos::prelude::*;
use loopscope_chart::AnyChart;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{
    IntersectionObserver, IntersectionObserverEntry, ResizeObserver, ResizeObserverEntry,
};

pub(in super::super) use super::full_screen::{follow_full_screen, toggle_full_screen};
use super::painter::Painter;
use super::{Surface, theme};

/// Lets the surface be painted as soon as it is in the page.
pub(super) fn attach(surface: Surface, chart: Signal<AnyChart>) {
    Effect::new(move || {
        let (Some(stage), Some(_)) = (surface.stage.get(), surface.canvas.get()) else {
            return;
        };
        let Some(painter) = Painter::new(surface, chart) else {
            return;
        };
        theme::follow(&painter);

        let on_size = {
            let painter = std::rc::Rc::clone(&painter);
            Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
                if let Ok(entry) = entries.pop().dyn_into::<ResizeObserverEntry>() {
                    painter.resize(entry.content_rect().width());
                }
            })
        };
        let size = ResizeObserver::new(on_size.as_ref().unchecked_ref()).ok();
        if let Some(size) = &size {
            size.observe(&stage);
        }

        let on_screen = {
            let painter = std::rc::Rc::clone(&painter);
            Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
                if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
                    painter.see(entry.is_intersecting());
                }
            })
        };
        let screen = IntersectionObserver::new(on_screen.as_ref().unchecked_ref()).ok();
        if let Some(screen) = &screen {
            screen.observe(&stage);
        }

        let follower = SendWrapper::new(std::rc::Rc::clone(&painter));
        Effect::new(move || {
            chart.track();
            follower.schedule();
        });

        let held = SendWrapper::new((painter, size, screen, on_size, on_screen));
        on_cleanup(move || {
            let (painter, size, screen, ..) = held.take();
            painter.stop();
            size.iter().for_each(ResizeObserver::disconnect);
            screen.iter().for_each(IntersectionObserver::disconnect);
        });
    });
}

/// Where in the stage a point of the window is, as a fraction of its width.
pub(super) fn place_of(stage: NodeRef<html::Div>, client_x: i32) -> Option<f64> {
    let rect = stage.get_untracked()?.get_bounding_client_rect();
    (rect.width() > 0.0).then(|| (f64::from(client_x) - rect.left()) / rect.width())
}

/// Puts a text on the clipboard, where the page may.
pub(in super::super) fn copy(text: &str) {
    let navigator = window().navigator();
    // Without a secure context there is no clipboard.
    if js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false) {
        let _ = navigator.clipboard().write_text(text);
    }
}

/// Hands a text to the reader as a file.
pub(in super::super) fn save(name: &str, text: &str) {
    let _ = try_save(name, text);
}

fn try_save(name: &str, text: &str) -> Result<(), JsValue> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/csv;charset=utf-8");
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url)
}
