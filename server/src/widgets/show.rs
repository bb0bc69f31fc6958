//! What is shown of widgets. In: a place, a session, a moment. Out: lists, pictures in their order, single states.

use loopscope_board::widgets::{
    Picture, WidgetFold, WidgetShown, WidgetState, WidgetsShown, check, read_pushed,
};
use loopscope_event::{Cursor, Offset, ProjectId, Seq, SessionId};
use loopscope_journal::{EventFilter, WidgetPush, WidgetRecord};
use loopscope_protocol::{
    ApiError, Moment, Widget, WidgetArrangement, WidgetChart, WidgetPlace, WidgetSpec, Widgets,
};

use super::change::unknown;
use super::{Declared, told};
use crate::api::views::{moment, unknown_session, unreadable};
use crate::life::now;
use crate::state::AppState;

/// A preview looks at so many of the newest events.
const PREVIEWED: u64 = 5_000;
const PREVIEWED_BYTES: usize = 8 << 20;

/// Whose widgets, and as of when.
pub(crate) struct Wanted {
    pub project: ProjectId,
    /// Of a session's page; of the Overview where there is none.
    pub session: Option<SessionId>,
    /// The moment of the session; now where there is none.
    pub at: Option<Moment>,
}

/// All of a project.
pub(crate) async fn list(state: &AppState, project: &ProjectId) -> Result<Widgets, ApiError> {
    let records = records(state, project).await?;
    Ok(Widgets {
        widgets: records.iter().map(told).collect(),
        arrangement: arrangement(state, project).await?,
        server_time: now(),
    })
}

/// One of them.
pub(crate) async fn one(
    state: &AppState,
    project: &ProjectId,
    name: &str,
) -> Result<Widget, ApiError> {
    let records = records(state, project).await?;
    let found = records.iter().find(|record| record.name == name);
    found.map(told).ok_or_else(|| unknown(name))
}

/// The widgets of a page, arranged, with what they show.
pub(crate) async fn shown(state: &AppState, wanted: &Wanted) -> Result<WidgetsShown, ApiError> {
    let records = records(state, &wanted.project).await?;
    let arrangement = arrangement(state, &wanted.project).await?;
    let place = if wanted.session.is_some() {
        WidgetPlace::Session
    } else {
        WidgetPlace::Overview
    };
    let slots = arrangement.of(place);
    let hidden = |name: &str| slots.iter().any(|slot| slot.name == name && slot.hidden);
    let declared: Vec<Declared> = records
        .iter()
        .filter(|record| !hidden(&record.name))
        .filter_map(Declared::of)
        .collect();
    let (folds, at, cursor) = folds(state, wanted, &declared).await?;
    let pushed = pushed(state, wanted).await?;
    let mut widgets = Vec::new();
    for (declared, fold) in declared.iter().zip(folds) {
        let picture = (fold.taken > 0).then(|| fold.picture(&declared.plan));
        widgets.push(WidgetShown {
            widget: told(&declared.record),
            width: width(
                slots
                    .iter()
                    .find(|slot| slot.name == declared.spec.name)
                    .and_then(|slot| slot.width),
                declared.spec.chart,
            ),
            picture,
            fold: wanted.session.is_some().then_some(fold),
            pushed_at: None,
        });
    }
    for push in &pushed {
        let record = records.iter().find(|record| record.name == push.name);
        let Some(record) = record.filter(|record| !hidden(&record.name)) else {
            continue;
        };
        let picture = read_pushed(&push.state, &push.name).ok();
        let chart = picture.as_ref().map_or(WidgetChart::Line, |own| own.chart);
        widgets.push(WidgetShown {
            widget: told(record),
            width: width(
                slots
                    .iter()
                    .find(|slot| slot.name == push.name)
                    .and_then(|slot| slot.width),
                chart,
            ),
            picture,
            fold: None,
            pushed_at: Some(push.pushed_at),
        });
    }
    let place = |name: &str| slots.iter().position(|slot| slot.name == name);
    widgets.sort_by(|a, b| {
        let of = |own: &WidgetShown| place(&own.widget.name).unwrap_or(usize::MAX);
        of(a)
            .cmp(&of(b))
            .then_with(|| a.widget.name.cmp(&b.widget.name))
    });
    Ok(WidgetsShown {
        widgets,
        seq: at,
        cursor,
        server_time: now(),
    })
}

