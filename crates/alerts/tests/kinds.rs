//! Every kind of rule, as tables: what happens, when, and what comes of it.

mod support;

use loopscope_event::{Severities, Severity};
use loopscope_protocol::SessionStatus::{Completed, Failed, Interrupted, Running};
use serde_json::json;
use support::Told::{Event, Glance, Tick};
use support::{event, glance, measured, measured_as, table};

#[test]
fn a_threshold_fires_beyond_its_bound_and_resolves_only_where_the_way_back_is() {
    table(
        json!({"kind": "threshold", "metric": "loss", "above": 2.0, "resolve_at": 1.5}),
        &[
            (0.0, Event(measured(1, "loss", 2.0)), &[]),
            (
                1.0,
                Event(measured(2, "loss", 2.5)),
                &["+loss is 2.5, above 2"],
            ),
            (2.0, Event(measured(3, "loss", 9.0)), &[]),
            (3.0, Event(measured(4, "loss", 1.8)), &[]),
            (4.0, Event(measured(5, "other", 0.0)), &[]),
            (5.0, Event(measured(6, "loss", 1.5)), &["-cleared"]),
            (6.0, Event(measured(7, "loss", 1.8)), &[]),
            (
                7.0,
                Event(measured(8, "loss", 2.1)),
                &["+loss is 2.1, above 2"],
            ),
            (
                8.0,
                Glance(glance(8, Completed, "COMPLETED")),
                &["-session_ended"],
            ),
        ],
    );
}

#[test]
fn a_threshold_below_with_patience_fires_by_time_alone() {
    table(
        json!({"kind": "threshold", "metric": "*/entropy", "below": 0.1, "for_seconds": 5}),
        &[
            (0.0, Event(measured(1, "ppo/entropy", 0.05)), &[]),
            (4.0, Event(measured(2, "ppo/entropy", 0.2)), &[]),
            (5.0, Tick, &[]),
            (6.0, Event(measured(3, "ppo/entropy", 0.0)), &[]),
            (10.9, Tick, &[]),
            (11.0, Tick, &["+ppo/entropy is 0, below 0.1 for 5 s"]),
            (12.0, Event(measured(4, "ppo/entropy", 0.1)), &["-cleared"]),
        ],
    );
}

#[test]
fn of_a_pattern_each_metric_must_be_back() {
    table(
        json!({"kind": "threshold", "metric": "env*/loss", "above": 1}),
        &[
            (
                0.0,
                Event(measured(1, "env0/loss", 2.0)),
                &["+env0/loss is 2, above 1"],
            ),
            (1.0, Event(measured(2, "env1/loss", 2.0)), &[]),
            (2.0, Event(measured(3, "env0/loss", 0.0)), &[]),
            (3.0, Event(measured(4, "env1/loss", 0.0)), &["-cleared"]),
        ],
    );
}

#[test]
fn what_is_no_finite_number_fires_its_own_rule_and_passes_a_threshold_by() {
    let nan = |seq| {
        Event(event(
            seq,
            "METRICS",
            "",
            json!({"metrics": {"loss": "NaN"}}),
        ))
    };
    let infinite = |seq| Event(measured_as(seq, "loss", "-Infinity"));
    table(
        json!({"kind": "non_finite", "metrics": ["lo*"]}),
        &[
            (0.0, Event(measured(1, "loss", 2.0)), &[]),
            (1.0, Event(measured_as(2, "other", "NaN")), &[]),
            (2.0, nan(3), &["+loss is NaN"]),
            (3.0, infinite(4), &[]),
            (4.0, Event(measured(5, "loss", 0.0)), &["-cleared"]),
            (5.0, infinite(6), &["+loss is -Infinity"]),
        ],
    );
    table(
        json!({"kind": "threshold", "metric": "loss", "above": 2.0}),
        &[
            (0.0, nan(1), &[]),
            (
                1.0,
                Event(measured(2, "loss", 3.0)),
                &["+loss is 3, above 2"],
            ),
            (2.0, nan(3), &[]),
            (3.0, Event(measured(4, "loss", 1.0)), &["-cleared"]),
            (
                4.0,
                Event(measured_as(5, "loss", "Infinity")),
                &["+loss is Infinity, above 2"],
            ),
        ],
    );
}

