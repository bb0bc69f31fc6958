//! The live event stream: newest first; stands still while somebody points at it or has paused it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_event::Offset;
use loopscope_protocol::EventLine;

use super::event_line::{Names, event_line};
use crate::lasting::flow;
use crate::part::IntoPart as _;
use crate::text;
use crate::ui::small_icon;
use crate::world;

/// The lines of a stream, and those that wait while it is paused.
#[derive(Clone, Copy)]
pub struct Stream {
    shown: RwSignal<Vec<EventLine>>,
    waiting: RwSignal<Vec<EventLine>>,
    new: RwSignal<u64>,
    left_out: RwSignal<u64>,
    paused: RwSignal<bool>,
    pointed: RwSignal<bool>,
    /// Lines up to here were there from the start; later ones slide in.
    first: StoredValue<Offset>,
    /// When lines were shown last, in ms since the epoch, and whether more wait for their time.
    shown_ms: StoredValue<i64>,
    held: StoredValue<bool>,
    /// The most lines that are shown and kept.
    most: usize,
}

/// Lines that come all the time are shown together, no more often than this: a thousand a second cannot be read one by
/// one, and each would be a picture of its own.
const LEAST_MS: i64 = 150;

impl Stream {
    /// A stream of lines, newest first, of which at most so many are shown.
    pub fn new(mut lines: Vec<EventLine>, most: usize) -> Self {
        lines.truncate(most);
        let first = lines.first().map(|line| line.offset).unwrap_or_default();
        Self {
            shown: RwSignal::new(lines),
            waiting: RwSignal::new(Vec::new()),
            new: RwSignal::new(0),
            left_out: RwSignal::new(0),
            paused: RwSignal::new(false),
            pointed: RwSignal::new(false),
            first: StoredValue::new(first),
            shown_ms: StoredValue::new(0),
            held: StoredValue::new(false),
            most,
        }
    }

    /// Takes lines that came, oldest first, and how many came that are not among them.
    pub fn push(self, lines: Vec<EventLine>, left_out: u64) {
        if left_out > 0 {
            self.left_out.update(|sum| *sum += left_out);
        }
        if self.paused.get_untracked() || self.pointed.get_untracked() {
            self.new.update(|new| *new += lines.len() as u64 + left_out);
            self.waiting
                .update(|waiting| put_first(waiting, lines, self.most));
        } else if !lines.is_empty() {
            self.waiting
                .update_untracked(|waiting| put_first(waiting, lines, self.most));
            self.show_in_time();
        }
    }

    /// Shows what waits: at once where it has been still, else in its time.
    fn show_in_time(self) {
        let rest = self.shown_ms.get_value() + LEAST_MS - world::now().as_millis();
        if rest <= 0 {
            return self.go_on();
        }
        if self.held.get_value() {
            return;
        }
        self.held.set_value(true);
        spawn_local(async move {
            world::sleep(rest.min(LEAST_MS) as i32).await;
            let stands = |signal: RwSignal<bool>| signal.try_get_untracked() != Some(false);
            if self.held.try_set_value(false).is_none()
                && !stands(self.paused)
                && !stands(self.pointed)
            {
                self.go_on();
            }
        });
    }

    /// Takes a whole new set of lines, newest first.
    pub fn replace(self, mut lines: Vec<EventLine>) {
        lines.truncate(self.most);
        if self.paused.get_untracked() {
            self.waiting.set(lines);
        } else {
            // What waits to be shown is of before.
            self.waiting.update_untracked(Vec::clear);
            self.shown.set(lines);
        }
        self.left_out.set(0);
    }

    fn go_on(self) {
        self.shown_ms.set_value(world::now().as_millis());
        let waiting = self.waiting.try_update(std::mem::take).unwrap_or_default();
        self.new.set(0);
        self.shown
            .update(|shown| put_first(shown, waiting.into_iter().rev().collect(), self.most));
    }

    fn toggle(self) {
        let paused = !self.paused.get_untracked();
        self.paused.set(paused);
        if !paused {
            self.go_on();
        }
    }

    fn point(self, pointed: bool) {
        self.pointed.set(pointed);
        if !pointed && !self.paused.get_untracked() {
            self.go_on();
        }
    }
}

