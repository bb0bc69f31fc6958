//! A widget's panel: a chart, a number, a table, or a bar a name. In: its picture as a signal. Out: the panel; which of
//! them it is does not change while it stands.

use leptos::prelude::*;
use loopscope_board::widgets::{Picture, PictureAxis, WidgetShown};
use loopscope_chart::AnyChart;
use loopscope_event::Timestamp;
use loopscope_protocol::{WidgetChart, WidgetSource};

use super::{Widgets, draw};
use crate::figures::{Crosshair, Figure};
use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::text;
use crate::ui::spark_f64;
use crate::visit::prefs;

/// The most rows of a table.
const ROWS: usize = 60;

/// What decides which panel stands: another key is another panel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    name: String,
    title: String,
    width: &'static str,
    shape: Shape,
    is_pushed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    Nothing,
    Chart,
    Number,
    Table,
    Names,
}

fn key_of(own: &WidgetShown) -> Key {
    let shape = own.picture.as_ref().map_or(Shape::Nothing, shape_of);
    Key {
        name: own.widget.name.clone(),
        title: own.widget.title.clone(),
        width: match own.width {
            ..=3 => "c3",
            4 => "c4",
            5..=6 => "c6",
            7..=8 => "c8",
            9.. => "c12",
        },
        shape,
        is_pushed: own.widget.source == WidgetSource::Pushed,
    }
}

fn shape_of(picture: &Picture) -> Shape {
    match (picture.chart, picture.axis) {
        _ if picture.is_empty() => Shape::Nothing,
        (WidgetChart::Number, _) => Shape::Number,
        (WidgetChart::Table, _) => Shape::Table,
        (_, PictureAxis::Names) => Shape::Names,
        _ => Shape::Chart,
    }
}

/// All widgets of a page. On a session's page those that have nothing to show are left out.
pub fn strip(widgets: Widgets, of_session: bool) -> Part {
    let keys = Memo::new(move |_| {
        widgets.shown.with(|shown| {
            let keys = shown.iter().map(key_of);
            let keys = keys.filter(|key| !of_session || key.shape != Shape::Nothing);
            keys.collect::<Vec<Key>>()
        })
    });
    Crosshair::provide();
    let all = move || {
        let keys = keys.get().into_iter();
        keys.map(|key| one(widgets, key)).collect_view()
    };
    view! {
        <section class="widgets" aria-label="Widgets">
            <div class="toolbar">
                <h2>"Widgets"</h2>
                <span class="end"><a class="btn ghost tiny" href="/widgets">"Arrange"</a></span>
            </div>
            <div class="charts">{all}</div>
        </section>
    }
    .part()
}

fn one(widgets: Widgets, key: Key) -> Part {
    let name = key.name.clone();
    let picture = Memo::new(move |_| {
        widgets.shown.with(|shown| {
            let own = shown.iter().find(|own| own.widget.name == name);
            own.and_then(|own| own.picture.clone())
        })
    });
    let name = key.name.clone();
    let pushed_at = Memo::new(move |_| {
        widgets.shown.with(|shown| {
            let own = shown.iter().find(|own| own.widget.name == name);
            own.and_then(|own| own.pushed_at)
        })
    });
    let says = key
        .is_pushed
        .then(|| pushed(pushed_at, widgets.back.into()));
    panel(&key, picture.into(), says)
}

/// When a program pushed it; of an earlier moment nothing is known.
fn pushed(at: Memo<Option<Timestamp>>, back: Signal<bool>) -> Part {
    let live = live();
    let said = move || {
        let age = at
            .get()
            .map(|at| text::age(live.now.get().since(at)))
            .unwrap_or_default();
        if back.get() {
            "current state, not that of the moment shown".to_owned()
        } else {
            format!("pushed {age} ago")
        }
    };
    view! { <p class="widget-says small t3">{said}</p> }.part()
}

/// A picture that is not on a page yet.
pub fn preview(picture: &Picture) -> Part {
    let key = Key {
        name: "preview".to_owned(),
        title: picture.title.clone(),
        width: "fill",
        shape: shape_of(picture),
        is_pushed: false,
    };
    let picture = StoredValue::new(Some(picture.clone()));
    panel(&key, Signal::derive(move || picture.get_value()), None)
}