#[test]
fn the_sessions_own_figures_come_from_its_board() {
    let seen = |errors| {
        let mut seen = glance(errors, Running, "FIXING");
        seen.errors = errors;
        Glance(seen)
    };
    table(
        json!({"kind": "threshold", "metric": "session.errors", "above": 2}),
        &[
            (0.0, seen(2), &[]),
            (1.0, seen(3), &["+session.errors is 3, above 2"]),
            (2.0, seen(4), &[]),
        ],
    );
}

#[test]
fn silence_counts_from_the_last_event_and_not_after_the_end() {
    table(
        json!({"kind": "silence", "seconds": 30}),
        &[
            (0.0, Event(measured(1, "x", 0.0)), &[]),
            (29.0, Event(measured(2, "x", 0.0)), &[]),
            (58.0, Tick, &[]),
            (59.0, Tick, &["+no event for 30 s"]),
            (60.0, Tick, &[]),
            (61.0, Event(measured(3, "x", 0.0)), &["-cleared"]),
            (91.0, Tick, &["+no event for 30 s"]),
            (
                92.0,
                Glance(glance(3, Failed, "FAILED")),
                &["-session_ended"],
            ),
            (200.0, Tick, &[]),
        ],
    );
}

#[test]
fn a_session_is_stuck_in_the_state_that_is_named_or_in_any() {
    table(
        json!({"kind": "stuck", "state": "fixing", "seconds": 60}),
        &[
            (0.0, Glance(glance(1, Running, "DIAGNOSING")), &[]),
            (100.0, Glance(glance(2, Running, "FIXING")), &[]),
            (159.0, Glance(glance(9, Running, "FIXING")), &[]),
            (160.0, Tick, &["+fixing for 60 s"]),
            (
                161.0,
                Glance(glance(10, Running, "ATTACKING")),
                &["-cleared"],
            ),
        ],
    );
    table(
        json!({"kind": "stuck", "seconds": 60}),
        &[
            (0.0, Glance(glance(1, Running, "DIAGNOSING")), &[]),
            (50.0, Glance(glance(2, Running, "FIXING")), &[]),
            (60.0, Tick, &[]),
            (110.0, Tick, &["+fixing for 60 s"]),
            (
                120.0,
                Glance(glance(3, Running, "ATTACKING")),
                &["-cleared"],
            ),
        ],
    );
    table(
        json!({"kind": "stuck", "state": "interrupted", "seconds": 60}),
        &[
            (0.0, Glance(glance(1, Interrupted, "FIXING")), &[]),
            (60.0, Tick, &["+interrupted for 60 s"]),
            (61.0, Glance(glance(2, Running, "FIXING")), &["-cleared"]),
        ],
    );
}

#[test]
fn a_failed_step_resolves_when_it_succeeds_or_is_not_seen_again() {
    let failed = |seq| {
        Event(event(
            seq,
            "STEP_FAILED",
            "",
            json!({"step": "fix", "error": "no compiler"}),
        ))
    };
    let done = |seq, step: &str| {
        Event(event(
            seq,
            "STEP_COMPLETE",
            "",
            json!({"step": step, "success": true}),
        ))
    };
    table(
        json!({"kind": "step_failed", "step": "f*"}),
        &[
            (0.0, failed(1), &["+fix failed: no compiler"]),
            (1.0, failed(2), &[]),
            (2.0, done(3, "diagnose"), &[]),
            (3.0, done(4, "fix"), &["-cleared"]),
            (4.0, failed(5), &["+fix failed: no compiler"]),
            (13.9, Tick, &[]),
            (14.0, Tick, &["-quiet"]),
        ],
    );
}

