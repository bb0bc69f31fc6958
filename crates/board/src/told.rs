//! What orchestrators, commands and runners say, as sentences: `Command HALT queued by ada`, `lint failed: no compiler`.

use loopscope_event::{
    AgentFact, AgentState, AlertFact, AlertPhase, CheckpointChange, CheckpointFact, CommandFact,
    CommandStep, DecisionFact, Dialect, Event, Fact, FileChange, FileFact, Outcome, RunnerFact,
    Severity, ValidationFact, ValidationResult,
};

use crate::describe::Words;
use crate::figures::{self, counted};
use crate::{Board, Tone};

/// `None` for a fact that is not of these, or says nothing for people.
pub(crate) fn words(fact: &Fact, event: &Event, board: Option<&Board>) -> Option<Words> {
    Some(match fact {
        Fact::SessionStarted(info) if event.dialect == Dialect::Orchestrator => {
            let began = event.name != "session:created";
            let word = if began {
                "Execution started"
            } else {
                "Session created"
            };
            Words::new(
                Tone::Neutral,
                match &info.name {
                    Some(task) => format!("{word}: {task}"),
                    None => word.to_owned(),
                },
            )
        }
        Fact::SessionStarted(info) if event.dialect == Dialect::Training => {
            let name = info.name.as_deref();
            Words::new(Tone::Neutral, because("Training started", name))
        }
        Fact::Training(fact) => return crate::told_training::words(fact),
        Fact::SessionEnded(outcome) if event.dialect == Dialect::Orchestrator => {
            let skills = board.map_or(0, |board| board.skills().completed());
            let words = match outcome {
                Some(Outcome::Failed) => Words::new(Tone::Bad, "Execution failed"),
                _ => Words::new(Tone::Good, "Execution completed"),
            };
            words.figure((skills > 0).then(|| counted(skills, "skill", "skills")))
        }
        Fact::Halted(reason) => Words::new(Tone::Caution, because("Halted", reason.as_deref())),
        Fact::Resumed => Words::new(Tone::Good, "Resumed"),
        Fact::Progress(progress) => {
            let message = progress.message.clone();
            Words::new(
                Tone::Neutral,
                message.unwrap_or_else(|| "Execution goes on".to_owned()),
            )
            .figure(progress.percent.map(percent))
        }
        Fact::File(file) => file_words(file),
        Fact::Decision(decision) => decision_words(decision, board),
        Fact::Validation(validation) => validation_words(validation),
        Fact::Agent(agent) => agent_words(agent),
        Fact::Checkpoint(checkpoint) => checkpoint_words(checkpoint),
        Fact::Command(command) => command_words(command, board),
        Fact::Runner(RunnerFact::Attached { name, via, .. }) => {
            Words::new(Tone::Good, format!("{} takes commands", named(name)))
                .figure((!via.is_empty()).then(|| via.clone()))
        }
        Fact::Runner(RunnerFact::Detached { reason, .. }) => {
            let reason = reason.as_deref().map(|reason| reason.replace('_', " "));
            let said = because("The program no longer takes commands", reason.as_deref());
            Words::new(Tone::Caution, said)
        }
        Fact::Alert(alert) => alert_words(alert),
        _ => return None,
    })
}

fn named(name: &str) -> &str {
    if name.is_empty() { "A program" } else { name }
}

fn because(what: &str, why: Option<&str>) -> String {
    match why {
        Some(why) => format!("{what}: {why}"),
        None => what.to_owned(),
    }
}

pub(crate) fn percent(percent: f64) -> String {
    format!("{}%", percent.floor())
}

