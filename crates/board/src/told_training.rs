//! What training runs say, as sentences: `Seed germinated in r0c0: conv_light`, `Policy updated`.

use loopscope_event::{
    BatchFact, EpochFact, NoteFact, PolicyFact, SeedChange, SeedFact, SeedStage, Severity,
    TrainingFact,
};

use crate::Tone;
use crate::describe::Words;
use crate::figures::{counted, number};

/// `None` for a fact that only adds figures to another.
pub(crate) fn words(fact: &TrainingFact) -> Option<Words> {
    Some(match fact {
        TrainingFact::Run(_) => return None,
        TrainingFact::Epoch(epoch) => epoch_words(epoch),
        TrainingFact::Batch(batch) => batch_words(batch),
        TrainingFact::Policy(policy) => policy_words(policy),
        TrainingFact::Seed(seed) => seed_words(seed)?,
        TrainingFact::Gate(gate) => {
            let name = gate.gate.as_deref().unwrap_or("Gate");
            let slot = of_slot(gate.slot.as_deref(), " for the seed in ");
            match gate.passed {
                Some(false) => Words::new(
                    Tone::Caution,
                    because(&format!("{name} not passed{slot}"), gate.failed.first()),
                ),
                _ => Words::new(Tone::Good, format!("{name} passed{slot}")),
            }
        }
        TrainingFact::Contributions(found) => Words::new(
            Tone::Neutral,
            format!(
                "Contributions of {} told",
                counted(found.seeds.len() as u64, "seed", "seeds")
            ),
        )
        .figure(
            found
                .seeds
                .first()
                .map(|(slot, points, _)| format!("{slot} {}", signed(*points))),
        ),
        TrainingFact::Performance(told) => {
            let accuracy = told.accuracy.map(percent);
            let host = told.host_accuracy.map(percent);
            let said = match (accuracy, host) {
                (Some(accuracy), _) => format!("Accuracy {accuracy}"),
                (None, Some(host)) => format!("The host alone reaches {host}"),
                (None, None) => "Performance told".to_owned(),
            };
            Words::new(Tone::Neutral, said)
                .figure(told.param_ratio.map(|ratio| format!("{ratio:.2}×")))
        }
        TrainingFact::Action(action) if action.action.is_empty() => {
            Words::new(Tone::Neutral, "Actions counted")
        }
        TrainingFact::Action(action) => {
            let slot = of_slot(action.slot.as_deref(), " on ");
            Words::new(
                Tone::Neutral,
                format!("Policy chose {}{slot}", action.action),
            )
            .figure(
                action
                    .reward
                    .map(|reward| format!("reward {}", number(reward))),
            )
        }
        TrainingFact::Episode(episode) => {
            let tone = match episode.outcome.as_deref() {
                Some("success") => Tone::Good,
                Some("early_termination") => Tone::Caution,
                _ => Tone::Neutral,
            };
            let outcome = episode.outcome.as_ref().map(|word| word.replace('_', " "));
            let ended = match episode.env {
                Some(env) => format!("Episode ended in environment {env}"),
                None => "Episode ended".to_owned(),
            };
            Words::new(tone, because(&ended, outcome.as_ref()))
                .figure(episode.accuracy.map(percent))
        }
        TrainingFact::Throughput(told) => Words::new(Tone::Neutral, "Throughput told")
            .figure(told.fps.map(|fps| format!("{} steps/s", number(fps)))),
        TrainingFact::Alert(alert) => {
            let tone = match alert.severity {
                Severity::Critical | Severity::High => Tone::Bad,
                _ => Tone::Caution,
            };
            Words::new(tone, alert.text.clone())
        }
        TrainingFact::Note(told) => {
            let tone = match told.name.as_str() {
                "IMPROVEMENT_DETECTED" => Tone::Good,
                "DEGRADATION_DETECTED" => Tone::Caution,
                _ => Tone::Neutral,
            };
            Words::new(tone, note(told))
        }
    })
}