#[test]
fn a_critical_finding_holds_until_none_is_open() {
    let found = |seq, severity: &str| {
        Event(event(
            seq,
            "VULNERABILITY_FOUND",
            "",
            json!({"severity": severity, "description": "a hole", "file": "a.rs", "line": 3}),
        ))
    };
    let seen = |seq, critical| {
        let mut seen = glance(seq, Running, "FIXING");
        seen.findings_open = Some(critical);
        seen.open = Severities {
            critical,
            ..Severities::default()
        };
        Glance(seen)
    };
    table(
        json!({"kind": "new_critical_finding"}),
        &[
            (0.0, found(1, "high"), &[]),
            (1.0, found(2, "critical"), &["+a hole in a.rs:3"]),
            // What the board said before does not count.
            (1.0, seen(2, 0), &[]),
            (2.0, found(3, "critical"), &[]),
            (90.0, Tick, &[]),
            (91.0, seen(4, 1), &[]),
            (92.0, seen(5, 0), &["-cleared"]),
        ],
    );
    assert!(Severity::Critical < Severity::High);
}

#[test]
fn a_rate_is_counted_over_its_window() {
    let mut steps = vec![(0.0, Glance(glance(0, Running, "FIXING")), &[][..])];
    for seq in 1..=60_u32 {
        let now = f64::from(seq) * 0.1;
        steps.push((now, Event(measured(u64::from(seq), "x", 0.0)), &[]));
    }
    steps.push((6.0, Tick, &["+6 events / s, above 5"]));
    steps.push((9.0, Tick, &[]));
    steps.push((12.0, Tick, &["-cleared"]));
    table(
        json!({"kind": "rate", "above": 5, "window_seconds": 10}),
        &steps,
    );
    table(
        json!({"kind": "rate", "below": 3, "per": "minute", "window_seconds": 60}),
        &[
            (0.0, Glance(glance(0, Running, "FIXING")), &[]),
            (1.0, Event(measured(1, "x", 0.0)), &[]),
            (30.0, Tick, &[]),
            (59.9, Tick, &[]),
            (60.0, Tick, &["+1 events / min, below 3"]),
            (
                61.0,
                Glance(glance(1, Completed, "COMPLETED")),
                &["-session_ended"],
            ),
            (99.0, Tick, &[]),
        ],
    );
}

#[test]
fn events_are_meant_by_name_or_severity_or_both_and_never_by_exception() {
    let said = |seq, name, severity| Event(event(seq, name, severity, json!({"message": "so"})));
    let either = json!({"kind": "event", "names": ["*_DETECTED"], "severity": "medium", "except": ["PLATEAU_*"]});
    table(
        either,
        &[
            (0.0, said(1, "PLATEAU_DETECTED", "critical"), &[]),
            (0.0, said(2, "OTHER", "info"), &[]),
            (1.0, said(3, "OTHER", "warning"), &["+OTHER: so"]),
            (5.0, said(4, "RATIO_DETECTED", ""), &[]),
            (14.9, Tick, &[]),
            (15.0, Tick, &["-quiet"]),
            (
                16.0,
                said(5, "RATIO_DETECTED", ""),
                &["+RATIO_DETECTED: so"],
            ),
        ],
    );
    let both = json!({"kind": "event", "names": ["*_DETECTED"], "severity": "high", "all": true});
    table(
        both,
        &[
            (0.0, said(1, "OTHER", "critical"), &[]),
            (0.0, said(2, "RATIO_DETECTED", "info"), &[]),
            (
                0.0,
                said(3, "RATIO_DETECTED", "critical"),
                &["+RATIO_DETECTED: so"],
            ),
        ],
    );
}

#[test]
fn within_the_pause_nothing_fires_and_what_holds_fires_after_it() {
    let mut rule = support::rule(json!({"kind": "threshold", "metric": "loss", "above": 2.0}));
    rule.cool_down_seconds = 60.0;
    let mut watch = loopscope_alerts::Watch::default();
    let mut tell = |now, told| support::tell(&mut watch, &rule, now, &told);
    assert_eq!(
        tell(0.0, Event(measured(1, "loss", 3.0))),
        ["+loss is 3, above 2"]
    );
    assert_eq!(tell(1.0, Event(measured(2, "loss", 1.0))), ["-cleared"]);
    assert!(tell(2.0, Event(measured(3, "loss", 4.0))).is_empty());
    assert!(tell(59.0, Tick).is_empty());
    assert_eq!(tell(60.0, Tick), ["+loss is 4, above 2"]);
}
