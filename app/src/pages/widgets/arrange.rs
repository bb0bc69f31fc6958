//! How widgets are arranged in one place: earlier, later, wider, narrower, hidden; by buttons, so that a keyboard does.

use leptos::prelude::*;
use loopscope_protocol::{Widget, WidgetArrangement, WidgetChart, WidgetPlace, WidgetSlot};

use super::State;
use crate::part::{IntoPart as _, Part};
use crate::ui::small_icon;
use crate::visit::prefs;
use crate::world;

/// How wide a widget can be, in twelfths.
const WIDTHS: [u8; 5] = [3, 4, 6, 8, 12];

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Earlier,
    Later,
    Wider,
    Narrower,
    Hide,
}

impl Act {
    const fn word(self) -> &'static str {
        match self {
            Self::Earlier => "Earlier",
            Self::Later => "Later",
            Self::Wider => "Wider",
            Self::Narrower => "Narrower",
            Self::Hide => "Hide",
        }
    }
}

/// The list of a place.
pub(super) fn panel(state: State, place: WidgetPlace, title: &'static str) -> Part {
    let slots = Memo::new(move |_| {
        state
            .widgets
            .with(|widgets| state.arrangement.with(|own| slots(own, place, widgets)))
    });
    let rows = move || {
        let all = slots.get();
        let count = all.len();
        let rows = all
            .into_iter()
            .enumerate()
            .map(|(nth, slot)| row(state, place, &slot, nth, count));
        rows.collect_view()
    };
    view! {
        <section class="panel" aria-label=title>
            <div class="panel-head"><h2>{title}</h2></div>
            <ol class="rows">{rows}</ol>
        </section>
    }
    .part()
}

/// All widgets in the order of a place, each with its width.
fn slots(own: &WidgetArrangement, place: WidgetPlace, widgets: &[Widget]) -> Vec<WidgetSlot> {
    let is_there = |slot: &&WidgetSlot| widgets.iter().any(|widget| widget.name == slot.name);
    let mut slots: Vec<WidgetSlot> = own.of(place).iter().filter(is_there).cloned().collect();
    for widget in widgets {
        if !slots.iter().any(|slot| slot.name == widget.name) {
            slots.push(WidgetSlot {
                name: widget.name.clone(),
                ..WidgetSlot::default()
            });
        }
    }
    for slot in &mut slots {
        let widget = widgets.iter().find(|widget| widget.name == slot.name);
        let chart = widget.and_then(|widget| widget.spec.as_ref().map(|spec| spec.chart));
        slot.width
            .get_or_insert(if chart == Some(WidgetChart::Number) {
                3
            } else {
                6
            });
    }
    slots
}

/// What a button makes of a place.
fn changed(mut slots: Vec<WidgetSlot>, nth: usize, act: Act) -> Vec<WidgetSlot> {
    let last = slots.len().saturating_sub(1);
    match act {
        Act::Earlier if nth > 0 && nth <= last => slots.swap(nth - 1, nth),
        Act::Later if nth < last => slots.swap(nth, nth + 1),
        Act::Earlier | Act::Later => {}
        Act::Hide => {
            if let Some(slot) = slots.get_mut(nth) {
                slot.hidden = !slot.hidden;
            }
        }
        Act::Wider | Act::Narrower => {
            if let Some(slot) = slots.get_mut(nth) {
                let at = slot.width.unwrap_or(6);
                let step = if act == Act::Wider {
                    WIDTHS.into_iter().find(|width| *width > at)
                } else {
                    WIDTHS.into_iter().rev().find(|width| *width < at)
                };
                slot.width = step.or(slot.width);
            }
        }
    }
    slots
}

