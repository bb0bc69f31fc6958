//! The empty Overview: how to send the first event, in lines to copy, and what else feeds it.

use leptos::prelude::*;
use loopscope_protocol::{OverviewMetrics, SourceStatus};

use super::Sources;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{CopyButton, glyph};
use crate::visit::prefs;

/// A language and its lines.
const LANGUAGES: [(&str, &str); 4] = [
    ("curl", include_str!("first_run/curl.txt")),
    ("Python", include_str!("first_run/python.txt")),
    ("JavaScript", include_str!("first_run/javascript.txt")),
    ("Rust", include_str!("first_run/rust.txt")),
];

/// The contents; they go as soon as an event comes.
#[component]
pub fn FirstRun(
    /// The numbers.
    metrics: Memo<OverviewMetrics>,
    /// The programs that the server dials.
    sources: Memo<Vec<SourceStatus>>,
) -> impl IntoView {
    let origin = prefs().origin.get_value();
    let dials = Memo::new(move |_| sources.with(|sources| !sources.is_empty()));
    view! {
        <div class="first">
            <div class="stack-l">
                <div class="stack-s">
                    <h2 class="h1">"Nothing has reported in yet"</h2>
                    <p class="t2 lead">
                        "Send one event and its session appears here, within milliseconds. Nothing to configure first."
                    </p>
                </div>
                <ol class="steps">
                    {step("1", "Send an event", view! {
                        <CodeBox origin=origin.clone() />
                        <p class="small t3">
                            "This is the address of this server. From another machine you also need a token: "
                            <span class="mono">"loopscope token create my-program --role ingest"</span>"."
                        </p>
                    }.part())}
                    {step("2", "Watch it arrive", waiting(origin.clone(), metrics))}
                </ol>
            </div>
            <section class="stack" aria-label="Other ways to connect">
                {move || dials.get().then(|| view! { <Sources sources /> })}
                <Ways origin />
            </section>
        </div>
    }
    .part()
}

fn step(number: &'static str, title: &'static str, contents: Part) -> Part {
    view! {
        <li class="step">
            <span class="no" aria-hidden="true">{number}</span>
            <div><h2>{title}</h2>{contents}</div>
        </li>
    }
    .part()
}

fn waiting(origin: String, metrics: Memo<OverviewMetrics>) -> Part {
    let events = move || metrics.with(|metrics| text::plural(metrics.events_total, "event"));
    view! {
        <div class="wait" role="status">
            {glyph("dashes", true)}
            <span class="grow">
                <span class="label">"Listening on "{origin}</span><br />
                <span class="small t3">"No sessions yet. This page updates automatically."</span>
            </span>
            <span class="small t3 nowrap">{events}</span>
        </div>
    }
    .part()
}

#[component]
fn CodeBox(origin: String) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let code = move || {
        LANGUAGES[chosen.get()]
            .1
            .trim_end()
            .replace("{origin}", &origin)
    };
    let code = Memo::new(move |_| code());
    let tabs = LANGUAGES.iter().enumerate().map(|(index, (name, _))| {
        view! {
            <button
                type="button" aria-pressed=move || (chosen.get() == index).to_string()
                on:click=move |_| chosen.set(index)
            >
                {*name}
            </button>
        }
    });
    view! {
        <div class="codebox">
            <div class="bar">
                <div class="tabs" role="group" aria-label="Language">{tabs.collect_view()}</div>
                <CopyButton text=Callback::new(move |()| code.get_untracked()) label="Copy the example" word="Copy" />
            </div>
            <pre class="code" tabindex="0" aria-label="Example">{code}</pre>
        </div>
    }
    .part()
}

#[component]
fn Ways(origin: String) -> impl IntoView {
    let webhook = format!("POST {origin}/events");
    let ways = [
        (
            "Dial its WebSocket",
            "loopscope --convergence-url ws://host:8765".to_owned(),
        ),
        ("Point its webhook here", webhook),
        (
            "A recorded file",
            "loopscope import events.jsonl".to_owned(),
        ),
        (
            "A simulated loop, to look around",
            "loopscope --mock".to_owned(),
        ),
    ];
    let rows = ways.map(|(label, line)| {
        view! { <li><span class="label">{label}</span><code class="mono t2">{line}</code></li> }
    });
    view! {
        <section class="panel">
            <div class="panel-head"><h2>"Already have a loop?"</h2></div>
            <ul class="ways">{rows}</ul>
            <p class="panel-foot">"All of them write to the same journal, one file on disk."</p>
        </section>
    }
    .part()
}
