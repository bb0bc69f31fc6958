//! The queries of streams, of what comes in and of what goes out as files.

use loopscope_event::{Dialect, Kind, ProjectId, SessionId, Severity};
use utoipa::IntoParams;

use crate::open::words::{ArchiveFormat, BodyFormat, CursorText, NameWord};

/// Which events a stream has.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamWanted {
    /// Only this project's.
    project: Option<ProjectId>,
    /// Only this session's.
    session: Option<SessionId>,
    /// Names; a `*` at the end makes a prefix; letter case does not matter. May be repeated; 256 words in all.
    #[param(required = false, max_items = 64)]
    name: Vec<NameWord>,
    /// Only these; may be repeated.
    #[param(required = false, max_items = 64)]
    kind: Vec<Kind>,
    /// Only these; may be repeated.
    #[param(required = false, max_items = 64)]
    dialect: Vec<Dialect>,
    /// At least so severe.
    severity: Option<Severity>,
    /// The cursor of what was seen; left out: from now on.
    since: Option<CursorText>,
}

/// Long polling.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PollWanted {
    /// How long to wait for something, in seconds; left out: not at all.
    #[param(minimum = 0, maximum = 60)]
    wait: Option<u32>,
    /// How many at most; left out: 1000.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// `POST /api/v1/events`: what the events do not say themselves.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct IntakeHints {
    /// What the events are written in; left out: told by looking at each.
    dialect: Option<Dialect>,
    /// The project; left out: `default`, or the only one that the token is for.
    project: Option<ProjectId>,
    /// The session of events that name none.
    session: Option<SessionId>,
    /// How the body is laid out, against its media type.
    format: Option<BodyFormat>,
    /// A name for the stream that the events are of, by which runs without an id are called.
    source: Option<String>,
}

/// How an export is packed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Packed {
    /// Packed with Zstandard, or plain.
    format: Option<ArchiveFormat>,
}

/// `GET /api/v1/export`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportWanted {
    /// The project of the sessions named behind it; alone: all of its sessions.
    project: Option<ProjectId>,
    /// The sessions; may be repeated.
    #[param(required = false, max_items = 500)]
    session: Vec<SessionId>,
}

/// `POST /api/v1/import`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportNamed {
    /// The file's name, for people.
    name: Option<String>,
}
