//! The form of a rule: its name, what it looks for field by field, which sessions it is for, who is told. In: a rule, or
//! none for a new one. Out: what is sent; an answer that names a field is shown at that field, and nothing is lost.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use loopscope_protocol::{AlertRule, AlertRuleBody, ApiError, Channel};
use serde_json::Value;

use super::kinds::{Entry, Field, KINDS, SEVERITIES, condition, kind, label};
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::ui::{icon, small_icon};
use crate::world;

const DIALOG: &str = "rule";

/// What a rule can be for.
const DIALECTS: &[(&str, &str)] = &[
    ("", "any"),
    ("convergence", "convergence"),
    ("agents", "agents"),
    ("orchestrator", "orchestrator"),
    ("training", "training"),
    ("generic", "generic"),
];

/// What the form is about.
#[derive(Clone, Copy)]
pub(in super::super) struct Form {
    /// The rule, or a new one.
    rule: RwSignal<Option<AlertRule>>,
    /// The word of what it looks for.
    kind: RwSignal<&'static str>,
    /// The field at fault, and why.
    problem: RwSignal<Option<(String, String)>>,
    channels: StoredValue<Vec<Channel>>,
    again: Callback<()>,
}

impl Form {
    pub(in super::super) fn new(again: Callback<()>) -> Self {
        Self {
            rule: RwSignal::new(None),
            kind: RwSignal::new(KINDS[0].word),
            problem: RwSignal::new(None),
            channels: StoredValue::new(Vec::new()),
            again,
        }
    }

    /// The channels that there are by now.
    pub(super) fn know(self, channels: &[Channel]) {
        self.channels.set_value(channels.to_vec());
    }

    pub(super) fn open(self, rule: Option<AlertRule>) {
        self.problem.set(None);
        let word = rule
            .as_ref()
            .map_or(KINDS[0].word, |rule| rule.body.condition.kind());
        self.kind.set(kind(word).word);
        self.rule.set(rule);
        world::next_frame(|| world::show_dialog(DIALOG));
    }

    /// Does it, and shows the list anew.
    pub(super) fn send<T: Send + 'static>(self, answer: crate::source::Loading<T>) {
        leptos::task::spawn_local(async move {
            match answer.await {
                Ok(_) => {
                    world::close_dialog(DIALOG);
                    self.again.run(());
                }
                Err(ApiError { field, message, .. }) => {
                    self.problem.set(Some((field.unwrap_or_default(), message)));
                }
            }
        });
    }

    fn submit(self, event: &SubmitEvent) {
        event.prevent_default();
        let field = |name: &str| world::field(event, name);
        let optional =
            |name: &str| Some(field(name).trim().to_owned()).filter(|text| !text.is_empty());
        let read = condition(self.kind.get_untracked(), |name| {
            field(&format!("condition.{name}"))
        });
        let condition = match read {
            Ok(condition) => condition,
            Err(name) => {
                return self.problem.set(Some((name, "enter a number".to_owned())));
            }
        };
        let number = |name: &str| field(name).trim().parse::<f64>().unwrap_or(300.0);
        let before = self.rule.get_untracked();
        let chosen: Vec<String> = self.channels.with_value(|all| {
            let ids = all.iter().map(|channel| channel.channel_id.clone());
            ids.filter(|id| !field(&format!("channel-{id}")).is_empty())
                .collect()
        });
        let body = serde_json::json!({
            "name": field("name"),
            "enabled": before.as_ref().is_none_or(|rule| rule.body.enabled),
            "severity": field("severity"),
            "scope": {
                "project": optional("scope.project"), "dialect": optional("scope.dialect"),
                "session": optional("scope.session"), "target": optional("scope.target"),
            },
            "condition": condition,
            "cool_down_seconds": number("cool_down_seconds"),
            "resolve_seconds": number("resolve_seconds"),
            "channels": if chosen.is_empty() { None } else { Some(chosen) },
        });
        let id = before.map(|rule| rule.rule_id);
        self.problem.set(None);
        self.send(acts::keep_rule(id.as_deref(), &body));
    }

    /// A field as it is called over its entry; where it has none, as the server names it.
    fn spoken(self, field: &str) -> String {
        let plain = field.split('[').next().unwrap_or(field);
        let of_kind = |name: &str| {
            let mut own = kind(self.kind.get_untracked()).fields.iter();
            own.find(|own| own.name == name).map(|own| own.label)
        };
        let known = match plain.strip_prefix("condition.") {
            Some(name) => of_kind(name),
            None => Some(label(plain)).filter(|label| !label.is_empty()),
        };
        known.unwrap_or(field).to_owned()
    }

    /// Whether a field is the one at fault.
    fn is_wrong(self, name: &str) -> bool {
        self.problem.with(|problem| {
            let at = problem.as_ref().map_or("", |(at, _)| at.as_str());
            // A list's fault is told with its place: `condition.metrics[2]`.
            at == name
                || at
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('['))
        })
    }
}

