//! The palette while it is open: the field, and the list that the arrows go through. The focus stays in the field; which
//! entry is meant is told by `aria-activedescendant`.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use loopscope_protocol::{SessionSummary, SessionsQuery};

use super::super::zones::open_zones;
use super::{Command, DIALOG, Does, commands, entries};
use crate::part::{IntoPart as _, Part};
use crate::source::source;
use crate::text::{self, Zone};
use crate::ui::small_icon;
use crate::visit::{Prefs, prefs};
use crate::world;

/// Sessions are looked for when nothing was typed for so long, in milliseconds.
const REST_MS: i32 = 120;

/// Sessions that were found, and for which words.
type Found = RwSignal<(Vec<String>, Vec<SessionSummary>)>;

/// The contents of the dialog, which opens when they stand.
#[component]
pub(super) fn Opened(
    /// Told that another page was asked for.
    went: StoredValue<bool>,
) -> impl IntoView {
    Effect::new(|| world::show_dialog(DIALOG));
    let typed = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let found: Found = RwSignal::new((Vec::new(), Vec::new()));
    look_for_sessions(typed, found);
    let entries = listed(typed, found);
    let count = Memo::new(move |_| entries.with(Vec::len));
    let (prefs, navigate) = (prefs(), use_navigate());
    let choose = Callback::new(move |place: usize| {
        let entry = entries.with_untracked(|entries| entries.get(place).cloned());
        if let Some(entry) = entry {
            // The focus goes back first, so that what opens next gives it back there too.
            world::close_dialog(DIALOG);
            went.set_value(matches!(entry.does, Does::Go(_)));
            run(entry.does, prefs, |href| {
                navigate(href, NavigateOptions::default());
            });
        }
    });
    Effect::new(move || {
        chosen.track();
        world::next_frame(|| world::scroll_into_view("#palette [aria-selected=\"true\"]"));
    });
    let active = move || (count.get() > 0).then(|| format!("palette-{}", chosen.get()));
    let told = move || match count.get() {
        0 => "No results".to_owned(),
        count => format!("{} found", text::count(count as u64)),
    };
    view! {
        <div class="q">
            {small_icon("search")}
            <input
                type="text" aria-label="Command" placeholder="Search commands, pages and sessions" role="combobox" autocomplete="off"
                autocapitalize="off" spellcheck="false" aria-expanded="true" aria-autocomplete="list"
                aria-controls="palette-list" aria-activedescendant=active data-first=""
                prop:value=move || typed.get()
                on:input=move |event| { typed.set(event_target_value(&event)); chosen.set(0); }
                on:keydown=move |event| press(&event, count, chosen, choose)
            />
            <button type="button" class="btn ghost tiny" aria-label="Close" on:click=|_| world::close_dialog(DIALOG)>
                <kbd aria-hidden="true">"Esc"</kbd>
            </button>
        </div>
        <p class="sr" role="status">{told}</p>
        <p class="none" class:hidden=move || count.get() != 0>"No matching commands."</p>
        <div id="palette-list" class="found" role="listbox" aria-label="Commands">
            {move || entries.with(|entries| list(entries, &entries::words(&typed.get_untracked()), chosen, choose))}
        </div>
    }
    .part()
}

/// What is listed: with nothing typed everything, else what fits. Sessions and zones come last then, so that what is
/// first stays first when they arrive.
fn listed(typed: RwSignal<String>, found: Found) -> Memo<Vec<Command>> {
    let of_page = StoredValue::new(entries::of_page(commands().offered()));
    let zones = StoredValue::new(world::zone_names());
    let compare = |_: Option<&Vec<Command>>, _: Option<&Vec<Command>>| true;
    let make = move |_: Option<&Vec<Command>>| {
        let words = typed.with(|typed| entries::words(typed));
        let (pages, rest) = entries::everywhere();
        let known = of_page.get_value().into_iter().chain(pages);
        let sessions = found.with(|(asked, found)| {
            let found: Vec<Command> = found.iter().map(entries::session).collect();
            if *asked == words {
                found
            } else {
                // Found for what was typed before: what does not fit any more must not be opened.
                entries::matching(found, &words)
            }
        });
        if words.is_empty() {
            return known.chain(sessions).chain(rest).collect();
        }
        let mut all = entries::matching(known.chain(rest).collect(), &words);
        all.extend(sessions);
        let is_long = words.iter().any(|word| word.len() > 2);
        if is_long {
            all.extend(zones.with_value(|names| entries::zones_named(names, &words)));
        }
        all
    };
    Memo::new_with_compare(make, compare)
}

