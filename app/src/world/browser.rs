//! The browser's world: the page's clock, cookies, clipboard, frames and timers.

use leptos::prelude::{document, window};
use loopscope_event::Timestamp;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::Notices;

/// The wall clock, by this machine.
pub fn now() -> Timestamp {
    Timestamp::from_micros((js_sys::Date::now() * 1e3) as i64)
}

/// Milliseconds that only rise.
pub fn uptime_ms() -> f64 {
    window()
        .performance()
        .map_or_else(js_sys::Date::now, |performance| performance.now())
}

/// The cookies of the document, as a request would carry them.
pub fn cookies() -> String {
    document()
        .dyn_ref::<web_sys::HtmlDocument>()
        .and_then(|document| document.cookie().ok())
        .unwrap_or_default()
}

/// What the server wrote on `<html>` as `data-…`.
pub fn root_data(name: &str) -> Option<String> {
    document()
        .document_element()?
        .get_attribute(&format!("data-{name}"))
}

/// Scheme, host and port of the page.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The address of the page.
pub fn href() -> String {
    window().location().href().unwrap_or_default()
}

/// What stands behind the `?` of the page's address.
pub fn query() -> String {
    let query = window().location().search().unwrap_or_default();
    query.trim_start_matches('?').to_owned()
}

/// A page that was sent at another address than its own takes its own, before anything reads where it is.
pub fn take_own_address() {
    let Some(address) = root_data("address") else {
        return;
    };
    if let Ok(history) = window().history() {
        // An address of another origin is refused; the page then is the one that this address has.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Keeps a preference for a year.
pub fn set_cookie(name: &str, value: &str) {
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
        // A browser that refuses cookies keeps the choice until the page is left.
        let _ = document.set_cookie(&cookie);
    }
}

/// Writes something on `<html>` as `data-…`; `None` takes it away.
pub fn set_root_data(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else {
        return;
    };
    let name = format!("data-{name}");
    let _ = match value {
        Some(value) => root.set_attribute(&name, value),
        None => root.remove_attribute(&name),
    };
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    let navigator = window().navigator();
    // Without a secure context there is no clipboard; the text stays selectable.
    if js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false) {
        let _ = navigator.clipboard().write_text(text);
    }
}

/// What a form's field holds when the form is sent; empty where there is no such field.
pub fn field(event: &leptos::ev::SubmitEvent, name: &str) -> String {
    let form = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
    form.and_then(|form| web_sys::FormData::new_with_form(&form).ok())
        .and_then(|data| data.get(name).as_string())
        .unwrap_or_default()
}

/// What the field with this id holds.
pub fn value_of(id: &str) -> String {
    element::<web_sys::HtmlInputElement>(id)
        .map(|input| input.value())
        .unwrap_or_default()
}

/// Sets what the text field with this id holds.
pub fn set_value_of(id: &str, value: &str) {
    if let Some(field) = element::<web_sys::HtmlTextAreaElement>(id) {
        field.set_value(value);
    }
}

/// A word that no other page makes.
pub fn fresh_key() -> String {
    let chance = (js_sys::Math::random() * 1e15) as u64;
    format!("page-{}-{chance}", js_sys::Date::now() as u64)
}

/// Whether the browser shows notices for this page.
pub fn notices() -> Notices {
    if !js_sys::Reflect::has(&window(), &"Notification".into()).unwrap_or(false) {
        return Notices::Missing;
    }
    match web_sys::Notification::permission() {
        web_sys::NotificationPermission::Granted => Notices::Allowed,
        web_sys::NotificationPermission::Denied => Notices::Blocked,
        _ => Notices::Unasked,
    }
}

/// Asks whether notices may be shown; done when that is answered.
pub async fn ask_notices() {
    if let Ok(promise) = web_sys::Notification::request_permission() {
        let _ = JsFuture::from(promise).await;
    }
}

/// Shows a notice where nobody looks at the page. The same tag replaces the one before.
pub fn notify(title: &str, body: &str, tag: &str) {
    if is_hidden() && notices() == Notices::Allowed {
        let options = web_sys::NotificationOptions::new();
        options.set_body(body);
        options.set_tag(tag);
        // Some browsers show notices from service workers only.
        let _ = web_sys::Notification::new_with_options(title, &options);
    }
}

/// Gives the focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = element::<web_sys::HtmlElement>(id) {
        let _ = element.focus();
    }
}

/// The element with this id.
pub(in crate::world) fn element<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Whether nobody sees the page right now.
pub fn is_hidden() -> bool {
    document().hidden()
}

/// Done after so many milliseconds.
pub async fn sleep(millis: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(promise).await;
}

/// Runs once before the next picture is drawn; while nobody looks, soon.
pub fn next_frame(run: impl FnOnce() + 'static) {
    let run = Closure::once_into_js(run);
    let _ = if is_hidden() {
        window().set_timeout_with_callback_and_timeout_and_arguments_0(run.unchecked_ref(), 500)
    } else {
        window().request_animation_frame(run.unchecked_ref())
    };
}

