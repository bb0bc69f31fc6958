//! What events say, in every spelling of their fields.

use loopscope_dialects::{decode, facts, orchestrator};
use loopscope_event::{
    AgentState, CheckpointChange, DecisionFact, Fact, FileChange, Offset, Outcome, Phase, Seq,
    Severity, SkillPart, StepFact, ValidationFact,
};

use crate::{context, event, said};

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
