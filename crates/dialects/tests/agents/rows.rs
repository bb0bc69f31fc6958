//! Every row of the contract's table: kind, severity, what it says, and its sentence.

use loopscope_dialects::{agents, detect};
use loopscope_event::{Dialect, Kind, Severity};

use crate::event;

#[test]
fn every_name_has_its_kind_in_any_case() {
    let table = [
        ("agent_execution_started", Kind::Agent),
        ("agent_execution_completed", Kind::Agent),
        ("opportunity_discovered", Kind::Opportunity),
        ("synthesis_started", Kind::StepStarted),
        ("synthesis_completed", Kind::StepCompleted),
        ("quality_score_updated", Kind::Metric),
        ("error_occurred", Kind::Error),
        ("system_health_updated", Kind::Metric),
        ("agent_registered", Kind::Agent),
        ("metrics_updated", Kind::Metric),
        ("reputation_updated", Kind::Agent),
        ("task_outcome_recorded", Kind::Agent),
        ("agent_started", Kind::Agent),
        ("agent_completed", Kind::Agent),
        ("workflow_started", Kind::StepStarted),
        ("workflow_completed", Kind::StepCompleted),
        ("task_started", Kind::StepStarted),
        ("task_completed", Kind::StepCompleted),
        ("metric_update", Kind::Metric),
        ("discovery_event", Kind::Opportunity),
        ("reputation_update", Kind::Agent),
        ("contract_event", Kind::Log),
        ("system_alert", Kind::Log),
    ];
    assert_eq!(agents::NAMES, table);
    for (name, kind) in table {
        let event = event(&name.to_uppercase(), "{}");
        assert_eq!((event.kind, event.dialect), (kind, Dialect::Agents));
        assert_eq!(event.session_id.as_str(), "agents");
    }
    assert_eq!(event("cache_warmed", "{}").kind, Kind::Generic);
    assert_eq!(event("SESSION_ENDED", "{}").kind, Kind::SessionEnded);
}

#[test]
fn names_tell_the_dialect_and_steal_nobodys() {
    for (name, event_type, state, expected) in [
        ("agent_execution_started", true, false, Dialect::Agents),
        ("agent_execution_started", false, true, Dialect::Agents),
        ("opportunity_discovered", false, false, Dialect::Agents),
        ("reputation_updated", false, false, Dialect::Agents),
        ("error_occurred", true, false, Dialect::Agents),
        ("error_occurred", false, false, Dialect::Generic),
        ("error_occurred", true, true, Dialect::Convergence),
        ("error:occurred", true, false, Dialect::Orchestrator),
        ("agent:started", true, false, Dialect::Orchestrator),
        ("skill_started", true, false, Dialect::Orchestrator),
        ("task_started", true, true, Dialect::Convergence),
        ("ERROR", true, false, Dialect::Convergence),
        ("EPOCH_COMPLETED", true, false, Dialect::Generic),
    ] {
        let told = detect(name, event_type, state);
        // A trainer's names may be told since: what matters is that they are not ours.
        let same = told == expected || (expected == Dialect::Generic && told != Dialect::Agents);
        assert!(same, "{name} {event_type} {state}: {told}");
    }
}

/// A row: name, payload, severity where none is sent, the word of the frame, the sentence.
type Row<'a> = (&'a str, &'a str, Severity, &'a str, Option<&'a str>);

