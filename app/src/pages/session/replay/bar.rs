//! The bar itself: step, play, the time, the track, speed, idle, and the way back.

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_event::Seq;

use super::super::notes::NoteButton;
use super::super::state::SessionState;
use super::super::tabs::Tab;
use super::address::at;
use super::replay::SPEEDS;
use super::track::Track;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, small_icon};
use crate::visit::prefs;

/// The bar. It stands at the foot of the window; what it covers is kept free below the contents.
#[component]
pub(in crate::pages::session) fn ReplayBar(state: SessionState, tab: Memo<Tab>) -> impl IntoView {
    view! {
        <div class="replay-place">
            <section class="replay" class:earlier=move || state.replay.is_on() aria-label="Replay">
                <Steps state tab />
                <Clock state />
                <Track state />
                <Pace state />
                <NoteButton state />
                <Back state tab />
            </section>
        </div>
    }
    .part()
}

/// One event back, play, one event on. Without scripts the two are links.
#[component]
fn Steps(state: SessionState, tab: Memo<Tab>) -> impl IntoView {
    let replay = state.replay;
    let page = move || tab.get().href(state);
    let shown = state.part(Board::seq);
    let is_first = Memo::new(move |_| shown.get() <= Seq(1));
    let is_on = Memo::new(move |_| replay.is_on());
    let back = move || (!is_first.get()).then(|| at(page(), Seq(shown.get().0 - 1)));
    let on = move || is_on.get().then(|| at(page(), Seq(shown.get().0 + 1)));
    let play_label = move || if replay.is_playing() { "Pause" } else { "Play" };
    view! {
        <a
            class="btn ghost icon no-phone" role="button" data-step="back" aria-label="Step back one event"
            aria-keyshortcuts="," href=back aria-disabled=move || is_first.get().then_some("true")
            on:click=move |event| { event.prevent_default(); state.step(false) }
        >{icon("stepback")}</a>
        <button
            type="button" class="btn icon" data-play="" aria-label=play_label aria-keyshortcuts="Space"
            disabled=move || state.with_newest(Board::seq) <= Seq(1)
            on:click=move |_| state.play_or_pause()
        >{move || icon(if replay.is_playing() { "halted" } else { "running" })}</button>
        <a
            class="btn ghost icon no-phone" role="button" data-step="on" aria-label="Step forward one event"
            aria-keyshortcuts="." href=on aria-disabled=move || (!is_on.get()).then_some("true")
            on:click=move |event| { event.prevent_default(); state.step(true) }
        >{icon("stepon")}</a>
    }
    .part()
}

/// The time of the moment.
#[component]
fn Clock(state: SessionState) -> impl IntoView {
    let zone = prefs().zone;
    let ended = Memo::new(move |_| {
        let over = |board: &Board| board.moment().filter(|_| board.status().is_ended());
        state.with_newest(over)
    });
    let parts = move || {
        let is_on = state.replay.is_on();
        let at = match ended.get() {
            Some(last) if !is_on => last,
            _ => state.now.get(),
        };
        let (second, fraction) = text::stamp_parts(at, zone.get());
        // The clock of a run that goes on shows whole seconds: its fraction would only flicker.
        let is_still = is_on || ended.get().is_some();
        (second, if is_still { fraction } else { String::new() })
    };
    view! {
        <span class="clock mono">
            {move || parts().0}<span class="t3 no-phone">{move || parts().1}</span>
        </span>
    }
    .part()
}

/// How fast it plays, and whether waits are skipped.
#[component]
fn Pace(state: SessionState) -> impl IntoView {
    let replay = state.replay;
    let options = SPEEDS.map(|speed| {
        let is_own = move || (replay.speed.get() - speed).abs() < f64::EPSILON;
        view! { <option value=speed.to_string() selected=is_own>{format!("{speed}×")}</option> }
    });
    let change = move |event: leptos::ev::Event| {
        if let Ok(speed) = event_target_value(&event).parse() {
            replay.speed.set(speed);
        }
    };
    let skips = move || replay.skip_idle.get().to_string();
    view! {
        <span class="select pace no-phone">
            <select aria-label="Speed" on:change=change>{options}</select>
            {small_icon("chev")}
        </span>
        <button
            type="button" class="btn ghost no-phone" aria-pressed=skips
            title="Skips waits of more than a second"
            on:click=move |_| replay.skip_idle.update(|skip| *skip = !*skip)
        >"Skip idle"</button>
    }
    .part()
}

/// The way back to the newest moment, or the word that this is it.
#[component]
fn Back(state: SessionState, tab: Memo<Tab>) -> impl IntoView {
    let ended = Memo::new(move |_| state.with_newest(|board| board.status().is_ended()));
    let left = Memo::new(move |_| {
        let newest = state.with_newest(Board::seq);
        newest.0.saturating_sub(state.board.with(Board::seq).0)
    });
    let is_on = Memo::new(move |_| state.replay.is_on());
    let live = move || tab.get().href(state);
    let there = move || -> Part {
        let (tone, icon_name, word) = if ended.get() {
            ("pill tone-plain no-phone", "success", "At the end")
        } else {
            ("pill tone-success no-phone", "success", "At live")
        };
        view! { <span class=tone>{icon(icon_name)}<span>{word}</span></span> }.part()
    };
    let back = move || -> Part {
        let word = if ended.get() {
            "To the end"
        } else {
            "Back to live"
        };
        view! {
            <a
                class="btn primary" role="button" data-live="" aria-keyshortcuts="l" href=live()
                on:click=move |event| { event.prevent_default(); state.back_to_live() }
            >
                {word}<span class="no-phone">" · "{move || text::plural(left.get(), "event")}</span>
            </a>
        }
        .part()
    };
    let problem = move || {
        state.replay.problem.get().map(|words| {
            view! { <span class="problem tone-error small" role="alert" title=words>{small_icon("error")}"Not loaded"</span> }
        })
    };
    view! {
        {problem}
        {move || if is_on.get() { back() } else { there() }}
    }
    .part()
}

/// In the head, while an earlier moment is shown: which one, and what still acts.
#[component]
pub(in crate::pages::session) fn Told(state: SessionState) -> impl IntoView {
    let zone = prefs().zone;
    let is_on = Memo::new(move |_| state.replay.is_on());
    let words = move || {
        let at = state.now.get();
        let (ended, last) =
            state.with_newest(|board| (board.status().is_ended(), board.moment().unwrap_or(at)));
        let ago = if ended {
            last.since(at)
        } else {
            state.live.now.get().since(at)
        };
        let far = if ended { "before the end" } else { "ago" };
        let acts = if ended {
            ""
        } else {
            " Only Halt is available."
        };
        let time = text::second(at, zone.get());
        (time, format!(", {} {far}.{acts}", text::clock_span(ago)))
    };
    let line = move || {
        is_on.get().then(|| {
            view! {
                <p class="looking tone-halted" role="note">
                    {small_icon("clock")}
                    <span>"Showing "<b>{move || words().0}</b>{move || words().1}</span>
                </p>
            }
        })
    };
    view! { {line} }.part()
}
