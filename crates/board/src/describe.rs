//! An event as one line for people. In: an event, its facts, the board where there is one. Out: sentence and figures.

use loopscope_event::{Event, Fact, Finding, Kind, Outcome, Phase, Severity};
use loopscope_protocol::SessionStatus;

use crate::figures::{counted, number};
use crate::limits::{MAX_FIGURES_CHARS, MAX_SENTENCE_CHARS};
use crate::sentence::step;
use crate::{Board, EventLine, Tone, told};

/// One event as a line, without the knowledge of a board.
pub fn describe(event: &Event) -> EventLine {
    line(event, &loopscope_dialects::facts(event), None)
}

/// What a line says.
pub(crate) struct Words {
    pub(crate) tone: Tone,
    pub(crate) sentence: String,
    pub(crate) figures: Vec<String>,
}

impl Words {
    pub(crate) fn new(tone: Tone, sentence: impl Into<String>) -> Self {
        Self {
            tone,
            sentence: sentence.into(),
            figures: Vec::new(),
        }
    }

    pub(crate) fn figure(mut self, figure: Option<String>) -> Self {
        self.figures.extend(figure);
        self
    }
}

pub(crate) fn line(event: &Event, facts: &[Fact], board: Option<&Board>) -> EventLine {
    let words = crate::crew::words(event, facts)
        .or_else(|| facts.iter().find_map(|fact| words(fact, event, board)))
        .or_else(|| measured(facts))
        .unwrap_or_else(|| other(event));
    EventLine {
        offset: event.offset,
        seq: event.seq,
        timestamp: event.timestamp,
        name: event.name.clone(),
        kind: event.kind,
        severity: event.severity,
        iteration: event.iteration,
        session_id: event.session_id.clone(),
        tone: words.tone,
        sentence: cut(words.sentence, MAX_SENTENCE_CHARS),
        figures: cut(words.figures.join(" · "), MAX_FIGURES_CHARS),
    }
}

/// One line of at most so many characters.
pub(crate) fn cut(mut text: String, chars: usize) -> String {
    if text.contains(|sign: char| sign.is_control()) {
        text = text.replace(|sign: char| sign.is_control(), " ");
    }
    if text.len() > chars && text.chars().nth(chars).is_some() {
        text = text.chars().take(chars - 1).collect();
        text.push('…');
    }
    text
}

fn words(fact: &Fact, event: &Event, board: Option<&Board>) -> Option<Words> {
    if let Some(words) = told::words(fact, event, board) {
        return Some(words);
    }
    Some(match fact {
        Fact::SessionStarted(info) => Words::new(
            Tone::Neutral,
            match &info.target {
                Some(target) => format!("Session started on `{target}`"),
                None => "Session started".to_owned(),
            },
        )
        .figure(
            info.max_iterations
                .map(|most| format!("at most {most} iterations")),
        ),
        Fact::SessionEnded(outcome) => ended(*outcome, board),
        Fact::Iteration(phase, number) => iteration(*phase, *number, board),
        Fact::State(word) if event.kind == Kind::StateChanged => state(word),
        Fact::Step(fact) => step(fact, event, board),
        Fact::Finding(finding) => found(finding),
        Fact::Fix(fix) => match &fix.error {
            Some(error) => Words::new(
                Tone::Caution,
                format!("Fix failed: {} ({error})", fix.description),
            ),
            None => Words::new(Tone::Good, format!("Fixed: {}", fix.description)),
        },
        Fact::Converged { iterations, totals } => Words::new(
            Tone::Good,
            match iterations {
                Some(count) => format!(
                    "Converged after {}",
                    counted(u64::from(*count), "iteration", "iterations")
                ),
                None => "Converged".to_owned(),
            },
        )
        .figure(totals.map(|totals| counted(totals.total_findings, "finding", "findings")))
        .figure(totals.map(|totals| counted(totals.total_fixes, "fix", "fixes"))),
        Fact::Error(message) => Words::new(Tone::Bad, message.clone()),
        Fact::SourceLost(reason) => Words::new(
            Tone::Caution,
            match reason {
                Some(reason) => format!("Link to the loop lost: {reason}"),
                None => "Link to the loop lost".to_owned(),
            },
        ),
        Fact::SourceRestored => Words::new(Tone::Good, "Link to the loop is back"),
        Fact::State(_)
        | Fact::BudgetSpent(_)
        | Fact::Metrics(_)
        | Fact::Halted(_)
        | Fact::Resumed
        | Fact::Progress(_)
        | Fact::File(_)
        | Fact::Decision(_)
        | Fact::Validation(_)
        | Fact::Agent(_)
        | Fact::Checkpoint(_)
        | Fact::Command(_)
        | Fact::Runner(_)
        | Fact::Alert(_)
        | Fact::Opportunity(_)
        | Fact::Quality(_)
        | Fact::Synthesis(_)
        | Fact::Health(_)
        | Fact::Reputation(_)
        | Fact::Training(_) => return None,
    })
}

