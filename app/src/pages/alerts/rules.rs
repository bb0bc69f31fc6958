//! The rules: what each looks for, whether it is on, and the form of one. In: rules. Out: acts on them.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use loopscope_protocol::{AlertCondition, AlertRule, AlertRuleBody, Channel};

use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::ui::{icon, severity_look, small_icon};
use crate::visit::prefs;
use crate::world;

const DIALOG: &str = "rule";

/// What a new rule of each kind begins with.
const KINDS: [(&str, &str, &str); 8] = [
    (
        "threshold",
        "A metric beyond a bound",
        r#"{"kind":"threshold","metric":"*loss","above":10,"resolve_at":8,"for_seconds":0}"#,
    ),
    (
        "silence",
        "No event for a time",
        r#"{"kind":"silence","seconds":900}"#,
    ),
    (
        "stuck",
        "In one state for a time",
        r#"{"kind":"stuck","state":"FIXING","seconds":1800}"#,
    ),
    ("step_failed", "A step failed", r#"{"kind":"step_failed"}"#),
    (
        "new_critical_finding",
        "A new critical finding",
        r#"{"kind":"new_critical_finding","severity":"critical"}"#,
    ),
    (
        "non_finite",
        "A metric that is no number",
        r#"{"kind":"non_finite","metrics":["*loss"]}"#,
    ),
    (
        "rate",
        "Too many or too few events",
        r#"{"kind":"rate","above":1000,"per":"second","window_seconds":10}"#,
    ),
    (
        "event",
        "An event",
        r#"{"kind":"event","names":["*_DETECTED"],"severity":"medium"}"#,
    ),
];

/// What the form is about.
#[derive(Clone, Copy)]
struct Form {
    /// The rule, or a new one.
    rule: RwSignal<Option<AlertRule>>,
    /// The condition, as JSON.
    condition: RwSignal<String>,
    problem: RwSignal<Option<String>>,
    again: Callback<()>,
}

/// The tab.
pub(super) fn rules(rules: &[AlertRule], channels: &[Channel], again: Callback<()>) -> Part {
    let form = Form {
        rule: RwSignal::new(None),
        condition: RwSignal::new(KINDS[0].2.to_owned()),
        problem: RwSignal::new(None),
        again,
    };
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
        "No channel yet: alerts show on this page only.".to_owned()
    } else {
        format!("Told beside this page: {names}.")
    };
    view! {
        <div class="toolbar"><span class="t3 small">{told}</span><span class="end">{new}</span></div>
        <section class="panel" aria-label="Rules"><ul class="rows">{rows}</ul></section>
        {may.then(|| dialog(form))}
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
        AlertCondition::Silence { seconds } => format!("no event for {seconds} s"),
        AlertCondition::Stuck { state, seconds } => {
            let state = state.as_deref().unwrap_or("one state");
            format!("{state} for {seconds} s")
        }
        AlertCondition::StepFailed { step } => {
            format!("step {} failed", step.as_deref().unwrap_or("of any name"))
        }
        AlertCondition::NewCriticalFinding { severity } => {
            format!("a finding, at least {severity}")
        }
        AlertCondition::NonFinite { metrics } => format!("no number: {}", metrics.join(", ")),
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

impl Form {
    fn open(self, rule: Option<AlertRule>) {
        self.problem.set(None);
        let condition = rule
            .as_ref()
            .map(|rule| serde_json::to_string(&rule.body.condition).unwrap_or_default());
        self.condition
            .set(condition.unwrap_or_else(|| KINDS[0].2.to_owned()));
        self.rule.set(rule);
        world::next_frame(|| world::show_dialog(DIALOG));
    }

    /// Does it, and shows the list anew.
    fn send<T: Send + 'static>(self, answer: crate::source::Loading<T>) {
        leptos::task::spawn_local(async move {
            match answer.await {
                Ok(_) => {
                    world::close_dialog(DIALOG);
                    self.again.run(());
                }
                Err(error) => {
                    let field = error
                        .field
                        .map(|field| format!("{field}: "))
                        .unwrap_or_default();
                    self.problem.set(Some(format!("{field}{}", error.message)));
                }
            }
        });
    }

    fn submit(self, event: &SubmitEvent) {
        event.prevent_default();
        let field = |name: &str| world::field(event, name);
        let optional =
            |name: &str| Some(field(name).trim().to_owned()).filter(|text| !text.is_empty());
        let condition: serde_json::Value = match serde_json::from_str(&field("condition")) {
            Ok(condition) => condition,
            Err(error) => {
                return self
                    .problem
                    .set(Some(format!("The condition is not JSON: {error}")));
            }
        };
        let number = |name: &str| field(name).trim().parse::<f64>().unwrap_or(300.0);
        let before = self.rule.get_untracked();
        let body = serde_json::json!({
            "name": field("name"),
            "enabled": before.as_ref().is_none_or(|rule| rule.body.enabled),
            "severity": field("severity"),
            "scope": {
                "project": before.as_ref().and_then(|rule| rule.body.scope.project.clone()),
                "dialect": optional("dialect"), "session": optional("session"), "target": optional("target"),
            },
            "condition": condition,
            "cool_down_seconds": number("cool_down"),
            "resolve_seconds": number("resolve"),
            "channels": before.as_ref().and_then(|rule| rule.body.channels.clone()),
        });
        let id = before.map(|rule| rule.rule_id);
        self.send(acts::keep_rule(id.as_deref(), &body));
    }
}

fn dialog(form: Form) -> Part {
    let contents = move || {
        let rule = form.rule.get();
        let body = rule.as_ref().map(|rule| rule.body.clone());
        let text = |of: fn(&AlertRuleBody) -> String| body.as_ref().map(of).unwrap_or_default();
        let severity = body
            .as_ref()
            .map_or("medium", |body| body.severity.as_str());
        let gone = rule.filter(|rule| !rule.shipped).map(|rule| {
            let remove = move |_| form.send(acts::remove_rule(&rule.rule_id));
            view! { <button type="button" class="btn ghost" on:click=remove>{small_icon("error")}"Remove"</button> }
        });
        let options = |chosen: String, all: &'static [&'static str]| {
            all.iter().map(move |word| view! { <option value=*word selected=*word == chosen>{if word.is_empty() { "any" } else { *word }}</option> }).collect_view()
        };
        let dialect = text(|body| {
            body.scope
                .dialect
                .map(|dialect| dialect.to_string())
                .unwrap_or_default()
        });
        let kind = body
            .as_ref()
            .map_or("threshold", |body| body.condition.kind());
        let kinds = KINDS.map(|(word, label, _)| {
            view! { <option value=word selected=word == kind>{label}</option> }.into_any()
        });
        let begin = move |event| {
            let word = event_target_value(&event);
            if let Some((.., sample)) = KINDS.iter().find(|(own, ..)| *own == word) {
                form.condition.set((*sample).to_owned());
            }
        };
        view! {
            <h2 id="rule-title">{if body.is_some() { "Edit the rule" } else { "New rule" }}</h2>
            <label class="entry"><span class="small t2">"Name"</span>
                <input type="text" name="name" required=true maxlength="256" autocomplete="off" data-first="" value=text(|body| body.name.clone()) /></label>
            <div class="pair">
                <label class="entry"><span class="small t2">"Looks for"</span><select on:change=begin>{kinds.into_iter().collect_view()}</select></label>
                <label class="entry"><span class="small t2">"Severity"</span>
                    <select name="severity">{options(severity.to_owned(), &["critical", "high", "medium", "low", "info"])}</select></label>
            </div>
            <label class="entry"><span class="small t2">"Condition "<span class="t3">"(JSON)"</span></span>
                <textarea name="condition" class="mono" rows="4" spellcheck="false" prop:value=move || form.condition.get()>{form.condition.get_untracked()}</textarea></label>
            <div class="pair">
                <label class="entry"><span class="small t2">"Kind of session"</span>
                    <select name="dialect">{options(dialect, &["", "convergence", "agents", "orchestrator", "training", "generic"])}</select></label>
                <label class="entry"><span class="small t2">"Session, by name or id"</span>
                    <input type="text" name="session" autocomplete="off" placeholder="any; * stands for anything" value=text(|body| body.scope.session.clone().unwrap_or_default()) /></label>
                <label class="entry"><span class="small t2">"Target"</span>
                    <input type="text" name="target" autocomplete="off" placeholder="any" value=text(|body| body.scope.target.clone().unwrap_or_default()) /></label>
                <label class="entry"><span class="small t2">"Pause after firing, seconds"</span>
                    <input type="number" name="cool_down" min="0" value=body.as_ref().map_or(300.0, |body| body.cool_down_seconds).to_string() /></label>
                <label class="entry"><span class="small t2">"Over when not seen for, seconds"</span>
                    <input type="number" name="resolve" min="1" value=body.as_ref().map_or(300.0, |body| body.resolve_seconds).to_string() /></label>
            </div>
            {move || form.problem.get().map(|problem| view! { <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{problem}</span></p> })}
            <div class="end">{gone}
                <button type="button" class="btn" on:click=|_| world::close_dialog(DIALOG)>"Cancel"</button>
                <button type="submit" class="btn primary">"Keep the rule"</button>
            </div>
        }
    };
    view! {
        <dialog class="dialog" id=DIALOG aria-labelledby="rule-title">
            <form class="ask-form" on:submit=move |event| form.submit(&event)>{contents}</form>
        </dialog>
    }
    .part()
}
