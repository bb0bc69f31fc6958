//! What the Overview's declared widgets have counted: over all sessions of their project. In: the ring, like any other
//! reader. Out: folds; kept in the journal from time to time, so that a restart reads on from there.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use loopscope_board::widgets::WidgetFold;
use loopscope_event::{Event, Offset, ProjectId, Timestamp};
use loopscope_journal::{EventFilter, Journal, JournalError};
use loopscope_protocol::{WidgetChange, WidgetNews};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::{AllWidgets, Declared};
use crate::ring::{ReadError, Reader};

/// A new widget counts so many of the newest events that came before it.
pub(super) const LOOK_BACK: u64 = 20_000;
/// How often watchers are told of new figures, at most.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// How often what was counted is kept.
const KEEP_EVERY: Duration = Duration::from_secs(15);
/// How long an answer waits for what was committed before it was asked for.
const PATIENCE: Duration = Duration::from_millis(500);
/// What is read at once to catch up.
const PAGE_EVENTS: u32 = 1_000;
const PAGE_BYTES: usize = 4 << 20;

/// All counts, and how far they are.
pub(super) struct Counts {
    state: Mutex<State>,
    reached: tokio::sync::watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    counted: Vec<Counted>,
    /// Everything up to here was looked at by each.
    offset: u64,
}

struct Counted {
    declared: Declared,
    fold: WidgetFold,
    /// Since it was kept.
    changed: bool,
}

impl Counts {
    /// What was kept, of what is still declared.
    pub(super) async fn open(journal: &Journal) -> Result<Self, JournalError> {
        let kept = journal.widget_folds().await?;
        let records = journal.widgets(None).await?;
        let counted = records.iter().filter_map(Declared::of).map(|declared| {
            let own = &declared.record;
            let fold = kept.iter().find(|(project, name, made_at, _)| {
                *project == own.project && *name == own.name && *made_at == own.made_at
            });
            let fold = fold.and_then(|(.., fold)| serde_json::from_str(fold).ok());
            let mut fold: WidgetFold = fold.unwrap_or_default();
            fold.reach(own.since);
            Counted {
                declared,
                fold,
                changed: false,
            }
        });
        let counted: Vec<Counted> = counted.collect();
        let oldest = counted.iter().map(|own| own.fold.offset.0).min();
        // What lies ahead of the journal's head was lost with the power.
        let offset = oldest.unwrap_or(u64::MAX).min(journal.head().0);
        Ok(Self {
            state: Mutex::new(State { counted, offset }),
            reached: tokio::sync::watch::Sender::new(offset),
        })
    }

    /// From where the ring is to be read.
    fn begin(&self) -> Offset {
        Offset(self.lock().offset)
    }

    /// Counts with a widget from now on, instead of one of the same name. It looks at what came before first.
    pub(super) async fn add(
        &self,
        journal: &Journal,
        declared: Declared,
    ) -> Result<(), JournalError> {
        let mut fold = WidgetFold::default();
        fold.reach(declared.record.since);
        loop {
            {
                let mut state = self.lock();
                if fold.offset.0 >= state.offset {
                    state.remove(&declared.record.project, &declared.record.name);
                    state.counted.push(Counted {
                        declared,
                        fold,
                        changed: true,
                    });
                    return Ok(());
                }
            }
            let filter = EventFilter::default();
            let scan = journal
                .read_after(fold.offset, PAGE_EVENTS, PAGE_BYTES, &filter)
                .await?;
            let before = fold.offset;
            for event in &scan.events {
                count(&declared, &mut fold, event);
            }
            fold.reach(scan.scanned);
            if fold.offset == before {
                // Retention took the rest.
                fold.reach(Offset(self.lock().offset));
            }
        }
    }

    pub(super) fn remove(&self, project: &ProjectId, name: &str) {
        self.lock().remove(project, name);
    }