/// What the keys of the field do.
fn press(
    event: &KeyboardEvent,
    count: Memo<usize>,
    chosen: RwSignal<usize>,
    choose: Callback<usize>,
) {
    // While a word is put together from several keys, they mean its letters.
    if event.is_composing() {
        return;
    }
    let count = count.get_untracked().max(1);
    let now = chosen.get_untracked().min(count - 1);
    match &*event.key() {
        "ArrowDown" => chosen.set((now + 1) % count),
        "ArrowUp" => chosen.set((now + count - 1) % count),
        "PageDown" => chosen.set((now + entries::MOST).min(count - 1)),
        "PageUp" => chosen.set(now.saturating_sub(entries::MOST)),
        "Enter" => choose.run(now),
        _ => return,
    }
    event.prevent_default();
}

/// The entries by their groups.
fn list(
    entries: &[Command],
    words: &[String],
    chosen: RwSignal<usize>,
    choose: Callback<usize>,
) -> Part {
    let mut place = 0;
    let groups = entries.chunk_by(|one, next| one.group == next.group);
    let groups = groups.enumerate().map(|(number, group)| {
        let rows = group.iter().map(|entry| {
            let row = option(entry, place, words, chosen, choose);
            place += 1;
            row
        });
        let rows = rows.collect_view();
        let id = format!("palette-group-{number}");
        let name = group.first().map(|entry| entry.group);
        view! {
            <div role="group" aria-labelledby=id.clone()>
                <p class="gname" id=id.clone()>{name}</p>
                {rows}
            </div>
        }
        .part()
    });
    groups.collect_view().part()
}

fn option(
    entry: &Command,
    place: usize,
    words: &[String],
    chosen: RwSignal<usize>,
    choose: Callback<usize>,
) -> Part {
    let is_chosen = move || (chosen.get() == place).to_string();
    let title = entries::marked(&entry.title, words)
        .into_iter()
        .map(|(text, is_typed)| {
            if is_typed {
                view! { <b class="label">{text}</b> }.part()
            } else {
                text.part()
            }
        });
    let title = title.collect_view();
    // A list that moves under a pointer at rest chooses nothing.
    let point = move |event: leptos::ev::PointerEvent| {
        if event.movement_x() != 0 || event.movement_y() != 0 {
            chosen.set(place);
        }
    };
    view! {
        <div
            id=format!("palette-{place}") class="option" role="option" aria-selected=is_chosen
            on:click=move |_| choose.run(place) on:pointermove=point
        >
            {small_icon(entry.icon)}
            <span class="cut">{title}</span>
            <span class="end small cut">{entry.hint.clone()}</span>
        </div>
    }
    .part()
}

/// Looks for sessions whose name, id or target holds what is typed; with nothing typed, for the newest.
fn look_for_sessions(typed: RwSignal<String>, found: Found) {
    let source = source();
    Effect::new(move || {
        let words = typed.with(|typed| entries::words(typed));
        let query = SessionsQuery {
            text: (!words.is_empty()).then(|| words.join(" ")),
            limit: entries::MOST as u32,
            ..SessionsQuery::default()
        };
        let source = source.clone();
        let is_current = {
            let words = words.clone();
            move || {
                typed
                    .try_with_untracked(|typed| entries::words(typed))
                    .as_ref()
                    == Some(&words)
            }
        };
        spawn_local(async move {
            if query.text.is_some() {
                world::sleep(REST_MS).await;
            }
            if !is_current() {
                return;
            }
            // Without an answer the commands are still there.
            if let Ok(page) = source.sessions(query).await
                && is_current()
            {
                found.set((words, page.sessions));
            }
        });
    });
}

fn run(does: Does, prefs: Prefs, go: impl FnOnce(&str)) {
    match does {
        Does::Go(href) => go(&href),
        Does::Press(selector) => world::click(selector),
        Does::Run(run) => run.run(()),
        Does::Theme(theme) => prefs.set_theme(theme),
        Does::Zone(Zone::Local) => prefs.set_zone(Zone::own()),
        Does::Zone(zone) => prefs.set_zone(zone),
        Does::OtherZone => open_zones(),
        Does::CopyLink => world::copy(&prefs.link_here()),
        Does::Open(id) => world::show_dialog(id),
    }
}
