//! What each type says, in the normal form.

use loopscope_dialects::facts;
use loopscope_event::{
    AgentFact, AgentState, Duration, Fact, HealthFact, Opportunity, Phase, QualityFact,
    ReputationFact, SynthesisFact,
};

use crate::{numbers, placed, said};

fn agent(state: AgentState) -> AgentFact {
    AgentFact {
        id: "a-7".to_owned(),
        name: Some("Scout".to_owned()),
        state,
        begins: state == AgentState::Busy,
        role: None,
        task: Some("scan".to_owned()),
        percent: None,
        duration: None,
        quality: None,
        data_source: None,
        error: None,
    }
}

#[test]
fn executions_say_who_and_how() {
    let started = r#"{"agent_id":"a-7","agent_name":"Scout","task_description":"scan"}"#;
    for name in ["agent_execution_started", "agent_started"] {
        let expected = agent(AgentState::Busy);
        assert_eq!(said(name, started), [Fact::Agent(Box::new(expected))]);
    }
    let ended = r#"{"agent_id":"a-7","agent_name":"Scout","task_description":"scan","duration_ms":2000.0,"success":true,"data_source":"web","quality_score":0}"#;
    let expected = AgentFact {
        duration: Some(Duration::from_millis(2000)),
        quality: Some(0.0),
        data_source: Some("web".to_owned()),
        ..agent(AgentState::Completed)
    };
    assert_eq!(
        said("agent_execution_completed", ended),
        [Fact::Agent(Box::new(expected))]
    );
    let [Fact::Agent(failed)] = &said(
        "agent_execution_completed",
        r#"{"agent_id":"a-7","success":false,"error":{"message":"no route"}}"#,
    )[..] else {
        panic!()
    };
    assert_eq!(failed.state, AgentState::Failed);
    assert_eq!(failed.error.as_deref(), Some("no route"));
    let [Fact::Agent(new)] = &said(
        "agent_registered",
        r#"{"agent_name":"Scout","role":"research"}"#,
    )[..] else {
        panic!()
    };
    assert_eq!((&*new.id, new.state), ("Scout", AgentState::Idle));
    assert_eq!(new.role.as_deref(), Some("research"));
}

#[test]
fn an_execution_without_its_success_is_judged_by_its_severity() {
    for (severity, state) in [
        ("error", AgentState::Failed),
        ("Critical", AgentState::Failed),
        ("success", AgentState::Completed),
        ("warning", AgentState::Completed),
    ] {
        let event = placed(&format!(
            r#"{{"event_type":"agent_execution_completed","severity":"{severity}","data":{{"agent_id":"a"}}}}"#
        ));
        let [Fact::Agent(fact)] = &facts(&event)[..] else {
            panic!()
        };
        assert_eq!(fact.state, state, "{severity}");
    }
}

