//! Sessions as Prometheus text. In: the journal's figures, and the sessions that go on. Out: families of samples.
//!
//! Figures over all sessions have a handful of labels. Of sessions one by one only those that go on are told, the ones
//! heard of last, and no more than [`MOST_SESSIONS`]: a label for every session that ever was would fill any Prometheus.

use std::fmt::Write as _;

use loopscope_event::{ProjectId, Severities, Timestamp};
use loopscope_journal::{JournalError, SessionQuery, SessionSort, Totals};
use loopscope_protocol::{SessionStatus, SessionSummary};

use crate::fold::summary_of;
use crate::state::AppState;

/// The most sessions that are told one by one.
const MOST_SESSIONS: u32 = 50;

/// A label's longest value, in characters.
const LONGEST_LABEL: usize = 128;

/// What sessions have to say, of a project or of all.
pub(super) async fn sessions(
    state: &AppState,
    project: Option<ProjectId>,
    now: Timestamp,
) -> Result<String, JournalError> {
    state.fold.settle().await;
    let totals = state.journal.totals(project.as_ref()).await?;
    let going_on = SessionQuery {
        project,
        statuses: GOING_ON.map(|status| status.as_str().to_owned()).into(),
        sort: SessionSort::LastEvent,
        limit: MOST_SESSIONS,
        ..SessionQuery::default()
    };
    let page = state.journal.sessions(&going_on).await?;
    let rows: Vec<SessionSummary> = page.rows.into_iter().map(summary_of).collect();
    let mut text = Exposition::default();
    text.totals(&totals);
    text.running(&rows, now);
    text.aliases(&totals);
    Ok(text.0)
}

const GOING_ON: [SessionStatus; 3] = [
    SessionStatus::Running,
    SessionStatus::Halted,
    SessionStatus::Interrupted,
];

const EVERY: [SessionStatus; 6] = [
    SessionStatus::Running,
    SessionStatus::Halted,
    SessionStatus::Interrupted,
    SessionStatus::Converged,
    SessionStatus::Completed,
    SessionStatus::Failed,
];

