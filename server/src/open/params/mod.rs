//! The parameters of our routes, as the open documents tell them.
//!
//! Nothing reads a request with these: handlers read `loopscope_protocol`'s queries. `schemathesis` sends to every route
//! what these say, and what they say not, and compares.

#![expect(
    dead_code,
    reason = "the derive looks at their shape; nothing makes one"
)]

mod moving;
mod places;
mod reading;
mod steering;

pub(crate) use moving::{ExportWanted, ImportNamed, IntakeHints, Packed, PollWanted, StreamWanted};
pub(crate) use places::{
    AnnotationPath, CommandPath, DecisionPath, IdPath, InProject, SessionPath, WidgetPath,
};
pub(crate) use reading::{
    AtMoment, Compared, EventsList, Question, SeriesWanted, SessionsList, SpansWanted,
    WidgetsWanted,
};
pub(crate) use steering::{
    AlertsWanted, AuditPaging, CommandsWanted, DecisionsWanted, DeliveriesWanted,
};
