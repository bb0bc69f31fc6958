//! The systems of a project, as they stand at one exact moment. In: a project. Out: their boards at a cursor.
//!
//! A board may be behind the newest visible event, as the fold reads the ring like everyone else. So the boards are
//! taken first, then the cursor, and what lies between is applied to copies of them: the numbers are those of the
//! cursor, and whoever goes on from it counts no event twice.

use std::collections::HashMap;
use std::sync::Arc;

use loopscope_board::Board;
use loopscope_event::{Dialect, Event, Offset, ProjectId, SessionId};
use loopscope_journal::{SessionQuery, SessionSort};

use crate::facades::detail::Detail;
use crate::ring::ReadError;
use crate::state::AppState;

/// The most systems whose numbers are added up: those heard of last.
const MOST: u32 = 64;

/// The boards of systems at a cursor.
pub(super) struct Moment {
    /// Everything up to here is in the boards, and nothing after.
    pub(super) offset: Offset,
    /// By session.
    pub(super) boards: HashMap<SessionId, Arc<Board>>,
}

/// The systems of a project, or one of them, now.
pub(super) async fn at_this_moment(
    state: &AppState,
    project: &ProjectId,
    system: Option<&SessionId>,
) -> Result<Moment, Detail> {
    // Read first: every board taken after has at least this.
    let from = state.fold.cursor().offset;
    let mut boards = HashMap::new();
    for session in sessions(state, project, system).await? {
        if let Some((board, _)) = state.fold.board(project, &session).await?
            && board.header().dialect == Dialect::Agents
        {
            boards.insert(session, board);
        }
    }
    // Nothing is in a board that is not visible here.
    let offset = state.ring.head();
    let is_of = |event: &Event| {
        event.project == *project && system.is_none_or(|system| event.session_id == *system)
    };
    let mut reader = state.reader(from);
    while reader.cursor().offset < offset {
        let slice = match reader.next().await {
            Ok(slice) => slice,
            // What was removed is in the boards that the fold has, or in none.
            Err(ReadError::Reset(_)) => break,
            Err(ReadError::Page(error)) => return Err(Detail::unreadable(&error)),
        };
        for event in slice.events().filter(|event| event.offset <= offset) {
            if is_of(event) {
                apply(&mut boards, event);
            }
        }
    }
    boards.retain(|_, board| board.header().dialect == Dialect::Agents);
    Ok(Moment { offset, boards })
}

fn apply(boards: &mut HashMap<SessionId, Arc<Board>>, event: &Event) {
    if let Some(board) = boards.get_mut(&event.session_id) {
        if event.seq > board.seq() {
            Arc::make_mut(board).apply(event);
        }
    } else if event.seq.0 == 1 && event.dialect == Dialect::Agents {
        let mut board = Board::new(event.project.clone(), event.session_id.clone());
        board.apply(event);
        boards.insert(event.session_id.clone(), Arc::new(board));
    }
}

/// The systems that were heard of last, and the newest sessions, whose rows may not say yet what they speak.
pub(super) async fn sessions(
    state: &AppState,
    project: &ProjectId,
    system: Option<&SessionId>,
) -> Result<Vec<SessionId>, Detail> {
    if let Some(system) = system {
        return Ok(vec![system.clone()]);
    }
    let heard = SessionQuery {
        project: Some(project.clone()),
        dialects: vec![Dialect::Agents],
        sort: SessionSort::LastEvent,
        limit: MOST,
        ..SessionQuery::default()
    };
    let newest = SessionQuery {
        project: Some(project.clone()),
        dialects: Vec::new(),
        sort: SessionSort::Started,
        limit: MOST,
        ..SessionQuery::default()
    };
    state.fold.settle().await;
    let mut found: Vec<SessionId> = Vec::new();
    for query in [heard, newest] {
        for row in state.journal.sessions(&query).await?.rows {
            let is_new = query.dialects.is_empty();
            let may_be = matches!(row.dialect, Dialect::Agents | Dialect::Generic);
            if (!is_new || may_be) && !found.contains(&row.session_id) {
                found.push(row.session_id);
            }
        }
    }
    Ok(found)
}
