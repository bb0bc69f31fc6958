//! A board that was stored and read back goes on as if it had not been, and its size is bounded at any length.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use crate::support::{REAL_LOOP, empty, events, fold, place, start};
use loopscope_board::{Board, SessionSnapshot, limits};
use loopscope_event::{Cursor, Event, RawJson, Seq, Timestamp};
use proptest::prelude::*;

fn stored(board: &Board) -> Board {
    let text = serde_json::to_string(board).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("diagnose".to_owned()),
        Just("fix".to_owned()),
        Just("attack".to_owned()),
        Just("validate".to_owned()),
        "[a-zA-Z0-9 _\u{e9}\u{1F600}.:/-]{0,12}",
    ]
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| serde_json::json!(number).to_string()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("18446744073709551615".to_owned()),
        word().prop_map(|word| format!("\"{word}\"")),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            (inner, field()).prop_map(|(value, field)| format!("{{\"{field}\":{value}}}")),
        ]
    })
}

fn field() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&[
        "step",
        "to",
        "success",
        "result",
        "findings",
        "findings_count",
        "fixes",
        "fixes_count",
        "vulnerabilities",
        "metrics",
        "error",
        "iteration",
        "iterations",
        "target",
        "config",
        "severity",
        "description",
        "done",
        "total",
        "critical",
        "passed",
        "failed",
        "state",
        "status",
        "max_iterations",
        "timeout_seconds",
        "tool",
        "args",
        "total_findings",
        "loss",
        "skill_name",
        "step_index",
        "progress",
        "parameters",
        "duration",
        "path",
        "from",
        "diff",
        "decision_id",
        "choice",
        "options",
        "default",
        "line",
        "check_name",
        "agent_id",
        "checkpoint_id",
        "command_id",
        "runner_id",
        "position",
        "commands",
        "steps_total",
        "agent_name",
        "task_description",
        "duration_ms",
        "quality_score",
        "data_source",
        "opportunity_id",
        "title",
        "confidence_score",
        "revenue_potential",
        "phase",
        "patterns_found",
        "source",
        "overall_score",
        "dimension_scores",
        "cpu_percent",
        "active_agents",
        "uptime_seconds",
        "new_score",
        "old_score",
    ])
}

prop_compose! {
    /// Any event that a producer may send, well-meant or not.
    fn event()(
        name in proptest::sample::select(&[
            "SESSION_STARTED", "SESSION_ENDED", "ITERATION_STARTED", "ITERATION_ENDED", "STATE_CHANGED",
            "STEP_STARTED", "STEP_PROGRESS", "STEP_COMPLETE", "STEP_FAILED", "CONVERGENCE_REACHED", "ERROR",
            "METRICS", "VULNERABILITY_FOUND", "CACHE_WARMED", "skill:started", "loopscope:source_lost",
            "loopscope:source_restored", "skill:started", "skill:completed", "skill:failed", "skill:progress",
            "skill:skipped", "skill:queued", "file:modified", "file:created", "file_approved", "file:moved",
            "decision:point", "decision:made", "validation:started", "validation:output", "validation:completed",
            "agent:spawned", "agent:progress", "agent:completed", "checkpoint:created", "checkpoint:restored",
            "execution:started", "execution:progress", "execution:halted", "execution:resumed",
            "execution:completed", "execution:failed", "execution:rollback_started", "execution:rollback_failed",
            "command:queued", "command:delivered", "command:acknowledged", "command:succeeded", "command:moved",
            "agent_execution_started", "agent_execution_completed", "agent_registered", "opportunity_discovered",
            "synthesis_started", "synthesis_completed", "quality_score_updated", "error_occurred",
            "system_health_updated", "metrics_updated", "reputation_updated", "task_outcome_recorded",
            "command:expired", "runner:attached", "runner:detached", "decision:expired",
        ]),
        seconds in prop_oneof![0_i64..100, Just(-62_135_596_800), Just(253_402_300_799)],
        iteration in prop_oneof![0_u32..6, Just(9_000), Just(10_000_000)],
        state in proptest::sample::select(&["IDLE", "FIXING", "CONVERGED", "FAILED", "odd"]),
        step in word(),
        fields in proptest::collection::vec((field(), value()), 0..5),
    ) -> String {
        let fields: Vec<String> = fields.iter().map(|(field, value)| format!(",\"{field}\":{value}")).collect();
        let fields = fields.concat();
        let own = ["command:", "runner:", "decision:expired"].iter().any(|prefix| name.starts_with(prefix));
        let crew = loopscope_dialects::agents::lookup(name).is_some();
        let dialect = match (own, crew) {
            (true, _) => r#""dialect":"loopscope","#,
            (_, true) => r#""dialect":"agents","#,
            _ => "",
        };
        format!(
            r#"{{{dialect}"event_type":"{name}","session_id":"s","timestamp":{seconds},"iteration":{iteration},"state":"{state}","data":{{"step":"{step}","skill_name":"{step}","command_id":"{iteration}","agent_id":"{iteration}","decision_id":"{iteration}","runner_id":"{iteration}","path":"{step}"{fields}}}}}"#
        )
    }
}

