//! What agents say they found, each once (sections 2.2 and 4). In: the journal. Out: the contract's list.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use loopscope_event::{Dialect, Event, ProjectId, SessionId};
use loopscope_journal::{EventFilter, EventOrder, EventQuery};
use serde_json::{Map, Value, json};

use super::{system, systems};
use crate::facades::detail::Detail;
use crate::facades::guest::Reader;
use crate::open::AsContract;
use crate::state::AppState;

/// The most opportunities that are held.
const MOST: usize = 1_000;
/// How many events a page of the journal has, and how many pages of one system are looked through at most.
const PAGE: u32 = 1_000;
const MOST_PAGES: u32 = 20;

/// `GET /opportunities`: all that are held, newest first, each once.
#[utoipa::path(
    get,
    path = "/agents/opportunities",
    tag = "Contract: agents",
    summary = "Opportunities, the newest first",
    params(
        ("system" = Option<String>, Query, description = "Only this system"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn opportunities(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Json<Value>, Detail> {
    let system = system(&reader.pairs)?;
    let mut newest = Newest::default();
    for session in systems::sessions(&state, &reader.project, system.as_ref()).await? {
        newest.read(&state, &reader.project, &session).await?;
    }
    let opportunities = newest.list();
    let total = opportunities.len();
    Ok(Json(
        json!({"opportunities": opportunities, "total": total}),
    ))
}

/// The newest telling of each opportunity; one without an id is one of its own.
#[derive(Default)]
struct Newest {
    by_id: HashMap<String, Opportunity>,
    nameless: Vec<Opportunity>,
}

type Opportunity = (Arc<Event>, Map<String, Value>);

impl Newest {
    /// Looks back through a system. The same is told of again and again, so that it may be far, but not for ever.
    async fn read(
        &mut self,
        state: &AppState,
        project: &ProjectId,
        session: &SessionId,
    ) -> Result<(), Detail> {
        let mut query = EventQuery {
            order: EventOrder::SeqDescending,
            limit: PAGE,
            filter: EventFilter {
                dialects: vec![Dialect::Agents],
                names: vec!["opportunity_discovered".to_owned()],
                ..EventFilter::default()
            },
            ..EventQuery::default()
        };
        let mut own = 0;
        for _ in 0..MOST_PAGES {
            let page = state.journal.session_events(project, session, &query);
            let page = page.await?;
            query.before = page.events.last().map(|event| event.seq);
            own += page
                .events
                .into_iter()
                .filter(|event| self.take(event))
                .count();
            if !page.more || own >= MOST {
                break;
            }
        }
        Ok(())
    }

    /// Whether this system had not told of it later.
    fn take(&mut self, event: &Arc<Event>) -> bool {
        let Some(found) = fields(event) else {
            return false;
        };
        let id = match found.get("opportunity_id") {
            None | Some(Value::Null) => {
                self.nameless.push((Arc::clone(event), found));
                return true;
            }
            Some(id) => id.to_string(),
        };
        let known = self.by_id.get(&id);
        let is_newer = known.is_none_or(|(known, _)| known.offset < event.offset);
        if is_newer {
            self.by_id.insert(id, (Arc::clone(event), found));
        }
        is_newer
    }

    fn list(self) -> Vec<Map<String, Value>> {
        let mut all: Vec<Opportunity> = self.by_id.into_values().chain(self.nameless).collect();
        all.sort_by_key(|(event, _)| Reverse(event.offset));
        all.truncate(MOST);
        all.into_iter().map(|(_, found)| found).collect()
    }
}

/// What an event says was found, with where it comes from.
fn fields(event: &Event) -> Option<Map<String, Value>> {
    let frame = serde_json::from_str(&loopscope_dialects::agents::frame(event)).ok()?;
    let Value::Object(mut frame) = frame else {
        return None;
    };
    let mut fields = match frame.remove("data") {
        Some(Value::Object(data)) => data,
        _ => Map::new(),
    };
    fields.insert("event_id".to_owned(), json!(event.event_id));
    fields.insert("timestamp".to_owned(), json!(event.timestamp));
    fields.insert("system".to_owned(), json!(event.session_id));
    Some(fields)
}