const ROWS: &[Row<'_>] = &[
    (
        "agent_execution_started",
        r#"{"agent_id":"a-7","agent_name":"Scout","task_description":"scan"}"#,
        Severity::Info,
        "info",
        Some("Agent Scout started: scan"),
    ),
    (
        "agent_execution_completed",
        r#"{"agent_id":"a-7","agent_name":"Scout","duration_ms":1999.6,"success":true,"data_source":null}"#,
        Severity::Info,
        "success",
        Some("Agent Scout completed in 2000ms"),
    ),
    (
        "agent_execution_completed",
        r#"{"agent_id":"a-7","agent_name":"Scout","duration_ms":12,"success":false}"#,
        Severity::High,
        "error",
        Some("Agent Scout failed in 12ms"),
    ),
    (
        "opportunity_discovered",
        r#"{"opportunity_id":"o","title":"t","description":"words"}"#,
        Severity::Info,
        "success",
        Some("words"),
    ),
    (
        "synthesis_started",
        r#"{"phase":"merge","description":"merging"}"#,
        Severity::Info,
        "info",
        Some("merging"),
    ),
    (
        "synthesis_completed",
        r#"{"phase":"merge","duration_ms":10.5,"patterns_found":3}"#,
        Severity::Info,
        "success",
        Some("Synthesis completed: 3 patterns found"),
    ),
    (
        "quality_score_updated",
        r#"{"source":"s","overall_score":96.25,"dimension_scores":{}}"#,
        Severity::Info,
        "success",
        Some("Quality score: 96.2%"),
    ),
    (
        "quality_score_updated",
        r#"{"source":"s","overall_score":90,"dimension_scores":{}}"#,
        Severity::Medium,
        "warning",
        Some("Quality score: 90.0%"),
    ),
    (
        "quality_score_updated",
        r#"{"source":"s","overall_score":89.99,"dimension_scores":{}}"#,
        Severity::High,
        "error",
        Some("Quality score: 90.0%"),
    ),
    (
        "error_occurred",
        r#"{"source":"crawler","error_message":"timed out","error_type":"Timeout"}"#,
        Severity::High,
        "error",
        Some("Error in crawler: timed out"),
    ),
    (
        "system_health_updated",
        r#"{"cpu_percent":null,"memory_percent":41.5,"active_agents":4,"uptime_seconds":61.7}"#,
        Severity::Info,
        "info",
        Some("System health: 4 active agents, 62s uptime"),
    ),
    (
        "agent_registered",
        r#"{"agent_id":"a"}"#,
        Severity::Info,
        "info",
        None,
    ),
    (
        "metrics_updated",
        r#"{"anything":1}"#,
        Severity::Info,
        "info",
        None,
    ),
    (
        "reputation_updated",
        r#"{"agent_id":"a","agent_name":"Scout","old_score":0.8,"new_score":0.85,"change":0.05,"total_tasks":4,"trend":"up"}"#,
        Severity::Info,
        "success",
        Some("Scout reputation: 85.0% (+5.0% change, up)"),
    ),
    (
        "reputation_updated",
        r#"{"agent_id":"a","agent_name":"Scout","old_score":0.9,"new_score":0.8}"#,
        Severity::Medium,
        "warning",
        Some("Scout reputation: 80.0% (-10.0% change)"),
    ),
    (
        "task_outcome_recorded",
        r#"{"agent_id":"a","agent_name":"Scout","task_id":"t-1","success":false,"quality_score":null}"#,
        Severity::High,
        "error",
        Some("Scout failed task t-1"),
    ),
    (
        "system_alert",
        r#"{"message":"x"}"#,
        Severity::Medium,
        "warning",
        None,
    ),
    (
        "something_else",
        r#"{"message":"x"}"#,
        Severity::Info,
        "info",
        None,
    ),
];

#[test]
fn every_row_has_its_severity_and_its_sentence() {
    for (name, data, severity, word, sentence) in ROWS {
        let event = event(name, data);
        assert_eq!(event.severity, Some(*severity), "{name} {data}");
        assert_eq!(
            agents::sentence(&event).as_deref(),
            *sentence,
            "{name} {data}"
        );
        let frame: serde_json::Value = serde_json::from_str(&agents::frame(&event)).unwrap();
        assert_eq!(frame["severity"], *word, "{name} {data}");
        assert_eq!(
            frame["data"]["description"].as_str(),
            *sentence,
            "{name} {data}"
        );
    }
}
