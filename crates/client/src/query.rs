//! Reading what is there: sessions, events, boards, series; and asking for commands. One method a route.

use std::time::Duration;

use hyper::{Method, StatusCode};
use loopscope_event::CommandRecord;
use loopscope_protocol::{
    EventsPage, EventsQuery, MetricsAnswer, NewCommand, SeriesAnswer, SeriesQuery, SessionSummary,
    SessionsPage, SessionsQuery, percent_encode,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::reply::Reply;
use crate::{Client, Error};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads from a server; see [`Client::query`]. Needs a token of the role `view`, commands one of `control`.
#[derive(Debug, Clone)]
pub struct Query {
    client: Client,
}

/// A session: its row, and its board as the server folds it.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct SessionPage {
    /// Its row.
    pub summary: SessionSummary,
    /// Everything that its page shows, as JSON.
    pub board: Value,
}

impl Query {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// A page of sessions.
    pub fn sessions(&self, query: &SessionsQuery) -> Reply<SessionsPage> {
        self.get(with("/api/v1/sessions", &query.to_query_string()))
    }

    /// One session.
    pub fn session(&self, id: &str) -> Reply<SessionPage> {
        self.get(self.of_session(id, "", ""))
    }

    /// A page of a session's events.
    pub fn events(&self, id: &str, query: &EventsQuery) -> Reply<EventsPage> {
        self.get(self.of_session(id, "/events", &query.to_query_string()))
    }

    /// Every metric of a session.
    pub fn metrics(&self, id: &str) -> Reply<MetricsAnswer> {
        self.get(self.of_session(id, "/metrics", ""))
    }

    /// A stretch of some of a session's series.
    pub fn series(&self, id: &str, query: &SeriesQuery) -> Reply<SeriesAnswer> {
        self.get(self.of_session(id, "/series", &query.to_query_string()))
    }

    /// Asks a session's program to do something.
    pub fn command(&self, id: &str, command: &NewCommand) -> Reply<CommandRecord> {
        // Plain data, which JSON can always say.
        let body = serde_json::to_string(command).unwrap_or_default();
        self.ask(
            Method::POST,
            self.of_session(id, "/commands", ""),
            Some(body),
        )
    }

    /// Any other route that answers with JSON: `/api/v1/overview`.
    pub fn json(&self, route: &str) -> Reply<Value> {
        self.get(route.to_owned())
    }

    fn of_session(&self, id: &str, below: &str, query: &str) -> String {
        let mut route = "/api/v1/sessions/".to_owned();
        percent_encode(id, &mut route);
        route.push_str(below);
        let mut project = "project=".to_owned();
        percent_encode(self.client.project(), &mut project);
        let both = if query.is_empty() {
            project
        } else {
            format!("{query}&{project}")
        };
        with(&route, &both)
    }

    fn get<T: DeserializeOwned + Send + 'static>(&self, route: String) -> Reply<T> {
        self.ask(Method::GET, route, None)
    }

    fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        method: Method,
        route: String,
        body: Option<String>,
    ) -> Reply<T> {
        let transport = self.client.transport().clone();
        self.client.reply(async move {
            let answer = transport.ask_json(method, &route, body, PATIENCE).await?;
            if !matches!(answer.status, StatusCode::OK | StatusCode::ACCEPTED) {
                return Err(transport.refusal(&answer));
            }
            serde_json::from_slice(&answer.body).map_err(|error| Error::NotLoopscope {
                url: transport.address().as_str().to_owned(),
                why: format!("its answer to {route} cannot be read: {error}"),
            })
        })
    }
}

fn with(route: &str, query: &str) -> String {
    if query.is_empty() {
        route.to_owned()
    } else {
        format!("{route}?{query}")
    }
}
