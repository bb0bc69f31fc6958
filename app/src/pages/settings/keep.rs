//! What leaves the server and comes in as a file: backups of everything, archives of sessions. For administrators.

use leptos::prelude::*;
use loopscope_protocol::{Backup, BackupState, ImportAnswer};

use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::small_icon;
use crate::world;

/// How often it is asked how far a backup is, in milliseconds.
const ASK_EVERY_MS: i32 = 400;

/// The field of the file to take in.
const FILE: &str = "import-file";

/// The panels.
pub(super) fn panels(has_viewer: bool) -> Part {
    view! { {backup()}{import(has_viewer)} }.part()
}

fn backup() -> Part {
    let newest = RwSignal::new(None::<Backup>);
    let failed = RwSignal::new(None::<String>);
    let is_running = move || {
        newest.with(|backup| {
            backup
                .as_ref()
                .is_some_and(|backup| backup.state == BackupState::Running)
        })
    };
    // One that was begun before is shown too.
    Effect::new(move || follow(newest, failed));
    let begin = move |_| {
        failed.set(None);
        leptos::task::spawn_local(async move {
            match acts::begin_backup().await {
                Ok(backup) => {
                    newest.set(Some(backup));
                    follow(newest, failed);
                }
                Err(error) => failed.set(Some(error.message)),
            }
        });
    };
    view! {
        <section class="panel" aria-label="Backup">
            <div class="panel-head"><h2>"Backup"</h2><span class="t3 small">"while the server runs"</span></div>
            <div class="pad stack">
                <p class="t2">
                    "A copy of the whole database. "<code class="mono">"loopscope restore FILE"</code>" restores it."
                </p>
                <p>
                    <button type="button" class="btn" on:click=begin disabled=is_running>
                        {small_icon("down")}"Back up"
                    </button>
                </p>
                <div role="status">{move || newest.get().map(standing)}</div>
                {move || failed.get().map(trouble)}
            </div>
        </section>
    }
    .part()
}

/// Asks until it is no longer running. Ends with the page.
fn follow(newest: RwSignal<Option<Backup>>, failed: RwSignal<Option<String>>) {
    leptos::task::spawn_local(async move {
        loop {
            let backup = match acts::backups().await {
                Ok(all) => all.backups.into_iter().next(),
                Err(error) => {
                    let _ = failed.try_set(Some(error.message));
                    return;
                }
            };
            let is_running = backup
                .as_ref()
                .is_some_and(|backup| backup.state == BackupState::Running);
            if newest.try_set(backup).is_some() || !is_running {
                return;
            }
            world::sleep(ASK_EVERY_MS).await;
        }
    });
}

fn standing(backup: Backup) -> Part {
    let most = backup.expected_bytes.max(1);
    match backup.state {
        BackupState::Running => {
            let words = format!(
                "{} of about {}",
                text::bytes(backup.bytes),
                text::bytes(backup.expected_bytes)
            );
            view! {
                <p class="keep-far">
                    <progress max=most.to_string() value=backup.bytes.min(most).to_string() aria-label="Backup"></progress>
                    <span class="t2 small">{words}</span>
                </p>
            }
            .part()
        }
        BackupState::Ready => {
            let href = format!("/api/v1/backups/{}/file", backup.id);
            view! {
                <p class="keep-far">
                    <a class="btn primary" href=href download=backup.file_name rel="external">
                        {format!("Download {}", text::bytes(backup.bytes))}
                    </a>
                    <span class="t3 small">"Kept for one hour, or until the next backup."</span>
                </p>
            }
            .part()
        }
        BackupState::Failed => trouble(
            backup
                .error
                .unwrap_or_else(|| "The backup failed.".to_owned()),
        ),
    }
}

fn import(has_viewer: bool) -> Part {
    let is_busy = RwSignal::new(false);
    let answer = RwSignal::new(None::<Result<ImportAnswer, String>>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_busy.set(true);
        answer.set(None);
        let sent = acts::import_file(FILE);
        leptos::task::spawn_local(async move {
            let came = sent.await.map_err(|error| error.message);
            let _ = answer.try_set(Some(came));
            let _ = is_busy.try_set(false);
        });
    };
    view! {
        <section class="panel" aria-label="Import">
            <div class="panel-head"><h2>"Import"</h2></div>
            <form class="pad stack" on:submit=send>
                <p class="t2">"Exported sessions, or a file with one event per line. Existing data is not changed."</p>
                <p class="keep-far">
                    <input class="keep-file" type="file" id=FILE aria-label="File" required />
                    <button class="btn" disabled=move || is_busy.get()>{small_icon("up")}"Import"</button>
                </p>
                {has_viewer.then(|| view! {
                    <p class="t3 small">
                        "To view a file without importing it, open it in "
                        <a class="link" href="/viewer/" rel="external">"the viewer"</a>"."
                    </p>
                })}
                <div role="status">
                    {move || is_busy.get().then(|| view! { <p class="t2 small">"Importing…"</p> })}
                    {move || answer.get().map(came)}
                </div>
            </form>
        </section>
    }
    .part()
}

fn came(answer: Result<ImportAnswer, String>) -> Part {
    let answer = match answer {
        Ok(answer) => answer,
        Err(message) => return trouble(message),
    };
    let mut words = Vec::new();
    if answer.sessions > 0 {
        words.push(text::plural(answer.sessions, "session"));
    }
    words.push(format!("{} stored", text::plural(answer.stored, "event")));
    if answer.duplicates > 0 {
        words.push(format!("{} already stored", text::count(answer.duplicates)));
    }
    if answer.refused > 0 {
        words.push(format!("{} refused", text::count(answer.refused)));
    }
    let faults = answer.faults.into_iter().map(|fault| {
        view! { <li class="t2 small">{format!("Line {}: {}", fault.line, fault.error.message)}</li> }
    });
    let faults: Vec<_> = faults.take(10).collect();
    view! {
        <p>{words.join(" · ")}</p>
        <ul class="keep-faults">{faults}</ul>
    }
    .part()
}

fn trouble(message: String) -> Part {
    view! { <p class="tone-failed" role="alert">{message}</p> }.part()
}
