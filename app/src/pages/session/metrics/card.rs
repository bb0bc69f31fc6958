//! One metric: its chart, what is to be known of it, and all its points as CSV. It asks for its series when it comes on
//! screen and whenever another stretch is looked at; what comes meanwhile is appended.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_chart::AnyChart;
use loopscope_protocol::{ApiError, Series, SeriesAxis, SeriesQuery};

use super::data::{self, Fresh};
use super::page::{Kept, Looking, Page, Place};
use crate::figures::{Figure, Zoom};
use crate::part::{IntoPart as _, Part};
use crate::world;

/// Columns of a chart: more than its pixels on most screens.
const COLUMNS: u32 = 600;

/// After so many appended points the series is asked for anew.
const MOST_FRESH: usize = 500;

/// What is asked for waits so long for the next move of the hand, in milliseconds.
const REST_MS: i32 = 90;

/// Points that come all the time are asked for as a part of the series no more often than so, in milliseconds.
const CATCH_UP_MS: i32 = 1_000;

/// Series along an axis; where none was asked for, along the first that they have and that mostly rises.
pub(super) async fn load(
    place: Place,
    looking: Looking,
    names: Vec<String>,
    columns: u32,
) -> Result<Kept, ApiError> {
    let axes = match looking.axis {
        Some(axis) => vec![axis],
        None => vec![SeriesAxis::Step, SeriesAxis::Epoch, SeriesAxis::Index],
    };
    let mut kept = Kept::default();
    let mut left = names;
    for axis in axes {
        if left.is_empty() {
            break;
        }
        let query = SeriesQuery {
            names: std::mem::take(&mut left),
            axis,
            from: looking.zoom.map(|(from, _)| from),
            to: looking.zoom.map(|(_, to)| to),
            columns,
            upto: place.upto,
        };
        let answer = place.source.series(place.key.clone(), query).await?;
        for series in answer.series {
            let has_none = series.range.is_none() && series.total > 0;
            // Steps that begin anew all the time, as those of episodes, would be drawn over each other.
            let begins_anew = series.out_of_order.saturating_mul(2) > series.total;
            if (has_none || begins_anew) && looking.axis.is_none() && axis != SeriesAxis::Index {
                left.push(series.name);
            } else {
                kept.0.push((axis, answer.seq, series));
            }
        }
    }
    Ok(kept)
}

/// The card.
#[component]
pub(super) fn Card(page: Page, name: String) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let shown = Shown::new(page, &name);
    shown.follow(page, place);
    let chart = shown.chart(page);
    let zoom = Zoom::new(move |stretch| {
        let axis = shown.axis.get_untracked();
        let range = shown.series.with_untracked(|series| series.range);
        page.zoom(axis, stretch, range);
    });
    let words = Memo::new(move |_| {
        let look = page.look(shown.axis.get());
        shown
            .series
            .with(|series| shown.fresh.with(|fresh| data::words(series, fresh, &look)))
    });
    let title = name.clone();
    view! {
        <div class="c6 metric-card" node_ref=place>
            <Figure chart=chart span="whole" zoom />
            <p class="chart-foot">
                <span class="cut">{move || words.get()}</span>
                {move || shown.failed.get().then(|| view! { <span class="tone-caution">"not up to date: the server cannot be reached"</span> })}
                {links(page, shown, title)}
            </p>
        </div>
    }
    .part()
}

fn links(page: Page, shown: Shown, name: String) -> Part {
    let pinned = {
        let name = name.clone();
        Memo::new(move |_| page.asked.with(|asked| asked.pins.contains(&name)))
    };
    let pin = {
        let name = name.clone();
        move || page.href(|asked| *asked = asked.toggle_pin(&name))
    };
    let csv = {
        let name = name.clone();
        move || {
            let zoom = page.looking.with(|looking| looking.zoom);
            let query = SeriesQuery {
                names: vec![name.clone()],
                axis: shown.axis.get(),
                from: zoom.map(|(from, _)| from),
                to: zoom.map(|(_, to)| to),
                columns: 0,
                upto: page.place().upto,
            };
            let query = query.to_query_string() + "&format=csv";
            page.key.with_value(|key| key.api("/series", &query))
        }
    };
    let (pin_label, csv_label) = (format!("Pin {name}"), format!("{name}: all points as CSV"));
    view! {
        <a class="pin" href=pin aria-label=pin_label aria-current=move || pinned.get().then_some("true")>
            {move || if pinned.get() { "Pinned" } else { "Pin" }}
        </a>
        <a href=csv rel="external" download="series.csv" aria-label=csv_label>"CSV"</a>
    }
    .part()
}