/// Puts lines, oldest first, before those that are there, newest first; drops the oldest, and what is there already.
fn put_first(lines: &mut Vec<EventLine>, new: Vec<EventLine>, most: usize) {
    let newest = lines.first().map(|line| line.offset).unwrap_or_default();
    let new: Vec<_> = new
        .into_iter()
        .rev()
        .filter(|line| line.offset > newest)
        .take(most)
        .collect();
    lines.splice(0..0, new);
    lines.truncate(most);
}

/// The panel.
#[component]
pub fn EventStream(
    /// The lines.
    stream: Stream,
    /// What is said after the title: how many events, how fast.
    note: Signal<String>,
    /// Finds the name of an event's session, where several are mixed.
    #[prop(optional)]
    names: Option<Names>,
    /// The address of all events, where there is a page of them.
    #[prop(optional, into)]
    all: Option<String>,
) -> impl IntoView {
    let left_out = move || match stream.left_out.get() {
        0 => String::new(),
        left_out => format!(" · {} not shown", text::count(left_out)),
    };
    let first = stream.first.get_value();
    let class = if stream.most > 8 {
        "events fixed"
    } else {
        "events fixed short"
    };
    view! {
        <section class="panel" aria-label="Live events">
            <div class="panel-head">
                <h2>"Live events"</h2>
                <span class="t3 small">{note}{left_out}</span>
                <span class="more">
                    {all.map(|href| view! { <a href=href>"All events"</a> })}
                    <PauseButton stream />
                </span>
            </div>
            <ol
                class=class
                on:mouseenter=move |_| stream.point(true)
                on:mouseleave=move |_| stream.point(false)
            >
                {flow(
                    move || stream.shown.get(),
                    |line| (line.offset.0, true),
                    move |line| event_line(&line, names, line.offset > first),
                )}
            </ol>
        </section>
    }
    .part()
}

#[component]
fn PauseButton(stream: Stream) -> impl IntoView {
    let paused = stream.paused;
    let word = move || match (paused.get() || stream.pointed.get(), stream.new.get()) {
        (true, 0) if paused.get() => "Resume".to_owned(),
        (true, new) if paused.get() => format!("Resume ({} new)", text::count(new)),
        (true, new) if new > 0 => format!("Pause ({} new)", text::count(new)),
        _ => "Pause".to_owned(),
    };
    view! {
        <button
            type="button" class="btn ghost tiny" data-pause="" aria-keyshortcuts="p"
            aria-pressed=move || paused.get().to_string()
            on:click=move |_| stream.toggle()
        >
            {move || small_icon(if paused.get() { "running" } else { "halted" })}
            {word}
        </button>
    }
    .part()
}

#[cfg(test)]
mod tests {
    use loopscope_event::SessionId;

    use super::*;
    use loopscope_event::{Kind, Seq, Timestamp};
    use loopscope_protocol::Tone;

    fn line(offset: u64) -> EventLine {
        EventLine {
            offset: Offset(offset),
            seq: Seq(offset),
            timestamp: Timestamp::default(),
            name: "X".to_owned(),
            kind: Kind::Generic,
            severity: None,
            iteration: 0,
            session_id: SessionId::new("s").unwrap(),
            tone: Tone::Neutral,
            sentence: String::new(),
            figures: String::new(),
        }
    }

    fn offsets(lines: &[EventLine]) -> Vec<u64> {
        lines.iter().map(|line| line.offset.0).collect()
    }

    #[test]
    fn new_lines_come_first_and_none_comes_twice() {
        let mut lines = vec![line(3), line(2)];
        put_first(&mut lines, vec![line(3), line(4), line(5)], 12);
        assert_eq!(offsets(&lines), [5, 4, 3, 2]);
        put_first(&mut lines, (6..40).map(line).collect(), 12);
        assert_eq!(lines.len(), 12);
        assert_eq!(lines[0].offset.0, 39);
    }

    #[test]
    fn a_paused_stream_stands_still_and_loses_nothing_that_it_can_show() {
        Owner::new().with(|| {
            let stream = Stream::new(vec![line(1)], 12);
            stream.toggle();
            stream.push(vec![line(2), line(3)], 7);
            assert_eq!(stream.new.get_untracked(), 9);
            assert_eq!(offsets(&stream.shown.get_untracked()), [1]);
            stream.toggle();
            assert_eq!(offsets(&stream.shown.get_untracked()), [3, 2, 1]);
        });
    }
}
