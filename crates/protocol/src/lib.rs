//! The messages of Loopscope's own protocol: what `/api/v1/…` answers and what `/ws/v1` carries.
//!
//! In and out: plain data with serde. Server, browser and client SDK share these types, so a shape that changes
//! changes for all of them. The prose is `docs/protocol.md`. No I/O.

mod alert;
mod annotation;
mod archive;
mod backup;
mod channel;
mod command;
mod compare;
mod decision;
mod error;
mod filter;
mod frames;
mod intake;
mod line;
mod moment;
mod number;
mod overview;
mod query;
mod saved;
#[cfg(feature = "schema")]
pub mod schema;
mod search;
mod series;
mod session;
mod settings;
mod socket;
mod span;
mod spans;
mod steering;
mod widget;

pub use alert::{
    AlertCondition, AlertRow, AlertRule, AlertRuleBody, AlertRules, AlertScope, AlertState,
    AlertsFrame, AlertsPage, MuteAlert, RateUnit,
};
pub use annotation::{Annotation, Annotations, MAX_ANNOTATION_CHARS, NewAnnotation};
pub use archive::{
    ARCHIVE_VERSION, ARCHIVE_WORD, ArchiveFacts, ArchiveHeader, ArchiveReader, Archived,
    MAX_ARCHIVE_LINE_BYTES, begins_archive, write_archived,
};
pub use backup::{Backup, BackupState, Backups};
pub use channel::{
    Channel, ChannelKind, ChannelMade, Channels, Deliveries, Delivery, DeliveryState, NewChannel,
};
pub use command::{
    AuditPage, AuditRow, CommandReceipt, CommandsPage, CommandsPoll, MAX_DECLARED,
    MAX_EXPIRES_SECONDS, MAX_PARAMETERS_BYTES, MAX_REASON_BYTES, MAX_UNFINISHED, MAX_WORD_BYTES,
    NewCommand, NewOrder, ReceiptWord, ReplayCommands, Replayed, RunnerAnswer, RunnerInfo,
    RunnerVia,
};
pub use compare::{
    Better, CompareQuery, ComparedCurve, ComparedResult, ComparedRun, Comparison, ConfigRow,
    FigureUnit, MAX_COMPARED, ResultCell, SessionRef, SharedMetric,
};
pub use decision::{
    DecisionChoice, DecisionMade, DecisionRow, DecisionState, DecisionsPage, MakeDecision,
};
pub use error::{ApiError, ErrorBody, ErrorCode};
pub use filter::{FilterError, MAX_FILTER_WORDS, NamePattern, StreamFilter};
pub use frames::{
    Ack, Closing, CursorFrame, ErrorFrame, EventFrame, Events, EventsPoll, Hello, Limits,
    MetricsFrame, Ping, Pong, Preview, Publish, Reset, ResetReason, SessionsFrame, Subscribe,
    Subscribed, Unsubscribe, Unsubscribed, Watch,
};
pub use intake::{ImportAnswer, ImportFault, IntakeAnswer, Receipt, ReceiptStatus};
pub use line::{EventLine, Tone};
/// A type of commands that a runner says it obeys.
pub use loopscope_event::DeclaredCommand as CommandKind;
pub use loopscope_event::{CommandId, CommandRecord, CommandState};
pub use moment::{Moment, NoMoment};
pub use number::Number;
pub use overview::{CrewTotals, Overview, OverviewMetrics, SourceState, SourceStatus};
pub use query::{EventsQuery, MAX_LIMIT, SessionsQuery, day_or_moment, percent_encode};
pub use saved::{
    DeleteSessions, DeletedSessions, MAX_AT_ONCE, MAX_TAG_CHARS, NewView, SavedView, SavedViews,
    TagSessions, TaggedSession, TaggedSessions, tag_as_kept,
};
pub use search::{EventHit, MAX_QUESTION_CHARS, SearchAnswer, SnippetPart};
pub use series::{
    Columns, MAX_METRIC_NAME, MAX_SERIES_COLUMNS, MAX_SERIES_NAMES, MetricRow, MetricsAnswer,
    NonFinite, SERIES_COLUMNS, Series, SeriesAnswer, SeriesAxis, SeriesQuery,
};
pub use session::{
    CrewSummary, EventsPage, Facets, OpportunityRow, SessionSort, SessionStatus, SessionSummary,
    SessionsPage, StateShare,
};
pub use settings::{Setting, SettingSource, Settings, StorageReport};
pub use socket::{ClientMessage, MessageError, ServerMessage};
pub use span::{MergedSpans, Span, SpanId, SpanKind, SpanStatus};
pub use spans::{MAX_SPANS, SPANS, SpanPlace, SpansAnswer, SpansQuery};
pub use steering::{
    AskCommand, Attach, Attached, CommandCancelled, CommandFrame, CommandTaken, DecisionsFrame,
    Detach, DetachReason, Detached, GiveReceipt, ReceiptTaken,
};
pub use widget::{
    MAX_PUSHED_BYTES, MAX_PUSHED_OF_SESSION, MAX_WIDGETS, Widget, WidgetAggregate,
    WidgetArrangement, WidgetChange, WidgetChart, WidgetNews, WidgetPlace, WidgetSelect,
    WidgetSlot, WidgetSource, WidgetSpec, WidgetUnit, Widgets, WidgetsFrame,
};
