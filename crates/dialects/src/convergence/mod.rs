//! Convergence loops: diagnose, fix, attack, validate, until a pass changes nothing.
//!
//! The table of names, and what each event says. Names match in any letter case.

mod facts;
mod steps;

use loopscope_event::{Kind, RawJson, Severity};

pub(crate) use facts::facts;

use crate::read::Object;

/// The one table: a name as producers write it, and its normal form.
pub const NAMES: &[(&str, Kind)] = &[
    ("SESSION_STARTED", Kind::SessionStarted),
    ("SESSION_ENDED", Kind::SessionEnded),
    ("ITERATION_STARTED", Kind::IterationStarted),
    ("ITERATION_ENDED", Kind::IterationEnded),
    ("STATE_CHANGED", Kind::StateChanged),
    ("STEP_STARTED", Kind::StepStarted),
    ("STEP_PROGRESS", Kind::StepProgress),
    ("STEP_COMPLETE", Kind::StepCompleted),
    ("STEP_COMPLETED", Kind::StepCompleted),
    ("STEP_FAILED", Kind::StepFailed),
    ("CONVERGENCE_REACHED", Kind::Converged),
    ("ERROR", Kind::Error),
    ("METRICS", Kind::Metric),
    ("VULNERABILITY_FOUND", Kind::Finding),
];

/// What programs tell through our own libraries, one by one. Too common as words to tell a dialect by.
pub const TOLD: &[(&str, Kind)] = &[
    ("FINDING", Kind::Finding),
    ("FIX", Kind::Fix),
    ("LOG", Kind::Log),
];

/// The normal form of a name; `None` where the contract's table does not have it.
pub fn lookup(name: &str) -> Option<Kind> {
    find(NAMES, name)
}

/// The normal form of a name; [`Kind::Generic`] where no table has it.
pub fn kind(name: &str) -> Kind {
    lookup(name)
        .or_else(|| find(TOLD, name))
        .unwrap_or(Kind::Generic)
}

fn find(table: &[(&str, Kind)], name: &str) -> Option<Kind> {
    table
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, kind)| *kind)
}

/// How much an event matters, where it says so or its name implies it.
pub(crate) fn severity(name: &str, kind: Kind, data: &RawJson) -> Option<Severity> {
    let fields = || Object::read(data.as_str());
    match kind {
        Kind::Finding => Some(facts::found_severity(name, &fields())),
        Kind::Generic | Kind::Fix | Kind::Log | Kind::StateChanged => {
            facts::said_severity(kind, &fields())
        }
        Kind::StepCompleted => Some(facts::step_severity(&fields())),
        Kind::StepFailed => Some(Severity::High),
        Kind::Error => Some(facts::error_severity(&fields())),
        _ => Some(Severity::Info),
    }
}
