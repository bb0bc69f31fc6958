//! Changes to widgets: declared, pushed, arranged, removed. In: who asks for what. Out: the widget as it stands, or why
//! not. What people do is noted in the audit in the same transaction; a program that pushes is noted once.

use std::collections::HashSet;

use loopscope_board::widgets::{check, read_pushed};
use loopscope_dialects::json::{NonFinite, clean};
use loopscope_event::{Offset, ProjectId, RawJson, SessionId};
use loopscope_journal::{NewAudit, WidgetPush, WidgetPut, WidgetRecord};
use loopscope_protocol::{
    ApiError, ErrorCode, MAX_PUSHED_BYTES, MAX_PUSHED_OF_SESSION, MAX_WIDGETS, Widget,
    WidgetArrangement, WidgetNews, WidgetPlace, WidgetSlot, WidgetSpec,
};

use super::overview::LOOK_BACK;
use super::{Declared, told};
use crate::api::views::{unknown_session, unreadable};
use crate::life::now;
use crate::state::AppState;

/// The most places of one arrangement.
const MAX_SLOTS: usize = 200;
/// How wide a widget can be, in twelfths.
const WIDTHS: [u8; 5] = [3, 4, 6, 8, 12];

/// Declares a widget; `new`: it must not be there yet. Out: as it stands, and whether it is new.
pub(crate) async fn declare(
    state: &AppState,
    who: &str,
    project: &ProjectId,
    spec: &WidgetSpec,
    new: bool,
) -> Result<(Widget, bool), ApiError> {
    let plan = check(spec)?;
    let text = serde_json::to_string(spec);
    let text = text.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    let head = state.journal.head().0;
    let record = WidgetRecord {
        project: project.clone(),
        name: spec.name.clone(),
        spec: Some(text.clone()),
        title: plan.title,
        since: Offset(head.saturating_sub(LOOK_BACK)),
        made_by: who.to_owned(),
        made_at: now(),
    };
    let audit = audit(who, "widget.declared", project, &spec.name, text);
    let put = state
        .journal
        .put_widget(record.clone(), new, MAX_WIDGETS, audit);
    let done = put.await.map_err(|error| unreadable(&error))?;
    refuse(done, &spec.name)?;
    if let Some(declared) = Declared::of(&record) {
        let added = state.widgets.0.counts.add(&state.journal, declared).await;
        added.map_err(|error| unreadable(&error))?;
    }
    state.widgets.tell(project, WidgetNews::Definitions, None);
    Ok((told(&record), done == WidgetPut::Made))
}

/// Takes a widget away, with everything of it.
pub(crate) async fn remove(
    state: &AppState,
    who: &str,
    project: &ProjectId,
    name: &str,
) -> Result<(), ApiError> {
    let audit = audit(who, "widget.deleted", project, name, "{}".to_owned());
    let gone = state.journal.delete_widget(project, name, audit).await;
    if !gone.map_err(|error| unreadable(&error))? {
        return Err(unknown(name));
    }
    state.widgets.0.counts.remove(project, name);
    state.widgets.tell(project, WidgetNews::Definitions, None);
    Ok(())
}

