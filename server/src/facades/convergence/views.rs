//! Our own rows and boards in the contract's shapes. In: a row or a board, and the time. Out: what is answered.

use loopscope_board::{Board, Header};
use loopscope_event::Timestamp;
use loopscope_protocol::{SessionStatus, SessionSummary};

use super::evidence::IDLE;
use super::shapes::{
    CurrentState, SessionBounds, SessionConfig, SessionDetail, SessionItem, SessionMetrics,
    SessionTotals, StepDurations,
};

/// A running session that was silent for this long is called stale (section 5), in microseconds.
const STALE_AFTER_MICROS: i64 = 3_600 * 1_000_000;

/// A status in the three words of the contract (section 5): a loop whose link dropped goes on running.
pub(crate) const fn status_word(status: SessionStatus) -> &'static str {
    match status {
        SessionStatus::Running | SessionStatus::Halted | SessionStatus::Interrupted => "running",
        SessionStatus::Converged | SessionStatus::Completed => "converged",
        SessionStatus::Failed => "failed",
    }
}

/// A number as it was most likely sent: without a fraction where it has none.
fn number(value: f64) -> Option<serde_json::Number> {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        Some((value as i64).into())
    } else {
        serde_json::Number::from_f64(value)
    }
}

/// The state it ended in; `None` while it runs.
fn final_state(row: &SessionSummary) -> Option<String> {
    row.status.is_ended().then(|| row.state.clone())
}

/// How long a session ran, in seconds; up to its newest event while it runs. Never negative.
fn duration_seconds(row: &SessionSummary) -> f64 {
    let end = row.ended_at.unwrap_or(row.last_event_at);
    end.since(row.started_at).as_secs_f64().max(0.0)
}

fn is_stale(row: &SessionSummary, now: Timestamp) -> bool {
    !row.status.is_ended() && now.since(row.last_event_at).as_micros() > STALE_AFTER_MICROS
}

impl SessionItem {
    /// The row as it stands at `now`.
    pub(crate) fn at(row: &SessionSummary, now: Timestamp) -> Self {
        Self {
            session_id: row.session_id.clone(),
            start_time: row.started_at,
            end_time: row.ended_at,
            status: status_word(row.status),
            current_iteration: row.iteration,
            iterations: row.iteration,
            target: row.target.clone(),
            final_state: final_state(row),
            convergence_reached: row.status == SessionStatus::Converged,
            duration_seconds: duration_seconds(row),
            stale: is_stale(row, now),
        }
    }
}

impl SessionDetail {
    /// The session as it stands at `now`.
    pub(crate) fn at(board: &Board, now: Timestamp) -> Self {
        let row = board.summary();
        let (header, totals) = (board.header(), board.totals());
        Self {
            start_time: row.started_at,
            end_time: row.ended_at,
            status: status_word(row.status),
            target: header.target.clone(),
            config: SessionConfig::of(header),
            current_state: row.state.clone(),
            current_iteration: row.iteration,
            final_state: final_state(&row),
            stale: is_stale(&row, now),
            metrics: SessionTotals {
                total_findings: totals.total_findings,
                total_fixes: totals.total_fixes,
                total_vulnerabilities: totals.total_vulnerabilities,
                tests_passed: totals.tests_passed,
                tests_failed: totals.tests_failed,
            },
            session_id: row.session_id,
        }
    }
}

impl SessionConfig {
    /// What a run said of its bounds.
    fn of(header: &Header) -> Self {
        let bounds = SessionBounds {
            max_iterations: header.max_iterations,
            timeout_seconds: header.timeout_seconds.and_then(number),
        };
        let is_known = header.config.is_some() || bounds != SessionBounds::default();
        Self {
            bounds: is_known.then_some(bounds),
        }
    }
}

/// The longest arrays of a session's numbers; of a run with more passes, each value stays a sum of neighbours.
const MAX_PASSES: u32 = 100_000;

impl SessionMetrics {
    /// The session's numbers by iteration. Where the board has sums of neighbouring passes, a sum stands with the first
    /// of them.
    pub(crate) fn of(board: &Board) -> Self {
        let row = board.summary();
        let durations = board.step_durations();
        let passes = board.current_iteration();
        let stride = board.rows().stride();
        let seconds = |step: &str| {
            let known = durations.get(step).cloned();
            spread(known.unwrap_or_default(), stride, passes)
        };
        Self {
            iterations: row.iteration,
            duration_seconds: duration_seconds(&row),
            findings_per_iteration: spread(board.findings_per_iteration(), stride, passes),
            fixes_per_iteration: spread(board.fixes_per_iteration(), stride, passes),
            step_durations: StepDurations {
                diagnose: seconds("diagnose"),
                fix: seconds("fix"),
                attack: seconds("attack"),
                validate: seconds("validate"),
            },
            session_id: row.session_id,
        }
    }
}

/// One value a pass, of one for each `stride` passes.
fn spread<T: Copy + Default>(sums: Vec<T>, stride: u32, passes: u32) -> Vec<T> {
    let is_whole = stride == 1 && sums.len() == passes as usize;
    if is_whole || passes > MAX_PASSES {
        return sums;
    }
    let mut values = vec![T::default(); passes as usize];
    for (value, sum) in values.iter_mut().step_by(stride as usize).zip(sums) {
        *value = sum;
    }
    values
}

