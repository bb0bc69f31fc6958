//! What a session says of itself when it begins, and how it ends.

use loopscope_event::{Dialect, SessionId};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Session;
use crate::{Client, Error};

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Well.
    Completed,
    /// It reached the goal that it had.
    Converged,
    /// Not well, and why; an empty reason says no more.
    Failed(String),
}

/// A session that is about to begin.
#[must_use = "nothing is told before `.begin()`"]
#[derive(Clone)]
pub struct SessionBuilder {
    client: Option<Client>,
    id: Option<String>,
    dialect: Dialect,
    said: Map<String, Value>,
    wrong: Option<String>,
}

impl SessionBuilder {
    pub(super) fn new(name: String) -> Self {
        Self {
            client: None,
            id: None,
            dialect: Dialect::Generic,
            said: Map::from_iter([("name".to_owned(), Value::from(name))]),
            wrong: None,
        }
    }

    /// The client that sends it; without one, a client of the environment's settings is made for it.
    pub fn on(mut self, client: &Client) -> Self {
        self.client = Some(client.clone());
        self
    }

    /// Its id. Without one it is made of the name, the time and chance. The id of a session that was cut short goes
    /// on with that session.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// What it works on: a folder, a service, a model.
    pub fn target(self, target: impl Into<String>) -> Self {
        self.with("target", Value::from(target.into()))
    }

    /// Its configuration: an object that the page shows.
    pub fn config(mut self, config: impl Serialize) -> Self {
        match serde_json::to_value(config) {
            Ok(value) if value.is_object() => return self.with("config", value),
            Ok(_) => self.wrong = Some("is no object; give a struct or a map".to_owned()),
            Err(error) => self.wrong = Some(format!("cannot be written as JSON: {error}")),
        }
        self
    }

    /// How many passes it may take.
    pub fn max_iterations(self, most: u32) -> Self {
        self.with("max_iterations", Value::from(most))
    }

    /// Where to read more: a label and a web address.
    pub fn link(mut self, label: impl Into<String>, url: impl Into<String>) -> Self {
        let links = self
            .said
            .entry("links")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Some(links) = links.as_object_mut() {
            links.insert(label.into(), Value::from(url.into()));
        }
        self
    }

    /// What its events are written in, where the names are those of a dialect: a convergence loop's pages show its
    /// stages. Without, the session is of no dialect, and may use the words of loops and of orchestrators.
    pub const fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    fn with(mut self, field: &str, value: Value) -> Self {
        self.said.insert(field.to_owned(), value);
        self
    }

    /// Begins the session. Does not wait for the server; an error is one of what was given here.
    pub fn begin(self) -> Result<Session, Error> {
        if let Some(why) = self.wrong {
            return Err(Error::invalid("config", why));
        }
        if self.dialect == Dialect::Loopscope {
            return Err(Error::invalid(
                "dialect",
                "`loopscope` is kept for the server's own events",
            ));
        }
        let id = match self.id {
            Some(id) => SessionId::new(id),
            None => SessionId::new(made_id(self.said.get("name").and_then(Value::as_str))),
        };
        let id = id.map_err(|error| Error::invalid("id", error.to_string()))?;
        let client = match self.client {
            Some(client) => client,
            None => Client::builder().build()?,
        };
        let session = Session::begun(client, id, self.dialect);
        session.put("SESSION_STARTED", None, &self.said);
        Ok(session)
    }
}

impl Outcome {
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Converged => "converged",
            Self::Failed(_) => "failed",
        }
    }
}

/// `nightly-20260105-100000-3fa9`.
fn made_id(name: Option<&str>) -> String {
    let mut slug = String::new();
    for sign in name.unwrap_or_default().chars().take(64) {
        if sign.is_alphanumeric() {
            slug.extend(sign.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    let slug = if slug.is_empty() { "session" } else { slug };
    let stamp: String = crate::wait::now().to_string();
    let digits: String = stamp
        .chars()
        .filter(char::is_ascii_digit)
        .take(14)
        .collect();
    let (day, time) = digits.split_at(8.min(digits.len()));
    format!("{slug}-{day}-{time}-{:04x}", crate::wait::chance() & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_the_name_and_differs() {
        let id = made_id(Some("Nightly run #7!"));
        assert!(id.starts_with("nightly-run-7-20"), "{id}");
        assert_eq!(id.len(), "nightly-run-7-".len() + 20, "{id}");
        assert!(made_id(Some("!?")).starts_with("session-"));
        let ids: std::collections::HashSet<String> = (0..8).map(|_| made_id(None)).collect();
        assert!(ids.len() > 1);
    }
}
