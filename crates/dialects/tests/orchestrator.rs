//! What orchestrators send: every name, every shape of an event, every spelling of a field.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use jiff::tz::TimeZone;
use loopscope_dialects::{DecodeContext, Warning, decode, detect, facts, orchestrator};
use loopscope_event::{
    AgentState, CheckpointChange, DecisionFact, Dialect, Event, Fact, FileChange, Kind, NewEvent,
    Offset, Outcome, Phase, Seq, Severity, SkillPart, StepFact, Timestamp, ValidationFact,
};

fn context() -> DecodeContext {
    DecodeContext {
        dialect: Some(Dialect::Orchestrator),
        naive_zone: TimeZone::fixed(jiff::tz::offset(2)),
        ..DecodeContext::new(Timestamp::from_micros(1_767_607_200_000_000))
    }
}

fn read(text: &str) -> (NewEvent, Vec<Warning>) {
    let decoded = decode(text.as_bytes(), &context()).unwrap();
    decoded.items.into_iter().next().unwrap().unwrap()
}

fn event(name: &str, data: &str) -> Event {
    let body = format!(
        r#"{{"event_type":"{name}","event_id":"e","session_id":"s","timestamp":"2026-01-05T10:00:00","data":{data}}}"#
    );
    read(&body).0.placed(Offset(1), Seq(1))
}

fn said(name: &str, data: &str) -> Vec<Fact> {
    facts(&event(name, data))
}