/// What a card shows, as signals.
#[derive(Clone, Copy)]
struct Shown {
    series: RwSignal<Series>,
    axis: RwSignal<SeriesAxis>,
    fresh: RwSignal<Vec<Fresh>>,
    failed: RwSignal<bool>,
    seen: RwSignal<bool>,
    /// What was last asked for, and how often.
    asked: StoredValue<(Looking, u32)>,
    /// Whether what is shown is as fine as the screen.
    fine: StoredValue<bool>,
    /// Whether what came is about to be asked for as a part of the series.
    catches_up: StoredValue<bool>,
}

impl Shown {
    /// With what is kept of the series already.
    fn new(page: Page, name: &str) -> Self {
        let looking = page.looking.get_untracked();
        let kept = page.kept(looking, name);
        let none = || {
            let series = Series {
                name: name.to_owned(),
                ..Series::default()
            };
            (looking.axis.unwrap_or_default(), series, false)
        };
        let (axis, series, is_whole) =
            kept.map_or_else(none, |kept| (kept.axis, kept.series, kept.is_whole));
        Self {
            series: RwSignal::new(series),
            axis: RwSignal::new(axis),
            fresh: RwSignal::new(Vec::new()),
            failed: RwSignal::new(false),
            seen: RwSignal::new(false),
            asked: StoredValue::new((looking, 0)),
            fine: StoredValue::new(is_whole),
            catches_up: StoredValue::new(false),
        }
    }

    /// Asks when it comes on screen and when another stretch is looked at; takes in what comes.
    fn follow(self, page: Page, place: NodeRef<html::Div>) {
        world::when_seen(place, move || {
            if !self.seen.get_untracked() {
                self.seen.set(true);
            }
        });
        Effect::new(move |before: Option<u32>| {
            let (looking, jumps) = (page.looking.get(), page.jumps());
            // What was loaded is of another moment.
            let jumped = before.is_some_and(|before| before != jumps);
            if jumped {
                self.fine.set_value(false);
                self.fresh.update(Vec::clear);
            }
            if self.seen.get() {
                let moved = jumped || self.asked.with_value(|(last, _)| *last != looking);
                if moved || !self.fine.get_value() {
                    self.ask(page, if moved { REST_MS } else { 0 });
                }
            }
            jumps
        });
        Effect::new(move || {
            let name = self.series.with_untracked(|series| series.name.clone());
            let new = page.fresh.with(|all| {
                let own = all.iter().filter(|point| point.name == name);
                own.cloned().collect::<Vec<_>>()
            });
            if !new.is_empty() {
                self.fresh.update(|fresh| fresh.extend(new));
            }
            if self.fresh.with_untracked(Vec::len) > MOST_FRESH {
                self.make_room(page);
            }
        });
    }

    /// Lets the server take in what came. Once at a time: what comes meanwhile must not put it off again.
    fn make_room(self, page: Page) {
        if !self.seen.get_untracked() {
            // It is loaded when somebody looks.
            self.fine.set_value(false);
            self.fresh.update(Vec::clear);
        } else if !self.catches_up.get_value() {
            self.catches_up.set_value(true);
            self.ask(page, CATCH_UP_MS);
        }
    }

    fn ask(self, page: Page, rest_ms: i32) {
        let looking = page.looking.get_untracked();
        self.fine.set_value(true);
        self.asked
            .update_value(|asked| *asked = (looking, asked.1 + 1));
        let nth = self.asked.with_value(|(_, nth)| *nth);
        let is_last = move || self.asked.try_with_value(|(_, last)| *last == nth) == Some(true);
        let name = self.series.with_untracked(|series| series.name.clone());
        spawn_local(async move {
            if rest_ms > 0 {
                world::sleep(rest_ms).await;
            }
            if !is_last() {
                return;
            }
            let answer = load(page.place(), looking, vec![name], COLUMNS).await;
            if !is_last() {
                return;
            }
            self.catches_up.set_value(false);
            self.failed.set(answer.is_err());
            if let Some((axis, seq, series)) = answer.ok().and_then(|mut kept| kept.0.pop()) {
                page.keep(looking, axis, &series);
                self.fresh
                    .update(|fresh| fresh.retain(|point| point.seq > seq.0));
                self.axis.set(axis);
                self.series.set(series);
            }
        });
    }

    fn chart(self, page: Page) -> Signal<AnyChart> {
        Memo::new(move |_| {
            let look = page.look(self.axis.get());
            self.series.with(|series| {
                self.fresh
                    .with(|fresh| AnyChart::from(data::chart(series, fresh, &look)))
            })
        })
        .into()
    }
}