fn file_words(file: &FileFact) -> Words {
    let path = &file.path;
    let (tone, sentence) = match (file.change, &file.from_path) {
        (FileChange::Created, _) => (Tone::Neutral, format!("Created `{path}`")),
        (FileChange::Modified, _) => (Tone::Neutral, format!("Changed `{path}`")),
        (FileChange::Deleted, _) => (Tone::Neutral, format!("Deleted `{path}`")),
        (FileChange::Moved, Some(from)) => (Tone::Neutral, format!("Moved `{from}` to `{path}`")),
        (FileChange::Moved, None) => (Tone::Neutral, format!("Moved `{path}`")),
        (FileChange::Approved, _) => (Tone::Good, format!("Change of `{path}` approved")),
        (FileChange::Reverted, _) => (Tone::Caution, format!("Change of `{path}` reverted")),
    };
    let lines = file.lines_changed;
    Words::new(tone, sentence)
        .figure(lines.map(|lines| counted(lines, "line", "lines")))
        .figure(file.size_bytes.map(|bytes| counted(bytes, "byte", "bytes")))
}

fn decision_words(decision: &DecisionFact, board: Option<&Board>) -> Words {
    let row = |id: &str| board.and_then(|board| board.decisions().get(id));
    let chosen = |id: Option<&str>, raw: &str| {
        let label = id.and_then(row).and_then(crate::DecisionRow::choice_label);
        label.unwrap_or_else(|| raw.trim_matches('"').to_owned())
    };
    match decision {
        DecisionFact::Asked(question) => {
            let options = question.options.len() as u64;
            Words::new(
                Tone::Caution,
                format!("Waits for a decision: {}", question.question),
            )
            .figure((options > 0).then(|| counted(options, "option", "options")))
            .figure(
                question
                    .timeout_seconds
                    .map(|seconds| format!("{seconds} s to answer")),
            )
        }
        DecisionFact::Made { id, choice, by, .. } => {
            let chosen = chosen(id.as_deref(), choice.as_str());
            let by = by
                .as_deref()
                .map(|by| format!(" by {by}"))
                .unwrap_or_default();
            Words::new(Tone::Good, format!("Decided{by}: {chosen}"))
        }
        DecisionFact::Expired { id, choice } => {
            let choice = choice
                .as_ref()
                .map(|choice| chosen(Some(id), choice.as_str()));
            let what = "Nobody decided in time";
            let default = choice.map(|choice| format!("the default stands: {choice}"));
            Words::new(Tone::Caution, because(what, default.as_deref()))
        }
    }
}

fn validation_words(validation: &ValidationFact) -> Words {
    let called = |name: &Option<String>| match name {
        Some(name) => format!("Validation {name}"),
        None => "Validation".to_owned(),
    };
    match validation {
        ValidationFact::Started { name, target } => Words::new(
            Tone::Neutral,
            match target {
                Some(target) => format!("{} started with `{target}`", called(name)),
                None => format!("{} started", called(name)),
            },
        ),
        ValidationFact::Line { line, .. } => Words::new(Tone::Neutral, crate::work::plain(line)),
        ValidationFact::Ended(result) => ended(&called(&result.name), result),
    }
}

fn ended(called: &str, result: &ValidationResult) -> Words {
    let (tone, sentence) = match result.passed {
        Some(true) => (Tone::Good, format!("{called} passed")),
        Some(false) if result.timed_out => (Tone::Bad, format!("{called} ran out of time")),
        Some(false) => {
            let failed = format!("{called} failed");
            (Tone::Bad, because(&failed, result.error.as_deref()))
        }
        None => (Tone::Neutral, format!("{called} ended")),
    };
    let checks = result.checks.len() as u64;
    Words::new(tone, sentence)
        .figure(
            result
                .exit_code
                .filter(|code| *code != 0)
                .map(|code| format!("exit {code}")),
        )
        .figure((checks > 0).then(|| counted(checks, "check", "checks")))
}

fn agent_words(agent: &AgentFact) -> Words {
    let who = match &agent.role {
        Some(role) => format!("Agent {} ({role})", agent.id),
        None => format!("Agent {}", agent.id),
    };
    let at = agent.task.as_deref();
    let (tone, sentence) = match agent.state {
        AgentState::Idle => (Tone::Neutral, format!("{who} is idle")),
        AgentState::Active => (Tone::Neutral, because(&format!("{who} came"), at)),
        AgentState::Busy => (Tone::Neutral, because(&format!("{who} works"), at)),
        AgentState::Completed => (Tone::Good, because(&format!("{who} is done"), at)),
        AgentState::Failed => {
            let failed = format!("{who} failed");
            (Tone::Bad, because(&failed, agent.error.as_deref()))
        }
    };
    Words::new(tone, sentence)
        .figure(agent.percent.map(percent))
        .figure(agent.duration.map(figures::span))
}