fn ended(outcome: Option<Outcome>, board: Option<&Board>) -> Words {
    let status = match outcome {
        Some(Outcome::Converged) => Some(SessionStatus::Converged),
        Some(Outcome::Completed) => Some(SessionStatus::Completed),
        Some(Outcome::Failed) => Some(SessionStatus::Failed),
        None => board.map(Board::status),
    };
    let words = match status {
        Some(SessionStatus::Converged) => Words::new(Tone::Good, "Session ended, converged"),
        Some(SessionStatus::Failed) => Words::new(Tone::Bad, "Session ended without converging"),
        Some(SessionStatus::Completed) => Words::new(Tone::Good, "Session completed"),
        _ => Words::new(Tone::Neutral, "Session ended"),
    };
    let passes = board
        .map(Board::current_iteration)
        .filter(|count| *count > 0);
    words.figure(passes.map(|count| counted(u64::from(count), "iteration", "iterations")))
}

fn iteration(phase: Phase, number: u32, board: Option<&Board>) -> Words {
    let word = if phase == Phase::Started {
        "started"
    } else {
        "ended"
    };
    let words = Words::new(Tone::Neutral, format!("Iteration {number} {word}"));
    let row = board
        .filter(|board| phase != Phase::Started && board.rows().stride() == 1)
        .and_then(|board| board.rows().get(number));
    let Some(row) = row else {
        return words;
    };
    words
        .figure(
            row.findings
                .map(|count| counted(count, "finding", "findings")),
        )
        .figure(row.fixes.map(|count| counted(count, "fix", "fixes")))
}

fn state(word: &str) -> Words {
    let tone = match word {
        "CONVERGED" => Tone::Good,
        "FAILED" => Tone::Bad,
        _ => Tone::Neutral,
    };
    Words::new(tone, format!("State changed to {}", word.to_lowercase()))
}

fn found(finding: &Finding) -> Words {
    let what = match &finding.file {
        Some(file) => format!("{} in `{file}`", finding.description),
        None => finding.description.clone(),
    };
    let tone = match finding.severity {
        Some(Severity::Critical | Severity::High) => Tone::Bad,
        _ => Tone::Caution,
    };
    let by = if finding.attack {
        "Vulnerability"
    } else {
        "Finding"
    };
    Words::new(tone, format!("{by}: {what}"))
        .figure(finding.severity.map(|severity| severity.to_string()))
}

/// The first numbers of an event that is about nothing else.
fn measured(facts: &[Fact]) -> Option<Words> {
    let mut sentence = String::new();
    let points = facts.iter().find_map(|fact| match fact {
        Fact::Metrics(metrics) => Some(&metrics.points),
        _ => None,
    })?;
    for (name, value) in points.iter().take(4) {
        sentence.push_str(if sentence.is_empty() {
            "Measured "
        } else {
            ", "
        });
        sentence.push_str(name);
        sentence.push(' ');
        sentence.push_str(&number(*value));
    }
    (!sentence.is_empty()).then(|| Words::new(Tone::Neutral, sentence))
}

/// An event of which no more is known: its own words, else its name as words.
fn other(event: &Event) -> Words {
    let tone = match event.severity {
        Some(Severity::Critical | Severity::High) => Tone::Bad,
        Some(Severity::Medium) => Tone::Caution,
        _ => Tone::Neutral,
    };
    Words::new(
        tone,
        loopscope_dialects::message(event).unwrap_or_else(|| humanise(&event.name)),
    )
}

/// `skill:started` is `Skill started`, `CACHE_WARMED` is `Cache warmed`.
pub(crate) fn humanise(name: &str) -> String {
    let shouted = !name.chars().any(char::is_lowercase);
    let mut words: String = name
        .chars()
        .map(|sign| match sign {
            '_' | ':' | '-' | '.' | '/' => ' ',
            sign if shouted => sign.to_ascii_lowercase(),
            sign => sign,
        })
        .collect();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
