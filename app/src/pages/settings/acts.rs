//! Who did what, newest first: commands and administrative acts. In: the newest page. Out: a list that grows backwards.

use leptos::prelude::*;
use loopscope_protocol::{AuditPage, AuditRow};

use crate::part::{IntoPart as _, Part};
use crate::source::{SessionKey, source};
use crate::store::live;
use crate::text;
use crate::visit::prefs;

/// The panel.
pub(super) fn panel(page: AuditPage) -> Part {
    let rows = RwSignal::new(page.entries);
    let next = RwSignal::new(page.next);
    let failed = RwSignal::new(None::<String>);
    let older = move |_| {
        let Some(before) = next.get_untracked() else {
            return;
        };
        let loading = source().audit(Some(before));
        leptos::task::spawn_local(async move {
            match loading.await {
                Ok(page) => {
                    failed.set(None);
                    next.set(page.next);
                    rows.update(|rows| rows.extend(page.entries));
                }
                Err(error) => failed.set(Some(error.message)),
            }
        });
    };
    let nothing = move || rows.with(Vec::is_empty);
    view! {
        <section class="panel" aria-label="Audit log">
            <div class="panel-head">
                <h2>"Audit log"</h2><span class="t3 small">"who did what, newest first"</span>
            </div>
            <p class="empty" class:hidden=move || !nothing()>"No actions recorded yet."</p>
            <ul class="rows acts">
                <For each=move || rows.get() key=|row| row.id let(row)>{one(&row)}</For>
            </ul>
            {move || failed.get().map(|message| view! { <p class="empty tone-failed" role="alert">{message}</p> })}
            {move || next.get().map(|_| view! {
                <p class="panel-foot"><button type="button" class="btn" on:click=older>"Older"</button></p>
            })}
        </section>
    }
    .part()
}

fn one(row: &AuditRow) -> Part {
    let zone = prefs().zone;
    let now = live().now;
    let at = row.at;
    let time = move || text::day_and_second(at, now.get_untracked(), zone.get());
    let session = row.session_id.clone().map(|id| {
        let key = SessionKey {
            project: row.project.clone().unwrap_or_default(),
            id: id.clone(),
        };
        view! { <a class="link cut" href=key.page("audit")>{id.as_str().to_owned()}</a> }
    });
    let detail = Some(row.detail.as_str().to_owned())
        .filter(|detail| !matches!(detail.as_str(), "null" | "{}" | "\"\""));
    view! {
        <li>
            <time class="mono t3 small">{time}</time>
            <span class="label mono">{row.action.clone()}</span>
            <span class="mono t2 cut subject" title=row.subject.clone()>{row.subject.clone()}</span>
            <span class="small t2 cut">"by "<b class="label">{row.who.clone()}</b></span>
            <span class="small where">{session}</span>
            {detail.map(|detail| view! { <span class="mono t3 cut detail" title=detail.clone()>{detail.clone()}</span> })}
        </li>
    }
    .part()
}