#[test]
fn opportunities_are_read_with_what_producers_add() {
    let expected = Opportunity {
        id: "o-1".to_owned(),
        title: "Lint as a service".to_owned(),
        description: Some("words".to_owned()),
        confidence: Some(0.85),
        revenue_potential: Some("$1M ARR".to_owned()),
        category: Some("SaaS".to_owned()),
    };
    for data in [
        r#"{"opportunity_id":"o-1","title":"Lint as a service","description":"words","confidence_score":0.85,"revenue_potential":"$1M ARR","category":"SaaS"}"#,
        r#"{"opportunity_id":"o-1","title":"Lint as a service","description":"words","confidence_score":"0.85","revenue_potential":"$1M ARR","category":"SaaS","extra":[1]}"#,
        r#"{"id":"o-1","name":"Lint as a service","summary":"words","confidence":85,"revenue_potential":"$1M ARR","type":"SaaS"}"#,
    ] {
        let expected = Fact::Opportunity(Box::new(expected.clone()));
        assert_eq!(said("opportunity_discovered", data), [expected], "{data}");
    }
    let [Fact::Opportunity(bare)] = &said("opportunity_discovered", "{}")[..] else {
        panic!()
    };
    assert_eq!((&*bare.id, &*bare.title), ("e", ""));
    assert_eq!((bare.confidence, &bare.revenue_potential), (None, &None));
    for (data, expected) in [
        (
            r#"{"estimated_revenue_min":500000,"estimated_revenue_max":2e6}"#,
            "$500K – $2.0M",
        ),
        (r#"{"estimated_revenue_max":900}"#, "up to $900"),
    ] {
        let [Fact::Opportunity(fact)] = &said("opportunity_discovered", data)[..] else {
            panic!()
        };
        assert_eq!(fact.revenue_potential.as_deref(), Some(expected));
    }
}

#[test]
fn phases_of_synthesis_are_steps_too() {
    let facts = said(
        "synthesis_completed",
        r#"{"phase":"merge","duration_ms":10.5,"patterns_found":3}"#,
    );
    let expected = SynthesisFact {
        name: "merge".to_owned(),
        phase: Phase::Completed,
        description: None,
        duration: Some(Duration::from_micros(10_500)),
        patterns_found: Some(3),
    };
    assert_eq!(facts.first(), Some(&Fact::Synthesis(Box::new(expected))));
    let Some(Fact::Step(step)) = facts.get(1) else {
        panic!()
    };
    assert_eq!((&*step.name, step.phase), ("merge", Phase::Completed));
    for (name, phase) in [
        ("synthesis_started", Phase::Started),
        ("workflow_started", Phase::Started),
        ("workflow_completed", Phase::Completed),
        ("task_started", Phase::Started),
        ("task_completed", Phase::Completed),
    ] {
        let facts = said(name, "{}");
        let Some(Fact::Step(step)) = facts.last() else {
            panic!("{name}")
        };
        assert_eq!(step.phase, phase, "{name}");
    }
}

#[test]
fn quality_health_and_reputation_are_read() {
    let quality = QualityFact {
        source: "review".to_owned(),
        score: Some(91.5),
        dimensions: vec![("depth".to_owned(), 90.0), ("truth".to_owned(), 0.0)],
    };
    assert_eq!(
        said(
            "quality_score_updated",
            r#"{"source":"review","overall_score":91.5,"dimension_scores":{"depth":90,"truth":0,"odd":null}}"#,
        ),
        [Fact::Quality(Box::new(quality))]
    );
    let health = HealthFact {
        cpu_percent: None,
        memory_percent: Some(0.0),
        active_agents: Some(3),
        uptime_seconds: Some(1.5),
    };
    assert_eq!(
        said(
            "system_health_updated",
            r#"{"cpu_percent":null,"memory_percent":0,"active_agents":3.0,"uptime_seconds":1.5}"#,
        ),
        [Fact::Health(health)]
    );
    let [Fact::Reputation(moved)] = &said(
        "reputation_updated",
        r#"{"agent_id":"a","agent_name":"Scout","old_score":0.5,"new_score":0.75,"total_tasks":4,"trend":"up"}"#,
    )[..] else {
        panic!()
    };
    assert_eq!(
        **moved,
        ReputationFact::Changed {
            agent_id: "a".to_owned(),
            agent_name: Some("Scout".to_owned()),
            old_score: Some(0.5),
            new_score: Some(0.75),
            change: Some(0.25),
            total_tasks: Some(4),
            trend: Some("up".to_owned()),
        }
    );
    let [Fact::Reputation(judged)] = &said(
        "task_outcome_recorded",
        r#"{"agent_id":"a","agent_name":"Scout","task_id":9,"success":true,"quality_score":null,"duration_ms":5}"#,
    )[..] else {
        panic!()
    };
    assert_eq!(
        **judged,
        ReputationFact::Outcome {
            agent_id: "a".to_owned(),
            agent_name: Some("Scout".to_owned()),
            task_id: Some("9".to_owned()),
            success: Some(true),
            quality: None,
            duration: Some(Duration::from_millis(5)),
        }
    );
    assert_eq!(
        said(
            "error_occurred",
            r#"{"source":"db","error_message":"locked"}"#
        ),
        [Fact::Error("db: locked".to_owned())]
    );
    assert_eq!(said("metrics_updated", r#"{"metrics":{}}"#), []);
    assert_eq!(said("something_else", r#"{"agent_id":"a"}"#), []);
}

#[test]
fn numbers_are_metrics() {
    let named = |name: &str, data: &str| {
        let numbers = numbers(name, data).into_iter();
        let words = numbers.map(|(name, value)| format!("{name} {value}"));
        words.collect::<Vec<_>>().join(", ")
    };
    for (name, data, expected) in [
        (
            "agent_execution_completed",
            r#"{"agent_id":"a","duration_ms":"12.5","quality_score":0}"#,
            "execution/duration_ms 12.5, execution/quality_score 0",
        ),
        (
            "quality_score_updated",
            r#"{"source":"review","overall_score":91,"dimension_scores":{"depth":90,"odd":null}}"#,
            "quality/review/depth 90, quality/review 91",
        ),
        (
            "quality_score_updated",
            r#"{"overall_score":91}"#,
            "quality/overall 91",
        ),
        (
            "system_health_updated",
            r#"{"cpu_percent":null,"memory_percent":41.5,"active_agents":4}"#,
            "health/memory_percent 41.5, health/active_agents 4",
        ),
        (
            "synthesis_completed",
            r#"{"phase":"m","patterns_found":3}"#,
            "synthesis/patterns_found 3",
        ),
        ("metrics_updated", r#"{"queue":4,"word":"x"}"#, "queue 4"),
        (
            "metrics_updated",
            r#"{"metrics":{"total_events":9},"active_agents":1}"#,
            "total_events 9",
        ),
        ("agent_execution_started", r#"{"agent_id":"a"}"#, ""),
        (
            "agent_execution_started",
            r#"{"metrics":{"tokens":7}}"#,
            "tokens 7",
        ),
    ] {
        assert_eq!(named(name, data), expected, "{name} {data}");
    }
}
