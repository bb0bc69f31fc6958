//! The numbers of a session: per pass, in total, by severity, and what is listed.

use crate::support::{REAL_LOOP, board, empty, events, fold, replaced};
use loopscope_event::{Dialect, Event, Severities};

#[test]
fn a_real_loop_is_counted_pass_by_pass() {
    let board = board(REAL_LOOP);
    assert_eq!(board.findings_per_iteration(), [3, 1, 0]);
    assert_eq!(board.fixes_per_iteration(), [2, 0, 0]);
    assert_eq!(board.vulnerabilities_per_iteration(), [1, 0, 0]);
    let seconds = board.step_durations();
    assert_eq!(seconds["diagnose"], [0.0, 2.0, 2.0]);
    assert_eq!(seconds["fix"], [4.0, 1.0, 0.0]);
    assert_eq!(seconds["attack"], [3.0, 0.0, 3.0]);
    assert_eq!(seconds["validate"], [2.0, 2.0, 2.0]);
    let rows = board.iterations();
    assert_eq!(rows[1].vulnerabilities, None, "the attack was not run");
    assert_eq!(rows[2].vulnerabilities, Some(0));
    assert_eq!(rows[0].validated(), Some(false));
    assert_eq!(rows[2].validated(), Some(true));
    let tests = rows[0]
        .tests
        .map(|tests| (tests.passed, tests.failed, tests.skipped));
    assert_eq!(tests, Some((38, 2, 1)));
    assert_eq!(rows[1].errors, 1);
}

#[test]
fn the_producers_own_totals_are_authoritative() {
    let all = events(REAL_LOOP);
    let running = fold(&all[..all.len() - 3]);
    let counted = running.totals();
    assert_eq!(
        (
            counted.total_findings,
            counted.total_fixes,
            counted.total_vulnerabilities
        ),
        (4, 2, 1)
    );
    // Validations that ran, not test cases.
    assert_eq!((counted.tests_passed, counted.tests_failed), (2, 1));
    let stated = fold(&all).totals();
    assert_eq!((stated.total_findings, stated.total_fixes), (5, 3));
}

#[test]
fn severities_are_those_of_the_look_and_the_newest_look_is_open() {
    let all = events(REAL_LOOP);
    let board = fold(&all[..all.len() - 10]);
    let expected = Severities {
        critical: 1,
        high: 2,
        low: 1,
        ..Severities::default()
    };
    assert_eq!(*board.findings_by_severity(), expected);
    assert_eq!(board.vulnerabilities_by_severity().critical, 1);
    // One of the newest look, and one of the attack before it, which nothing has said to be gone.
    assert_eq!(board.findings_open(), Some(2));
    assert_eq!(board.findings().open(), 2);
    assert_eq!(board.open_by_severity().high, 1);
    assert_eq!(board.open_by_severity().critical, 1);
    assert_eq!(fold(&all).findings_open(), Some(0));
    assert_eq!(empty().findings_open(), None);
}

#[test]
fn a_finding_is_listed_once_and_closed_by_the_look_that_misses_it() {
    let all = events(REAL_LOOP);
    let listed = |count: usize| -> Vec<String> {
        let board = fold(&all[..count]);
        let rows = board.findings().sorted().into_iter();
        rows.map(|row| {
            let fixed = row.fixed_in.map(|pass| format!(" fixed in {pass}"));
            let line = row.finding.line.map(|line| format!(":{line}"));
            format!(
                "{} {}{} seen {}-{}{}",
                row.rank,
                row.finding.description,
                line.unwrap_or_default(),
                row.first_seen,
                row.last_seen,
                fixed.unwrap_or_default()
            )
        })
        .collect()
    };
    assert_eq!(
        listed(17),
        [
            "critical overflow in total seen 1-1",
            "high unchecked index:44 seen 1-2",
            "critical secret in log:12 seen 1-1 fixed in 2",
            "low needless clone:8 seen 1-1 fixed in 2",
        ]
    );
    let board = fold(&all);
    assert_eq!((board.findings().open(), board.findings().fixed()), (0, 4));
}