    /// What a widget has counted, of what was committed before.
    pub(super) async fn fold(&self, declared: &Declared, head: Offset) -> WidgetFold {
        let mut reached = self.reached.subscribe();
        // An answer that is late by a moment is better than none.
        let _ = timeout(PATIENCE, reached.wait_for(|reached| *reached >= head.0)).await;
        let state = self.lock();
        let own = state.counted.iter().find(|own| {
            let known = &own.declared.record;
            known.project == declared.record.project
                && known.name == declared.record.name
                && known.made_at == declared.record.made_at
        });
        own.map(|own| own.fold.clone()).unwrap_or_default()
    }

    /// Takes events. Out: the projects whose figures moved.
    fn take<'a>(
        &self,
        events: impl Iterator<Item = &'a Event>,
        upto: Offset,
    ) -> HashSet<ProjectId> {
        let mut moved = HashSet::new();
        let mut state = self.lock();
        if !state.counted.is_empty() {
            for event in events {
                for own in &mut state.counted {
                    if count(&own.declared, &mut own.fold, event) {
                        own.changed = true;
                        if !moved.contains(&event.project) {
                            moved.insert(event.project.clone());
                        }
                    }
                }
            }
        }
        for own in &mut state.counted {
            own.fold.reach(upto);
        }
        state.offset = state.offset.max(upto.0);
        drop(state);
        self.reached.send_replace(upto.0);
        moved
    }

    /// What changed since it was kept.
    fn unkept(&self) -> Vec<(ProjectId, String, Timestamp, String)> {
        let mut state = self.lock();
        let changed = state.counted.iter_mut().filter(|own| own.changed);
        changed
            .filter_map(|own| {
                own.changed = false;
                let record = &own.declared.record;
                let fold = serde_json::to_string(&own.fold).ok()?;
                Some((
                    record.project.clone(),
                    record.name.clone(),
                    record.made_at,
                    fold,
                ))
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, project: &ProjectId, name: &str) {
        self.counted.retain(|own| {
            let known = &own.declared.record;
            known.project != *project || known.name != name
        });
    }
}

/// Counts an event, where it is of the widget's project. Out: whether anything moved.
fn count(declared: &Declared, fold: &mut WidgetFold, event: &Event) -> bool {
    event.project == declared.record.project && fold.apply(&declared.plan, event)
}

/// Counts along with the ring until the server stops; `reader` makes a reader of what comes after an offset.
pub(crate) async fn run(
    widgets: AllWidgets,
    reader: impl FnOnce(Offset) -> Reader,
    stop: CancellationToken,
) {
    let counts = &widgets.0.counts;
    let mut reader = reader(counts.begin()).gathering();
    let mut beat = interval(TELL_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut moved: HashSet<ProjectId> = HashSet::new();
    let mut kept = Instant::now();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            _ = beat.tick() => {
                let changes = moved.drain().map(|project| WidgetChange {
                    project,
                    what: WidgetNews::Figures,
                    session_id: None,
                });
                let changes: Vec<WidgetChange> = changes.collect();
                if !changes.is_empty() {
                    widgets.0.fold.feed().tell_widgets(changes);
                }
                if kept.elapsed() >= KEEP_EVERY {
                    keep(&widgets).await;
                    kept = Instant::now();
                }
            }
            slice = reader.next() => match slice {
                Ok(slice) => {
                    let events = slice.events().map(|event| &**event);
                    moved.extend(counts.take(events, slice.cursor().offset));
                }
                Err(ReadError::Reset(reason)) => {
                    tracing::warn!(?reason, "widgets lost their place and go on from here");
                    let _ = counts.take(std::iter::empty(), reader.cursor().offset);
                }
                Err(ReadError::Page(error)) => {
                    tracing::error!(%error, "widgets wait for the journal");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            },
        }
    }
    keep(&widgets).await;
}

async fn keep(widgets: &AllWidgets) {
    let folds = widgets.0.counts.unkept();
    if folds.is_empty() {
        return;
    }
    match widgets.0.journal.put_widget_folds(folds).await {
        Ok(()) | Err(JournalError::Closed) => {}
        Err(error) => tracing::warn!(%error, "what widgets counted could not be kept"),
    }
}