/// The dialog.
pub(in super::super) fn dialog(form: Form) -> Part {
    let contents = move || form.rule.with(|rule| contents(form, rule.as_ref()));
    view! {
        <dialog class="dialog wide-dialog" id=DIALOG aria-labelledby="rule-title">
            <form class="ask-form" on:submit=move |event| form.submit(&event)>{contents}</form>
        </dialog>
    }
    .part()
}

fn contents(form: Form, rule: Option<&AlertRule>) -> Part {
    let body = rule.map(|rule| &rule.body);
    let title = if body.is_some() {
        "Edit rule"
    } else {
        "New rule"
    };
    let gone = rule.filter(|rule| !rule.shipped).map(|rule| {
        let id = rule.rule_id.clone();
        let remove = move |_| form.send(acts::remove_rule(&id));
        view! { <button type="button" class="btn ghost" on:click=remove>{small_icon("error")}"Remove"</button> }
    });
    let name = body.map(|body| body.name.clone()).unwrap_or_default();
    let problem = move || {
        form.problem.get().map(|(field, message)| {
            let field = if field.is_empty() { field } else { format!("{}: ", form.spoken(&field)) };
            view! { <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{field}{message}</span></p> }
        })
    };
    let severity = body.map_or("medium", |body| body.severity.as_str());
    view! {
        <h2 id="rule-title">{title}</h2>
        <div class="pair">
            <label class="entry"><span class="small t2">{label("name")}</span>
                <input type="text" name="name" required=true maxlength="256" autocomplete="off" data-first="" value=name /></label>
            {choice(form, "severity", label("severity"), SEVERITIES, severity)}
        </div>
        {looks_for(form, body)}
        {scope(form, body)}
        {told(form, body)}
        {problem}
        <div class="end">{gone}
            <button type="button" class="btn" on:click=|_| world::close_dialog(DIALOG)>"Cancel"</button>
            <button type="submit" class="btn primary">"Save rule"</button>
        </div>
    }
    .part()
}

/// What it looks for: the kind, and the fields of that kind.
fn looks_for(form: Form, body: Option<&AlertRuleBody>) -> Part {
    let own = body.and_then(|body| serde_json::to_value(&body.condition).ok());
    let own_kind = body.map_or(KINDS[0].word, |body| kind(body.condition.kind()).word);
    let kinds = KINDS.map(|kind| {
        view! { <option value=kind.word selected=kind.word == own_kind>{kind.label}</option> }
            .part()
    });
    let choose = move |event| {
        form.problem.set(None);
        form.kind.set(kind(&event_target_value(&event)).word);
    };
    let fields = move || {
        let now = kind(form.kind.get());
        let own: Option<&Value> = own.as_ref().filter(|_| now.word == own_kind);
        let fields: Vec<Part> = now
            .fields
            .iter()
            .map(|field| entry(form, field, own))
            .collect();
        view! {
            <p class="small t3">{now.says}</p>
            <div class="pair">{fields}</div>
        }
        .part()
    };
    view! {
        <fieldset class="part">
            <legend class="sr">"Condition"</legend>
            <label class="entry"><span class="small t2">"Condition type"</span>
                <select name="kind" on:change=choose>{kinds.into_iter().collect_view()}</select></label>
            {fields}
        </fieldset>
    }
    .part()
}

fn entry(form: Form, field: &'static Field, own: Option<&Value>) -> Part {
    let text = field.text(own);
    let name = format!("condition.{}", field.name);
    match field.entry {
        Entry::Choice(all) => choice(form, &name, field.label, all, &text),
        Entry::Check => view! {
            <label class="check"><input type="checkbox" name=name value="yes" checked=!text.is_empty() />" "{field.label}</label>
        }
        .part(),
        Entry::Number | Entry::Text | Entry::List => {
            let is_number = matches!(field.entry, Entry::Number);
            let (label, hint, is_needed) = (field.label, field.hint, field.is_needed);
            line(form, &Line { name: &name, label, text: &text, hint, is_needed, is_number })
        }
    }
}

