//! A crew's events as lines: the sentence that its producer or the contract has, and the contract's key figures.
//!
//! In: an event of dialect `agents` and what it says. Out: tone, sentence, figures.

use loopscope_dialects::agents;
use loopscope_event::{AgentFact, AgentState, Dialect, Event, Fact, Opportunity};

use crate::Tone;
use crate::describe::{Words, humanise};
use crate::figures::{self, counted};

/// The most fields of an event that is not of the table that are shown.
const MOST_FIELDS: usize = 4;

/// The words; `None` for an event of another dialect, or that says something every run may say.
pub(crate) fn words(event: &Event, facts: &[Fact]) -> Option<Words> {
    let is_ours = event.dialect == Dialect::Agents;
    if !is_ours || (agents::lookup(&event.name).is_none() && !facts.is_empty()) {
        return None;
    }
    let said = || agents::sentence(event).or_else(|| loopscope_dialects::message(event));
    let or_name = |said: Option<String>| said.unwrap_or_else(|| humanise(&event.name));
    let tone = tone(event);
    Some(match facts.first() {
        Some(Fact::Agent(agent)) if agent.state == AgentState::Idle => {
            let role = agent.role.clone();
            Words::new(
                tone,
                said().unwrap_or_else(|| format!("Agent {} registered", who(agent))),
            )
            .figure(role)
        }
        Some(Fact::Agent(agent)) => execution(agent, tone, or_name(said())),
        Some(Fact::Opportunity(opportunity)) => found(opportunity, tone),
        Some(Fact::Synthesis(synthesis)) => {
            let name = &synthesis.name;
            let sentence = said().unwrap_or_else(|| format!("Synthesis started: {name}"));
            let patterns = synthesis.patterns_found;
            Words::new(tone, sentence)
                .figure(Some(name.clone()))
                .figure(patterns.map(|count| counted(count, "pattern", "patterns")))
                .figure(synthesis.duration.map(figures::span))
        }
        Some(Fact::Quality(quality)) => {
            let source = Some(quality.source.clone());
            Words::new(tone, or_name(said()))
                .figure(source.filter(|source| !source.is_empty()))
                .figure(quality.score.map(score))
        }
        Some(Fact::Error(message)) => Words::new(tone, said().unwrap_or_else(|| message.clone())),
        Some(Fact::Health(health)) => {
            let used = |what: &str, percent: Option<f64>| {
                percent.map(|percent| format!("{what} {percent:.0}%"))
            };
            Words::new(tone, or_name(said()))
                .figure(used("CPU", health.cpu_percent))
                .figure(used("memory", health.memory_percent))
        }
        Some(Fact::Reputation(_)) => Words::new(tone, or_name(said())),
        _ => fields(event, Words::new(tone, or_name(said()))),
    })
}

/// The contract's four words as the tones of lines.
fn tone(event: &Event) -> Tone {
    match agents::severity_word(event).as_str() {
        "success" => Tone::Good,
        "warning" => Tone::Caution,
        "error" => Tone::Bad,
        _ => Tone::Neutral,
    }
}

fn score(score: f64) -> String {
    format!("{score:.1}%")
}

fn who(agent: &AgentFact) -> &str {
    agent.name.as_deref().unwrap_or(&agent.id)
}

fn execution(agent: &AgentFact, tone: Tone, sentence: String) -> Words {
    let named = sentence.contains(who(agent));
    let ended = agent.state != AgentState::Busy;
    let millis =
        |spent: loopscope_event::Duration| format!("{:.0} ms", spent.as_micros() as f64 / 1e3);
    Words::new(tone, sentence)
        .figure((!named).then(|| who(agent).to_owned()))
        .figure(agent.duration.filter(|_| ended).map(millis))
        .figure(agent.data_source.clone())
        .figure(agent.quality.map(score))
}

fn found(opportunity: &Opportunity, tone: Tone) -> Words {
    let title = match opportunity.title.as_str() {
        "" => "Untitled opportunity",
        title => title,
    };
    Words::new(tone, format!("Opportunity: {title}"))
        .figure(opportunity.confidence.map(|share| score(share * 100.0)))
        .figure(opportunity.category.clone())
}

/// The scalar fields of an event that nothing more is known of.
fn fields(event: &Event, words: Words) -> Words {
    let serde_json::Value::Object(data) = event.data.value() else {
        return words;
    };
    let shown = |(name, value): (&String, &serde_json::Value)| {
        let own = name.starts_with('_') || ["description", "message"].contains(&name.as_str());
        let value = match value {
            serde_json::Value::String(text) if text.len() <= 40 => text.clone(),
            serde_json::Value::Number(_) | serde_json::Value::Bool(_) => value.to_string(),
            _ => return None,
        };
        (!own).then(|| format!("{name} {value}"))
    };
    let shown = data.iter().filter_map(shown).take(MOST_FIELDS);
    shown.fold(words, |words, field| words.figure(Some(field)))
}