impl CurrentState {
    /// Where a session stands.
    pub(crate) fn of(row: &SessionSummary) -> Self {
        Self {
            state: row.state.clone(),
            iteration: row.iteration,
            session_id: row.session_id.as_str().to_owned(),
            findings: row.findings_total,
            fixes: row.fixes_total,
            vulnerabilities: row.vulnerabilities_total,
        }
    }
}

impl Default for CurrentState {
    /// Before any event.
    fn default() -> Self {
        Self {
            state: IDLE.to_owned(),
            iteration: 0,
            session_id: String::new(),
            findings: 0,
            fixes: 0,
            vulnerabilities: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use loopscope_event::Seq;
    use serde_json::json;

    use super::*;
    use crate::facades::convergence::testing::{board_of, event};

    #[test]
    fn a_silent_session_is_stale_after_an_hour_and_an_ended_one_never() {
        let board = board_of(&[("STEP_STARTED", r#"{"step":"fix"}"#)]);
        let last = board.header().last_event_at.as_micros();
        let at = |micros| SessionItem::at(&board.summary(), Timestamp::from_micros(last + micros));
        assert!(!at(STALE_AFTER_MICROS).stale);
        assert!(at(STALE_AFTER_MICROS + 1).stale);
        let board = board_of(&[("SESSION_ENDED", "{}")]);
        let later = Timestamp::from_micros(last + 10 * STALE_AFTER_MICROS);
        let item = SessionItem::at(&board.summary(), later);
        assert!(!item.stale);
        assert_eq!(
            (item.status, item.final_state.as_deref()),
            ("failed", Some("FAILED"))
        );
    }

    #[test]
    fn final_states_follow_the_contract() {
        let item = |events: &[(&str, &str)]| {
            SessionItem::at(&board_of(events).summary(), Timestamp::default())
        };
        let running = item(&[("ERROR", r#"{"error":"x"}"#)]);
        assert_eq!((running.status, running.final_state), ("running", None));
        let spent = item(&[
            ("ERROR", r#"{"error":"Max iterations (2) reached"}"#),
            ("SESSION_ENDED", "{}"),
        ]);
        assert_eq!(
            (spent.status, spent.final_state.as_deref()),
            ("failed", Some("IDLE"))
        );
        let late = item(&[
            ("SESSION_ENDED", "{}"),
            ("STATE_CHANGED", r#"{"to":"CONVERGED"}"#),
        ]);
        assert_eq!(
            (late.status, late.final_state.as_deref()),
            ("converged", Some("CONVERGED"))
        );
        assert!(late.convergence_reached);
    }

    #[test]
    fn both_bounds_are_there_once_one_is_known() {
        let config = |data: &str| {
            let board = board_of(&[("SESSION_STARTED", data)]);
            serde_json::to_value(SessionDetail::at(&board, Timestamp::default()).config).unwrap()
        };
        for (data, expected) in [
            ("{}", json!({})),
            (
                r#"{"config":{"max_iterations":"10","timeout_seconds":"3600"}}"#,
                json!({"max_iterations": 10, "timeout_seconds": 3600}),
            ),
            (
                r#"{"config":{"timeout_seconds":1.5}}"#,
                json!({"max_iterations": null, "timeout_seconds": 1.5}),
            ),
            (
                r#"{"config":{"max_iterations":3,"timeout_seconds":"soon"}}"#,
                json!({"max_iterations": 3, "timeout_seconds": null}),
            ),
            (
                r#"{"config":{"backoff_seconds":1.0}}"#,
                json!({"max_iterations": null, "timeout_seconds": null}),
            ),
        ] {
            assert_eq!(config(data), expected, "{data}");
        }
    }

    #[test]
    fn arrays_are_as_long_as_there_were_iterations() {
        let board = board_of(&[("STEP_COMPLETE", r#"{"step":"diagnose","findings_count":3}"#)]);
        let metrics = SessionMetrics::of(&board);
        assert_eq!(metrics.iterations, 2);
        assert_eq!(metrics.findings_per_iteration, [0, 3]);
        assert_eq!(metrics.fixes_per_iteration, [0, 0]);
        assert_eq!(metrics.step_durations.validate, [0.0, 0.0]);
    }

    #[test]
    fn arrays_of_a_long_run_are_as_long_too_and_keep_its_sums() {
        let mut long = board_of(&[]);
        for (seq, pass) in (1..).zip([1, 2, 3, 12_000]) {
            let mut event = event("STEP_COMPLETE", r#"{"step":"diagnose","findings_count":3}"#);
            event.seq = Seq(seq);
            event.iteration = pass;
            long.apply(&event);
        }
        let metrics = SessionMetrics::of(&long);
        assert_eq!(metrics.iterations, 12_000);
        assert_eq!(metrics.findings_per_iteration.len(), 12_000);
        assert_eq!(metrics.fixes_per_iteration.len(), 12_000);
        assert_eq!(metrics.step_durations.diagnose.len(), 12_000);
        assert_eq!(metrics.step_durations.validate.len(), 12_000);
        assert_eq!(metrics.findings_per_iteration.iter().sum::<u64>(), 12);
    }
}
