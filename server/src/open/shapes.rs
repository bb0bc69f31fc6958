//! What bodies look like, where no type of `loopscope_protocol` says it.
//!
//! The board is the house's own and grows without notice: documents call it an object and nothing more.

#![expect(
    dead_code,
    reason = "the derive looks at their shape; nothing makes one"
)]

use loopscope_event::{Cursor, EventId, ProjectId, RawJson, Seq, SessionId, Timestamp};
use loopscope_protocol::{ErrorBody, IntakeAnswer, SessionSummary, SpansAnswer};
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// Everything that a session's page shows, as the crate `board` writes it. It grows without notice.
#[derive(ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct Board(RawJson);

/// A session at this moment.
#[derive(ToSchema)]
pub(crate) struct SessionSnapshot {
    /// The session's row, as lists show it.
    summary: SessionSummary,
    /// Everything that its page shows.
    board: Board,
    /// What the board has seen: subscribe with `since` this.
    cursor: Cursor,
    /// The server's clock when it answered.
    server_time: Timestamp,
}

/// A session as it was after one of its events.
#[derive(ToSchema)]
pub(crate) struct SessionMoment {
    /// The event.
    seq: Seq,
    /// When it happened.
    timestamp: Timestamp,
    /// The oldest event whose moment can be shown.
    first_seq: Seq,
    /// The newest event that is stored.
    last_seq: Seq,
    /// The session's row at that moment.
    summary: SessionSummary,
    /// Everything that its page showed.
    board: Board,
}

/// Spans, and where asked for what is needed to go on from the next event.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpansSnapshot {
    #[serde(flatten)]
    answer: SpansAnswer,
    /// What is under way, as the crate `board` takes it up again. It changes without notice.
    #[schema(value_type = Option<Object>)]
    fold: Option<RawJson>,
}

/// Receipts of which none is good, or an error about the request.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum NoneTaken {
    /// One receipt an event.
    Receipts(IntakeAnswer),
    /// The request itself.
    Error(ErrorBody),
}

/// Events: one, an array of them, or an object that holds the array.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Sent {
    /// One.
    One(NewEvent),
    /// Several.
    Several(Vec<NewEvent>),
    /// Several, named.
    Named {
        /// The events.
        events: Vec<NewEvent>,
    },
}

/// An event as no dialect in particular writes it. Others are taken as they are; more fields are kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewEvent {
    /// What happened.
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = r"^[A-Za-z][A-Za-z0-9_:.\-]*$",
        example = "STEP_COMPLETE"
    )]
    event_type: String,
    /// The run.
    session_id: Option<SessionId>,
    /// Sending the same id again is safe; left out: one is made.
    event_id: Option<EventId>,
    /// When it happened; left out: now.
    timestamp: Option<Timestamp>,
    /// The payload, kept as it was sent.
    #[schema(value_type = Option<Object>)]
    data: Option<RawJson>,
}

/// Whether the server is well.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `alive`, `ready`, `not ready`.
    status: String,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// What a widget shows, as plain series. It grows without notice.
#[derive(ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct Picture(RawJson);

/// The widgets of a page.
#[derive(ToSchema)]
pub(crate) struct WidgetsShown {
    /// In the order in which they are arranged, with what they show.
    #[schema(value_type = Vec<Object>)]
    widgets: Vec<RawJson>,
    /// The newest event of the session that declared ones have seen.
    seq: Seq,
    /// What they have seen.
    cursor: Cursor,
    /// The server's clock.
    server_time: Timestamp,
}

/// What a widget shows, in the shape in which programs push it.
#[derive(ToSchema)]
pub(crate) struct WidgetState {
    /// Which.
    name: String,
    /// Its state.
    state: PushedWidget,
    /// The newest event of the session that it has seen.
    seq: Option<Seq>,
    /// What it has seen, where it is evaluated here.
    cursor: Option<Cursor>,
    /// When it was pushed, where a program does.
    pushed_at: Option<Timestamp>,
}

/// A chart, as `render()` of the Python package's widgets returns it.
#[derive(ToSchema)]
pub(crate) struct PushedWidget {
    /// `chart`.
    #[schema(example = "chart")]
    r#type: String,
    /// Points: numbers, pairs `[x, y]`, or objects with `x`, `y` and `group`, or with the fields that `options` names;
    /// or an object of names and numbers. At most 2,000.
    #[schema(value_type = serde_json::Value)]
    data: RawJson,
    /// `title`, `x`, `y`; also `group`, `chart` (`line`, `bars`, `stacked_bars`, `number`, `table`) and `unit`.
    #[schema(value_type = Option<Object>)]
    options: Option<RawJson>,
}

/// Where a program pushes to.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PushedTo {
    /// The project; left out: `default`, or the only one that the token is for.
    project: Option<ProjectId>,
    /// The session whose page shows it; left out: the Overview does.
    session: Option<SessionId>,
}

/// A file.
pub(crate) struct Bytes;

impl PartialSchema for Bytes {
    fn schema() -> RefOr<Schema> {
        let bytes = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        RefOr::T(Schema::Object(bytes.build()))
    }
}

impl ToSchema for Bytes {}
