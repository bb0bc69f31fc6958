//! The queries of commands, questions, alerts and the audit.

use loopscope_event::{CommandId, CommandState, ProjectId, SessionId};
use loopscope_protocol::{AlertState, DecisionState, DeliveryState};
use utoipa::IntoParams;

use crate::open::words::Flag;

/// `GET /api/v1/sessions/{id}/commands`: a page; with `runner`, what a program is to do.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CommandsWanted {
    /// The project; left out: `default`.
    project: Option<ProjectId>,
    /// Only these; may be repeated.
    #[param(required = false)]
    state: Vec<CommandState>,
    /// The `next` of the page before.
    before: Option<CommandId>,
    /// How many at most; left out: 100.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The name of the program that takes commands: makes it the session's runner. Needs the right to take commands.
    runner: Option<String>,
    /// How long the runner waits for a command, in seconds. Only with `runner`.
    #[param(minimum = 0, maximum = 60)]
    wait: Option<u32>,
    /// What the runner obeys, with commas between.
    commands: Option<String>,
    /// Whether to take the place of the runner that is there.
    take_over: Option<Flag>,
}

/// `GET /api/v1/decisions`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DecisionsWanted {
    /// Only this project's.
    project: Option<ProjectId>,
    /// Only these.
    state: Option<DecisionState>,
}

/// `GET /api/v1/audit`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditPaging {
    /// The `next` of the page before.
    before: Option<i64>,
    /// Only this project's.
    project: Option<ProjectId>,
    /// Only what is about this session.
    session: Option<SessionId>,
    /// How many at most; left out: 100.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// `GET /api/v1/alerts`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertsWanted {
    /// Only these.
    state: Option<AlertState>,
    /// Only this project's.
    project: Option<ProjectId>,
    /// Only this session's.
    session: Option<SessionId>,
    /// Only this rule's.
    rule: Option<String>,
    /// The `next` of the page before.
    before: Option<i64>,
    /// How many at most; left out: 100.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// `GET /api/v1/alerts/deliveries`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveriesWanted {
    /// Only these.
    state: Option<DeliveryState>,
    /// Only this channel's.
    channel: Option<String>,
    /// The `next` of the page before.
    before: Option<i64>,
    /// How many at most; left out: 100.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}