#[test]
fn a_finding_that_comes_back_is_open_again() {
    let board = board(
        r#"0 1 STEP_COMPLETE {"step":"diagnose","findings":["a"]}
           1 2 STEP_COMPLETE {"step":"diagnose","findings":[]}
           2 3 STEP_COMPLETE {"step":"diagnose","findings":["a"]}"#,
    );
    let rows = board.findings().sorted();
    assert_eq!((rows.len(), rows[0].fixed_in, rows[0].times), (1, None, 2));
}

#[test]
fn a_look_that_lists_less_than_it_counts_closes_nothing() {
    let board = board(
        r#"0 1 STEP_COMPLETE {"step":"diagnose","findings":["a","b"]}
           1 2 STEP_COMPLETE {"step":"diagnose","findings_count":2}
           2 3 STEP_COMPLETE {"step":"diagnose","findings_count":9,"findings":["a"]}"#,
    );
    assert_eq!(board.findings().open(), 2);
    assert_eq!(board.findings_open(), Some(9));
}

#[test]
fn vulnerabilities_are_the_sum_of_what_attack_steps_found() {
    let found = r#"VULNERABILITY_FOUND {"description":"ssrf"}"#;
    let attack = |count| format!(r#"STEP_COMPLETE {{"step":"attack","findings_count":{count}}}"#);
    for (lines, expected) in [
        (format!("0 1 {found}\n1 1 {found}"), 0),
        (format!("0 1 {found}\n1 1 {found}\n2 1 {}", attack(1)), 1),
        (format!("0 1 {}\n1 1 {found}", attack(3)), 3),
        (
            format!("0 1 {}\n1 2 {found}\n2 2 {}", attack(3), attack(2)),
            5,
        ),
    ] {
        assert_eq!(
            board(&lines).totals().total_vulnerabilities,
            expected,
            "{lines}"
        );
    }
}

#[test]
fn who_tells_vulnerabilities_one_by_one_has_them_in_the_total() {
    let found = r#"VULNERABILITY_FOUND {"description":"ssrf"}"#;
    let attack = |count| format!(r#"STEP_COMPLETE {{"step":"attack","findings_count":{count}}}"#);
    for (lines, expected) in [
        (format!("0 1 {found}\n1 1 {found}"), 2),
        // They are among those that the step counts.
        (format!("0 1 {found}\n1 1 {found}\n2 1 {}", attack(3)), 3),
        (format!("0 1 {found}\n1 2 {}", attack(3)), 4),
    ] {
        let mut events = events(&lines);
        for event in &mut events {
            event.dialect = Dialect::Generic;
        }
        let board = fold(&events);
        assert_eq!(board.totals().total_vulnerabilities, expected, "{lines}");
    }
}

#[test]
fn what_a_program_tells_one_by_one_and_counts_is_open_once() {
    let found = r#"VULNERABILITY_FOUND {"severity":"critical","description":"q"}"#;
    let attack = r#"STEP_COMPLETE {"step":"attack","findings_count":3}"#;
    for (lines, open, total) in [
        (format!("0 1 {found}\n1 1 {found}\n2 1 {attack}"), 3, 3),
        // Found after the attack: one more.
        (format!("0 1 {found}\n1 1 {attack}\n2 1 {found}"), 4, 4),
        // The next pass's attack is the newest; what it counts is open, and nothing older.
        (format!("0 1 {found}\n1 2 {attack}"), 3, 4),
        (format!("0 2 {attack}\n1 1 {found}"), 3, 4),
        // Another attack of the same pass counts itself only.
        (format!("0 1 {found}\n1 1 {attack}\n2 1 {attack}"), 3, 6),
    ] {
        let mut events = events(&lines);
        for event in &mut events {
            event.dialect = Dialect::Generic;
        }
        let board = fold(&events);
        assert_eq!(board.findings_open(), Some(open), "{lines}");
        assert_eq!(board.totals().total_vulnerabilities, total, "{lines}");
    }
}

/// What is open after these lines: critical, high, all of it.
fn open(lines: &[&str]) -> (u64, u64, Option<u64>) {
    let lines: Vec<String> = (0..)
        .zip(lines)
        .map(|(second, line)| format!("{second} {line}"))
        .collect();
    let board = board(&lines.join("\n"));
    let severities = board.open_by_severity();
    (severities.critical, severities.high, board.findings_open())
}

#[test]
fn what_attacks_found_is_open_until_an_attack_finds_it_no_more() {
    let look = r#"1 STEP_COMPLETE {"step":"diagnose","findings_count":3,"metrics":{"critical":1,"high":2}}"#;
    let attack = r#"1 STEP_COMPLETE {"step":"attack","findings":[{"severity":"critical","description":"sql"}]}"#;
    let counted =
        r#"1 STEP_COMPLETE {"step":"attack","metrics":{"vulnerabilities_found":4,"critical":2}}"#;
    let again = r#"2 STEP_COMPLETE {"step":"diagnose","findings_count":0}"#;
    let repelled = r#"2 STEP_COMPLETE {"step":"attack","findings_count":0}"#;
    let late = r#"1 STEP_COMPLETE {"step":"attack","findings_count":9,"metrics":{"critical":9}}"#;
    let started = r#"1 STEP_STARTED {"step":"attack"}"#;
    assert_eq!(open(&[started]), (0, 0, None));
    assert_eq!(open(&[look]), (1, 2, Some(3)));
    assert_eq!(open(&[attack]), (1, 0, Some(1)));
    assert_eq!(open(&[look, attack]), (2, 2, Some(4)));
    assert_eq!(open(&[counted]), (2, 0, Some(4)));
    assert_eq!(open(&[look, attack, again]), (1, 0, Some(1)));
    assert_eq!(open(&[look, attack, again, repelled]), (0, 0, Some(0)));
    assert_eq!(open(&[repelled, late]), (0, 0, Some(0)));
    assert_eq!(open(&[attack, "1 CONVERGENCE_REACHED {}"]), (0, 0, Some(0)));
}

#[test]
fn each_announced_vulnerability_is_one_more_until_the_next_attack() {
    let found = r#"1 VULNERABILITY_FOUND {"severity":"critical","description":"q"}"#;
    let bare = "1 VULNERABILITY_FOUND {}";
    let high = r#"1 VULNERABILITY_FOUND {"severity":"HIGH","description":"h"}"#;
    let look = r#"1 STEP_COMPLETE {"step":"diagnose","findings_count":1,"metrics":{"critical":1}}"#;
    let other = r#"1 STEP_COMPLETE {"step":"attack","findings":[{"severity":"critical","description":"x"}]}"#;
    let same = r#"1 STEP_COMPLETE {"step":"attack","findings":[{"severity":"critical","description":"q"}]}"#;
    let next = r#"2 STEP_COMPLETE {"step":"attack","findings_count":0}"#;
    assert_eq!(open(&[bare]), (1, 0, Some(1)));
    assert_eq!(open(&[bare, bare]), (2, 0, Some(2)));
    assert_eq!(open(&[found, high]), (1, 1, Some(2)));
    assert_eq!(open(&[look, found]), (2, 0, Some(2)));
    assert_eq!(open(&[found, other]), (2, 0, Some(2)));
    assert_eq!(open(&[other, found]), (2, 0, Some(2)));
    assert_eq!(
        open(&[found, same]),
        (1, 0, Some(1)),
        "the step lists it too"
    );
    assert_eq!(open(&[found, other, next]), (0, 0, Some(0)));
    // The step lists one that an earlier pass announced: this pass's own is another.
    let second = r#"2 VULNERABILITY_FOUND {"severity":"critical","description":"z"}"#;
    let first_again = r#"2 STEP_COMPLETE {"step":"attack","findings":[{"severity":"critical","description":"q"}]}"#;
    assert_eq!(open(&[found, second, first_again]), (2, 0, Some(2)));
    // One that comes after a later pass's attack was over before it.
    assert_eq!(open(&[next, found]), (0, 0, Some(0)));
    assert_eq!(
        open(&[found, "2 ITERATION_STARTED {}", next]),
        (0, 0, Some(0))
    );
}

#[test]
fn steps_are_paired_in_whatever_order_their_ends_come() {
    let seconds = |lines: &str, step: &str| board(lines).step_durations()[step].clone();
    let end_first = r#"
        5 1 STEP_COMPLETE {"step":"fix"}
        2 1 STEP_STARTED {"step":"fix"}"#;
    assert_eq!(seconds(end_first, "fix"), [3.0]);
    assert_eq!(board(end_first).running_steps().count(), 0);
    let never_started = "5 1 STEP_COMPLETE {\"step\":\"fix\"}";
    assert_eq!(seconds(never_started, "fix"), [0.0]);
    let backwards = "5 1 STEP_STARTED {\"step\":\"fix\"}\n2 1 STEP_COMPLETE {\"step\":\"fix\"}";
    assert_eq!(seconds(backwards, "fix"), [0.0]);
    let other = "0 1 STEP_STARTED {\"step\":\"lint\"}\n2 1 STEP_FAILED {\"step\":\"lint\"}";
    assert_eq!(seconds(other, "lint"), [2.0]);
    assert_eq!(seconds(other, "validate"), [0.0]);
}

#[test]
fn a_running_step_shows_its_progress() {
    let board = board(
        r#"0 1 STEP_STARTED {"step":"validate","tool":"cargo","args":["test"]}
           1 1 STEP_PROGRESS {"step":"validate","done":10,"total":40}
           2 1 STEP_PROGRESS {"step":"validate","done":20,"message":"halfway"}"#,
    );
    let running: Vec<_> = board.running_steps().collect();
    assert_eq!(running.len(), 1);
    assert_eq!(running[0].progress(), Some(0.5));
    assert_eq!(running[0].message.as_deref(), Some("halfway"));
    assert_eq!(running[0].command.as_deref(), Some("cargo test"));
}

#[test]
fn the_head_is_what_the_run_says_of_itself() {
    let board = board(
        r#"3 1 STEP_STARTED {"step":"fix"}
           1 0 SESSION_STARTED {"target":"services/api","config":{"max_iterations":10,"timeout_seconds":60}}"#,
    );
    let head = board.header();
    assert_eq!(board.display_name(), "services/api");
    assert_eq!(
        (head.max_iterations, head.timeout_seconds),
        (Some(10), Some(60.0))
    );
    assert_eq!(
        head.started_at.since(crate::support::start()).as_micros(),
        1_000_000
    );
    let config = head
        .config
        .as_ref()
        .map(|config| config.as_str().to_owned());
    assert_eq!(
        config.as_deref(),
        Some(r#"{"max_iterations":10,"timeout_seconds":60}"#)
    );
    // Without a configuration the budget is learnt when it is spent.
    let spent = crate::support::board("0 4 ERROR {\"error\":\"Max iterations (4) reached\"}");
    assert_eq!(spent.header().max_iterations, Some(4));
}

#[test]
fn an_event_that_comes_twice_changes_nothing() {
    let all = events(REAL_LOOP);
    let mut board = fold(&all);
    let before = board.clone();
    for event in &all {
        board.apply(event);
    }
    assert_eq!(board, before);
}

#[test]
fn metrics_keep_their_spike() {
    let mut points: Vec<Event> = (0..10_000)
        .map(|index| {
            let value = if index == 5_003 { 1000.0 } else { 1.0 };
            let mut event = events("0 1 METRICS").remove(0);
            event.data = loopscope_event::RawJson::from_trusted(format!(
                r#"{{"loss":{value},"step":{index}}}"#
            ));
            event
        })
        .collect();
    points = replaced(points);
    let board = fold(&points);
    let curve = board.metrics().get("loss").unwrap();
    assert_eq!(curve.count, 10_000);
    assert!(curve.buckets.len() <= loopscope_board::limits::MAX_METRIC_BUCKETS);
    let peak = curve
        .buckets
        .iter()
        .map(|bucket| bucket.max)
        .fold(0.0, f64::max);
    assert!((peak - 1000.0).abs() < 1e-9);
    let held: u64 = curve
        .buckets
        .iter()
        .map(|bucket| u64::from(bucket.count))
        .sum();
    assert_eq!(held, 10_000);
}

#[test]
fn the_board_knows_whether_events_came_by_the_clock_and_of_which_dialect() {
    use loopscope_event::Dialect;
    let ordered =
        board("0 1 STEP_STARTED {\"step\":\"fix\"}\n0 1 ANY\n3 1 STEP_COMPLETE {\"step\":\"fix\"}");
    assert!(ordered.is_in_time_order());
    assert_eq!(ordered.events_of(Dialect::Convergence), 3);
    assert_eq!(ordered.events_of(Dialect::Loopscope), 0);
    let late = board("5 1 STEP_STARTED {\"step\":\"fix\"}\n4 1 ANY\n6 1 ANY");
    assert!(!late.is_in_time_order());
}
