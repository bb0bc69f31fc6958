//! Decisions: questions with their options in every shape, and answers.

use loopscope_event::{DecisionFact, DecisionOption, Event, Fact, Question, RawJson};

use crate::read::{Json, Object};

/// The most options that are listed.
const MAX_OPTIONS: usize = 32;
/// The most lines of consequences, pros or cons of an option.
const MAX_POINTS: usize = 16;

pub(super) fn facts(what: &str, event: &Event, data: &Object<'_>) -> Vec<Fact> {
    let id = data.first(&["decision_id", "id"], Json::id);
    if what == "made" {
        return vec![Fact::Decision(DecisionFact::Made {
            id,
            choice: data
                .first(&["choice", "option_id", "selected"], Json::raw)
                .unwrap_or_else(|| RawJson::from_trusted("null")),
            by: data.first(&["made_by", "by", "user"], Json::text),
            reason: data.get("reason").text(),
        })];
    }
    let asked = data.first(&["question", "title", "description", "message"], Json::text);
    let description = data.get("description").text();
    vec![Fact::Decision(DecisionFact::Asked(Box::new(Question {
        id: Some(id.unwrap_or_else(|| event.event_id.as_str().to_owned())),
        description: description.filter(|text| Some(text) != asked.as_ref()),
        question: asked.unwrap_or_else(|| "Decision required".to_owned()),
        options: options(data),
        default: data.get("default").raw(),
        timeout_seconds: data
            .first(
                &["timeout_seconds", "timeout", "auto_resolve_seconds"],
                Json::number,
            )
            .filter(|seconds| (0.0..1e9).contains(seconds)),
        priority: data.get("priority").word().map(|word| word.to_lowercase()),
        context: data.get("context").raw(),
    })))]
}

fn options(data: &Object<'_>) -> Vec<DecisionOption> {
    let recommended = data.get("recommended");
    let items = data.first(&["options", "choices"], |list| {
        Some(list.items()).filter(|items| !items.is_empty())
    });
    let items = items.unwrap_or_default().into_iter().take(MAX_OPTIONS);
    let mut options: Vec<DecisionOption> = items
        .enumerate()
        .map(|(index, item)| option(index, item))
        .collect();
    // By its place, else by its id or label.
    let by_place = recommended
        .string()
        .is_none()
        .then(|| recommended.count())
        .flatten();
    let word = recommended.string();
    for (index, option) in options.iter_mut().enumerate() {
        let named = word
            .as_deref()
            .is_some_and(|word| option.id.as_deref() == Some(word) || option.label == word);
        option.recommended |= by_place == Some(index as u64) || named;
    }
    options
}

fn option(index: usize, item: Json<'_>) -> DecisionOption {
    let fields = item.object();
    let id = fields.first(&["option_id", "id", "value"], Json::id);
    let label = item
        .text()
        .or_else(|| fields.first(&["label", "title", "name", "action"], Json::text))
        .or_else(|| id.clone());
    let extra = ["impact", "time_estimate"].into_iter().filter_map(|field| {
        let text = fields.get(field).text()?;
        Some(format!("{}: {text}", field.replace('_', " ")))
    });
    let mut consequences = points(fields.get("consequences"));
    consequences.extend(extra);
    let confidence = fields.get("confidence").number();
    let confidence = confidence.map(|number| if number > 1.0 { number / 100.0 } else { number });
    DecisionOption {
        id,
        label: label.unwrap_or_else(|| format!("Option {}", index + 1)),
        description: fields.get("description").text(),
        consequences,
        pros: points(fields.get("pros")),
        cons: points(fields.get("cons")),
        confidence: confidence.filter(|number| (0.0..=1.0).contains(number)),
        recommended: fields.get("recommended").truth() == Some(true),
    }
}

/// A list of texts, or one text.
fn points(value: Json<'_>) -> Vec<String> {
    if let Some(text) = value.text() {
        return vec![text];
    }
    let items = value.items().into_iter().filter_map(Json::text);
    items.take(MAX_POINTS).collect()
}
