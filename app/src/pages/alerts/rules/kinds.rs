//! What a rule can look for, as fields of a form. In: a rule's condition, or a form that was sent. Out: what stands in each
//! field, and the condition as JSON; what is no number is told by its field, and the server says the rest.

use serde_json::{Map, Value};

/// A field of a condition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Its name in the condition.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    pub entry: Entry,
    /// What a new rule begins with; empty: nothing.
    pub first: &'static str,
    /// What an empty field means, or how it is written.
    pub hint: &'static str,
    pub is_needed: bool,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// A text.
    Text,
    /// Several, with commas between them.
    List,
    /// A number.
    Number,
    /// Yes or no.
    Check,
    /// One of these: the word, and the same for people.
    Choice(&'static [(&'static str, &'static str)]),
}

/// A kind of condition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub word: &'static str,
    pub label: &'static str,
    /// What it does, in a sentence.
    pub says: &'static str,
    pub fields: &'static [Field],
}

const fn field(name: &'static str, label: &'static str, entry: Entry) -> Field {
    Field {
        name,
        label,
        entry,
        first: "",
        hint: "",
        is_needed: false,
    }
}

const fn needed(
    name: &'static str,
    label: &'static str,
    entry: Entry,
    first: &'static str,
) -> Field {
    Field {
        name,
        label,
        entry,
        first,
        hint: "",
        is_needed: true,
    }
}

/// How severe something is, by its word.
pub(super) const SEVERITIES: &[(&str, &str)] = &[
    ("critical", "critical"),
    ("high", "high"),
    ("medium", "medium"),
    ("low", "low"),
    ("info", "info"),
];

const ANY_SEVERITY: &[(&str, &str)] = &[
    ("", "any"),
    ("critical", "critical"),
    ("high", "high"),
    ("medium", "medium"),
    ("low", "low"),
    ("info", "info"),
];

const BACK: Field = Field {
    hint: "same as the firing threshold",
    ..field("resolve_at", "Resolve threshold", Entry::Number)
};

const LONG: Field = Field {
    first: "0",
    ..field("for_seconds", "For at least (seconds)", Entry::Number)
};

/// Every kind.
pub(super) const KINDS: [Kind; 8] = [
    Kind {
        word: "threshold",
        label: "Metric threshold",
        says: "Fires when a metric is above or below a threshold. A separate resolve threshold keeps the alert from flapping.",
        fields: &[
            Field {
                hint: "* is a wildcard",
                ..needed("metric", "Metric", Entry::Text, "*loss")
            },
            Field {
                first: "10",
                hint: "no upper bound",
                ..field("above", "Fires above", Entry::Number)
            },
            Field {
                hint: "no lower bound",
                ..field("below", "Fires below", Entry::Number)
            },
            Field { first: "8", ..BACK },
            LONG,
        ],
    },
    Kind {
        word: "silence",
        label: "No events for a period",
        says: "Fires when a running session sends no events for this long.",
        fields: &[needed(
            "seconds",
            "Silent for (seconds)",
            Entry::Number,
            "900",
        )],
    },
    Kind {
        word: "stuck",
        label: "Stuck in one state",
        says: "Fires when a session stays in the same state for this long.",
        fields: &[
            Field {
                first: "FIXING",
                hint: "any state",
                ..field("state", "State or status", Entry::Text)
            },
            needed("seconds", "Stuck for (seconds)", Entry::Number, "1800"),
        ],
    },
    Kind {
        word: "step_failed",
        label: "Step failed",
        says: "Fires when a step or a skill fails.",
        fields: &[Field {
            hint: "any step; * is a wildcard",
            ..field("step", "Step", Entry::Text)
        }],
    },
    Kind {
        word: "new_critical_finding",
        label: "New critical finding",
        says: "Fires when a new finding has at least this severity.",
        fields: &[needed(
            "severity",
            "Minimum severity",
            Entry::Choice(SEVERITIES),
            "critical",
        )],
    },
    Kind {
        word: "non_finite",
        label: "Metric is NaN or infinite",
        says: "Fires when a metric is NaN or infinite.",
        fields: &[Field {
            first: "*loss",
            hint: "any metric",
            ..field("metrics", "Metrics (comma-separated)", Entry::List)
        }],
    },
    Kind {
        word: "rate",
        label: "Event rate",
        says: "Fires when a session sends more or fewer events than this.",
        fields: &[
            Field {
                first: "1000",
                hint: "no upper bound",
                ..field("above", "Fires above", Entry::Number)
            },
            Field {
                hint: "no lower bound",
                ..field("below", "Fires below", Entry::Number)
            },
            needed(
                "per",
                "Rate per",
                Entry::Choice(&[("second", "second"), ("minute", "minute")]),
                "second",
            ),
            needed("window_seconds", "Window (seconds)", Entry::Number, "10"),
            BACK,
            LONG,
        ],
    },
    Kind {
        word: "event",
        label: "Matching event",
        says: "Fires on an event with one of these names or this severity.",
        fields: &[
            Field {
                first: "*_DETECTED",
                hint: "any name",
                ..field("names", "Event names (comma-separated)", Entry::List)
            },
            Field {
                first: "medium",
                ..field("severity", "Minimum severity", Entry::Choice(ANY_SEVERITY))
            },
            Field {
                hint: "none",
                ..field("except", "Except", Entry::List)
            },
            field("all", "Name and severity must both match", Entry::Check),
        ],
    },
];

