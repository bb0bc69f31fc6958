//! The settings: what is in force and where it comes from, the storage, and who did what.

mod acts;
mod here;
mod keep;

use leptos::prelude::*;
use loopscope_protocol::{AuditPage, Setting, SettingSource, Settings, StorageReport};

use super::status::refuse;
use crate::frame::{Crumb, page, problem};
use crate::part::{IntoPart as _, Part};
use crate::source::source;
use crate::text;
use crate::ui::{dash, small_icon};
use crate::visit::prefs;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let source = source();
    let acts = source.clone();
    let loaded = Resource::new(|| (), move |()| source.settings());
    let acts = Resource::new(|| (), move |()| acts.audit(None));
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                // Who may not see who did what sees the rest.
                let acts = acts.await.ok();
                match loaded.await {
                    Ok(settings) => shown(settings, acts),
                    Err(error) => {
                        let retry = Callback::new(move |()| loaded.refetch());
                        let message = refuse(error).message;
                        problem("The settings could not be loaded", message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page("Settings", &[Crumb::Here("Settings")], contents.part())
}

fn shown(settings: Settings, acts: Option<AuditPage>) -> Part {
    let rows = settings.settings.into_iter().map(row).collect_view();
    let acts = acts.map(acts::panel);
    let viewer = settings.viewer;
    let keep = prefs().may_admin.then(|| keep::panels(viewer));
    view! {
        <div class="settings">
            {here::panel()}
            <div class="stack">
            <section class="panel" aria-label="Configuration">
                <div class="panel-head">
                    <h2>"Configuration"</h2>
                    <span class="t3 small">"flags win over environment, file and defaults"</span>
                </div>
                <table class="table tall">
                    <thead>
                        <tr>
                            <th scope="col">"Setting"</th><th scope="col">"Value"</th>
                            <th scope="col" class="wide">"Source"</th><th scope="col" class="wide wide2">"Set with"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
            {acts}
            </div>
            <div class="stack">{storage(&settings.storage)}{keep}{about(&settings.version)}</div>
        </div>
    }
    .part()
}

fn row(setting: Setting) -> Part {
    let (tone, word) = match setting.source {
        SettingSource::Flag => ("badge tone tone-diagnosing", "flag"),
        SettingSource::Environment => ("badge tone tone-fixing", "environment"),
        SettingSource::File => ("badge tone tone-validating", "file"),
        SettingSource::Default => ("badge", "default"),
    };
    let ways: Vec<String> = setting.flag.into_iter().chain(setting.env).collect();
    let ways = (!ways.is_empty()).then(|| {
        let ways = ways.into_iter().map(|way| view! { <span>{way}</span> });
        ways.collect_view().part()
    });
    let value = (!setting.value.is_empty()).then_some(setting.value);
    // Nobody reads 16777216 as a size.
    let bytes = value.as_ref().filter(|_| setting.key.ends_with("_bytes"));
    let bytes = bytes.and_then(|value| value.parse::<u64>().ok());
    let size = bytes.filter(|bytes| *bytes > 0).map(|bytes| {
        view! { <span class="t3">" "{text::bytes(bytes)}</span> }
    });
    view! {
        <tr>
            <td class="two wrap"><span class="mono">{setting.key}</span><span>{setting.help}</span></td>
            <td class="mono wrap value">{dash(value)}{size}</td>
            <td class="wide"><span class=tone>{word}</span></td>
            <td class="mono t2 ways wide wide2">{ways.unwrap_or_else(|| dash(None))}</td>
        </tr>
    }
    .part()
}

fn storage(storage: &StorageReport) -> Part {
    let note = (!storage.writable).then(|| view! {
        <p class="note tone-failed" role="alert">
            {small_icon("error")}
            <span class="grow">"The journal cannot be written. Stored events are safe; new events are refused until it can be written again."</span>
        </p>
    });
    let rows = [
        ("File", Some(storage.path.clone())),
        ("Size", Some(text::bytes(storage.bytes))),
        ("Write-ahead log", Some(text::bytes(storage.wal_bytes))),
        ("Free on disk", storage.disk_free_bytes.map(text::bytes)),
        ("Events", Some(text::count(storage.events))),
        ("Sessions", Some(text::count(storage.sessions))),
        (
            "Offsets",
            Some(format!(
                "{} to {}",
                text::count(storage.first_offset),
                text::count(storage.last_offset)
            )),
        ),
        ("Epoch", Some(storage.epoch.to_string())),
        ("Schema", Some(storage.schema_version.to_string())),
    ];
    let rows = rows.map(|(name, value)| view! { <dt>{name}</dt><dd>{dash(value)}</dd> });
    view! {
        <section class="panel" aria-label="Storage">
            <div class="panel-head"><h2>"Storage"</h2></div>
            <div class="pad stack">{note}<dl class="kv">{rows}</dl></div>
        </section>
    }
    .part()
}

fn about(version: &str) -> Part {
    view! {
        <section class="panel" aria-label="About">
            <div class="panel-head"><h2>"About"</h2></div>
            <dl class="kv pad">
                <dt>"Version"</dt><dd>{version.to_owned()}</dd>
                <dt>"API"</dt><dd><a class="link mono" href="/api/docs" rel="external">"/api/docs"</a></dd>
                <dt>"Metrics"</dt><dd><a class="link mono" href="/metrics" rel="external">"/metrics"</a></dd>
            </dl>
        </section>
    }
    .part()
}
