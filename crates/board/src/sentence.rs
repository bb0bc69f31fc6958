//! What a step's event says, as a sentence: `Fix applied 2 patches`, `Validate started with `cargo test``.

use loopscope_event::{Event, Phase, StepFact};

use crate::describe::Words;
use crate::figures::{self, counted};
use crate::{Board, Tone, told};

pub(crate) fn step(step: &StepFact, event: &Event, board: Option<&Board>) -> Words {
    let name = capitalised(&step.name);
    match step.phase {
        Phase::Started => Words::new(
            Tone::Neutral,
            match &step.command {
                Some(command) => format!("{name} started with `{command}`"),
                None => format!("{name} started"),
            },
        ),
        Phase::Pending => Words::new(Tone::Neutral, format!("{name} waits for its turn")),
        Phase::Skipped => Words::new(Tone::Neutral, format!("{name} skipped")),
        Phase::Progress => progress(&name, step),
        Phase::Failed => {
            let error = step.error.as_deref().unwrap_or("no message");
            Words::new(Tone::Bad, format!("{name} failed: {error}"))
                .figure(took(step, event, board))
        }
        Phase::Completed => completed(&name, step, took(step, event, board)),
    }
}

fn took(step: &StepFact, event: &Event, board: Option<&Board>) -> Option<String> {
    let said = step.skill.as_ref().and_then(|skill| skill.duration);
    let seen = || board?.last_step_time(event);
    said.or_else(seen).map(figures::span)
}

fn progress(name: &str, step: &StepFact) -> Words {
    let sentence = match (&step.message, step.done, step.total) {
        (Some(message), _, _) => format!("{name}: {message}"),
        (None, Some(done), Some(total)) => format!("{name}: {done} of {total}"),
        (None, Some(done), None) => format!("{name}: {done} done"),
        _ => format!("{name} goes on"),
    };
    let said = step.skill.as_ref().and_then(|skill| skill.percent);
    let percent = match (step.done, step.total) {
        (Some(done), Some(total)) if total > 0 => {
            Some(format!("{}%", done.min(total).saturating_mul(100) / total))
        }
        _ => said.map(told::percent),
    };
    Words::new(Tone::Neutral, sentence).figure(percent)
}

fn completed(name: &str, step: &StepFact, took: Option<String>) -> Words {
    let counts = &step.counts;
    match step.name.as_str() {
        "validate" if step.skill.is_none() => validated(name, step, took),
        _ if step.success == Some(false) => {
            let why = step.error.as_deref().or(step.message.as_deref());
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            Words::new(Tone::Bad, format!("{name} did not succeed{why}")).figure(took)
        }
        "attack" => match counts.vulnerabilities {
            Some(0) => Words::new(Tone::Good, format!("{name} found nothing"))
                .figure(took)
                .figure(Some("0 vulnerabilities".to_owned())),
            Some(count) => {
                let what = counted(count, "vulnerability", "vulnerabilities");
                Words::new(Tone::Caution, format!("{name} found {what}"))
                    .figure(took)
                    .figure(step.severities.as_ref().and_then(figures::severities))
            }
            None => Words::new(Tone::Good, format!("{name} completed")).figure(took),
        },
        _ => match (counts.findings, counts.fixes) {
            (None, Some(0)) => Words::new(Tone::Neutral, format!("{name} had nothing to do"))
                .figure(took)
                .figure(Some("0 fixes".to_owned())),
            (_, Some(count)) if count > 0 => {
                let patches = counted(count, "patch", "patches");
                Words::new(Tone::Good, format!("{name} applied {patches}"))
                    .figure(took)
                    .figure(Some(counted(count, "fix", "fixes")))
            }
            (Some(0), _) => Words::new(Tone::Good, format!("{name} found nothing"))
                .figure(took)
                .figure(Some("0 findings".to_owned())),
            (Some(count), _) => {
                let issues = counted(count, "issue", "issues");
                Words::new(Tone::Caution, format!("{name} found {issues}"))
                    .figure(took)
                    .figure(step.severities.as_ref().and_then(figures::severities))
            }
            _ => Words::new(Tone::Good, format!("{name} completed")).figure(took),
        },
    }
}

fn validated(name: &str, step: &StepFact, took: Option<String>) -> Words {
    let passed = step
        .success
        .or_else(|| step.tests.map(|tests| tests.failed == 0));
    let words = match (passed, step.tests) {
        (Some(true), Some(tests)) => {
            let tests = counted(tests.passed, "test", "tests");
            Words::new(Tone::Good, format!("{name} passed {tests}"))
        }
        (Some(true), None) => Words::new(Tone::Good, format!("{name} passed")),
        (Some(false), Some(tests)) if tests.failed > 0 => {
            let run = tests.passed.saturating_add(tests.failed);
            let run = counted(run, "test", "tests");
            Words::new(
                Tone::Bad,
                format!("{name} failed: {} of {run} failed", tests.failed),
            )
        }
        (Some(false), _) => Words::new(Tone::Bad, format!("{name} failed")),
        (None, _) => Words::new(Tone::Neutral, format!("{name} completed")),
    };
    words.figure(took)
}

/// `cargo test` stays as it is but for its first letter.
fn capitalised(name: &str) -> String {
    let mut signs = name.chars();
    match signs.next() {
        Some(first) => first.to_uppercase().chain(signs).collect(),
        None => String::new(),
    }
}
