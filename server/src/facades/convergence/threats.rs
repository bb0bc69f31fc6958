//! `GET /api/threats`: what attack steps found, newest first. In: the newest sessions' events. Out: one row a finding.

use axum::Json;
use axum::extract::{Query, State};
use loopscope_event::{Event, Fact, Finding, Kind, ProjectId, Severity, Timestamp};
use loopscope_journal::{EventFilter, EventOrder, EventQuery, SessionQuery, SessionSort};
use serde::Serialize;

use super::error::FacadeError;
use super::guest::Reader;
use super::query::{Page, read_page};
use super::rest::Pairs;
use super::rows::served;
use crate::state::AppState;

/// The most sessions that are looked through.
const SESSIONS: u32 = 100;
/// The most events of one session that are looked through.
const EVENTS: u32 = 200;

/// What an attack found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Threat {
    id: String,
    r#type: String,
    severity: Option<Severity>,
    source: String,
    timestamp: Timestamp,
}

/// `GET /api/threats`.
#[utoipa::path(
    get,
    path = "/api/threats",
    tag = "Contract: convergence",
    summary = "What attacks found",
    params(
        ("limit" = Option<i64>, Query, description = "How many; values outside of the limits are clamped"),
    ),
    responses(
        (status = 200, description = "As its contract writes it", body = Vec<Object>),
        (status = "4XX", description = "Refused, in the contract's own words", body = Object),
    ),
    security(("bearer" = ["view"])),
)]
pub(super) async fn threats(
    State(state): State<AppState>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<Vec<Threat>>, FacadeError> {
    let limit = read_page(&pairs, Page::threats())?.limit;
    let query = SessionQuery {
        sort: SessionSort::LastEvent,
        limit: SESSIONS,
        ..served(&reader.project)
    };
    state.fold.settle().await;
    let mut threats: Vec<Threat> = Vec::new();
    for session in state.journal.sessions(&query).await?.rows {
        // What is in this session and the ones behind it is no newer than its last event.
        if threats.len() >= limit && threats[limit - 1].timestamp >= session.last_event_at {
            break;
        }
        let place = session
            .target
            .as_deref()
            .unwrap_or(session.session_id.as_str());
        let events = EventQuery {
            order: EventOrder::SeqDescending,
            limit: EVENTS,
            filter: EventFilter {
                kinds: vec![Kind::StepCompleted, Kind::Finding],
                ..EventFilter::default()
            },
            ..EventQuery::default()
        };
        let project: &ProjectId = &session.project;
        let page = state
            .journal
            .session_events(project, &session.session_id, &events)
            .await?;
        threats.extend(
            page.events
                .iter()
                .flat_map(|event| threats_of(event, place)),
        );
        threats.sort_by_key(|threat| std::cmp::Reverse(threat.timestamp));
        threats.truncate(limit);
    }
    Ok(Json(threats))
}

/// The attack findings of one event; `place` stands where a finding names no file.
fn threats_of(event: &Event, place: &str) -> Vec<Threat> {
    let findings = loopscope_dialects::facts(event)
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::Finding(finding) if finding.attack => Some(finding),
            _ => None,
        });
    findings
        .enumerate()
        .map(|(index, finding)| Threat {
            id: format!("{}-{index}", event.event_id),
            source: source(&finding, place),
            severity: finding.severity,
            timestamp: event.timestamp,
            r#type: finding.category.unwrap_or(finding.description),
        })
        .collect()
}

fn source(finding: &Finding, place: &str) -> String {
    match (&finding.file, finding.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.clone(),
        (None, _) => place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facades::convergence::testing::event;

    fn check(data: &str, expected: &[(&str, Option<Severity>, &str)]) {
        let mut event = event("STEP_COMPLETE", data);
        event.kind = Kind::StepCompleted;
        let threats = threats_of(&event, "the-target");
        let shown: Vec<_> = threats
            .iter()
            .map(|threat| {
                (
                    threat.r#type.as_str(),
                    threat.severity,
                    threat.source.as_str(),
                )
            })
            .collect();
        assert_eq!(shown, expected, "{data}");
    }

    #[test]
    fn only_what_an_attack_found_is_a_threat() {
        check(
            r#"{"step":"attack","vulnerabilities":["walked in"]}"#,
            &[("walked in", None, "the-target")],
        );
        check(
            r#"{"step":"attack","findings":[{"type":"xss","severity":"HIGH","description":"d","file":"a.rs","line":7}]}"#,
            &[("xss", Some(Severity::High), "a.rs:7")],
        );
        check(r#"{"step":"attack","findings_count":3}"#, &[]);
        check(r#"{"step":"diagnose","findings":["untidy"]}"#, &[]);
    }
}
