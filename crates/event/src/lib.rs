//! The event model: one shape for everything a producer sends, whatever dialect it speaks.
//!
//! In: nothing but values. Out: [`Event`] (stored, placed in the journal), [`NewEvent`] (decoded, not yet
//! placed), [`Fact`] (what an event says, in the normal form that the board folds) and the ids and times they
//! are made of. No I/O, no clock, no dialect's wire format.

mod alert;
mod command;
mod crew;
mod event;
mod fact;
mod glob;
mod ids;
mod kind;
mod raw;
mod record;
#[cfg(feature = "schema")]
mod schema;
mod seed;
mod time;
mod training;
mod work;

pub use alert::{AlertFact, AlertPhase};
pub use command::{CommandFact, CommandStep, DeclaredCommand, RunnerFact};
pub use crew::{HealthFact, Opportunity, QualityFact, ReputationFact, SynthesisFact};
pub use event::{Cursor, Event, NewEvent, Offset, Seq};
pub use fact::{
    Counts, Fact, Finding, FixNote, Outcome, Phase, SessionInfo, Severities, SkillPart, StepFact,
    Tests, Totals,
};
pub use glob::matches;
pub use ids::{CommandId, EventId, IdError, MAX_ID_BYTES, ProjectId, SessionId};
pub use kind::{CommandState, Dialect, Kind, Severity, UnknownWord};
pub use raw::RawJson;
pub use record::CommandRecord;
pub use seed::{GateFact, SeedChange, SeedFact, SeedStage};
pub use time::{Duration, Timestamp};
pub use training::{
    ActionFact, AlertNote, BatchFact, ContributionSource, ContributionsFact, EpisodeFact,
    EpochFact, MetricsFact, NoteFact, PerformanceFact, PolicyFact, RunFact, ThroughputFact,
    TrainingFact,
};
pub use work::{
    AgentFact, AgentState, CheckpointChange, CheckpointFact, DecisionFact, DecisionOption,
    FileChange, FileFact, ProgressFact, Question, ValidationFact, ValidationResult,
};