fn checkpoint_words(checkpoint: &CheckpointFact) -> Words {
    let label = checkpoint.label.as_deref().unwrap_or(&checkpoint.id);
    let name = if label.is_empty() {
        "checkpoint"
    } else {
        label
    };
    match checkpoint.change {
        CheckpointChange::Created => Words::new(Tone::Neutral, format!("Checkpoint taken: {name}")),
        CheckpointChange::Restoring => Words::new(Tone::Caution, format!("Rolling back to {name}")),
        CheckpointChange::Restored => Words::new(Tone::Good, format!("Rolled back to {name}")),
        CheckpointChange::RestoreFailed => {
            let failed = format!("Could not roll back to {name}");
            Words::new(Tone::Bad, because(&failed, checkpoint.error.as_deref()))
        }
    }
    .figure(
        checkpoint
            .files
            .map(|files| counted(files, "file", "files")),
    )
}

fn command_words(command: &CommandFact, board: Option<&Board>) -> Words {
    let kind = if command.kind.is_empty() {
        "command"
    } else {
        &command.kind
    };
    let by = command
        .by
        .as_deref()
        .map(|by| format!(" by {by}"))
        .unwrap_or_default();
    // An attachment's id says nothing to people: its name where it is known.
    let attached = board.and_then(|board| board.commands().attached());
    let to = attached
        .filter(|runner| command.runner.as_ref() == Some(&runner.runner_id))
        .map_or("the program", |runner| &runner.name);
    let error = command.error.as_deref().or(command.reason.as_deref());
    let (tone, sentence) = match command.step {
        CommandStep::Queued => (
            Tone::Neutral,
            because(
                &format!("Command {kind} queued{by}"),
                command.reason.as_deref(),
            ),
        ),
        CommandStep::Delivered => (Tone::Neutral, format!("Command {kind} handed to {to}")),
        CommandStep::Acknowledged => (Tone::Neutral, format!("Command {kind} taken by {to}")),
        CommandStep::Succeeded => (Tone::Good, format!("Command {kind} succeeded")),
        CommandStep::Failed => (Tone::Bad, because(&format!("Command {kind} failed"), error)),
        CommandStep::Cancelled => (
            Tone::Caution,
            because(
                &format!("Command {kind} cancelled{by}"),
                command.error.as_deref(),
            ),
        ),
        CommandStep::Expired => (
            Tone::Caution,
            format!("Command {kind} expired before the program took it"),
        ),
        CommandStep::Moved => (
            Tone::Neutral,
            format!("Command {kind} moved in the queue{by}"),
        ),
    };
    Words::new(tone, sentence)
}

fn alert_words(alert: &AlertFact) -> Words {
    let rule = if alert.rule.is_empty() {
        "Alert"
    } else {
        &alert.rule
    };
    let times = (alert.count > 1).then(|| counted(alert.count, "time", "times"));
    match alert.phase {
        AlertPhase::Firing => {
            let tone = match alert.severity {
                Severity::Critical | Severity::High => Tone::Bad,
                _ => Tone::Caution,
            };
            let said = Some(alert.summary.as_str()).filter(|said| !said.is_empty());
            Words::new(tone, because(&format!("Alert: {rule}"), said))
                .figure(Some(alert.severity.to_string()))
        }
        AlertPhase::Resolved => {
            let why = alert.reason.as_deref().map(resolved_because);
            Words::new(Tone::Good, because(&format!("Alert resolved: {rule}"), why)).figure(times)
        }
    }
}

/// Why an alert resolved, for people.
pub(crate) fn resolved_because(reason: &str) -> &str {
    match reason {
        "cleared" => "condition cleared",
        "quiet" => "not seen again",
        "session_ended" => "the session ended",
        "rule_changed" => "the rule was changed",
        "rule_removed" => "the rule was removed",
        other => other,
    }
}