fn row(state: State, place: WidgetPlace, slot: &WidgetSlot, nth: usize, count: usize) -> Part {
    let width = slot.width.unwrap_or(6);
    let title = state.widgets.with_untracked(|widgets| {
        let own = widgets.iter().find(|widget| widget.name == slot.name);
        own.map(|own| own.title.clone()).unwrap_or_default()
    });
    let share = match width {
        12 => "full width".to_owned(),
        width => format!("{width} of 12 wide"),
    };
    let said = if slot.hidden {
        "hidden".to_owned()
    } else {
        share
    };
    let button = |act: Act, is_off: bool, mark: &'static str| {
        button(
            state,
            place,
            &slot.name,
            nth,
            act,
            is_off,
            mark,
            slot.hidden,
        )
    };
    let buttons = prefs().may_steer.then(|| {
        view! {
            <span class="more">
                {button(Act::Earlier, nth == 0, "up")}
                {button(Act::Later, nth + 1 == count, "down")}
                {button(Act::Narrower, width <= 3 || slot.hidden, "")}
                {button(Act::Wider, width >= 12 || slot.hidden, "")}
                {button(Act::Hide, false, "")}
            </span>
        }
    });
    view! {
        <li class="wid-row">
            <span class="two"><span class="label cut">{title}</span><span class="small t3">{said}</span></span>
            {buttons}
        </li>
    }
    .part()
}

#[expect(
    clippy::too_many_arguments,
    reason = "a button of a row, and all that it says"
)]
fn button(
    state: State,
    place: WidgetPlace,
    name: &str,
    nth: usize,
    act: Act,
    is_off: bool,
    mark: &'static str,
    hidden: bool,
) -> Part {
    let word = match act {
        Act::Hide if hidden => "Show",
        act => act.word(),
    };
    let id = format!("wid-{}-{name}-{}", place.as_str(), act.word());
    let label = format!("{word}: {name}");
    let own = id.clone();
    let press = move |_| {
        let arrangement = state.arrangement.with_untracked(|own| {
            let mut own = own.clone();
            let all = state
                .widgets
                .with_untracked(|widgets| slots(&own, place, widgets));
            *own.of_mut(place) = changed(all, nth, act);
            own
        });
        state.arrange(arrangement);
        // The row was made anew: the hand stays on its button.
        let own = own.clone();
        world::next_frame(move || world::focus(&own));
    };
    let inside = if mark.is_empty() {
        word.part()
    } else {
        small_icon(mark)
    };
    let class = if mark.is_empty() {
        "btn ghost tiny"
    } else {
        "btn ghost tiny icon"
    };
    view! { <button type="button" class=class id=id aria-label=label.clone() title=label aria-disabled=is_off.to_string() on:click=press>{inside}</button> }.part()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(name: &str, width: u8) -> WidgetSlot {
        WidgetSlot {
            name: name.to_owned(),
            width: Some(width),
            hidden: false,
        }
    }

    #[test]
    fn each_button_does_what_it_says_and_nothing_beyond_the_ends() {
        let all = || vec![slot("a", 3), slot("b", 6), slot("c", 12)];
        let names = |slots: Vec<WidgetSlot>| {
            let names = slots.into_iter().map(|slot| slot.name);
            names.collect::<String>()
        };
        assert_eq!(names(changed(all(), 1, Act::Earlier)), "bac");
        assert_eq!(names(changed(all(), 1, Act::Later)), "acb");
        assert_eq!(names(changed(all(), 0, Act::Earlier)), "abc");
        assert_eq!(names(changed(all(), 2, Act::Later)), "abc");
        assert_eq!(names(changed(all(), 9, Act::Later)), "abc");
        assert_eq!(changed(all(), 1, Act::Wider)[1].width, Some(8));
        assert_eq!(changed(all(), 1, Act::Narrower)[1].width, Some(4));
        assert_eq!(changed(all(), 2, Act::Wider)[2].width, Some(12));
        assert_eq!(changed(all(), 0, Act::Narrower)[0].width, Some(3));
        assert!(changed(all(), 0, Act::Hide)[0].hidden);
    }
}
