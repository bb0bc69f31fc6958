//! Channels by REST, and what they were told: whoever views reads them, without a secret; administrators change them.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use loopscope_journal::DeliveryQuery;
use loopscope_protocol::{
    ApiError, ChannelMade, Channels, Deliveries, Delivery, ErrorCode, NewChannel,
};

use super::body::Fields;
use super::{Pairs, views};
use crate::access::{Admin, Viewer};
use crate::error::Problem;
use crate::open::params::{DeliveriesWanted, IdPath};
use crate::state::AppState;

type Answer<T> = Result<Json<T>, Problem>;

/// The most rows on a page.
const MOST: u32 = 500;

/// `GET /alerts/channels`.
#[utoipa::path(
    get,
    path = "/api/v1/alerts/channels",
    tag = "Alerts",
    summary = "List channels",
    description = "Secrets are never included.",
    responses(
        (status = 200, description = "The channels, the oldest first", body = Channels),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn channels(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
) -> Answer<Channels> {
    let channels = state.alerts.shown_channels(grant.project.as_ref());
    Ok(Json(Channels { channels }))
}

/// `POST /alerts/channels`.
#[utoipa::path(
    post,
    path = "/api/v1/alerts/channels",
    tag = "Alerts",
    summary = "Create a channel",
    description = "The signing secret is in this answer only.",
    request_body = NewChannel,
    responses(
        (status = 201, description = "The channel", body = ChannelMade),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn create_channel(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Fields(new): Fields<NewChannel>,
) -> Result<(StatusCode, Json<ChannelMade>), Problem> {
    let made = state.alerts.put_channel(&grant.who, None, new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `PUT /alerts/channels/{id}`.
#[utoipa::path(
    put,
    path = "/api/v1/alerts/channels/{id}",
    tag = "Alerts",
    summary = "Update a channel",
    params(IdPath),
    request_body = NewChannel,
    responses(
        (status = 200, description = "The channel", body = ChannelMade),
    ),
    security(("bearer" = ["admin"])),
)]
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
#[utoipa::path(
    delete,
    path = "/api/v1/alerts/channels/{id}",
    tag = "Alerts",
    summary = "Delete a channel",
    params(IdPath),
    responses(
        (status = 204, description = "Deleted"),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn delete_channel(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.alerts.delete_channel(&grant.who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /alerts/channels/{id}/secret`.
#[utoipa::path(
    post,
    path = "/api/v1/alerts/channels/{id}/secret",
    tag = "Alerts",
    summary = "Rotate the secret of a channel",
    description = "The old secret is no longer used.",
    params(IdPath),
    responses(
        (status = 200, description = "The channel, and its secret", body = ChannelMade),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn new_secret(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Answer<ChannelMade> {
    Ok(Json(state.alerts.new_secret(&grant.who, &id).await?))
}

/// `POST /alerts/channels/{id}/test`: what the receiver answered.
#[utoipa::path(
    post,
    path = "/api/v1/alerts/channels/{id}/test",
    tag = "Alerts",
    summary = "Send a test",
    params(IdPath),
    responses(
        (status = 200, description = "What the receiver answered", body = Delivery),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn test_channel(
    State(state): State<AppState>,
    Admin(_): Admin,
    Path(id): Path<String>,
) -> Answer<Delivery> {
    Ok(Json(state.alerts.test_channel(&id).await?))
}

/// `GET /alerts/deliveries`: for whoever may see everything.
#[utoipa::path(
    get,
    path = "/api/v1/alerts/deliveries",
    tag = "Alerts",
    summary = "List deliveries",
    description = "Not available to tokens of one project.",
    params(DeliveriesWanted),
    responses(
        (status = 200, description = "The newest first", body = Deliveries),
    ),
    security(("bearer" = ["view"])),
)]
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
        limit: pairs.bounded("limit", 1..=MOST)?.unwrap_or(100),
    };
    Ok(Json(views::deliveries(&state, &query).await?))
}
