//! The rules: what each looks for, whether it is on, and the form of one. In: rules. Out: acts on them.

mod form;
mod kinds;

use leptos::prelude::*;
use loopscope_protocol::{AlertCondition, AlertRule, AlertRuleBody, Channel};

pub(super) use self::form::{Form, dialog};
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::ui::{icon, severity_look};
use crate::visit::prefs;

/// The tab.
pub(super) fn rules(rules: &[AlertRule], channels: &[Channel], form: Form) -> Part {
    form.know(channels);
    let may = prefs().may_admin;
    let rows = rules.iter().map(|rule| one(rule, form)).collect_view();
    let new = may.then(|| {
        view! {
            <button type="button" class="btn primary" on:click=move |_| form.open(None)>"New rule"</button>
        }
    });
    let names = channels
        .iter()
        .map(|channel| channel.name.clone())
        .collect::<Vec<_>>()
        .join(", ");
    let told = if channels.is_empty() {
        "No channels yet: alerts appear on this page only.".to_owned()
    } else {
        format!("Alerts are also sent to: {names}.")
    };
    view! {
        <div class="toolbar"><span class="t3 small">{told}</span><span class="end">{new}</span></div>
        <section class="panel" aria-label="Rules"><ul class="rows">{rows}</ul></section>
    }
    .part()
}

fn one(rule: &AlertRule, form: Form) -> Part {
    let body = &rule.body;
    let look = severity_look(body.severity);
    let tone = if body.enabled { look.tone } else { "tone-idle" };
    let scope = [
        body.scope.project.as_ref().map(ToString::to_string),
        body.scope.dialect.map(|dialect| dialect.to_string()),
        body.scope.session.clone(),
        body.scope.target.clone(),
    ];
    let scope = scope.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let scope = if scope.is_empty() {
        "every session".to_owned()
    } else {
        scope
    };
    let muted = rule
        .muted_until
        .is_some_and(|until| live().now.get_untracked() < until);
    view! {
        <li class=format!("alarm {tone}")>
            <span class="ct" title=body.severity.as_str()>{icon(look.icon)}<span class="sr">{body.severity.as_str()}</span></span>
            <span class="two grow">
                <span class="label cut">
                    {body.name.clone()}
                    {rule.shipped.then(|| view! { <span class="badge">"shipped"</span> })}
                    {muted.then(|| view! { <span class="badge">"muted"</span> })}
                </span>
                <span class="small t3 cut">{said(&body.condition)}" · "{scope}</span>
            </span>
            <span class="more">{buttons(rule, muted, form)}</span>
        </li>
    }
    .part()
}

fn buttons(rule: &AlertRule, muted: bool, form: Form) -> Part {
    let (may_steer, may_admin) = (prefs().may_steer, prefs().may_admin);
    let (own, edited, id) = (rule.clone(), rule.clone(), rule.rule_id.clone());
    let enabled = rule.body.enabled;
    let turn = move |_| {
        let body = AlertRuleBody {
            enabled: !enabled,
            ..own.body.clone()
        };
        form.send(acts::keep_rule(Some(&own.rule_id), &body));
    };
    let mute = move |_| form.send(acts::mute_rule(&id, if muted { 0.0 } else { 3_600.0 }));
    let state = if enabled { "On" } else { "Off" };
    view! {
        {(may_steer && enabled).then(|| view! {
            <button type="button" class="btn ghost tiny no-phone" on:click=mute>{if muted { "Unmute" } else { "Mute 1 h" }}</button>
        })}
        {may_admin.then(|| view! {
            <button type="button" class="btn ghost tiny" on:click=move |_| form.open(Some(edited.clone()))>"Edit"</button>
        })}
        <button type="button" class="btn tiny" role="switch" aria-checked=enabled.to_string() aria-label=format!("{}: {state}", rule.body.name) disabled=!may_admin on:click=turn>{state}</button>
    }
    .part()
}

/// What a rule looks for, in words.
fn said(condition: &AlertCondition) -> String {
    let bound = |above: &Option<f64>, below: &Option<f64>| {
        let above = above.map(|above| format!("above {above}"));
        let below = below.map(|below| format!("below {below}"));
        above
            .into_iter()
            .chain(below)
            .collect::<Vec<_>>()
            .join(" or ")
    };
    match condition {
        AlertCondition::Threshold {
            metric,
            above,
            below,
            for_seconds,
            ..
        } => {
            let long = if *for_seconds > 0.0 {
                format!(" for {for_seconds} s")
            } else {
                String::new()
            };
            format!("{metric} {}{long}", bound(above, below))
        }
        AlertCondition::Silence { seconds } => format!("no events for {seconds} s"),
        AlertCondition::Stuck { state, seconds } => {
            let state = state.as_deref().unwrap_or("same state");
            format!("{state} for {seconds} s")
        }
        AlertCondition::StepFailed { step } => {
            format!("step {} failed", step.as_deref().unwrap_or("of any name"))
        }
        AlertCondition::NewCriticalFinding { severity } => {
            format!("new finding, at least {severity}")
        }
        AlertCondition::NonFinite { metrics } => format!("NaN or infinite: {}", metrics.join(", ")),
        AlertCondition::Rate {
            above,
            below,
            window_seconds,
            ..
        } => {
            format!(
                "rate of events {} over {window_seconds} s",
                bound(above, below)
            )
        }
        AlertCondition::Event {
            names, severity, ..
        } => {
            let severity = severity.map(|severity| format!("at least {severity}"));
            let all = names.iter().cloned().chain(severity);
            format!("event {}", all.collect::<Vec<_>>().join(", "))
        }
    }
}
