//! What events of a convergence loop say, row by row of the contract's tables.

#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    reason = "a helper of a test fails with the test"
)]

use loopscope_dialects::{DecodeContext, decode, facts};
use loopscope_event::{Event, Fact, Offset, Outcome, Seq, Severity, Timestamp};

fn event(name: &str, data: &str) -> Event {
    let body = format!(
        r#"{{"event_type":"{name}","session_id":"s","iteration":2,"state":"IDLE","data":{data}}}"#
    );
    let decoded = decode(body.as_bytes(), &DecodeContext::new(Timestamp::default())).unwrap();
    let (event, _) = decoded.items.into_iter().next().unwrap().unwrap();
    event.placed(Offset(1), Seq(1))
}

/// Every fact on a line of its own, what is not said left out.
fn said(name: &str, data: &str) -> String {
    let facts = facts(&event(name, data));
    let lines: Vec<String> = facts.iter().map(line).collect();
    lines.join("; ")
}

fn line(fact: &Fact) -> String {
    let Fact::Step(step) = fact else {
        return format!("{fact:?}");
    };
    let mut line = format!("{} {:?}", step.name, step.phase);
    let mut add = |word: &str, value: Option<String>| {
        if let Some(value) = value {
            line.push_str(&format!(" {word}={value}"));
        }
    };
    add(
        "findings",
        step.counts.findings.map(|count| count.to_string()),
    );
    add("fixes", step.counts.fixes.map(|count| count.to_string()));
    add(
        "vulnerabilities",
        step.counts.vulnerabilities.map(|count| count.to_string()),
    );
    add("success", step.success.map(|success| success.to_string()));
    add("command", step.command.clone());
    add("error", step.error.clone());
    add("done", step.done.map(|done| done.to_string()));
    add("total", step.total.map(|total| total.to_string()));
    add("message", step.message.clone());
    add(
        "tests",
        step.tests
            .map(|tests| format!("{}/{}/{}", tests.passed, tests.failed, tests.skipped)),
    );
    add(
        "severities",
        step.severities.map(|s| {
            format!(
                "{}/{}/{}/{}/{}",
                s.critical, s.high, s.medium, s.low, s.info
            )
        }),
    );
    line
}

fn check(name: &str, data: &str, expected: &str) {
    assert_eq!(said(name, data), expected, "{name} {data}");
}

fn check_first(data: &str, expected: &str) {
    let facts = facts(&event("STEP_COMPLETE", data));
    assert_eq!(line(&facts[0]), expected, "{data}");
}