/// The state of one.
pub(crate) async fn state_of(
    state: &AppState,
    wanted: &Wanted,
    name: &str,
) -> Result<WidgetState, ApiError> {
    let records = records(state, &wanted.project).await?;
    let found = records.iter().find(|record| record.name == name);
    let record = found.ok_or_else(|| unknown(name))?;
    if let Some(declared) = Declared::of(record) {
        let all = [declared];
        let (folds, seq, cursor) = folds(state, wanted, &all).await?;
        let fold = folds.into_iter().next().unwrap_or_default();
        return Ok(WidgetState {
            name: name.to_owned(),
            state: fold.picture(&all[0].plan).to_state(),
            seq: wanted.session.is_some().then_some(seq),
            cursor: Some(cursor),
            pushed_at: None,
        });
    }
    let pushed = pushed(state, wanted).await?;
    let push = pushed.into_iter().find(|push| push.name == name);
    let push = push.ok_or_else(|| ApiError {
        message: format!("nothing was pushed for widget `{name}` here"),
        ..unknown(name)
    })?;
    Ok(WidgetState {
        name: push.name,
        state: serde_json::from_str(&push.state).unwrap_or_default(),
        seq: None,
        cursor: None,
        pushed_at: Some(push.pushed_at),
    })
}

/// What a declaration would show of the newest events, without keeping it.
pub(crate) async fn preview(
    state: &AppState,
    project: &ProjectId,
    spec: &WidgetSpec,
) -> Result<Picture, ApiError> {
    let plan = check(spec)?;
    let mut fold = WidgetFold::default();
    let mut after = Offset(state.journal.head().0.saturating_sub(PREVIEWED));
    loop {
        let filter = EventFilter::default();
        let scan = state
            .journal
            .read_after(after, 1_000, PREVIEWED_BYTES, &filter);
        let scan = scan.await.map_err(|error| unreadable(&error))?;
        for event in &scan.events {
            if event.project == *project {
                fold.apply(&plan, event);
            }
        }
        if scan.scanned <= after || scan.scanned >= state.journal.head() {
            return Ok(fold.picture(&plan));
        }
        after = scan.scanned;
    }
}

/// How a project's widgets are arranged.
pub(super) async fn arrangement(
    state: &AppState,
    project: &ProjectId,
) -> Result<WidgetArrangement, ApiError> {
    let body = state.journal.widget_arrangement(project).await;
    let body = body.map_err(|error| unreadable(&error))?;
    Ok(body
        .and_then(|body| serde_json::from_str(&body).ok())
        .unwrap_or_default())
}

async fn records(state: &AppState, project: &ProjectId) -> Result<Vec<WidgetRecord>, ApiError> {
    let records = state.journal.widgets(Some(project)).await;
    records.map_err(|error| unreadable(&error))
}

async fn pushed(state: &AppState, wanted: &Wanted) -> Result<Vec<WidgetPush>, ApiError> {
    let session = wanted.session.as_ref();
    let pushed = state.journal.pushed_widgets(&wanted.project, session).await;
    pushed.map_err(|error| unreadable(&error))
}

/// What declared widgets have counted, up to which event of the session, and what that accounts for.
async fn folds(
    state: &AppState,
    wanted: &Wanted,
    declared: &[Declared],
) -> Result<(Vec<WidgetFold>, Seq, Cursor), ApiError> {
    let head = state.journal.head();
    let cursor = Cursor {
        epoch: state.journal.epoch(),
        offset: head,
    };
    let Some(session) = &wanted.session else {
        let mut folds = Vec::new();
        for declared in declared {
            folds.push(state.widgets.0.counts.fold(declared, head).await);
        }
        return Ok((folds, Seq::default(), cursor));
    };
    let project = &wanted.project;
    let at = match wanted.at {
        None => None,
        Some(Moment::Seq(seq)) => Some(seq),
        Some(at) => Some(moment(state, project, session, at).await?.seq),
    };
    let found = state.journal.session(project, session).await;
    if found.map_err(|error| unreadable(&error))?.is_none() {
        return Err(unknown_session(project, session));
    }
    let folds = state
        .widgets
        .0
        .sessions
        .folds(project, session, declared, at);
    let folds = folds.await.map_err(|error| unreadable(&error))?;
    let seq = folds.iter().map(|fold| fold.seq).max().unwrap_or_default();
    Ok((folds, seq, cursor))
}

/// How wide a widget is where nobody said it.
fn width(arranged: Option<u8>, chart: WidgetChart) -> u8 {
    arranged.unwrap_or(if chart == WidgetChart::Number { 3 } else { 6 })
}