#[test]
fn every_name_has_its_kind() {
    let table = [
        ("skill:pending", Kind::StepProgress),
        ("skill:queued", Kind::StepProgress),
        ("skill:injected", Kind::Command),
        ("skill:started", Kind::StepStarted),
        ("skill:progress", Kind::StepProgress),
        ("skill:completed", Kind::StepCompleted),
        ("skill:failed", Kind::StepFailed),
        ("skill:skipped", Kind::StepCompleted),
        ("wave:started", Kind::StepStarted),
        ("wave:completed", Kind::StepCompleted),
        ("wave:failed", Kind::StepFailed),
        ("file:created", Kind::FileChange),
        ("file:modified", Kind::FileChange),
        ("file:changed", Kind::FileChange),
        ("file:deleted", Kind::FileChange),
        ("file:moved", Kind::FileChange),
        ("file:approved", Kind::FileChange),
        ("file:reverted", Kind::FileChange),
        ("decision:point", Kind::Decision),
        ("decision:required", Kind::Decision),
        ("decision:made", Kind::Decision),
        ("validation:started", Kind::Validation),
        ("validation:output", Kind::Log),
        ("validation:completed", Kind::Validation),
        ("validation:result", Kind::Validation),
        ("validation:failed", Kind::Validation),
        ("agent:spawned", Kind::Agent),
        ("agent:started", Kind::Agent),
        ("agent:progress", Kind::Agent),
        ("agent:idle", Kind::Agent),
        ("agent:completed", Kind::Agent),
        ("agent:failed", Kind::Agent),
        ("checkpoint:created", Kind::Checkpoint),
        ("checkpoint:restored", Kind::Checkpoint),
        ("execution:started", Kind::SessionStarted),
        ("execution:progress", Kind::StepProgress),
        ("execution:halted", Kind::StateChanged),
        ("execution:paused", Kind::StateChanged),
        ("execution:resumed", Kind::StateChanged),
        ("execution:completed", Kind::SessionEnded),
        ("execution:failed", Kind::SessionEnded),
        ("execution:rollback", Kind::Command),
        ("execution:redirect", Kind::Command),
        ("execution:rollback_started", Kind::Checkpoint),
        ("execution:rollback_completed", Kind::Checkpoint),
        ("execution:rollback_failed", Kind::Checkpoint),
        ("error:occurred", Kind::Error),
        ("error:recovered", Kind::Log),
        ("session:created", Kind::SessionStarted),
        ("command:result", Kind::Command),
        ("server:shutdown", Kind::Log),
    ];
    assert_eq!(orchestrator::NAMES, table);
    for (name, kind) in table {
        for spelled in [
            name.to_owned(),
            name.replace(':', "_"),
            name.replace([':', '_'], "."),
            name.to_uppercase(),
        ] {
            assert_eq!(event(&spelled, "{}").kind, kind, "{spelled}");
            assert_eq!(event(&spelled, "{}").name, spelled);
        }
        assert_eq!(detect(name, true, false), Dialect::Orchestrator);
    }
    let unknown = event("skill:dreamt", r#"{"of":"sheep"}"#);
    assert_eq!(unknown.kind, Kind::Generic);
    assert_eq!(unknown.data.as_str(), r#"{"of":"sheep"}"#);
    assert!(facts(&unknown).is_empty());
}

#[test]
fn names_of_other_dialects_are_left_to_them() {
    for (name, expected) in [
        ("skill_started", Dialect::Orchestrator),
        ("execution_progress", Dialect::Orchestrator),
        ("file_changed", Dialect::Orchestrator),
        ("skill.started", Dialect::Orchestrator),
        ("brain:melted", Dialect::Orchestrator),
        ("agent_started", Dialect::Generic),
        ("agent_registered", Dialect::Generic),
        ("decision_made", Dialect::Generic),
        ("EXECUTION_STARTED", Dialect::Generic),
        ("STEP_COMPLETE", Dialect::Convergence),
        ("ratio 3:4", Dialect::Generic),
        (":", Dialect::Generic),
    ] {
        assert_eq!(detect(name, true, false), expected, "{name}");
    }
}

#[test]
fn an_event_is_read_in_every_shape() {
    for (text, data) in [
        (
            r#"{"event_type":"skill:started","session_id":"s","timestamp":"2026-01-05T12:00:00","data":{"skill_name":"a"}}"#,
            r#"{"skill_name":"a"}"#,
        ),
        (
            r#"{"event_type":"skill:started","session_id":"s","data":{"skill_name":"a","timestamp":"2026-01-05T10:00:00Z"}}"#,
            r#"{"skill_name":"a","timestamp":"2026-01-05T10:00:00Z"}"#,
        ),
        (
            r#"{"event_type":"skill:started","data":{"session_id":"s","timestamp":1767607200000}}"#,
            r#"{"session_id":"s","timestamp":1767607200000}"#,
        ),
        (
            r#"{"event_type":"execution:halted","session_id":"s","timestamp":"2026-01-05T12:00:00.000000","reason":"r","initiated_by":"sid"}"#,
            r#"{"timestamp":"2026-01-05T12:00:00.000000","reason":"r","initiated_by":"sid"}"#,
        ),
        (
            r#"{"event_type":"execution:halted","session_id":"s","timestamp":1767607200,"reason":"r","initiated_by":"sid","data":{"reason":"r", "x":NaN}}"#,
            r#"{"reason":"r", "x":null,"initiated_by":"sid"}"#,
        ),
        (
            r#"{"event_type":"execution:halted","session_id":"s","timestamp":1767607200,"reason":"r","data":{ }}"#,
            r#"{ "reason":"r"}"#,
        ),
        (
            r#"{"event_type":"validation:output","session_id":"s","timestamp":1767607200,"type":"stderr","name":"n","state":"x","line":""}"#,
            r#"{"timestamp":1767607200,"type":"stderr","name":"n","state":"x","line":""}"#,
        ),
    ] {
        let (event, odd) = read(text);
        assert_eq!(event.data.as_str(), data, "{text}");
        assert_eq!(odd, [], "{text}");
        assert_eq!(event.session_id.as_str(), "s");
        assert_eq!(event.timestamp.to_string(), "2026-01-05T10:00:00.000000Z");
    }
}

#[test]
fn what_is_odd_is_taken_with_a_word_and_nothing_is_lost() {
    for (text, data, field) in [
        (
            r#"{"event_type":"a","session_id":"s","timestamp":1767607200,"data":[1]}"#,
            r#"{"value":[1]}"#,
            Some("data"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":1767607200,"data":"x"}"#,
            r#"{"value":"x"}"#,
            Some("data"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":1767607200,"data":null}"#,
            r#"{"timestamp":1767607200}"#,
            None,
        ),
        (
            r#"{"event_type":"a","session_id":7,"timestamp":1767607200,"data":{}}"#,
            "{}",
            None,
        ),
        (
            r#"{"event_type":"a","session_id":null,"timestamp":1767607200,"data":{}}"#,
            "{}",
            Some("session_id"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":"soon","data":{}}"#,
            "{}",
            Some("timestamp"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":[],"data":{}}"#,
            "{}",
            Some("timestamp"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","data":{}}"#,
            "{}",
            Some("timestamp"),
        ),
        (
            r#"{"event_type":"a","event_id":[],"session_id":"s","timestamp":1767607200,"data":{}}"#,
            "{}",
            Some("event_id"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":1767607200,"iteration":[],"severity":7,"state":{},"data":{}}"#,
            "{}",
            None,
        ),
    ] {
        let (event, odd) = read(text);
        assert_eq!(event.data.as_str(), data, "{text}");
        assert_eq!(odd.first().map(|odd| odd.field), field, "{text}");
    }
}

#[test]
fn what_is_no_name_is_refused() {
    let long = format!(r#"{{"event_type":"{}"}}"#, "x".repeat(300));
    for text in [
        r#"{"session_id":"s"}"#,
        r#"{"event_type":null,"session_id":"s"}"#,
        r#"{"event_type":"","session_id":"s"}"#,
        r#"{"event_type":7,"session_id":"s"}"#,
        r#"{"event_type":"connect","session_id":"s"}"#,
        r#"{"event_type":"disconnect","session_id":"s"}"#,
        r#"{"event_type":"a\nb","session_id":"s"}"#,
        &long,
    ] {
        let decoded = decode(text.as_bytes(), &context()).unwrap();
        let refused = decoded.items[0].as_ref().unwrap_err();
        assert_eq!(refused.field, Some("event_type"), "{text}");
    }
}

fn skill(phase: Phase, part: SkillPart) -> StepFact {
    StepFact {
        skill: Some(Box::new(part)),
        ..StepFact::new(phase, "lint")
    }
}

#[test]
fn skills_are_read_in_every_spelling() {
    let part = SkillPart {
        index: Some(0),
        ..SkillPart::default()
    };
    let started = skill(Phase::Started, part.clone());
    for data in [
        r#"{"skill_name":"lint","step_index":0}"#,
        r#"{"skill":"lint","index":0}"#,
        r#"{"name":"lint","step_index":"0"}"#,
    ] {
        assert_eq!(
            said("skill:started", data),
            [Fact::Step(Box::new(started.clone()))]
        );
    }
    for (progress, percent) in [
        ("40", Some(40.0)),
        ("0.4", Some(40.0)),
        ("1.0", Some(100.0)),
        ("1", Some(1.0)),
        ("0", Some(0.0)),
        ("140", Some(100.0)),
        ("null", None),
        ("NaN", None),
        ("\"x\"", None),
    ] {
        let data = format!(r#"{{"skill_name":"lint","progress":{progress}}}"#);
        let [Fact::Step(step)] = &said("skill:progress", &data)[..] else {
            panic!("{data}")
        };
        assert_eq!(step.skill.as_ref().unwrap().percent, percent, "{data}");
    }
    let [Fact::Step(step)] = &said(
        "skill:completed",
        r#"{"skill_name":"lint","duration":1.5,"result":[0]}"#,
    )[..] else {
        panic!()
    };
    let part = step.skill.as_ref().unwrap();
    assert_eq!(part.duration.unwrap().as_micros(), 1_500_000);
    assert_eq!(part.result.as_ref().unwrap().as_str(), "[0]");
    let [Fact::Step(step)] = &said("skill:failed", r#"{"error":{"message":"no compiler"}}"#)[..]
    else {
        panic!()
    };
    assert_eq!(step.error.as_deref(), Some("no compiler"));
}

#[test]
fn files_are_read_in_every_spelling() {
    for (name, data, change) in [
        (
            "file:created",
            r#"{"path":"a","size":3}"#,
            FileChange::Created,
        ),
        (
            "file:modified",
            r#"{"file_path":"a"}"#,
            FileChange::Modified,
        ),
        ("file:deleted", r#"{"file":"a"}"#, FileChange::Deleted),
        ("file:moved", r#"{"from":"b","to":"a"}"#, FileChange::Moved),
        (
            "file_changed",
            r#"{"file_path":"a","status":"added"}"#,
            FileChange::Created,
        ),
        (
            "file_changed",
            r#"{"file_path":"a","status":"deleted"}"#,
            FileChange::Deleted,
        ),
        ("file_changed", r#"{"file_path":"a"}"#, FileChange::Modified),
        (
            "file_approved",
            r#"{"file_path":"a"}"#,
            FileChange::Approved,
        ),
        (
            "file_reverted",
            r#"{"file_path":"a"}"#,
            FileChange::Reverted,
        ),
    ] {
        let [Fact::File(file)] = &said(name, data)[..] else {
            panic!("{name} {data}")
        };
        assert_eq!(
            (file.path.as_str(), file.change),
            ("a", change),
            "{name} {data}"
        );
    }
    assert!(said("file:created", "{}").is_empty());
}

#[test]
fn decisions_are_read_in_every_spelling() {
    let asked = |data: &str| match said("decision:point", data).remove(0) {
        Fact::Decision(DecisionFact::Asked(question)) => *question,
        other => panic!("{other:?}"),
    };
    let question = asked(
        r#"{"id":"d","title":"Which?","description":"More","options":["a",{"option_id":"o","label":"b","confidence":80,"pros":["fast"],"cons":"dear","impact":"high","consequences":"slow"}],"recommended":1,"timeout":30,"priority":"HIGH","default":0}"#,
    );
    assert_eq!(question.id.as_deref(), Some("d"));
    assert_eq!(question.question, "Which?");
    assert_eq!(question.timeout_seconds, Some(30.0));
    assert_eq!(question.priority.as_deref(), Some("high"));
    assert_eq!(question.default.unwrap().as_str(), "0");
    let [first, second] = &question.options[..] else {
        panic!()
    };
    assert_eq!((first.label.as_str(), first.recommended), ("a", false));
    assert_eq!(
        (second.id.as_deref(), second.recommended),
        (Some("o"), true)
    );
    assert_eq!(second.confidence, Some(0.8));
    assert_eq!(second.consequences, ["slow", "impact: high"]);
    assert_eq!(second.cons, ["dear"]);
    assert_eq!(asked("{}").id.as_deref(), Some("e"));
    for choice in ["0", "false", "\"\"", "{\"a\":[1]}", "null"] {
        let data = format!(r#"{{"decision_id":"d","choice":{choice},"made_by":"ada"}}"#);
        let [
            Fact::Decision(DecisionFact::Made {
                choice: read, by, ..
            }),
        ] = &said("decision:made", &data)[..]
        else {
            panic!()
        };
        assert_eq!((read.as_str(), by.as_deref()), (choice, Some("ada")));
    }
}

#[test]
fn validations_end_well_or_not() {
    for (name, data, passed) in [
        ("validation:completed", r#"{"success":true}"#, Some(true)),
        (
            "validation:completed",
            r#"{"success":false,"exit_code":0}"#,
            Some(false),
        ),
        ("validation:completed", r#"{"exit_code":0}"#, Some(true)),
        ("validation:completed", r#"{"exit_code":101}"#, Some(false)),
        (
            "validation:completed",
            r#"{"timed_out":true,"exit_code":null}"#,
            Some(false),
        ),
        ("validation:result", r#"{"status":"passed"}"#, Some(true)),
        (
            "validation:result",
            r#"{"checks":{"a":{"passed":true,"score":0.9},"b":{"passed":false}}}"#,
            Some(false),
        ),
        ("validation:result", r#"{"checks":{"a":true}}"#, Some(true)),
        ("validation:failed", "{}", Some(false)),
        ("validation:result", "{}", None),
    ] {
        let [Fact::Validation(ValidationFact::Ended(result))] = &said(name, data)[..] else {
            panic!("{name} {data}")
        };
        assert_eq!(result.passed, passed, "{name} {data}");
    }
    let lines = said(
        "validation:output",
        r#"{"line":"a\n\n\u001b[31mb","type":"stderr"}"#,
    );
    assert_eq!(lines.len(), 2);
    assert!(
        matches!(&lines[1], Fact::Validation(ValidationFact::Line { line, is_error: true, .. }) if line == "\u{1b}[31mb")
    );
    assert!(said("validation:output", r#"{"line":""}"#).is_empty());
}

#[test]
fn agents_and_checkpoints() {
    for (name, data, state) in [
        ("agent:spawned", "{\"agent_id\":\"a\"}", AgentState::Active),
        ("agent:started", "{\"agent_id\":\"a\"}", AgentState::Busy),
        ("agent:progress", "{\"agent_id\":\"a\"}", AgentState::Busy),
        (
            "agent:completed",
            "{\"agent_id\":\"a\"}",
            AgentState::Completed,
        ),
        (
            "agent:completed",
            "{\"agent_id\":\"a\",\"status\":\"complete\"}",
            AgentState::Completed,
        ),
        (
            "agent:completed",
            "{\"agent_id\":\"a\",\"result\":\"success\"}",
            AgentState::Completed,
        ),
        (
            "agent:completed",
            "{\"agent_id\":\"a\",\"success\":false}",
            AgentState::Failed,
        ),
        ("agent:failed", "{\"agent_id\":7}", AgentState::Failed),
    ] {
        let [Fact::Agent(agent)] = &said(name, data)[..] else {
            panic!("{name} {data}")
        };
        assert_eq!(agent.state, state, "{name} {data}");
    }
    let created = said(
        "checkpoint:created",
        r#"{"files":["a","b"],"can_rollback":false}"#,
    );
    let [Fact::Checkpoint(checkpoint)] = &created[..] else {
        panic!()
    };
    assert_eq!((checkpoint.id.as_str(), checkpoint.files), ("e", Some(2)));
    let failed = said(
        "execution:rollback_failed",
        r#"{"checkpoint_id":"c","error":"dirty"}"#,
    );
    assert!(
        matches!(&failed[0], Fact::Checkpoint(c) if c.change == CheckpointChange::RestoreFailed)
    );
    assert_eq!(failed[1], Fact::Error("dirty".to_owned()));
}

#[test]
fn runs_begin_halt_and_end() {
    let name_of = |data: &str| match said("execution:started", data).remove(0) {
        Fact::SessionStarted(info) => info.name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name_of(r#"{"task":"a"}"#).as_deref(), Some("a"));
    assert_eq!(name_of(r#"{"task_name":"b"}"#).as_deref(), Some("b"));
    assert_eq!(
        said("execution:halted", r#"{"reason":"r"}"#),
        [Fact::Halted(Some("r".to_owned()))]
    );
    assert_eq!(said("execution_paused", "{}"), [Fact::Halted(None)]);
    assert_eq!(said("execution:resumed", "{}"), [Fact::Resumed]);
    for (name, data, outcome, severity) in [
        (
            "execution:completed",
            "{}",
            Outcome::Completed,
            Severity::Info,
        ),
        (
            "execution:completed",
            r#"{"success":true}"#,
            Outcome::Completed,
            Severity::Info,
        ),
        (
            "execution:completed",
            r#"{"success":false}"#,
            Outcome::Failed,
            Severity::High,
        ),
        ("execution:failed", "{}", Outcome::Failed, Severity::High),
    ] {
        assert_eq!(said(name, data)[0], Fact::SessionEnded(Some(outcome)));
        assert_eq!(event(name, data).severity, Some(severity));
    }
}

proptest::proptest! {
    #[test]
    fn no_payload_panics_or_is_lost(
        index in 0..orchestrator::NAMES.len(),
        field in "(skill_name|path|options|checks|line|agent_id|progress|duration|choice|timestamp|session_id|data|value|x)",
        value in "(null|true|0|-1|1e999|0\\.5|\"\"|\"\\\\u0000é\"|\\[\\]|\\[\\{\\}\\]|\\{\\}|\\{\"a\":\\[1\\]\\}|NaN)",
        flat in proptest::bool::ANY,
    ) {
        let name = orchestrator::NAMES[index].0;
        let inner = format!(r#""{field}":{value}"#);
        let text = if flat {
            format!(r#"{{"event_type":"{name}",{inner}}}"#)
        } else {
            format!(r#"{{"event_type":"{name}","data":{{{inner}}}}}"#)
        };
        let decoded = decode(text.as_bytes(), &context()).unwrap();
        if let Ok((event, _)) = decoded.items.into_iter().next().unwrap() {
            proptest::prop_assert!(loopscope_event::RawJson::parse(event.data.as_str()).is_ok());
            let _ = facts(&event.placed(Offset(1), Seq(1)));
        }
    }
}
