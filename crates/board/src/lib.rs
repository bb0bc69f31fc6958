//! The fold: everything that a session's page shows, from its events. The same code runs on server and in browser.
//!
//! In: [`Event`](loopscope_event::Event)s of one session, by `seq`. Out: a [`Board`] and its views. Pure, bounded,
//! and equal on every platform: `fold(all) == fold(snapshot(k)) + rest`. No I/O, no clock.

mod arrival;
mod board;
mod compare;
mod crew;
mod density;
mod describe;
mod figures;
mod findings;
mod fixed;
mod fold;
mod header;
pub mod limits;
mod lists;
mod machine;
mod metrics;
mod past;
mod rows;
mod sentence;
mod snapshot;
pub mod spans;
mod states;
mod steps;
mod summary;
mod told;
mod told_training;
mod training;
mod views;
pub mod widgets;
mod work;

pub use board::{BOARD_VERSION, Board};
pub use compare::compare;
pub use crew::{
    CrewStats, HealthRow, Opportunities, Quality, QualitySource, Synthesis, SynthesisRow, Trail,
    TrailPoint,
};
pub use density::Density;
pub use describe::describe;
pub use figures::span;
pub use header::{Header, Link};
pub use lists::{ErrorRow, FindingRow, Findings, FixRow, RunningStep};
pub use loopscope_protocol::{EventLine, Tone};
pub use machine::Machine;
pub use metrics::{Bucket, Curve, Metrics};
pub use past::{Past, PastMark, StateSpan};
pub use rows::{IterationRow, Rows, StepTime};
pub use snapshot::{SessionMoment, SessionSnapshot};
pub use states::{CONVERGENCE_STATES, ORCHESTRATOR_STATES, state_of_step};
pub use training::{
    ActionRow, AlertRow as TrainingAlertRow, EnvRow, NoteRow, Policy, Reading, Recent, RunRow,
    SeedRow, Seeds, StageSpan, Training, TrainingCurves,
};
pub use work::{
    AgentRow, Agents, AlertLine, Alerts, CheckpointRow, Checkpoints, CommandRow, Commands,
    DecisionRow, Decisions, FileRow, Files, OutputLine, Progress, Reputation, Runner, SkillRow,
    SkillStatus, Skills, ValidationRow, Validations,
};
