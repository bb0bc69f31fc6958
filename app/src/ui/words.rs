//! Which tone, icon and word stand for a state, a status, a severity, an event. Colour never says it alone.

use loopscope_event::{Dialect, SessionId, Severity};
use loopscope_protocol::{EventLine, SessionStatus, Tone};

/// How a word looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The tone's class.
    pub tone: &'static str,
    /// The icon's name.
    pub icon: &'static str,
}

const fn look(tone: &'static str, icon: &'static str) -> Look {
    Look { tone, icon }
}

/// A session's status and its word.
pub const fn status_look(status: SessionStatus) -> (Look, &'static str) {
    match status {
        SessionStatus::Running => (look("tone-running", "running"), "Running"),
        SessionStatus::Halted => (look("tone-halted", "halted"), "Halted"),
        SessionStatus::Converged => (look("tone-converged", "converged"), "Converged"),
        SessionStatus::Completed => (look("tone-completed", "success"), "Completed"),
        SessionStatus::Failed => (look("tone-failed", "failed"), "Failed"),
        SessionStatus::Interrupted => (look("tone-interrupted", "idle"), "Interrupted"),
    }
}

/// A state of a machine; another dialect's own states look like running.
pub fn state_look(state: &str) -> Look {
    match state {
        "IDLE" => look("tone-idle", "idle"),
        "DIAGNOSING" => look("tone-diagnosing", "diagnose"),
        "FIXING" => look("tone-fixing", "fix"),
        "ATTACKING" => look("tone-attacking", "attack"),
        "VALIDATING" => look("tone-validating", "validate"),
        "CONVERGED" => look("tone-converged", "converged"),
        "COMPLETED" => look("tone-completed", "success"),
        "FAILED" => look("tone-failed", "failed"),
        "HALTED" => look("tone-halted", "halted"),
        _ => look("tone-running", "running"),
    }
}

/// A severity.
pub const fn severity_look(severity: Severity) -> Look {
    match severity {
        Severity::Critical => look("tone-critical", "critical"),
        Severity::High => look("tone-high", "high"),
        Severity::Medium => look("tone-medium", "medium"),
        Severity::Low => look("tone-low", "low"),
        Severity::Info => look("tone-info", "info"),
    }
}

/// An event: its severity where it has one, else whether it is good news; and the word for screen readers.
pub const fn line_look(line: &EventLine) -> (Look, &'static str) {
    match (line.tone, line.severity) {
        (
            _,
            Some(
                severity @ (Severity::Critical | Severity::High | Severity::Medium | Severity::Low),
            ),
        ) => (severity_look(severity), severity.as_str()),
        (Tone::Good, _) => (look("tone-success", "success"), "success"),
        (Tone::Caution, _) => (look("tone-warning", "warning"), "warning"),
        (Tone::Bad, _) => (look("tone-error", "error"), "error"),
        (Tone::Neutral, _) => (look("tone-info", "info"), "info"),
    }
}

/// A word as a title: `DIAGNOSING` and `diagnosing` become `Diagnosing`, `in_progress` becomes `In progress`.
pub fn title_word(word: &str) -> String {
    let mut letters = word.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let rest = letters.as_str().replace('_', " ").to_lowercase();
    first.to_uppercase().chain(rest.chars()).collect()
}

/// A dialect's name for people.
pub const fn dialect_word(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Convergence => "convergence",
        Dialect::Agents => "agents",
        Dialect::Orchestrator => "orchestrator",
        Dialect::Training => "training",
        Dialect::Loopscope => "loopscope",
        Dialect::Generic => "generic",
    }
}

/// An id short enough for a crumb: its first part, eight characters of a UUID.
pub fn short_id(id: &SessionId) -> String {
    let text = id.as_str();
    let is_uuid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    let most = if is_uuid { 8 } else { 24 };
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        let head: String = text.chars().take(most).collect();
        if is_uuid { head } else { format!("{head}…") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_titles() {
        for (word, title) in [
            ("DIAGNOSING", "Diagnosing"),
            ("in_progress", "In progress"),
            ("ß", "SS"),
            ("", ""),
        ] {
            assert_eq!(title_word(word), title);
        }
    }

    #[test]
    fn ids_are_cut_where_they_are_long() {
        let short = |text: &str| short_id(&SessionId::new(text).unwrap());
        assert_eq!(short("7f3ac41e-0000-4000-8000-000000000000"), "7f3ac41e");
        assert_eq!(short("nightly-4"), "nightly-4");
        assert_eq!(short(&"x".repeat(40)), format!("{}…", "x".repeat(24)));
    }
}