fn panel(key: &Key, picture: Signal<Option<Picture>>, says: Option<Part>) -> Part {
    let title = key.title.clone();
    if key.shape == Shape::Chart {
        let zone = prefs().zone;
        let chart: Signal<AnyChart> = Memo::new(move |_| {
            let zone = zone.get();
            picture.with(|picture| {
                let picture = picture.as_ref();
                let at = picture.map_or(Timestamp::default(), newest);
                let offset = zone.offset_seconds(at);
                picture.map_or_else(
                    || loopscope_chart::LineChart::default().into(),
                    |picture| draw::chart(picture, offset),
                )
            })
        })
        .into();
        let figure = view! { <Figure chart span="fill" /> }.part();
        return view! { <div class=format!("widget {}", key.width)>{figure}{says}</div> }.part();
    }
    let shape = key.shape;
    let body = move || {
        picture.with(|picture| match (picture, shape) {
            (Some(picture), Shape::Number) => number(picture),
            (Some(picture), Shape::Table) => table(picture),
            (Some(picture), Shape::Names) => names(picture),
            _ => view! { <p class="empty">"No matching events yet."</p> }.part(),
        })
    };
    let note = move || picture.with(|own| own.as_ref().map(draw::note));
    view! {
        <section class=format!("widget panel {}", key.width) aria-label=title.clone()>
            <div class="panel-head"><h3 class="cut" title=title.clone()>{title.clone()}</h3><span class="t3 small">{note}</span></div>
            {body}
            {says}
        </section>
    }
    .part()
}

/// The newest moment of an axis of time.
fn newest(picture: &Picture) -> Timestamp {
    let all = picture.series.iter().filter_map(|own| own.points.last());
    let last = all.map(|point| point.0).fold(0.0, f64::max);
    Timestamp::from_micros((last * 1_000.0) as i64)
}

fn number(picture: &Picture) -> Part {
    let figure = picture
        .number
        .map_or_else(|| "–".to_owned(), |own| draw::unit(picture.unit).show(own));
    let values: Vec<f64> = picture
        .series
        .first()
        .map(|own| own.points.iter().filter_map(|point| point.1).collect())
        .unwrap_or_default();
    let line = spark_f64(&values, None);
    view! { <div class="widget-number"><span class="v">{figure}</span>{line}</div> }.part()
}

/// Where a point stands, for people.
fn place(picture: &Picture, x: f64) -> String {
    let zone = prefs().zone.get();
    match picture.axis {
        PictureAxis::Time => text::full(Timestamp::from_micros((x * 1_000.0) as i64), zone),
        PictureAxis::Number => loopscope_chart::number(x),
        PictureAxis::Names => picture.names.get(x as usize).cloned().unwrap_or_default(),
    }
}

fn table(picture: &Picture) -> Part {
    let mut xs: Vec<f64> = picture
        .series
        .iter()
        .flat_map(|own| own.points.iter().map(|point| point.0))
        .collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    if picture.axis != PictureAxis::Names {
        xs.reverse();
    }
    xs.truncate(ROWS);
    let heads = picture.series.iter().map(|own| {
        let label = if own.label.is_empty() {
            picture.y.clone()
        } else {
            own.label.clone()
        };
        view! { <th class="num" scope="col">{label}</th> }
    });
    let heads = heads.collect_view();
    let rows: Vec<Part> = xs
        .into_iter()
        .map(|x| {
            let cells = picture.series.iter().map(|own| {
                let found = own
                    .points
                    .iter()
                    .find(|point| point.0.total_cmp(&x).is_eq());
                let value = found.and_then(|point| point.1);
                let text =
                    value.map_or_else(|| "–".to_owned(), |own| draw::unit(picture.unit).show(own));
                view! { <td class="num">{text}</td> }
            });
            let cells = cells.collect_view();
            view! { <tr><th scope="row" class="cut">{place(picture, x)}</th>{cells}</tr> }.part()
        })
        .collect();
    let label = format!("{}, as a table", picture.title);
    view! {
        <div class="widget-table" role="region" tabindex="0" aria-label=label>
            <table class="table"><thead><tr><th scope="col">{draw::word(&picture.x)}</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
    .part()
}

/// A bar a name.
fn names(picture: &Picture) -> Part {
    let points = picture.series.first().map(|own| own.points.clone());
    let points = points.unwrap_or_default();
    let most = points
        .iter()
        .filter_map(|point| point.1)
        .fold(0.0, f64::max);
    let rows: Vec<Part> = points
        .into_iter()
        .map(|(x, y)| {
            let share = y.map_or(0.0, |y| if most > 0.0 { (y / most).clamp(0.0, 1.0) } else { 0.0 });
            let width = format!("{:.2}%", share * 100.0);
            let value = y.map_or_else(|| "–".to_owned(), |own| draw::unit(picture.unit).show(own));
            let name = place(picture, x);
            view! {
                <li>
                    <span class="cut" title=name.clone()>{name.clone()}</span>
                    <svg width="100%" height="8" aria-hidden="true"><rect width=width height="8" rx="2"></rect></svg>
                    <span class="num">{value}</span>
                </li>
            }
            .part()
        })
        .collect();
    view! { <ol class="widget-bars">{rows}</ol> }.part()
}
