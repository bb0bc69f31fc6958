//! Alerts by REST: what fires and did, rules, channels, deliveries. Whoever views reads, whoever steers acknowledges
//! and mutes, administrators change rules and channels.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use loopscope_event::{Duration, ProjectId, Timestamp};
use loopscope_journal::{AlertQuery, DeliveryQuery};
use loopscope_protocol::{
    AlertRow, AlertRule, AlertRuleBody, AlertRules, AlertsPage, ApiError, ChannelMade, Channels,
    Deliveries, Delivery, ErrorCode, MuteAlert, NewChannel,
};

use super::body::Fields;
use super::{Pairs, views};
use crate::access::{Admin, Steerer, Viewer};
use crate::error::Problem;
use crate::life::now;
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
        limit: pairs.parse("limit")?.unwrap_or(100).clamp(1, MOST),
    })
}

/// `GET /alerts`.
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
        return Err(ApiError::field(
            "seconds",
            "from 0 to 31536000 are possible",
        ));
    }
    let later = (seconds > 0.0).then(|| now().plus(Duration::from_secs_f64(seconds)));
    Ok(mute.until.or(later).filter(|until| *until > now()))
}

/// `POST /alerts/{id}/mute`.
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
pub(crate) async fn rules(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
) -> Answer<AlertRules> {
    Ok(Json(views::alert_rules(&state, grant.project.as_ref())))
}

/// `GET /alerts/rules/{id}`.
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
pub(crate) async fn create_rule(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Fields(body): Fields<AlertRuleBody>,
) -> Result<(StatusCode, Json<AlertRule>), Problem> {
    let rule = state.alerts.put_rule(&grant.who, None, body).await?;
    Ok((StatusCode::CREATED, Json(rule)))
}

/// `PUT /alerts/rules/{id}`.
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
pub(crate) async fn delete_rule(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.alerts.delete_rule(&grant.who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /alerts/rules/{id}/mute`: rules are for every project, so whoever is bound to one cannot mute them.
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

/// `GET /alerts/channels`.
pub(crate) async fn channels(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
) -> Answer<Channels> {
    let channels = state.alerts.shown_channels(grant.project.as_ref());
    Ok(Json(Channels { channels }))
}

/// `POST /alerts/channels`.
pub(crate) async fn create_channel(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Fields(new): Fields<NewChannel>,
) -> Result<(StatusCode, Json<ChannelMade>), Problem> {
    let made = state.alerts.put_channel(&grant.who, None, new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `PUT /alerts/channels/{id}`.
pub(crate) async fn change_channel(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
    Fields(new): Fields<NewChannel>,
) -> Answer<ChannelMade> {
    Ok(Json(
        state.alerts.put_channel(&grant.who, Some(&id), new).await?,
    ))
}

/// `DELETE /alerts/channels/{id}`.
pub(crate) async fn delete_channel(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.alerts.delete_channel(&grant.who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /alerts/channels/{id}/secret`.
pub(crate) async fn new_secret(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Answer<ChannelMade> {
    Ok(Json(state.alerts.new_secret(&grant.who, &id).await?))
}

/// `POST /alerts/channels/{id}/test`: what the receiver answered.
pub(crate) async fn test_channel(
    State(state): State<AppState>,
    Admin(_): Admin,
    Path(id): Path<String>,
) -> Answer<Delivery> {
    Ok(Json(state.alerts.test_channel(&id).await?))
}

/// `GET /alerts/deliveries`: for whoever may see everything.
pub(crate) async fn deliveries(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Answer<Deliveries> {
    if grant.project.is_some() {
        let message = "this token is for one project; deliveries are of all";
        return Err(Problem::new(ErrorCode::Forbidden, message));
    }
    let pairs = Pairs::read(query.as_deref());
    let state_word = match pairs.get("state") {
        None | Some("") => None,
        Some("pending") => Some(0),
        Some("delivered") => Some(1),
        Some("failed") => Some(2),
        Some(_) => return Err(ApiError::field("state", "pending, delivered or failed").into()),
    };
    let query = DeliveryQuery {
        before: pairs.parse("before")?,
        channel_id: pairs.get("channel").map(str::to_owned),
        state: state_word,
        limit: pairs.parse("limit")?.unwrap_or(100).clamp(1, MOST),
    };
    Ok(Json(views::deliveries(&state, &query).await?))
}
