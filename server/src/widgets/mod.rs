//! Widgets: declared ones, evaluated here, and what programs push.
//!
//! In: declarations and states by REST, events. Out: pictures. Of the Overview a task counts along with the ring
//! (`overview`), and goes on after a restart from what it kept. Of a session nobody counts along: its events are read on
//! from where they were read last whenever somebody asks (`sessions`). Every change is told to watchers.

mod change;
mod overview;
mod sessions;
mod show;

use std::sync::Arc;

use loopscope_board::widgets::{Plan, check};
use loopscope_event::{ProjectId, SessionId};
use loopscope_journal::{Journal, JournalError, WidgetRecord};
use loopscope_protocol::{Widget, WidgetChange, WidgetNews, WidgetSource, WidgetSpec};

use crate::fold::Fold;

pub(crate) use change::{arrange, declare, push, remove};
pub(crate) use overview::run;
pub(crate) use show::{Wanted, list, one, preview, shown, state_of};

use overview::Counts;
use sessions::Sessions;

/// The handle on widgets.
#[derive(Clone)]
pub(crate) struct AllWidgets(Arc<Shared>);

struct Shared {
    journal: Journal,
    fold: Fold,
    counts: Counts,
    sessions: Sessions,
}

/// A declared widget that can be evaluated.
#[derive(Clone)]
struct Declared {
    record: WidgetRecord,
    spec: WidgetSpec,
    plan: Arc<Plan>,
}

impl AllWidgets {
    /// Widgets of what is in the journal.
    pub(crate) async fn open(journal: Journal, fold: Fold) -> Result<Self, JournalError> {
        let counts = Counts::open(&journal).await?;
        Ok(Self(Arc::new(Shared {
            sessions: Sessions::new(journal.clone()),
            journal,
            fold,
            counts,
        })))
    }

    /// A session is deleted: nothing of it is kept.
    pub(crate) fn forget(&self, project: &ProjectId, session: &SessionId) {
        self.0.sessions.forget(project, session);
    }

    /// Tells watchers.
    fn tell(&self, project: &ProjectId, what: WidgetNews, session_id: Option<&SessionId>) {
        let change = WidgetChange {
            project: project.clone(),
            what,
            session_id: session_id.cloned(),
        };
        self.0.fold.feed().tell_widgets([change]);
    }
}

impl Declared {
    /// A row, where it is a declared one that can be evaluated.
    fn of(record: &WidgetRecord) -> Option<Self> {
        let spec: WidgetSpec = serde_json::from_str(record.spec.as_deref()?).ok()?;
        match check(&spec) {
            Ok(plan) => Some(Self {
                record: record.clone(),
                spec,
                plan: Arc::new(plan),
            }),
            Err(error) => {
                // Written by another version.
                tracing::warn!(%error, widget = record.name, "a widget cannot be evaluated");
                None
            }
        }
    }
}

/// A row as it is told.
fn told(record: &WidgetRecord) -> Widget {
    let spec = record.spec.as_deref();
    Widget {
        name: record.name.clone(),
        project: record.project.clone(),
        title: record.title.clone(),
        source: if spec.is_some() {
            WidgetSource::Declared
        } else {
            WidgetSource::Pushed
        },
        spec: spec.and_then(|spec| serde_json::from_str(spec).ok()),
        by: record.made_by.clone(),
        at: record.made_at,
    }
}
