//! Alerts by REST: what fires and did, and the rules. Whoever views reads, whoever steers acknowledges and mutes,
//! administrators change rules.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use loopscope_event::{Duration, ProjectId, Timestamp};
use loopscope_journal::AlertQuery;
use loopscope_protocol::{
    AlertRow, AlertRule, AlertRuleBody, AlertRules, AlertsPage, ApiError, ErrorCode, MuteAlert,
};

use super::body::Fields;
use super::{Pairs, views};
use crate::access::{Admin, Steerer, Viewer};
use crate::error::Problem;
use crate::life::now;
use crate::open::params::{AlertsWanted, IdPath};
use crate::state::AppState;

type Answer<T> = Result<Json<T>, Problem>;

/// The most rows on a page.
const MOST: u32 = 500;

/// What there is of a query of `GET /alerts`.
fn wanted(pairs: &Pairs, project: Option<ProjectId>) -> Result<AlertQuery, ApiError> {
    let firing = match pairs.get("state") {
        None | Some("") => None,
        Some("firing") => Some(true),
        Some("resolved") => Some(false),
        Some(_) => return Err(ApiError::field("state", "firing or resolved")),
    };
    Ok(AlertQuery {
        before: pairs.parse("before")?,
        firing,
        project,
        session_id: pairs.parse("session")?,
        rule_id: pairs.get("rule").map(str::to_owned),
        alert_id: None,
        limit: pairs.bounded("limit", 1..=MOST)?.unwrap_or(100),
    })
}

/// `GET /alerts`.
#[utoipa::path(
    get,
    path = "/api/v1/alerts",
    tag = "Alerts",
    summary = "Alerts",
    description = "The newest first.",
    params(AlertsWanted),
    responses(
        (status = 200, description = "The page", body = AlertsPage),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Answer<AlertsPage> {
    let pairs = Pairs::read(query.as_deref());
    let project = grant.project(pairs.parse("project")?)?;
    let query = wanted(&pairs, project)?;
    Ok(Json(views::alerts(&state, &query).await?))
}

/// `POST /alerts/{id}/ack`.
#[utoipa::path(
    post,
    path = "/api/v1/alerts/{id}/ack",
    tag = "Alerts",
    summary = "Acknowledge an alert",
    params(IdPath),
    responses(
        (status = 200, description = "The alert", body = AlertRow),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn ack(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(id): Path<String>,
) -> Answer<AlertRow> {
    let project = grant.project.clone();
    Ok(Json(state.alerts.ack(&grant.who, project, &id).await?))
}

/// Until when.
fn until(mute: &MuteAlert) -> Result<Option<Timestamp>, ApiError> {
    let seconds = mute.seconds.unwrap_or(0.0);
    if !(0.0..=31_536_000.0).contains(&seconds) {
        return Err(ApiError::field("seconds", "must be from 0 to 31536000"));
    }
    let later = (seconds > 0.0).then(|| now().plus(Duration::from_secs_f64(seconds)));
    Ok(mute.until.or(later).filter(|until| *until > now()))
}

/// `POST /alerts/{id}/mute`.
#[utoipa::path(
    post,
    path = "/api/v1/alerts/{id}/mute",
    tag = "Alerts",
    summary = "Mute an alert",
    params(IdPath),
    request_body = MuteAlert,
    responses(
        (status = 200, description = "The alert", body = AlertRow),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn mute(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(id): Path<String>,
    Fields(mute): Fields<MuteAlert>,
) -> Answer<AlertRow> {
    let project = grant.project.clone();
    let until = until(&mute)?;
    Ok(Json(
        state.alerts.mute(&grant.who, project, &id, until).await?,
    ))
}

/// `GET /alerts/rules`.
#[utoipa::path(
    get,
    path = "/api/v1/alerts/rules",
    tag = "Alerts",
    summary = "List rules",
    responses(
        (status = 200, description = "The rules, the shipped ones first", body = AlertRules),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn rules(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
) -> Answer<AlertRules> {
    Ok(Json(views::alert_rules(&state, grant.project.as_ref())))
}

/// `GET /alerts/rules/{id}`.
#[utoipa::path(
    get,
    path = "/api/v1/alerts/rules/{id}",
    tag = "Alerts",
    summary = "Get a rule",
    params(IdPath),
    responses(
        (status = 200, description = "The rule", body = AlertRule),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn rule(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
) -> Answer<AlertRule> {
    let rule = state.alerts.rule(&id)?;
    let own = rule.body.scope.project.as_ref();
    if own.is_some() && grant.project.is_some() && own != grant.project.as_ref() {
        return Err(Problem::new(ErrorCode::NotFound, "there is no such rule"));
    }
    Ok(Json(rule))
}

/// `POST /alerts/rules`.
#[utoipa::path(
    post,
    path = "/api/v1/alerts/rules",
    tag = "Alerts",
    summary = "Create a rule",
    request_body = AlertRuleBody,
    responses(
        (status = 201, description = "The rule", body = AlertRule),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn create_rule(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Fields(body): Fields<AlertRuleBody>,
) -> Result<(StatusCode, Json<AlertRule>), Problem> {
    let rule = state.alerts.put_rule(&grant.who, None, body).await?;
    Ok((StatusCode::CREATED, Json(rule)))
}

/// `PUT /alerts/rules/{id}`.
#[utoipa::path(
    put,
    path = "/api/v1/alerts/rules/{id}",
    tag = "Alerts",
    summary = "Update a rule",
    params(IdPath),
    request_body = AlertRuleBody,
    responses(
        (status = 200, description = "The rule", body = AlertRule),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn change_rule(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
    Fields(body): Fields<AlertRuleBody>,
) -> Answer<AlertRule> {
    Ok(Json(
        state.alerts.put_rule(&grant.who, Some(&id), body).await?,
    ))
}

/// `DELETE /alerts/rules/{id}`.
#[utoipa::path(
    delete,
    path = "/api/v1/alerts/rules/{id}",
    tag = "Alerts",
    summary = "Delete a rule",
    description = "A rule that came with Loopscope can be changed and disabled, not removed.",
    params(IdPath),
    responses(
        (status = 204, description = "Deleted"),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn delete_rule(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.alerts.delete_rule(&grant.who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /alerts/rules/{id}/mute`: rules are for every project, so whoever is bound to one cannot mute them.
#[utoipa::path(
    post,
    path = "/api/v1/alerts/rules/{id}/mute",
    tag = "Alerts",
    summary = "Mute a rule",
    params(IdPath),
    request_body = MuteAlert,
    responses(
        (status = 200, description = "The rule", body = AlertRule),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn mute_rule(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(id): Path<String>,
    Fields(mute): Fields<MuteAlert>,
) -> Answer<AlertRule> {
    let own = state.alerts.rule(&id)?.body.scope.project;
    if grant.project.is_some() && own != grant.project {
        let message = "this token is for one project; the rule is for others too";
        return Err(Problem::new(ErrorCode::Forbidden, message));
    }
    Ok(Json(
        state
            .alerts
            .mute_rule(&grant.who, &id, until(&mute)?)
            .await?,
    ))
}
