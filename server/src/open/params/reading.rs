//! The queries of routes that read sessions.

use loopscope_event::{Dialect, Kind, ProjectId, SessionId, Severity, Timestamp};
use loopscope_protocol::{SeriesAxis, SessionSort, SessionStatus, SpanKind};
use utoipa::IntoParams;

use crate::open::words::{
    ComparedSessions, DayOrMoment, Flag, MetricName, MomentText, Order, PassNumber, Place,
    SeqNumber, SpanPlaceText, TableFormat, TimeOrMillis,
};

/// `GET /api/v1/sessions`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionsList {
    /// Only this project's.
    project: Option<ProjectId>,
    /// Words that name, id, target, tags or events contain, in any case.
    #[param(max_length = 256)]
    q: Option<String>,
    /// Only these; may be repeated.
    #[param(required = false)]
    status: Vec<SessionStatus>,
    /// Only these dialects; may be repeated.
    #[param(required = false)]
    kind: Vec<Dialect>,
    /// Only these targets; may be repeated.
    #[param(required = false)]
    target: Vec<String>,
    /// Only those with any of these tags; may be repeated.
    #[param(required = false)]
    tag: Vec<String>,
    /// Only those that began at this moment or later; a date is its first moment, in UTC.
    since: Option<DayOrMoment>,
    /// Only those that began before this moment; a date is its last one.
    until: Option<DayOrMoment>,
    /// Only sessions with failed steps or errors.
    errors: Option<Flag>,
    /// Only sessions with open findings.
    open: Option<Flag>,
    /// By what.
    sort: Option<SessionSort>,
    /// Which end first.
    order: Option<Order>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most; left out: 50.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// `GET /api/v1/search`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// Only this project's.
    project: Option<ProjectId>,
    /// Words, all of which must be there; `word*` for its beginning.
    #[param(max_length = 256)]
    q: Option<String>,
    /// The `next` of the page before.
    before: Option<SeqNumber>,
    /// How many events at most; left out: 30.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// `GET /api/v1/sessions/{id}/events`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsList {
    /// The project; left out: `default`.
    project: Option<ProjectId>,
    /// Reads on: only events with a greater `seq`.
    after: Option<SeqNumber>,
    /// Reads back: only events with a smaller `seq`.
    before: Option<SeqNumber>,
    /// Reads back: only events that happened no later.
    at: Option<Timestamp>,
    /// Only these; may be repeated.
    #[param(required = false)]
    kind: Vec<Kind>,
    /// At least so severe.
    severity: Option<Severity>,
    /// Only of this step (`data.step`), in any case.
    step: Option<String>,
    /// Only of this pass.
    iteration: Option<PassNumber>,
    /// Words that the name or the payload contains, in any case.
    q: Option<String>,
    /// How many at most; left out: 200.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// `GET /api/v1/sessions/{id}/board`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AtMoment {
    /// The project; left out: `default`.
    project: Option<ProjectId>,
    /// The `seq` of an event, from 1, or an RFC 3339 time; left out: the newest event.
    at: Option<MomentText>,
}

/// `GET /api/v1/sessions/{id}/series`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesWanted {
    /// The project; left out: `default`.
    project: Option<ProjectId>,
    /// The metrics; may be repeated.
    #[param(min_items = 1, max_items = 16)]
    name: Vec<MetricName>,
    /// What the points are laid out along; left out: `step`.
    axis: Option<SeriesAxis>,
    /// The first place; a number, or on `time` an RFC 3339 time.
    from: Option<Place>,
    /// The last place; not before `from`.
    to: Option<Place>,
    /// How many columns at most; left out: 800.
    #[param(minimum = 1, maximum = 4000)]
    columns: Option<u32>,
    /// No point of a later event.
    upto: Option<SeqNumber>,
    /// `csv` holds every point of the stretch.
    format: Option<TableFormat>,
}

/// `GET /api/v1/sessions/{id}/spans`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpansWanted {
    /// The project; left out: `default`.
    project: Option<ProjectId>,
    /// Only spans that end no earlier: an RFC 3339 time, or milliseconds since the Unix epoch.
    from: Option<TimeOrMillis>,
    /// Only spans that begin no later; not before `from`.
    to: Option<TimeOrMillis>,
    /// Only these; may be repeated.
    #[param(required = false)]
    kind: Vec<SpanKind>,
    /// One by one, by start; else short neighbours are merged.
    each: Option<Flag>,
    /// The `next` of the page before.
    after: Option<SpanPlaceText>,
    /// With what is needed to go on from the next event.
    resume: Option<Flag>,
    /// How many at most; left out: 2000.
    #[param(minimum = 1, maximum = 50000)]
    limit: Option<u32>,
}

/// `GET /api/v1/compare`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Compared {
    /// The runs, each once, in this order; repeated.
    session: ComparedSessions,
    /// How the answer is written.
    format: Option<TableFormat>,
}

/// `GET /api/v1/widgets/shown`, `GET /api/v1/widgets/{name}/state`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WidgetsWanted {
    /// The project; left out: `default`, or the only one that the token is for.
    project: Option<ProjectId>,
    /// Of this session's page; left out: of the Overview.
    session: Option<SessionId>,
    /// The moment of the session: the `seq` of an event, or a time. Left out: now.
    at: Option<MomentText>,
}
