//! Notes that people leave at a moment of a session. In: who asks for what. Out: the note as it stands. Each change is
//! one transaction with the event that tells of it, so that everybody who watches the session hears of it.

use loopscope_dialects::loopscope::{NoteChange, annotated};
use loopscope_event::{EventId, NewEvent, ProjectId, RawJson, Seq, SessionId};
use loopscope_journal::{
    AnnotationChange, AnnotationRecord, AnnotationStep, MAX_ANNOTATIONS, NewAudit, StepError,
};
use loopscope_protocol::{
    Annotation, ApiError, ErrorCode, MAX_ANNOTATION_CHARS, Moment, NewAnnotation,
};

use crate::api::views;
use crate::life::now;
use crate::state::AppState;
use crate::steer::unwritten;

/// A session's names.
type Session = (ProjectId, SessionId);

/// Leaves a note at a moment, the newest where none is named.
pub(crate) async fn leave(
    state: &AppState,
    who: &str,
    session: Session,
    new: NewAnnotation,
) -> Result<Annotation, ApiError> {
    let text = checked(&new.text)?;
    let at = match new.at.as_deref() {
        None | Some("") => Moment::Seq(Seq(u64::MAX)),
        Some(at) => at
            .parse()
            .map_err(|error| ApiError::field("at", format!("{error}")))?,
    };
    let moment = views::moment(state, &session.0, &session.1, at).await?;
    let known = views::annotations(state, &session.0, &session.1).await?;
    if known.annotations.len() >= MAX_ANNOTATIONS as usize {
        let message = "this session has the maximum number of notes; delete some first";
        return Err(ApiError::too_large(
            format!("{MAX_ANNOTATIONS} annotations"),
            message,
        ));
    }
    let made_at = now();
    let row = AnnotationRecord {
        annotation_id: EventId::mint(made_at).to_string(),
        project: session.0.clone(),
        session_id: session.1.clone(),
        seq: moment.seq,
        at: moment.timestamp,
        iteration: moment.summary.iteration,
        text,
        made_by: who.to_owned(),
        made_at,
        edited: None,
    };
    let change = AnnotationChange::Put {
        row: Box::new(row.clone()),
        new: true,
    };
    write(state, who, NoteChange::Added, &row, change).await?;
    Ok(shown(row))
}

/// Changes what a note says.
pub(crate) async fn change(
    state: &AppState,
    who: &str,
    session: Session,
    annotation_id: &str,
    new: NewAnnotation,
) -> Result<Annotation, ApiError> {
    let text = checked(&new.text)?;
    let row = AnnotationRecord {
        text,
        edited: Some((who.to_owned(), now())),
        ..find(state, &session, annotation_id).await?
    };
    let change = AnnotationChange::Put {
        row: Box::new(row.clone()),
        new: false,
    };
    write(state, who, NoteChange::Edited, &row, change).await?;
    Ok(shown(row))
}

/// Takes a note away.
pub(crate) async fn remove(
    state: &AppState,
    who: &str,
    session: Session,
    annotation_id: &str,
) -> Result<(), ApiError> {
    let row = find(state, &session, annotation_id).await?;
    let change = AnnotationChange::Delete {
        project: session.0,
        session_id: session.1,
        annotation_id: annotation_id.to_owned(),
    };
    write(state, who, NoteChange::Deleted, &row, change).await
}

/// A row as it is shown.
pub(crate) fn shown(row: AnnotationRecord) -> Annotation {
    let (edited_by, edited_at) = row.edited.unzip();
    Annotation {
        annotation_id: row.annotation_id,
        seq: row.seq,
        at: row.at,
        iteration: row.iteration,
        text: row.text,
        by: row.made_by,
        made_at: row.made_at,
        edited_by,
        edited_at,
    }
}

/// A note that comes from a file, as a row. A text that is longer than one may be is cut.
pub(crate) fn record((project, session_id): &Session, note: Annotation) -> AnnotationRecord {
    AnnotationRecord {
        annotation_id: note.annotation_id,
        project: project.clone(),
        session_id: session_id.clone(),
        seq: note.seq,
        at: note.at,
        iteration: note.iteration,
        text: note.text.chars().take(MAX_ANNOTATION_CHARS).collect(),
        made_by: note.by,
        made_at: note.made_at,
        edited: note.edited_by.zip(note.edited_at),
    }
}

fn checked(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ApiError::field("text", "a note cannot be empty"));
    }
    if text.chars().count() > MAX_ANNOTATION_CHARS {
        let limit = format!("{MAX_ANNOTATION_CHARS} characters");
        let mut error = ApiError::too_large(limit, "the note is too long");
        error.field = Some("text".to_owned());
        return Err(error);
    }
    Ok(text.to_owned())
}

async fn find(
    state: &AppState,
    session: &Session,
    annotation_id: &str,
) -> Result<AnnotationRecord, ApiError> {
    let rows = state.journal.annotations(&session.0, &session.1).await;
    let rows = rows.map_err(|error| views::unreadable(&error))?;
    let found = rows
        .into_iter()
        .find(|row| row.annotation_id == annotation_id);
    found.ok_or_else(gone)
}

fn gone() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there is no such note in this session")
}

async fn write(
    state: &AppState,
    who: &str,
    what: NoteChange,
    row: &AnnotationRecord,
    change: AnnotationChange,
) -> Result<(), ApiError> {
    let at = now();
    let event: NewEvent = annotated(
        row.project.clone(),
        row.session_id.clone(),
        at,
        what,
        (&row.annotation_id, row.seq, who),
    );
    let detail = serde_json::json!({ "annotation_id": row.annotation_id, "seq": row.seq });
    let step = AnnotationStep {
        change,
        audit: vec![NewAudit {
            at,
            who: who.to_owned(),
            action: format!("annotation.{}", what.as_str()),
            subject: row.session_id.to_string(),
            session: Some((row.project.clone(), row.session_id.clone())),
            detail: RawJson::from_trusted(detail.to_string()),
        }],
    };
    match state.journal.put_annotation(event, step).await {
        Ok(_) => Ok(()),
        Err(StepError::NotFound) => Err(gone()),
        Err(error) => Err(unwritten(error)),
    }
}