/// What every rule has beside its condition: its place in the rule, and the same for people.
const LABELS: [(&str, &str); 8] = [
    ("name", "Name"),
    ("severity", "Alert severity"),
    ("scope.dialect", "Session kind"),
    ("scope.project", "Project"),
    ("scope.session", "Session name or id"),
    ("scope.target", "Target"),
    ("cool_down_seconds", "Cool-down (seconds)"),
    ("resolve_seconds", "Auto-resolve after (seconds)"),
];

/// What stands over a field that every rule has; nothing over another.
pub(super) fn label(name: &str) -> &'static str {
    let known = LABELS.iter().find(|(own, _)| *own == name);
    known.map_or("", |(_, label)| label)
}

/// The kind of a word; the first where there is none.
pub(super) fn kind(word: &str) -> &'static Kind {
    KINDS
        .iter()
        .find(|kind| kind.word == word)
        .unwrap_or(&KINDS[0])
}

impl Field {
    /// What stands in it: of a condition of the same kind, else what a new rule begins with.
    pub(super) fn text(&self, condition: Option<&Value>) -> String {
        let Some(condition) = condition else {
            return self.first.to_owned();
        };
        match condition.get(self.name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(all)) => {
                let words: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
                words.join(", ")
            }
            Some(Value::Bool(yes)) => if *yes { "yes" } else { "" }.to_owned(),
            Some(Value::Number(number)) => {
                // 8.0 is 8 for people.
                number
                    .as_f64()
                    .map_or_else(String::new, |number| number.to_string())
            }
            _ => String::new(),
        }
    }

    /// What it says; nothing where it is left out, and its name where it cannot be read.
    fn read(&self, text: &str) -> Result<Option<Value>, String> {
        let text = text.trim();
        if text.is_empty() && !self.is_needed {
            return Ok(None);
        }
        let value = match self.entry {
            Entry::Text | Entry::Choice(_) => Value::from(text),
            Entry::Check => Value::from(true),
            Entry::List => {
                let words = text
                    .split(',')
                    .map(str::trim)
                    .filter(|word| !word.is_empty());
                words.map(Value::from).collect()
            }
            Entry::Number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::from(number),
                _ => return Err(format!("condition.{}", self.name)),
            },
        };
        Ok(Some(value))
    }
}

/// The condition of a form; the field that cannot be read where there is one.
pub(super) fn condition(word: &str, text: impl Fn(&str) -> String) -> Result<Value, String> {
    let kind = kind(word);
    let mut condition = Map::new();
    condition.insert("kind".to_owned(), Value::from(kind.word));
    for field in kind.fields {
        if let Some(value) = field.read(&text(field.name))? {
            condition.insert(field.name.to_owned(), value);
        }
    }
    Ok(Value::Object(condition))
}

#[cfg(test)]
mod tests {
    use loopscope_protocol::AlertCondition;

    use super::*;

    /// What a form of a kind says when it is sent as it is.
    fn sent(kind: &Kind, condition: Option<&Value>) -> Value {
        let text = |name: &str| {
            let field = kind.fields.iter().find(|field| field.name == name).unwrap();
            field.text(condition)
        };
        super::condition(kind.word, text).unwrap()
    }

    #[test]
    fn every_kind_begins_with_a_rule_that_the_server_takes() {
        for kind in &KINDS {
            let condition: AlertCondition = serde_json::from_value(sent(kind, None)).unwrap();
            assert_eq!(condition.kind(), kind.word);
        }
    }

    #[test]
    fn a_condition_comes_through_the_form_as_it_was() {
        for text in [
            r#"{"kind":"threshold","metric":"a","below":-1.5,"for_seconds":0.0}"#,
            r#"{"kind":"threshold","metric":"a","above":10.0,"resolve_at":8.0,"for_seconds":2.5}"#,
            r#"{"kind":"silence","seconds":60.0}"#,
            r#"{"kind":"stuck","seconds":60.0}"#,
            r#"{"kind":"stuck","state":"FIXING","seconds":60.0}"#,
            r#"{"kind":"step_failed"}"#,
            r#"{"kind":"step_failed","step":"fix*"}"#,
            r#"{"kind":"new_critical_finding","severity":"high"}"#,
            r#"{"kind":"non_finite","metrics":[]}"#,
            r#"{"kind":"non_finite","metrics":["a","b/c"]}"#,
            r#"{"kind":"rate","above":5.0,"below":1.0,"per":"minute","window_seconds":30.0,"for_seconds":0.0}"#,
            r#"{"kind":"event","names":["A_*","B"],"severity":"low","all":true,"except":["A_1"]}"#,
            r#"{"kind":"event","names":["A"],"all":false}"#,
        ] {
            let before: AlertCondition = serde_json::from_str(text).unwrap();
            let value = serde_json::to_value(&before).unwrap();
            let after = sent(kind(before.kind()), Some(&value));
            let after: AlertCondition = serde_json::from_value(after).unwrap();
            assert_eq!(after, before, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_told_by_its_field() {
        let text = |name: &str| if name == "above" { "ten" } else { "x" }.to_owned();
        assert_eq!(
            condition("threshold", text),
            Err("condition.above".to_owned())
        );
        let empty = |_: &str| String::new();
        assert_eq!(
            condition("silence", empty),
            Err("condition.seconds".to_owned())
        );
    }
}