fn soup() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(event(), 1..60).prop_map(|bodies| {
        let places = bodies.iter().zip(1..);
        places.map(|(body, at)| place(body, at)).collect()
    })
}

proptest! {
    #[test]
    fn a_stored_board_goes_on_as_if_it_had_not_been(events in soup(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(events.len() + 1);
        let mut resumed = stored(&fold(&events[..cut]));
        for event in &events {
            resumed.apply(event);
        }
        let whole = fold(&events);
        prop_assert_eq!(&resumed, &whole);
        prop_assert_eq!(resumed.summary(), whole.summary());
        let text = serde_json::to_string(&whole).unwrap();
        prop_assert_eq!(serde_json::to_string(&stored(&whole)).unwrap(), text);
    }

    #[test]
    fn sums_over_rows_are_the_totals(events in soup()) {
        let board = fold(&events);
        let sum = |value: fn(&loopscope_board::IterationRow) -> Option<u64>| {
            let rows = board.iterations().iter().filter_map(value);
            rows.fold(0_u64, u64::saturating_add)
        };
        if !events.iter().any(|event| event.name == "CONVERGENCE_REACHED") {
            prop_assert_eq!(sum(|row| row.findings), board.totals().total_findings);
            prop_assert_eq!(sum(|row| row.fixes), board.totals().total_fixes);
            prop_assert_eq!(sum(|row| row.vulnerabilities), board.totals().total_vulnerabilities);
        }
        let density: u64 = board.density().counts().iter().map(|count| u64::from(*count)).sum();
        prop_assert_eq!(density, events.len() as u64);
        let columns = board.findings_per_iteration().len();
        prop_assert!(columns <= limits::MAX_ROWS);
        prop_assert_eq!(board.iteration_numbers().len(), columns);
        prop_assert!(board.step_durations().values().all(|seconds| seconds.len() == columns));
    }
}

#[test]
fn a_real_loop_can_be_cut_anywhere() {
    let all = events(REAL_LOOP);
    let whole = fold(&all);
    for cut in 0..=all.len() {
        let mut resumed = stored(&fold(&all[..cut]));
        for event in &all[cut..] {
            resumed.apply(event);
        }
        assert_eq!(resumed, whole, "cut at {cut}");
    }
}

#[test]
fn a_snapshot_carries_the_board_and_the_configuration_as_sent() {
    let started =
        r#"0 0 SESSION_STARTED {"target":"a","config":{ "max_iterations" : 10, "x":1.50e3 }}"#;
    let board = fold(&events(&format!("{started}\n{REAL_LOOP}")));
    let snapshot = SessionSnapshot {
        summary: board.summary(),
        cursor: Cursor {
            epoch: 3,
            offset: board.offset(),
        },
        server_time: start(),
        board,
    };
    let text = serde_json::to_string(&snapshot).unwrap();
    assert!(text.contains(r#""config":{ "max_iterations" : 10, "x":1.50e3 }"#));
    assert!(text.contains(r#""cursor":"3-330""#));
    assert_eq!(
        serde_json::from_str::<SessionSnapshot>(&text).unwrap(),
        snapshot
    );
}

#[test]
fn a_hundred_thousand_passes_stay_within_bounds_and_their_sums_exact() {
    const PASSES: u32 = 100_000;
    let mut board = empty();
    let mut place_ = 0;
    let template = place(r#"{"event_type":"ERROR","session_id":"s"}"#, 1);
    let mut apply = |iteration: u32, name: &str, data: String| {
        place_ += 1;
        let seconds = i64::from(iteration) * 5 + i64::from(name == "STEP_COMPLETE");
        board.apply(&Event {
            seq: Seq(place_),
            name: name.to_owned(),
            iteration,
            timestamp: Timestamp::from_micros(start().as_micros() + seconds * 1_000_000),
            data: RawJson::from_trusted(data),
            ..template.clone()
        });
    };
    let long = "x".repeat(250);
    // Every fifth pass is enough to fill each row.
    for pass in (5..=PASSES).step_by(5) {
        let timed = pass % 20 == 0;
        if timed {
            apply(pass, "STEP_STARTED", r#"{"step":"diagnose"}"#.to_owned());
            let failed = format!(r#"{{"step":"fix","error":"{pass} {long}"}}"#);
            apply(pass, "STEP_FAILED", failed);
        }
        let found = format!(r#"{{"step":"diagnose","findings":["{pass} {long}"]}}"#);
        apply(pass, "STEP_COMPLETE", found);
    }
    assert!(board.iterations().len() <= limits::MAX_ROWS);
    assert_eq!(board.rows().stride(), 32);
    let looks = u64::from(PASSES / 5);
    assert_eq!(board.iteration_numbers()[..3], [1, 33, 65]);
    let findings: u64 = board.findings_per_iteration().iter().sum();
    let seconds: f64 = board.step_durations()["diagnose"].iter().sum();
    assert_eq!((findings, board.error_count()), (looks, looks / 4));
    assert!((seconds - f64::from(PASSES / 20)).abs() < 1e-6, "{seconds}");
    let seen = board.findings().len() as u64 + board.findings().left_out();
    assert_eq!((board.findings().open(), seen), (1, looks));
    let bytes = serde_json::to_string(&board).unwrap().len();
    assert!(bytes < 3_000_000, "{bytes} bytes");
}

#[test]
fn hostile_names_stay_within_bounds() {
    let mut board = empty();
    for index in 1..=20_000_u64 {
        let body = match index % 4 {
            0 => format!(
                r#"{{"event_type":"STEP_STARTED","session_id":"s","iteration":1,"data":{{"step":"s{index}"}}}}"#
            ),
            1 => format!(
                r#"{{"event_type":"STEP_COMPLETE","session_id":"s","iteration":1,"data":{{"step":"t{index}"}}}}"#
            ),
            2 => format!(
                r#"{{"event_type":"METRICS","session_id":"s","data":{{"m{index}":{index}}}}}"#
            ),
            _ => format!(
                r#"{{"event_type":"STEP_COMPLETE","session_id":"s","iteration":{index},"data":{{"step":"diagnose","findings_count":1,"findings":["f{index}","g{index}"]}}}}"#
            ),
        };
        board.apply(&place(&body, index));
    }
    assert!(board.step_names().len() <= limits::MAX_STEP_NAMES);
    assert!(board.metrics().len() <= limits::MAX_METRICS);
    assert!(board.metrics().left_out() > 0);
    assert!(board.findings().len() <= limits::MAX_FINDINGS);
    assert!(board.findings().left_out() > 0);
    assert!(serde_json::to_string(&board).unwrap().len() < 2_000_000);
}
