//! Alerts, rules and deliveries as `/api/v1` and the pages show them.

use loopscope_event::ProjectId;
use loopscope_journal::{AlertQuery, DeliveryQuery};
use loopscope_protocol::{AlertRules, AlertsPage, ApiError, Deliveries};

use super::unreadable;
use crate::life::now;
use crate::state::AppState;

/// Alerts, the newest first.
pub(crate) async fn alerts(state: &AppState, query: &AlertQuery) -> Result<AlertsPage, ApiError> {
    // Counted first: a row is written before it is counted, so none of those that count is missing from the list.
    let firing = state.alerts.firing(query.project.as_ref());
    let (alerts, next) = state.alerts.list(query).await?;
    Ok(AlertsPage {
        alerts,
        firing,
        next,
        server_time: now(),
    })
}

/// The rules that whoever is bound to a project may see, or all.
pub(crate) fn alert_rules(state: &AppState, project: Option<&ProjectId>) -> AlertRules {
    let rules = state.alerts.rules();
    let seen = rules.iter().filter(|rule| {
        let own = rule.body.scope.project.as_ref();
        project.is_none() || own.is_none() || own == project
    });
    AlertRules {
        rules: seen.cloned().collect(),
        server_time: now(),
    }
}

/// Deliveries, the newest first.
pub(crate) async fn deliveries(
    state: &AppState,
    query: &DeliveryQuery,
) -> Result<Deliveries, ApiError> {
    let more = DeliveryQuery {
        limit: query.limit + 1,
        ..query.clone()
    };
    let found = state.journal.deliveries(&more).await;
    let mut found = found.map_err(|error| unreadable(&error))?;
    let is_more = found.len() > query.limit as usize;
    found.truncate(query.limit as usize);
    let rows = found
        .iter()
        .map(|row| serde_json::from_str(row.about.as_str()));
    Ok(Deliveries {
        next: found.last().filter(|_| is_more).map(|row| row.number),
        deliveries: rows.filter_map(Result::ok).collect(),
    })
}
