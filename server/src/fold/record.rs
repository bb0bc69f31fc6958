//! Between a session's row as the board makes it and as the journal keeps it.

use loopscope_event::RawJson;
use loopscope_journal::SessionRecord;
use loopscope_protocol::{SessionStatus, SessionSummary};

/// The row to keep of a summary.
pub(super) fn record_of(summary: &SessionSummary) -> SessionRecord {
    let ended = summary.ended_at.unwrap_or(summary.last_event_at);
    SessionRecord {
        dialect: summary.dialect,
        status: summary.status.as_str().to_owned(),
        name: Some(summary.name.clone()),
        target: summary.target.clone(),
        state: Some(summary.state.clone()),
        started_at: summary.started_at,
        ended_at: summary.ended_at,
        duration: ended.since(summary.started_at),
        iteration: summary.iteration,
        max_iterations: summary.max_iterations,
        findings_total: summary.findings_total,
        findings_open: summary.findings_open.unwrap_or(0),
        severities: summary.findings_by_severity,
        open_severities: summary.open_by_severity,
        fixes_total: summary.fixes_total,
        vulnerabilities_total: summary.vulnerabilities_total,
        errors: summary.errors,
        quality_milli: summary
            .quality_percent
            .map(|quality| (quality.clamp(0.0, 1_000_000.0) * 1_000.0) as u32),
        summary: serde_json::to_string(summary)
            .ok()
            .map(RawJson::from_trusted),
        summary_seq: summary.events,
        ..SessionRecord::new(summary.project.clone(), summary.session_id.clone())
    }
}

/// The summary of a row that was kept; of one that the fold has not reached yet, what the journal itself knows.
pub(crate) fn summary_of(record: SessionRecord) -> SessionSummary {
    let kept = record
        .summary
        .as_ref()
        .and_then(|summary| serde_json::from_str(summary.as_str()).ok());
    kept.unwrap_or_else(|| SessionSummary {
        name: record
            .name
            .unwrap_or_else(|| record.session_id.as_str().to_owned()),
        project: record.project,
        session_id: record.session_id,
        dialect: record.dialect,
        target: record.target,
        status: record.status.parse().unwrap_or(SessionStatus::Running),
        state: record.state.unwrap_or_default(),
        state_since: record.started_at,
        states: Vec::new(),
        started_at: record.started_at,
        ended_at: record.ended_at,
        last_event_at: record.last_event_at,
        last_offset: record.last_offset,
        events: record.last_seq,
        iteration: record.iteration,
        max_iterations: record.max_iterations,
        findings_total: record.findings_total,
        findings_open: None,
        open_by_severity: record.open_severities,
        findings_by_severity: record.severities,
        fixes_total: record.fixes_total,
        vulnerabilities_total: record.vulnerabilities_total,
        errors: record.errors,
        findings_trend: Vec::new(),
        quality_percent: None,
        crew: None,
        progress_percent: None,
        current_skill: None,
        decisions_waiting: 0,
        commands_open: 0,
        last_sentence: String::new(),
    })
}