/// A note as a sentence.
pub(crate) fn note(told: &NoteFact) -> String {
    if let Some(message) = &told.message {
        return message.clone();
    }
    let what = match told.name.as_str() {
        "PLATEAU_DETECTED" => "Plateau: the accuracy stands still",
        "DEGRADATION_DETECTED" => "Degradation: the accuracy falls",
        "IMPROVEMENT_DETECTED" => "Improvement: the accuracy rises",
        "TAMIYO_INITIATED" => "The host is stable: seeds may germinate",
        "CHECKPOINT_LOADED" => "Checkpoint loaded",
        other => other,
    };
    match told.delta {
        Some(delta) => format!("{what} ({} points)", signed(delta)),
        None => what.to_owned(),
    }
}

fn epoch_words(told: &EpochFact) -> Words {
    let epoch = told
        .epoch
        .map(|epoch| format!(" {epoch}"))
        .unwrap_or_default();
    let env = told
        .env
        .map(|env| format!(" in environment {env}"))
        .unwrap_or_default();
    Words::new(Tone::Neutral, format!("Epoch{epoch} completed{env}"))
        .figure(told.accuracy.map(percent))
        .figure(told.loss.map(|loss| format!("loss {}", number(loss))))
}

fn batch_words(told: &BatchFact) -> Words {
    let said = match (told.episodes_completed, told.episodes_total) {
        (Some(done), Some(all)) => format!("Batch completed: {done} of {all} episodes"),
        (Some(done), None) => format!("Batch completed: {}", counted(done, "episode", "episodes")),
        _ => "Batch completed".to_owned(),
    };
    let accuracy = told.accuracy.or(told.rolling_accuracy);
    Words::new(Tone::Neutral, said)
        .figure(accuracy.map(percent))
        .figure(
            told.reward
                .map(|reward| format!("reward {}", number(reward))),
        )
}

fn policy_words(told: &PolicyFact) -> Words {
    if told.skipped {
        return Words::new(
            Tone::Caution,
            because("Policy update skipped", told.reason.as_ref()),
        );
    }
    let told_of =
        |name: &str, value: Option<f64>| value.map(|value| format!("{name} {}", number(value)));
    Words::new(Tone::Neutral, "Policy updated")
        .figure(told_of("entropy", told.entropy))
        .figure(told_of("KL", told.kl))
}

fn seed_words(told: &SeedFact) -> Option<Words> {
    let slot = of_slot(told.slot.as_deref(), " in ");
    Some(match told.change {
        SeedChange::Told => return None,
        SeedChange::Germinated => Words::new(
            Tone::Neutral,
            because(&format!("Seed germinated{slot}"), told.blueprint.as_ref()),
        )
        .figure(
            told.params
                .map(|params| counted(params, "parameter", "parameters")),
        ),
        SeedChange::Stage => {
            let to = told.stage.map_or("another stage", SeedStage::as_str);
            Words::new(Tone::Neutral, format!("Seed{slot} is now {to}"))
        }
        SeedChange::Fossilized => Words::new(Tone::Good, format!("Seed fossilized{slot}")).figure(
            told.improvement
                .map(|points| format!("{} points", signed(points))),
        ),
        SeedChange::Pruned => Words::new(
            Tone::Caution,
            because(&format!("Seed pruned{slot}"), told.reason.as_ref()),
        )
        .figure(
            told.improvement
                .map(|points| format!("{} points", signed(points))),
        ),
    })
}

fn of_slot(slot: Option<&str>, word: &str) -> String {
    slot.map(|slot| format!("{word}{slot}")).unwrap_or_default()
}

fn because(what: &str, why: Option<&String>) -> String {
    match why {
        Some(why) => format!("{what}: {why}"),
        None => what.to_owned(),
    }
}

fn percent(value: f64) -> String {
    format!("{value:.1}%")
}

fn signed(value: f64) -> String {
    format!("{value:+.1}")
}
