//! Names of events: their kind, the dialect they tell, how severe they are, and our own.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use loopscope_dialects::loopscope::{AlertEvent, CommandEvent, RunnerEvent};
use loopscope_dialects::{DecodeContext, convergence, decode, detect, facts, loopscope};
use loopscope_event::{
    AlertFact, AlertPhase, CommandFact, CommandStep, DecisionFact, DeclaredCommand, Dialect, Event,
    Fact, Kind, NewEvent, Offset, ProjectId, RawJson, RunnerFact, Seq, SessionId, Severity,
    Timestamp,
};

fn event(name: &str, data: &str) -> Event {
    let body = format!(
        r#"{{"event_type":"{name}","session_id":"s","iteration":2,"state":"IDLE","data":{data}}}"#
    );
    let decoded = decode(body.as_bytes(), &DecodeContext::new(Timestamp::default())).unwrap();
    let (event, _) = decoded.items.into_iter().next().unwrap().unwrap();
    event.placed(Offset(1), Seq(1))
}

#[test]
fn every_name_has_its_kind() {
    let table = [
        ("SESSION_STARTED", Kind::SessionStarted),
        ("SESSION_ENDED", Kind::SessionEnded),
        ("ITERATION_STARTED", Kind::IterationStarted),
        ("ITERATION_ENDED", Kind::IterationEnded),
        ("STATE_CHANGED", Kind::StateChanged),
        ("STEP_STARTED", Kind::StepStarted),
        ("STEP_PROGRESS", Kind::StepProgress),
        ("STEP_COMPLETE", Kind::StepCompleted),
        ("STEP_COMPLETED", Kind::StepCompleted),
        ("STEP_FAILED", Kind::StepFailed),
        ("CONVERGENCE_REACHED", Kind::Converged),
        ("ERROR", Kind::Error),
        ("METRICS", Kind::Metric),
        ("VULNERABILITY_FOUND", Kind::Finding),
    ];
    assert_eq!(convergence::NAMES, table);
    for (name, kind) in table {
        assert_eq!(convergence::kind(&name.to_lowercase()), kind);
    }
    assert_eq!(convergence::kind("CACHE_WARMED"), Kind::Generic);
    assert_eq!(convergence::kind("STEP"), Kind::Generic);
}

