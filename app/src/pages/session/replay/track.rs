//! The track of the replay bar: the picture of the run, the head at the moment that is shown, and the hand on it.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_event::Seq;
use loopscope_protocol::Moment;

use super::super::state::SessionState;
use super::picture::Picture;
use crate::part::IntoPart as _;
use crate::text;
use crate::visit::prefs;
use crate::world;

/// The track.
#[component]
pub(super) fn Track(state: SessionState) -> impl IntoView {
    let picture = picture(state);
    let place = NodeRef::<html::Div>::new();
    // Where the hand is, while it holds the head.
    let hand = RwSignal::new(None::<f64>);
    let head = Memo::new(move |_| hand.get().unwrap_or_else(|| head(state, picture)));
    let percent = move || format!("{:.3}%", head.get() * 100.0);
    let rest = move || format!("{:.3}%", (1.0 - head.get()) * 100.0);
    let shown = state.part(Board::seq);
    let newest = Memo::new(move |_| state.with_newest(Board::seq));
    let words = move || {
        let zone = prefs().zone.get();
        let event = format!(
            "event {} of {}",
            text::count(shown.get().0),
            text::count(newest.get().0)
        );
        if state.replay.is_on() {
            format!("{}, {event}", text::full(state.now.get(), zone))
        } else {
            format!("Latest moment, {event}")
        }
    };
    let follow = move |event: &PointerEvent| {
        let at = world::share_of(place, f64::from(event.client_x()));
        hand.set(Some(at));
        let seq = picture.with_untracked(|picture| picture.seq_at(at));
        state.seek(if at >= 0.999 {
            Moment::Seq(Seq(u64::MAX))
        } else {
            Moment::Seq(seq)
        });
    };
    view! {
        <div
            class="track" node_ref=place role="slider" tabindex="0" aria-label="Moment"
            aria-valuemin="1" aria-valuemax=move || newest.get().to_string()
            aria-valuenow=move || shown.get().to_string() aria-valuetext=words
            on:pointerdown=move |event| {
                if event.button() == 0 {
                    world::hold_pointer(place, &event);
                    state.replay.pause();
                    follow(&event);
                }
            }
            on:pointermove=move |event| if hand.with_untracked(Option::is_some) { follow(&event) }
            on:pointerup=move |_| hand.set(None)
            on:pointercancel=move |_| hand.set(None)
            on:keydown=move |event| press(state, picture, &event)
        >
            <svg class="still" height="36" aria-hidden="true" inner_html=move || picture.with(Picture::svg)></svg>
            <svg class="moves" height="36" aria-hidden="true">
                <rect class="veil" x=percent width=rest height="36"></rect>
                <line class="headl" x1=percent x2=percent y1="2" y2="32"></line>
                <circle class="headk" cx=percent cy="4" r="5"></circle>
            </svg>
        </div>
    }
    .part()
}

/// The picture; while a run goes on it changes once a second at most.
fn picture(state: SessionState) -> Memo<Picture> {
    let second = Memo::new(move |_| state.live.now.get().as_micros() / 1_000_000);
    let is_on = Memo::new(move |_| state.replay.is_on());
    Memo::new(move |_| {
        // Only who reads a memo hears of it.
        let _ = (second.get(), is_on.get());
        let notes = state
            .notes
            .all
            .with(|all| all.iter().map(|note| note.seq).collect());
        untrack(|| state.with_newest(|board| Picture::of(board, notes)))
    })
}

/// Where the head stands: at the event, or between it and the next one while a wait is played.
fn head(state: SessionState, picture: Memo<Picture>) -> f64 {
    if !state.replay.is_on() {
        return 1.0;
    }
    let (seq, clock) = (state.board.with(Board::seq), state.now.get());
    picture.with(|picture| {
        let from = picture.place(seq);
        let next = picture.place(Seq(seq.0 + 1));
        picture.place_of_time(clock).clamp(from, next.max(from))
    })
}

fn press(state: SessionState, picture: Memo<Picture>, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let leap = |by: f64| {
        state.replay.pause();
        let place = untrack(|| head(state, picture)) + by;
        let seq = picture.with_untracked(|picture| picture.seq_at(place.clamp(0.0, 1.0)));
        state.seek(Moment::Seq(seq));
    };
    match event.key().as_str() {
        "ArrowLeft" | "ArrowDown" => state.step(false),
        "ArrowRight" | "ArrowUp" => state.step(true),
        "PageDown" => leap(-0.05),
        "PageUp" => leap(0.05),
        "Home" => state.seek(Moment::Seq(Seq(1))),
        "End" => state.back_to_live(),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}
