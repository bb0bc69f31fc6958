//! What stands in the paths of our routes, and the project beside it.

use loopscope_event::{CommandId, ProjectId, SessionId};
use utoipa::IntoParams;

/// A session in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SessionPath {
    /// The session.
    id: SessionId,
}

/// A command of a session.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct CommandPath {
    /// The session.
    id: SessionId,
    /// The command.
    command: CommandId,
}

/// A decision of a session.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct DecisionPath {
    /// The session.
    id: SessionId,
    /// The question's id in its session.
    decision: String,
}

/// A note of a session.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AnnotationPath {
    /// The session.
    id: SessionId,
    /// The note.
    annotation: String,
}

/// Something with an id of its own.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct IdPath {
    /// Its id.
    id: String,
}

/// A widget.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct WidgetPath {
    /// Its name.
    #[param(pattern = "^[a-z0-9][a-z0-9-]{0,63}$")]
    name: String,
}

/// The project of the session in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InProject {
    /// The project; left out: `default`, or the only one that the token is for.
    project: Option<ProjectId>,
}
