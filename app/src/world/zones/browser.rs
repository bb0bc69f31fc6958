//! What a browser knows of zones, by `Intl`: their names, their offsets, which one is its own.

use std::cell::RefCell;
use std::collections::HashMap;

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::prelude::*;

use super::offset::minutes_east;

thread_local! {
    /// Zones that were asked for, by the names that they were asked for by.
    static KNOWN: RefCell<HashMap<String, &'static Known>> = RefCell::default();
    /// Offsets that were told: by name and quarter of an hour.
    static OFFSETS: RefCell<HashMap<(&'static str, i64), i32>> = RefCell::default();
}

/// The most offsets that are remembered.
const MOST_OFFSETS: usize = 20_000;

/// A zone that the browser knows.
struct Known {
    name: String,
    format: Intl::DateTimeFormat,
}

/// Minutes east of UTC of the reader's zone at an instant.
pub fn offset_minutes(millis: i64) -> i32 {
    let date = Date::new(&JsValue::from_f64(millis as f64));
    -(date.get_timezone_offset() as i32)
}

/// The name as it is spelt; `None` where the browser knows no such zone.
pub fn zone_name(name: &str) -> Option<&'static str> {
    known(name).map(|known| &*known.name)
}

/// Minutes east of UTC of a zone that is known, at an instant.
pub fn zone_offset(name: &'static str, millis: i64) -> i32 {
    // Zones change at quarters of an hour.
    let key = (name, millis.div_euclid(900_000));
    if let Some(told) = OFFSETS.with_borrow(|offsets| offsets.get(&key).copied()) {
        return told;
    }
    let offset = known(name).and_then(|known| ask_offset(&known.format, millis));
    let offset = offset.unwrap_or_default();
    OFFSETS.with_borrow_mut(|offsets| {
        if offsets.len() >= MOST_OFFSETS {
            offsets.clear();
        }
        offsets.insert(key, offset);
    });
    offset
}

/// The name of the reader's own zone.
pub fn own_zone() -> Option<&'static str> {
    let format = Intl::DateTimeFormat::default();
    zone_name(&zone_of(&format)?)
}

/// The names of all zones that the browser knows.
pub fn zone_names() -> Vec<String> {
    let names = || {
        let intl = Reflect::get(&window(), &"Intl".into()).ok()?;
        let list = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?;
        let list: Function = list.dyn_into().ok()?;
        let names: Array = list
            .call1(&intl, &"timeZone".into())
            .ok()?
            .dyn_into()
            .ok()?;
        Some(names.iter().filter_map(|name| name.as_string()).collect())
    };
    names().unwrap_or_default()
}

fn known(name: &str) -> Option<&'static Known> {
    if let Some(known) = KNOWN.with_borrow(|zones| zones.get(name).copied()) {
        return Some(known);
    }
    let format = format(name)?;
    // Browsers take any case, and some tell an older name for the same zone: then it stays as it was asked for.
    let spelt = zone_of(&format).filter(|spelt| spelt.eq_ignore_ascii_case(name));
    let known = Known {
        name: spelt.unwrap_or_else(|| capitals(name)),
        format,
    };
    // Chosen by hand, one at a time, and kept for as long as the page lives.
    let known: &'static Known = Box::leak(Box::new(known));
    KNOWN.with_borrow_mut(|zones| zones.insert(name.to_owned(), known));
    Some(known)
}

/// A name with capitals where it has none: an older one that the browser does not spell.
fn capitals(name: &str) -> String {
    let mut begins = !name.contains(|sign: char| sign.is_ascii_uppercase());
    let is_small = begins;
    let sign = |sign: char| {
        let sign = if begins {
            sign.to_ascii_uppercase()
        } else {
            sign
        };
        begins = is_small && "/_".contains(sign);
        sign
    };
    name.chars().map(sign).collect()
}

/// What tells the offsets of a zone. A name that is none is an error of the constructor.
fn format(name: &str) -> Option<Intl::DateTimeFormat> {
    let options = Object::new();
    for (field, value) in [("timeZone", name), ("timeZoneName", "longOffset")] {
        Reflect::set(&options, &field.into(), &value.into()).ok()?;
    }
    let intl = Reflect::get(&window(), &"Intl".into()).ok()?;
    let class = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?;
    let arguments = Array::of2(&"en-US".into(), &options);
    let class: Function = class.dyn_into().ok()?;
    let made = Reflect::construct(&class, &arguments).ok()?;
    made.dyn_into().ok()
}

fn zone_of(format: &Intl::DateTimeFormat) -> Option<String> {
    let options = format.resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

fn ask_offset(format: &Intl::DateTimeFormat, millis: i64) -> Option<i32> {
    let date = Date::new(&JsValue::from_f64(millis as f64));
    let text = |part: &JsValue, field: &str| Reflect::get(part, &field.into()).ok()?.as_string();
    let parts = format.format_to_parts(&date);
    let word = parts
        .iter()
        .find(|part| text(part, "type").as_deref() == Some("timeZoneName"))
        .and_then(|part| text(&part, "value"))?;
    minutes_east(&word)
}