/// Text in the exposition format.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    /// A family: its help, then each sample with its labels.
    fn family<'a, const LABELS: usize>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = ([(&'a str, &'a str); LABELS], f64)>,
    ) {
        let mut samples = samples.into_iter().peekable();
        if samples.peek().is_none() {
            return;
        }
        // What is called a total has to be a counter; where retention takes sessions away, it starts over.
        let kind = if name.ends_with("_total") {
            "counter"
        } else {
            "gauge"
        };
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, value) in samples {
            self.0.push_str(name);
            for (at, (label, text)) in labels.into_iter().enumerate() {
                self.0.push(if at == 0 { '{' } else { ',' });
                let _ = write!(self.0, "{label}=\"{}\"", escaped(text));
            }
            if LABELS > 0 {
                self.0.push('}');
            }
            let _ = writeln!(self.0, " {value}");
        }
    }

    fn single(&mut self, name: &str, help: &str, value: f64) {
        self.family(name, help, [([], value)]);
    }

    fn totals(&mut self, totals: &Totals) {
        let of = |status| count_of(totals, status) as f64;
        self.family(
            "loopscope_sessions",
            "Sessions that are kept, by where they stand",
            EVERY.map(|status| ([("status", status.as_str())], of(status))),
        );
        self.family(
            "loopscope_findings",
            "Findings in all passes of all sessions that are kept",
            by_severity(&totals.severities),
        );
        self.family(
            "loopscope_findings_open",
            "Findings that are left, of all sessions that are kept",
            by_severity(&totals.open_severities),
        );
        for (name, help, value) in [
            (
                "loopscope_fixes",
                "Fixes in all passes",
                totals.fixes as f64,
            ),
            (
                "loopscope_session_events",
                "Events of the sessions that are kept",
                totals.events as f64,
            ),
            (
                "loopscope_sessions_with_errors",
                "Sessions with an error or a failed step",
                totals.sessions_with_errors as f64,
            ),
            (
                "loopscope_session_iterations_mean",
                "Passes of a session, on average",
                totals.mean_iterations,
            ),
            (
                "loopscope_session_duration_mean_seconds",
                "How long a session that ended took, on average",
                totals.mean_duration.as_secs_f64(),
            ),
        ] {
            self.single(name, help, value);
        }
    }

    /// Sessions that go on, one by one.
    fn running(&mut self, rows: &[SessionSummary], now: Timestamp) {
        let each = |value: fn(&SessionSummary, Timestamp) -> Option<f64>| {
            rows.iter().filter_map(move |row| {
                let labels = [
                    ("project", row.project.as_str()),
                    ("session", row.session_id.as_str()),
                ];
                value(row, now).map(|value| (labels, value))
            })
        };
        self.family(
            "loopscope_session_iteration",
            "The pass that a session is in",
            each(|row, _| Some(f64::from(row.iteration))),
        );
        self.family(
            "loopscope_session_findings_open",
            "Findings that are left in a session",
            each(|row, _| row.findings_open.map(|open| open as f64)),
        );
        self.family(
            "loopscope_session_errors",
            "Errors and failed steps of a session",
            each(|row, _| Some(row.errors as f64)),
        );
        self.family(
            "loopscope_session_silence_seconds",
            "How long a session that goes on has said nothing",
            each(|row, now| Some(now.since(row.last_event_at).as_secs_f64().max(0.0))),
        );
    }

    /// The names that the convergence contract's exporter suggests.
    fn aliases(&mut self, totals: &Totals) {
        let of = |status| count_of(totals, status) as f64;
        let sum =
            |statuses: &[SessionStatus]| statuses.iter().map(|status| of(*status)).sum::<f64>();
        let [running, halted, interrupted, converged, completed, failed] = EVERY;
        for (name, help, value) in [
            (
                "kimi_sessions_total",
                "Sessions that are kept",
                totals.sessions as f64,
            ),
            (
                "kimi_sessions_active",
                "Sessions that go on",
                sum(&[running, halted, interrupted]),
            ),
            (
                "kimi_sessions_converged_total",
                "Sessions that reached their goal",
                sum(&[converged, completed]),
            ),
            (
                "kimi_sessions_failed_total",
                "Sessions that did not",
                of(failed),
            ),
            (
                "kimi_average_iterations",
                "Passes of a session, on average",
                totals.mean_iterations,
            ),
            (
                "kimi_average_duration_seconds",
                "How long a session that ended took, on average",
                totals.mean_duration.as_secs_f64(),
            ),
        ] {
            self.single(name, help, value);
        }
        self.family(
            "kimi_findings_total",
            "Findings in all passes of all sessions that are kept",
            by_severity(&totals.severities),
        );
    }
}

fn by_severity(found: &Severities) -> [([(&'static str, &'static str); 1], f64); 5] {
    [
        ("critical", found.critical),
        ("high", found.high),
        ("medium", found.medium),
        ("low", found.low),
        ("info", found.info),
    ]
    .map(|(word, count)| ([("severity", word)], count as f64))
}

fn count_of(totals: &Totals, status: SessionStatus) -> u64 {
    let found = totals
        .by_status
        .iter()
        .find(|(word, _)| word == status.as_str());
    found.map_or(0, |(_, count)| *count)
}

/// A label's value: programs choose the names of sessions.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for sign in text.chars().take(LONGEST_LABEL) {
        match sign {
            '\\' => value.push_str("\\\\"),
            '"' => value.push_str("\\\""),
            '\n' => value.push_str("\\n"),
            _ => value.push(sign),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_told_once_and_nothing_of_a_name_ends_its_label() {
        let mut text = Exposition::default();
        text.family(
            "x_count",
            "Xs",
            [
                ([("a", "q\"\\\n{}"), ("b", "")], 1.5),
                ([("a", "é"), ("b", "2")], 0.0),
            ],
        );
        text.family::<1>("x_none", "None", []);
        text.single("x_alone", "One", f64::NAN);
        let expected = "# HELP x_count Xs\n# TYPE x_count gauge\nx_count{a=\"q\\\"\\\\\\n{}\",b=\"\"} 1.5\nx_count{a=\"é\",b=\"2\"} 0\n\
                        # HELP x_alone One\n# TYPE x_alone gauge\nx_alone NaN\n";
        assert_eq!(text.0, expected);
        assert_eq!(escaped(&"x".repeat(500)).len(), LONGEST_LABEL);
    }
}