#[test]
fn what_our_libraries_tell_has_its_kind_and_tells_no_dialect() {
    for (name, kind) in [
        ("FINDING", Kind::Finding),
        ("FIX", Kind::Fix),
        ("LOG", Kind::Log),
    ] {
        assert_eq!(convergence::kind(&name.to_lowercase()), kind);
        assert_eq!(convergence::lookup(name), None);
        assert_eq!(detect(name, true, false), Dialect::Generic, "{name}");
    }
    for (name, data, severity, attack) in [
        ("FINDING", r#"{"description":"d"}"#, Severity::Medium, false),
        (
            "FINDING",
            r#"{"description":"d","severity":"low"}"#,
            Severity::Low,
            false,
        ),
        (
            "VULNERABILITY_FOUND",
            r#"{"description":"d"}"#,
            Severity::Critical,
            true,
        ),
    ] {
        let event = event(name, data);
        assert_eq!(event.severity, Some(severity), "{name}");
        let facts = facts(&event);
        let Some(Fact::Finding(finding)) = facts.first() else {
            panic!("{name} says {facts:?}");
        };
        assert_eq!((finding.severity, finding.attack), (Some(severity), attack));
    }
    let fixed = event("FIX", r#"{"description":"closed it","file":"a.rs"}"#);
    assert!(matches!(&facts(&fixed)[..], [Fact::Fix(fix)] if fix.description == "closed it"));
}

#[test]
fn programs_of_no_dialect_borrow_the_orchestrators_words() {
    for (name, kind) in [
        ("decision:point", Kind::Decision),
        ("checkpoint:created", Kind::Checkpoint),
        ("validation:completed", Kind::Validation),
        ("file:modified", Kind::FileChange),
        ("skill:started", Kind::Generic),
        ("decision_point", Kind::Generic),
    ] {
        let body = format!(
            r#"{{"event_type":"{name}","session_id":"s","dialect":"generic","data":{{"decision_id":"d","path":"p"}}}}"#
        );
        let decoded = decode(body.as_bytes(), &DecodeContext::new(Timestamp::default())).unwrap();
        let (event, _) = decoded.items.into_iter().next().unwrap().unwrap();
        assert_eq!(
            (event.kind, event.dialect),
            (kind, Dialect::Generic),
            "{name}"
        );
        let said = facts(&event.placed(Offset(1), Seq(1)));
        assert_eq!(said.is_empty(), kind == Kind::Generic, "{name}: {said:?}");
    }
}

#[test]
fn names_tell_the_dialect() {
    for (name, event_type, state, expected) in [
        ("STEP_COMPLETE", true, true, Dialect::Convergence),
        ("step_complete", false, false, Dialect::Convergence),
        ("CACHE_WARMED", true, true, Dialect::Convergence),
        ("CACHE_WARMED", true, false, Dialect::Generic),
        ("skill:started", false, false, Dialect::Orchestrator),
        ("validation:output", false, false, Dialect::Orchestrator),
        ("loopscope:source_lost", false, false, Dialect::Loopscope),
        ("anything", false, false, Dialect::Generic),
    ] {
        assert_eq!(detect(name, event_type, state), expected, "{name}");
    }
}

#[test]
fn events_are_as_severe_as_what_they_say() {
    for (name, data, expected) in [
        (
            "ERROR",
            r#"{"error":"x","state":"FIXING"}"#,
            Some(Severity::Critical),
        ),
        (
            "ERROR",
            r#"{"error":"Max iterations (5) reached"}"#,
            Some(Severity::High),
        ),
        ("STEP_FAILED", "{}", Some(Severity::High)),
        (
            "STEP_COMPLETE",
            r#"{"step":"fix","success":true}"#,
            Some(Severity::Info),
        ),
        (
            "STEP_COMPLETE",
            r#"{"step":"fix","success":false}"#,
            Some(Severity::High),
        ),
        (
            "STEP_COMPLETE",
            r#"{"metrics":{"medium":2,"low":1}}"#,
            Some(Severity::Medium),
        ),
        (
            "STEP_COMPLETE",
            r#"{"success":false,"metrics":{"critical":1}}"#,
            Some(Severity::Critical),
        ),
        ("VULNERABILITY_FOUND", "{}", Some(Severity::Critical)),
        (
            "VULNERABILITY_FOUND",
            r#"{"severity":"Low"}"#,
            Some(Severity::Low),
        ),
        ("STATE_CHANGED", r#"{"to":"FAILED"}"#, Some(Severity::High)),
        ("STATE_CHANGED", r#"{"to":"FIXING"}"#, Some(Severity::Info)),
        ("SESSION_STARTED", "{}", Some(Severity::Info)),
        ("CACHE_WARMED", "{}", None),
        (
            "CACHE_WARMED",
            r#"{"level":"warning"}"#,
            Some(Severity::Medium),
        ),
    ] {
        assert_eq!(event(name, data).severity, expected, "{name} {data}");
    }
}

#[test]
fn our_own_events_say_what_happened_to_the_link() {
    let (project, session) = (ProjectId::default(), SessionId::new("s").unwrap());
    let at = Timestamp::default();
    let lost = loopscope::source_lost(
        project.clone(),
        session.clone(),
        at,
        "ws://localhost:8765",
        "closed",
    );
    assert_eq!(
        (lost.kind, lost.dialect),
        (Kind::SourceLost, Dialect::Loopscope)
    );
    assert_eq!(
        facts(&lost.placed(Offset(1), Seq(1))),
        [Fact::SourceLost(Some("closed".to_owned()))]
    );
    let back = loopscope::source_restored(project, session, at, "ws://localhost:8765");
    assert_eq!(
        facts(&back.placed(Offset(1), Seq(1))),
        [Fact::SourceRestored]
    );
}

#[test]
fn every_step_of_a_commands_life_reads_back() {
    let (project, session) = (ProjectId::default(), SessionId::new("s").unwrap());
    let at = Timestamp::from_micros(1_767_607_200_000_000);
    let (parameters, result) = (
        RawJson::from_trusted(r#"{"steps": 2}"#),
        RawJson::from_trusted("0"),
    );
    for step in CommandStep::ALL {
        let sent = CommandEvent {
            reason: Some("too hot"),
            error: Some("no checkpoint"),
            result: Some(&result),
            runner: Some("loop"),
            expires_at: Some(at),
            replay_of: Some("c0"),
            position: Some(-3),
            ..CommandEvent::new(*step, "c1", "rollBack", &parameters, "ada", at)
        };
        let event = loopscope::command_step(project.clone(), session.clone(), at, &sent);
        assert_eq!(event.name, format!("command:{step}"));
        assert_eq!(
            (event.kind, event.dialect),
            (Kind::Command, Dialect::Loopscope)
        );
        let expected = CommandFact {
            command_id: "c1".to_owned(),
            step: *step,
            kind: "rollBack".to_owned(),
            parameters: Some(parameters.clone()),
            by: Some("ada".to_owned()),
            reason: Some("too hot".to_owned()),
            at: Some(at),
            error: Some("no checkpoint".to_owned()),
            result: Some(result.clone()),
            runner: Some("loop".to_owned()),
            expires_at: Some(at),
            replay_of: Some("c0".to_owned()),
            position: Some(-3),
        };
        assert_eq!(
            facts(&event.placed(Offset(1), Seq(1))),
            [Fact::Command(Box::new(expected))]
        );
    }
}

#[test]
fn runners_and_expired_decisions_read_back() {
    let (project, session) = (ProjectId::default(), SessionId::new("s").unwrap());
    let at = Timestamp::default();
    let commands = [DeclaredCommand {
        kind: "Warm-Up".to_owned(),
        label: None,
        parameters: Some(RawJson::from_trusted(r#"{"rounds":"int"}"#)),
    }];
    let runner = RunnerEvent {
        runner_id: "r1",
        name: "loop",
        via: "http",
        commands: &commands,
    };
    let event = loopscope::runner_attached(project.clone(), session.clone(), at, &runner);
    assert_eq!(
        facts(&event.placed(Offset(1), Seq(1))),
        [Fact::Runner(RunnerFact::Attached {
            runner_id: "r1".to_owned(),
            name: "loop".to_owned(),
            via: "http".to_owned(),
            commands: commands.to_vec(),
        })]
    );
    let event =
        loopscope::runner_detached(project.clone(), session.clone(), at, "r1", "taken_over");
    assert_eq!(
        facts(&event.placed(Offset(2), Seq(2))),
        [Fact::Runner(RunnerFact::Detached {
            runner_id: "r1".to_owned(),
            reason: Some("taken_over".to_owned()),
        })]
    );
    for choice in [Some(RawJson::from_trusted("false")), None] {
        let event = loopscope::decision_expired(
            project.clone(),
            session.clone(),
            at,
            "d1",
            choice.as_ref(),
        );
        assert_eq!(event.kind, Kind::Decision);
        assert_eq!(
            facts(&event.placed(Offset(3), Seq(3))),
            [Fact::Decision(DecisionFact::Expired {
                id: "d1".to_owned(),
                choice
            })]
        );
    }
}

#[test]
fn an_alert_says_the_same_when_it_is_read_back() {
    let (project, session) = (ProjectId::default(), SessionId::new("s").unwrap());
    let at = Timestamp::parse_utc("2026-01-05T10:00:00.5Z").unwrap();
    let firing = AlertEvent {
        phase: AlertPhase::Firing,
        alert_id: "a1",
        rule_id: "r1",
        rule: "Loss too high",
        severity: Severity::High,
        summary: "loss is 3.5, above 2",
        value: Some(3.5),
        at,
        fired_at: None,
        reason: None,
        count: 1,
        cause_seq: Some(7),
        muted: false,
    };
    let event = loopscope::alert(project.clone(), session.clone(), at, &firing);
    assert_eq!(
        (event.kind, event.name.as_str()),
        (Kind::Alert, "alert:firing")
    );
    assert_eq!(event.severity, Some(Severity::High));
    let said = AlertFact {
        alert_id: "a1".to_owned(),
        phase: AlertPhase::Firing,
        rule_id: "r1".to_owned(),
        rule: "Loss too high".to_owned(),
        severity: Severity::High,
        summary: "loss is 3.5, above 2".to_owned(),
        value: Some(3.5),
        at: Some(at),
        fired_at: None,
        reason: None,
        count: 1,
    };
    let read = |event: NewEvent| facts(&event.placed(Offset(1), Seq(1)));
    assert_eq!(read(event), [Fact::Alert(Box::new(said.clone()))]);
    let resolved = AlertEvent {
        phase: AlertPhase::Resolved,
        value: Some(f64::NAN),
        fired_at: Some(at),
        reason: Some("quiet"),
        count: 4,
        ..firing
    };
    let event = loopscope::alert(project, session, at, &resolved);
    assert_eq!(
        (event.name.as_str(), event.severity),
        ("alert:resolved", Some(Severity::Info))
    );
    assert!(event.data.as_str().contains(r#""value":null"#));
    let said = AlertFact {
        phase: AlertPhase::Resolved,
        value: None,
        fired_at: Some(at),
        reason: Some("quiet".to_owned()),
        count: 4,
        ..said
    };
    assert_eq!(read(event), [Fact::Alert(Box::new(said))]);
}