fn choice(
    form: Form,
    name: &str,
    label: &'static str,
    all: &'static [(&'static str, &'static str)],
    chosen: &str,
) -> Part {
    let options: Vec<Part> = all
        .iter()
        .map(|(word, label)| {
            view! { <option value=*word selected=*word == chosen>{*label}</option> }.part()
        })
        .collect();
    let own = name.to_owned();
    let wrong = move || form.is_wrong(&own).then_some("true");
    view! {
        <label class="entry"><span class="small t2">{label}</span>
            <select name=name.to_owned() aria-invalid=wrong>{options}</select></label>
    }
    .part()
}

/// A field of one line.
struct Line<'a> {
    name: &'a str,
    label: &'static str,
    text: &'a str,
    hint: &'static str,
    is_needed: bool,
    is_number: bool,
}

fn line(form: Form, line: &Line<'_>) -> Part {
    let own = line.name.to_owned();
    let wrong = move || form.is_wrong(&own).then_some("true");
    let (kind, step) = if line.is_number {
        ("number", Some("any"))
    } else {
        ("text", None)
    };
    view! {
        <label class="entry"><span class="small t2">{line.label}</span>
            <input
                type=kind step=step name=line.name.to_owned() required=line.is_needed aria-invalid=wrong
                autocomplete="off" spellcheck="false" placeholder=line.hint value=line.text.to_owned()
            /></label>
    }
    .part()
}

/// Which sessions it is for, and how often it may fire.
fn scope(form: Form, body: Option<&AlertRuleBody>) -> Part {
    let of = |of: fn(&AlertRuleBody) -> Option<String>| body.and_then(of).unwrap_or_default();
    let dialect = of(|body| body.scope.dialect.map(|dialect| dialect.to_string()));
    let project = of(|body| body.scope.project.as_ref().map(ToString::to_string));
    let (session, target) = (
        of(|body| body.scope.session.clone()),
        of(|body| body.scope.target.clone()),
    );
    let seconds = |of: fn(&AlertRuleBody) -> f64| body.map_or(300.0, of).to_string();
    let (pause, over) = (
        seconds(|body| body.cool_down_seconds),
        seconds(|body| body.resolve_seconds),
    );
    let any = "any; * is a wildcard";
    let words = |name, text, hint| {
        let (label, is_needed, is_number) = (label(name), false, false);
        line(
            form,
            &Line {
                name,
                label,
                text,
                hint,
                is_needed,
                is_number,
            },
        )
    };
    let number = |name, text| {
        let (label, hint, is_needed, is_number) = (label(name), "", true, true);
        line(
            form,
            &Line {
                name,
                label,
                text,
                hint,
                is_needed,
                is_number,
            },
        )
    };
    view! {
        <fieldset class="part">
            <legend class="small t3">"Sessions and timing"</legend>
            <div class="pair">
                {choice(form, "scope.dialect", label("scope.dialect"), DIALECTS, &dialect)}
                {words("scope.project", &project, "any")}
                {words("scope.session", &session, any)}
                {words("scope.target", &target, any)}
                {number("cool_down_seconds", &pause)}
                {number("resolve_seconds", &over)}
            </div>
        </fieldset>
    }
    .part()
}

/// Who is told elsewhere.
fn told(form: Form, body: Option<&AlertRuleBody>) -> Part {
    let chosen = body
        .and_then(|body| body.channels.clone())
        .unwrap_or_default();
    let boxes: Vec<Part> = form.channels.with_value(|all| {
        let one = |channel: &Channel| {
            let name = format!("channel-{}", channel.channel_id);
            let is_chosen = chosen.contains(&channel.channel_id);
            view! {
                <label class="check"><input type="checkbox" name=name value="yes" checked=is_chosen />" "{channel.name.clone()}</label>
            }
            .part()
        };
        all.iter().map(one).collect()
    });
    if boxes.is_empty() {
        return ().part();
    }
    view! {
        <fieldset class="part">
            <legend class="small t3">"Channels (all when none is selected)"</legend>
            <div class="row wrap">{boxes}</div>
        </fieldset>
    }
    .part()
}