/// Takes a state that a program pushes.
pub(crate) async fn push(
    state: &AppState,
    who: &str,
    project: &ProjectId,
    session: Option<&SessionId>,
    name: &str,
    body: &[u8],
) -> Result<Widget, ApiError> {
    if body.len() > MAX_PUSHED_BYTES {
        let limit = format!("{} KiB", MAX_PUSHED_BYTES / 1024);
        return Err(ApiError::too_large(limit, "the state is too large"));
    }
    // Python's encoder writes numbers that JSON cannot say.
    let text = clean(body, NonFinite::Null).map_err(|at| {
        let message = format!("byte {at} is not UTF-8");
        ApiError::new(ErrorCode::Malformed, message)
    })?;
    let picture = read_pushed(&text.text, name)?;
    if session.is_some() {
        // Its row may be a moment behind its first event.
        state.fold.settle().await;
    }
    let at = now();
    let push = WidgetPush {
        project: project.clone(),
        session_id: session.cloned(),
        name: name.to_owned(),
        state: text.text.into_owned(),
        pushed_at: at,
    };
    let record = WidgetRecord {
        project: project.clone(),
        name: name.to_owned(),
        spec: None,
        title: picture.title,
        since: Offset::default(),
        made_by: who.to_owned(),
        made_at: at,
    };
    let audit = audit(who, "widget.pushed", project, name, "{}".to_owned());
    let put = state.journal.push_widget(
        push,
        record.clone(),
        MAX_WIDGETS,
        MAX_PUSHED_OF_SESSION,
        audit,
    );
    let done = put.await.map_err(|error| unreadable(&error))?;
    match (done, session) {
        (WidgetPut::NoSession, Some(session)) => return Err(unknown_session(project, session)),
        _ => refuse(done, name)?,
    }
    if done == WidgetPut::Made {
        state.widgets.tell(project, WidgetNews::Definitions, None);
    }
    state.widgets.tell(project, WidgetNews::Pushed, session);
    Ok(told(&record))
}

/// Arranges a project's widgets.
pub(crate) async fn arrange(
    state: &AppState,
    who: &str,
    project: &ProjectId,
    arrangement: WidgetArrangement,
) -> Result<WidgetArrangement, ApiError> {
    for place in [WidgetPlace::Overview, WidgetPlace::Session] {
        check_slots(place.as_str(), arrangement.of(place))?;
    }
    let body = serde_json::to_string(&arrangement);
    let body = body.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    let audit = audit(who, "widget.arranged", project, "all", body.clone());
    let put = state.journal.put_widget_arrangement(project, body, audit);
    put.await.map_err(|error| unreadable(&error))?;
    state.widgets.tell(project, WidgetNews::Definitions, None);
    Ok(arrangement)
}

fn check_slots(field: &str, slots: &[WidgetSlot]) -> Result<(), ApiError> {
    if slots.len() > MAX_SLOTS {
        let limit = Some(format!("{MAX_SLOTS} widgets"));
        let error = ApiError::field(field, "too many");
        return Err(ApiError { limit, ..error });
    }
    let mut seen = HashSet::new();
    for (nth, slot) in slots.iter().enumerate() {
        if slot.name.is_empty() || slot.name.len() > 64 || !seen.insert(&slot.name) {
            let message = "a widget is named once";
            return Err(ApiError::field(format!("{field}[{nth}].name"), message));
        }
        if slot.width.is_some_and(|width| !WIDTHS.contains(&width)) {
            let message = "must be 3, 4, 6, 8 or 12";
            return Err(ApiError::field(format!("{field}[{nth}].width"), message));
        }
    }
    Ok(())
}

fn refuse(done: WidgetPut, name: &str) -> Result<(), ApiError> {
    match done {
        WidgetPut::Made | WidgetPut::Changed | WidgetPut::NoSession => Ok(()),
        WidgetPut::Taken => Err(ApiError {
            field: Some("name".to_owned()),
            ..ApiError::new(
                ErrorCode::Conflict,
                format!("there is a widget `{name}` already, declared or pushed"),
            )
        }),
        WidgetPut::Full => Err(ApiError {
            limit: Some(format!(
                "{MAX_WIDGETS} widgets, {MAX_PUSHED_OF_SESSION} pushed ones of a session"
            )),
            ..ApiError::new(
                ErrorCode::Conflict,
                "the maximum number of widgets is reached; delete one first",
            )
        }),
    }
}

/// There is no such widget.
pub(super) fn unknown(name: &str) -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        format!(
            "there is no widget `{}`",
            name.chars().take(64).collect::<String>()
        ),
    )
}

fn audit(who: &str, action: &str, project: &ProjectId, name: &str, detail: String) -> NewAudit {
    NewAudit {
        at: now(),
        who: who.to_owned(),
        action: action.to_owned(),
        subject: if *project == ProjectId::default() {
            name.to_owned()
        } else {
            format!("{project}/{name}")
        },
        session: None,
        detail: RawJson::from_trusted(detail),
    }
}
