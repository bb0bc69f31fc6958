//! The page's rows, and how live frames move them.

use std::pin::Pin;

use leptos::prelude::*;
use loopscope_event::{Cursor, Dialect};
use loopscope_protocol::{ServerMessage, SessionsPage, SessionsQuery};

use crate::source::{Source, source};
use crate::store::{Listener, Live, SessionRows, Taken, Wants};

/// The most systems that are listed.
const MOST: usize = 100;

/// Every system, the one that reported last first.
pub(super) fn query() -> SessionsQuery {
    SessionsQuery {
        kind: vec![Dialect::Agents],
        limit: MOST as u32,
        ..SessionsQuery::default()
    }
}

/// What the page shows.
#[derive(Clone, Copy)]
pub(super) struct SystemsState {
    pub(super) rows: SessionRows,
    seen: StoredValue<Cursor>,
    source: StoredValue<Source>,
    live: Live,
}

impl SystemsState {
    pub(super) fn new(page: SessionsPage, live: Live) -> Self {
        Self {
            rows: SessionRows::new(page.sessions),
            seen: StoredValue::new(page.cursor),
            source: StoredValue::new(source()),
            live,
        }
    }
}

impl Listener for SystemsState {
    fn wants(&self) -> Wants {
        Wants {
            sessions: true,
            seen: self.seen.get_value(),
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        for message in messages {
            let ServerMessage::Sessions(frame) = message else {
                continue;
            };
            for session in frame.sessions {
                let is_new = session.crew.is_some() && !self.rows.update(&session);
                if is_new {
                    self.rows.prepend(session, MOST);
                }
            }
        }
        Taken::Fits
    }

    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        let state = *self;
        Box::pin(async move {
            let loading = state.source.with_value(|source| source.sessions(query()));
            match loading.await {
                Ok(page) => {
                    state.live.correct_clock(page.server_time);
                    state.rows.replace(page.sessions);
                    state.seen.set_value(page.cursor);
                    true
                }
                Err(_) => false,
            }
        })
    }
}