/// Whether the key was meant for a field.
pub fn is_typing(event: &leptos::ev::KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    target.is_some_and(|element| {
        matches!(&*element.tag_name(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.is_content_editable()
    })
}

/// The elements of a selector.
pub(in crate::world) fn all(selector: &str) -> Vec<web_sys::HtmlElement> {
    let Ok(list) = document().query_selector_all(selector) else {
        return Vec::new();
    };
    (0..list.length())
        .filter_map(|index| list.get(index)?.dyn_into().ok())
        .collect()
}

/// The index so many steps from the current one, within bounds; the first where there is no current one.
fn step(current: Option<usize>, by: i32, len: usize) -> Option<usize> {
    let last = len.checked_sub(1)?;
    Some(match current {
        None => 0,
        Some(index) => index.saturating_add_signed(by as isize).min(last),
    })
}

/// Moves the focus among the elements of a selector.
pub fn step_focus(selector: &str, by: i32) {
    let elements = all(selector);
    let active = document().active_element();
    let current = elements.iter().position(|element| {
        active
            .as_ref()
            .is_some_and(|active| element.contains(Some(active)))
    });
    if let Some(index) = step(current, by, elements.len()) {
        let _ = elements[index].focus();
    }
}

/// Presses the element before or after the current one of a selector.
pub fn step_click(selector: &str, by: i32) {
    let elements = all(selector);
    let current = elements
        .iter()
        .position(|element| element.has_attribute("aria-current"));
    if let Some(index) = step(current, by, elements.len()) {
        elements[index].click();
    }
}

/// Whether nothing has the focus: what had it is gone.
pub fn is_focus_lost() -> bool {
    document()
        .active_element()
        .is_none_or(|element| element.tag_name() == "BODY")
}

/// Scrolls what is around an element so that all of the element is seen.
pub fn scroll_into_view(selector: &str) {
    if let Some(element) = all(selector).first() {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Whether there is an element of a selector.
pub fn has(selector: &str) -> bool {
    document().query_selector(selector).ok().flatten().is_some()
}

/// Presses the first element of a selector.
pub fn click(selector: &str) {
    if let Some(element) = all(selector).first() {
        element.click();
    }
}

/// Runs whenever the element comes into view, from a screen's half before.
pub fn when_seen(
    place: leptos::prelude::NodeRef<leptos::html::Div>,
    run: impl Fn() + Send + Sync + Clone + 'static,
) {
    use leptos::prelude::*;
    Effect::new(move || {
        let Some(element) = place.get() else {
            return;
        };
        let run = run.clone();
        let seen = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let entries = entries
                .iter()
                .filter_map(|entry| entry.dyn_into::<web_sys::IntersectionObserverEntry>().ok());
            if entries.into_iter().any(|entry| entry.is_intersecting()) {
                run();
            }
        });
        let options = web_sys::IntersectionObserverInit::new();
        options.set_root_margin("400px");
        let callback = seen.as_ref().unchecked_ref();
        if let Ok(observer) = web_sys::IntersectionObserver::new_with_options(callback, &options) {
            observer.observe(&element);
            let kept = StoredValue::new_local((observer, seen));
            on_cleanup(move || {
                kept.try_with_value(|(observer, _)| observer.disconnect());
            });
        }
    });
}

type Place = leptos::prelude::NodeRef<leptos::html::Div>;

fn at(place: Place) -> Option<web_sys::HtmlDivElement> {
    use leptos::prelude::GetUntracked as _;
    place.get_untracked()
}

/// How far an element is scrolled, and how much of it is seen, in pixels.
pub fn scrolled(place: Place) -> (f64, f64) {
    at(place).map_or((0.0, 0.0), |element| {
        (
            f64::from(element.scroll_top()),
            f64::from(element.client_height()),
        )
    })
}

/// Scrolls an element.
pub fn scroll_to(place: Place, top: f64) {
    if let Some(element) = at(place) {
        element.set_scroll_top(top as i32);
    }
}

/// Sets the height of a part of an element, in pixels. Through the object model, which a strict policy allows.
pub fn set_height(place: Place, part: &str, height: f64) {
    let part = at(place).and_then(|element| element.query_selector(part).ok().flatten());
    if let Some(part) = part.and_then(|part| part.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = part.style().set_property("height", &format!("{height}px"));
    }
}

/// Where a place of the window lies along an element, 0 to 1.
pub fn share_of(place: Place, client_x: f64) -> f64 {
    at(place).map_or(0.0, |element| {
        let rect = element.get_bounding_client_rect();
        ((client_x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0)
    })
}

/// Has an element get what the pointer does until it is let go, wherever it moves.
pub fn hold_pointer(place: Place, event: &leptos::ev::PointerEvent) {
    if let Some(element) = at(place) {
        // A pointer that is gone already needs no holding.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// Whether the key would press what has the focus.
pub fn is_on_button(event: &leptos::ev::KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let pressed = "button, a, summary, select, [role=button]";
    target.is_some_and(|target| target.closest(pressed).ok().flatten().is_some())
}

/// Submits the form that a changed field belongs to.
pub fn submit(event: &leptos::ev::Event) {
    let field = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let form = field.and_then(|field| field.closest("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
        let _ = form.request_submit();
    }
}

/// Brings the current link of a row of links into view, where the row is longer than the screen.
pub fn show_current(row: &str) {
    let selector = format!("{row} [aria-current]");
    let Ok(Some(link)) = document().query_selector(&selector) else {
        return;
    };
    let Some(row) = link.parent_element() else {
        return;
    };
    let (own, around) = (
        link.get_bounding_client_rect(),
        row.get_bounding_client_rect(),
    );
    let off = if own.right() > around.right() {
        own.right() - around.right()
    } else if own.left() < around.left() {
        own.left() - around.left()
    } else {
        return;
    };
    // Half a name more shows that there is more.
    row.set_scroll_left(row.scroll_left() + (off + 40.0 * off.signum()) as i32);
}