#[test]
fn sizes_are_read_from_lists_numbers_and_texts() {
    for (size, expected) in [
        ("3", "3"),
        ("\"3\"", "3"),
        ("3.0", "3"),
        ("[\"a\",\"b\",\"c\"]", "3"),
        ("[]", "0"),
        ("0", "0"),
    ] {
        let facts = facts(&event(
            "STEP_COMPLETE",
            &format!(r#"{{"step":"diagnose","findings":{size}}}"#),
        ));
        assert_eq!(
            line(&facts[0]),
            format!("diagnose Completed findings={expected}")
        );
    }
    for size in ["-1", "\"many\"", "{}", "null", "true", "1e300"] {
        check(
            "STEP_COMPLETE",
            &format!(r#"{{"step":"diagnose","findings":{size}}}"#),
            "diagnose Completed",
        );
    }
}

#[test]
fn the_real_loop_counts_in_its_own_fields() {
    check(
        "STEP_COMPLETE",
        r#"{"step":"diagnose","success":true,"findings_count":4,"fixes_count":0,"metrics":{"issues_found":9,"critical":1,"high":2,"medium":1,"low":0}}"#,
        "diagnose Completed findings=4 success=true severities=1/2/1/0/0",
    );
    check(
        "STEP_COMPLETE",
        r#"{"step":"fix","success":true,"findings_count":0,"fixes_count":2,"metrics":{"fixes_applied":2,"issues_addressed":4}}"#,
        "fix Completed fixes=2 success=true",
    );
    check(
        "STEP_COMPLETE",
        r#"{"step":"attack","success":true,"findings_count":1,"fixes_count":0,"metrics":{"vulnerabilities_found":1,"critical":1,"tests_collected":40}}"#,
        r#"attack Completed vulnerabilities=1 success=true severities=1/0/0/0/0; Metrics(MetricsFact { step: None, epoch: None, points: [("tests_collected", 40.0)] })"#,
    );
    check(
        "STEP_COMPLETE",
        r#"{"step":"validate","success":false,"findings_count":0,"fixes_count":0,"metrics":{"passed":40,"failed":1,"skipped":2,"errors":1,"total":44,"success_rate":0.9}}"#,
        "validate Completed success=false tests=40/2/2",
    );
    check(
        "STEP_COMPLETE",
        r#"{"step":"validate","metrics":{"return_code":0,"success":true}}"#,
        "validate Completed success=true",
    );
}

#[test]
fn counts_fall_back_in_the_order_of_the_contract() {
    for (data, expected) in [
        (
            r#"{"step":"diagnose","metrics":{"issues_found":5}}"#,
            "diagnose Completed findings=5",
        ),
        (
            r#"{"step":"diagnose","findings":2,"metrics":{"issues_found":5}}"#,
            "diagnose Completed findings=2",
        ),
        (
            r#"{"step":"fix","metrics":{"fixes_applied":0,"no_issues":true}}"#,
            "fix Completed fixes=0",
        ),
        (
            r#"{"step":"attack","vulnerabilities":"2"}"#,
            "attack Completed vulnerabilities=2",
        ),
        (
            r#"{"step":"attack","metrics":{"vulnerabilities_found":3}}"#,
            "attack Completed vulnerabilities=3",
        ),
        (
            r#"{"step":"Validate","result":"passed"}"#,
            "validate Completed success=true",
        ),
        (
            r#"{"step":"validate","result":"FAILED"}"#,
            "validate Completed success=false",
        ),
        (
            r#"{"step":"lint","findings":3,"fixes":1}"#,
            "lint Completed findings=3 fixes=1",
        ),
        ("{}", "step Completed"),
    ] {
        check("STEP_COMPLETE", data, expected);
    }
}

#[test]
fn findings_come_as_texts_and_as_objects() {
    let facts = facts(&event(
        "STEP_COMPLETE",
        r#"{"step":"diagnose","findings":["loose text",{"severity":"HIGH","description":"unsafe","file":"a.rs","line":"7","type":"lint"},{"type":"x"},7,{"severity":"info"}]}"#,
    ));
    assert_eq!(
        line(&facts[0]),
        "diagnose Completed findings=5 severities=0/1/0/0/1"
    );
    let found: Vec<String> = facts[1..]
        .iter()
        .map(|fact| match fact {
            Fact::Finding(f) => format!(
                "{:?} {} {:?} {:?} {:?}",
                f.severity, f.description, f.file, f.line, f.category
            ),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        found,
        [
            "None loose text None None None",
            r#"Some(High) unsafe Some("a.rs") Some(7) Some("lint")"#,
            r#"None x None None Some("x")"#,
            "None 7 None None None",
            "Some(Info) no description None None None",
        ]
    );
}

#[test]
fn severities_that_the_metrics_leave_out_are_counted_from_the_objects() {
    check_first(
        r#"{"step":"attack","metrics":{"critical":0},"findings":[{"severity":"medium"},{"severity":"critical"}]}"#,
        "attack Completed vulnerabilities=2 severities=0/0/1/0/0",
    );
}

#[test]
fn fixes_carry_their_failure() {
    let facts = facts(&event(
        "STEP_COMPLETE",
        r#"{"step":"fix","fixes":["done",{"file":"a.rs","type":"patch","description":"d","auto_fixed":true},{"file":"b.rs","error":"no"}]}"#,
    ));
    assert_eq!(line(&facts[0]), "fix Completed fixes=3");
    let errors: Vec<Option<&str>> = facts[1..]
        .iter()
        .map(|fact| match fact {
            Fact::Fix(fix) => fix.error.as_deref(),
            _ => Some("no fix"),
        })
        .collect();
    assert_eq!(errors, [None, None, Some("no")]);
}

#[test]
fn steps_start_go_on_and_break() {
    check(
        "STEP_STARTED",
        r#"{"step":"validate","tool":"cargo","args":["test","--all"]}"#,
        "validate Started command=cargo test --all",
    );
    check(
        "STEP_STARTED",
        r#"{"step":"fix","tool":"","args":[]}"#,
        "fix Started",
    );
    check(
        "STEP_PROGRESS",
        r#"{"step":"validate","done":"12","total":40,"message":"halfway"}"#,
        "validate Progress done=12 total=40 message=halfway",
    );
    check(
        "STEP_FAILED",
        r#"{"step":"attack","error":"timeout"}"#,
        "attack Failed error=timeout",
    );
}

#[test]
fn sessions_and_passes_begin_and_end() {
    check(
        "ITERATION_STARTED",
        r#"{"iteration":2}"#,
        "Iteration(Started, 2)",
    );
    check(
        "ITERATION_ENDED",
        r#"{"iteration":2,"state":"IDLE"}"#,
        "Iteration(Completed, 2)",
    );
    check(
        "SESSION_ENDED",
        r#"{"session_id":"s"}"#,
        "SessionEnded(None)",
    );
    check("SESSION_ENDED", r#"{"iterations":3}"#, "SessionEnded(None)");
    assert_eq!(
        facts(&event("SESSION_ENDED", r#"{"status":"Converged"}"#)),
        [Fact::SessionEnded(Some(Outcome::Converged))]
    );
    let facts = facts(&event(
        "SESSION_STARTED",
        r#"{"target":"services/api","config":{"max_iterations":10,"timeout_seconds":3600},"links":{"repo":"https://example.org","evil":"javascript:alert(1)"}}"#,
    ));
    let [Fact::SessionStarted(info)] = &facts[..] else {
        panic!("{facts:?}")
    };
    assert_eq!(info.target.as_deref(), Some("services/api"));
    assert_eq!(
        (info.max_iterations, info.timeout_seconds),
        (Some(10), Some(3600.0))
    );
    assert_eq!(
        info.links,
        [("repo".to_owned(), "https://example.org".to_owned())]
    );
}

#[test]
fn the_machine_says_its_state() {
    check(
        "STATE_CHANGED",
        r#"{"from":"IDLE","to":"diagnosing","transition":"START"}"#,
        r#"State("DIAGNOSING")"#,
    );
    check("STATE_CHANGED", "{}", "");
    let mut idle = event("CACHE_WARMED", "{}");
    assert_eq!(facts(&idle), []);
    idle.state = Some("VALIDATING".to_owned());
    assert_eq!(facts(&idle), [Fact::State("VALIDATING".to_owned())]);
    let mut anew = event("SESSION_STARTED", "{}");
    anew.state = Some("CONVERGED".to_owned());
    assert!(!facts(&anew).contains(&Fact::State("CONVERGED".to_owned())));
}

#[test]
fn the_end_and_errors_are_read() {
    check(
        "CONVERGENCE_REACHED",
        r#"{"iterations":3}"#,
        "Converged { iterations: Some(3), totals: None }",
    );
    check(
        "CONVERGENCE_REACHED",
        r#"{"iterations":3,"metrics":{"total_findings":7,"total_fixes":6,"total_vulnerabilities":1,"tests_passed":2,"tests_failed":1,"iterations":4}}"#,
        "Converged { iterations: Some(3), totals: Some(Totals { total_findings: 7, total_fixes: 6, total_vulnerabilities: 1, tests_passed: 2, tests_failed: 1 }) }",
    );
    check(
        "ERROR",
        r#"{"error":"Max iterations (5) reached"}"#,
        r#"BudgetSpent(5); Error("Max iterations (5) reached")"#,
    );
    check(
        "ERROR",
        r#"{"error":"Max iterations (many) reached"}"#,
        r#"Error("Max iterations (many) reached")"#,
    );
    check(
        "ERROR",
        r#"{"message":"boom","state":"FIXING"}"#,
        r#"Error("boom")"#,
    );
}

#[test]
fn numbers_become_metric_points() {
    check(
        "METRICS",
        r#"{"metrics":{"loss":0.5,"name":"x","acc":"NaN"},"step":3}"#,
        r#"Metrics(MetricsFact { step: Some(3.0), epoch: None, points: [("loss", 0.5), ("acc", NaN)] })"#,
    );
    check(
        "METRICS",
        r#"{"loss":1}"#,
        r#"Metrics(MetricsFact { step: None, epoch: None, points: [("loss", 1.0)] })"#,
    );
}

#[test]
fn an_announced_vulnerability_is_a_critical_finding_by_attack() {
    let facts = facts(&event("VULNERABILITY_FOUND", r#"{"description":"ssrf"}"#));
    let [Fact::Finding(finding)] = &facts[..] else {
        panic!("{facts:?}")
    };
    assert_eq!(
        (finding.severity, finding.attack),
        (Some(Severity::Critical), true)
    );
}
