//! Which session a page shows. In: the address, or a row. Out: addresses. Programs choose the ids of their sessions, so
//! an id means one session only within its project; the default project stands in no address.

use loopscope_event::{ProjectId, SessionId};
use loopscope_protocol::{SessionRef, SessionSummary, percent_encode};

/// A session: its project and its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// Its project.
    pub project: ProjectId,
    /// Its id.
    pub id: SessionId,
}

impl SessionKey {
    /// The session of a row.
    pub fn of(row: &SessionSummary) -> Self {
        Self {
            project: row.project.clone(),
            id: row.session_id.clone(),
        }
    }

    /// Both as one word.
    pub fn reference(&self) -> SessionRef {
        SessionRef {
            project: self.project.clone(),
            id: self.id.clone(),
        }
    }

    /// The address of its page, at a tab; the first where `tab` is empty.
    pub fn page(&self, tab: &str) -> String {
        let mut href = "/sessions/".to_owned();
        percent_encode(self.id.as_str(), &mut href);
        if let Some(project) = self.foreign() {
            with(&mut href, "project", project);
        }
        if !tab.is_empty() {
            with(&mut href, "tab", tab);
        }
        href
    }

    /// The address of something of it in the API: `rest` begins with a slash or is empty, `query` has no mark.
    pub fn api(&self, rest: &str, query: &str) -> String {
        let mut path = "/api/v1/sessions/".to_owned();
        percent_encode(self.id.as_str(), &mut path);
        path.push_str(rest);
        if let Some(project) = self.foreign() {
            with(&mut path, "project", project);
        }
        if !query.is_empty() {
            path.push(mark(&path));
            path.push_str(query);
        }
        path
    }

    /// The project, where it is not the default one.
    pub fn foreign(&self) -> Option<&str> {
        (self.project != ProjectId::default()).then(|| self.project.as_str())
    }
}

impl From<&SessionRef> for SessionKey {
    fn from(session: &SessionRef) -> Self {
        Self {
            project: session.project.clone(),
            id: session.id.clone(),
        }
    }
}

/// Adds a field to an address.
fn with(href: &mut String, field: &str, value: &str) {
    href.push(mark(href));
    href.push_str(field);
    href.push('=');
    percent_encode(value, href);
}

/// What stands before the next field of an address.
fn mark(href: &str) -> char {
    if href.contains('?') { '&' } else { '?' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_the_project_where_it_is_not_the_default() {
        let own = SessionKey {
            project: ProjectId::default(),
            id: SessionId::new("a/b ?").unwrap(),
        };
        let other = SessionKey {
            project: ProjectId::new("lab 2").unwrap(),
            ..own.clone()
        };
        assert_eq!(own.page(""), "/sessions/a%2Fb%20%3F");
        assert_eq!(own.page("audit"), "/sessions/a%2Fb%20%3F?tab=audit");
        assert_eq!(
            other.page("audit"),
            "/sessions/a%2Fb%20%3F?project=lab%202&tab=audit"
        );
        assert_eq!(
            own.api("/events", "limit=5"),
            "/api/v1/sessions/a%2Fb%20%3F/events?limit=5"
        );
        assert_eq!(
            other.api("/events", "limit=5"),
            "/api/v1/sessions/a%2Fb%20%3F/events?project=lab%202&limit=5"
        );
        assert_eq!(
            other.api("", ""),
            "/api/v1/sessions/a%2Fb%20%3F?project=lab%202"
        );
    }
}
