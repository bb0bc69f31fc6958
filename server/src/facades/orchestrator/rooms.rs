//! What a connection wants to hear: the sessions that it joined, and patterns of names. Pure.

use std::collections::HashSet;

use loopscope_event::SessionId;
use loopscope_protocol::NamePattern;

/// The most sessions, and the most patterns, of one connection.
const MOST: usize = 256;

/// The longest pattern, in bytes.
const PATTERN_BYTES: usize = 256;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    /// The session of the handshake, else the first that was joined: the one that commands without a session mean.
    own: Option<SessionId>,
    joined: HashSet<SessionId>,
    patterns: Vec<NamePattern>,
}

impl Rooms {
    /// A connection that began in a session, or in none.
    pub(super) fn of(session: Option<SessionId>) -> Self {
        Self {
            joined: session.iter().cloned().collect(),
            own: session,
            patterns: Vec::new(),
        }
    }

    /// The session of commands that name none.
    pub(super) const fn own(&self) -> Option<&SessionId> {
        self.own.as_ref()
    }

    /// Joins a session too.
    pub(super) fn join(&mut self, session: &SessionId) -> Result<(), String> {
        if self.joined.len() >= MOST && !self.joined.contains(session) {
            return Err(format!("one connection may join {MOST} sessions"));
        }
        self.joined.insert(session.clone());
        self.own.get_or_insert_with(|| session.clone());
        Ok(())
    }

    /// Wants only these names from now on: `skill:*`, `execution:halted`. None: all names.
    pub(super) fn want(&mut self, patterns: Vec<String>) -> Result<(), String> {
        if patterns.len() > MOST {
            return Err(format!("event_types may hold {MOST} patterns"));
        }
        let inner_star = |text: &str| text.trim_end_matches('*').contains('*');
        for text in &patterns {
            if text.is_empty() || text.len() > PATTERN_BYTES || inner_star(text) {
                return Err(format!(
                    "event_types are names of at most {PATTERN_BYTES} bytes, a * only at their end"
                ));
            }
        }
        self.patterns = patterns.into_iter().map(NamePattern).collect();
        Ok(())
    }

    /// Its own sessions' events go to a connection, and all events to one that joined none.
    pub(super) fn hears(&self, session: &SessionId) -> bool {
        self.joined.is_empty() || self.joined.contains(session)
    }

    /// Whether it wants this name.
    pub(super) fn wants(&self, name: &str) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.matches(name))
    }

    /// The sessions it joined.
    pub(super) fn joined(&self) -> impl Iterator<Item = &SessionId> {
        self.joined.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> SessionId {
        SessionId::new(text).unwrap()
    }

    #[test]
    fn sessions_are_apart_and_none_is_all() {
        let all = Rooms::of(None);
        assert!(all.hears(&id("a")) && all.hears(&id("b")));
        let mut one = Rooms::of(Some(id("a")));
        assert!(one.hears(&id("a")) && !one.hears(&id("b")));
        one.join(&id("b")).unwrap();
        assert!(one.hears(&id("a")) && one.hears(&id("b")) && !one.hears(&id("c")));
        assert_eq!(one.own(), Some(&id("a")));
        let mut late = Rooms::of(None);
        late.join(&id("b")).unwrap();
        assert!(!late.hears(&id("a")));
        assert_eq!(late.own(), Some(&id("b")));
    }

    #[test]
    fn patterns_replace_each_other_and_are_bounded() {
        let mut rooms = Rooms::of(None);
        assert!(rooms.wants("anything"));
        rooms
            .want(vec!["skill:*".into(), "execution:halted".into()])
            .unwrap();
        assert!(rooms.wants("skill:started") && rooms.wants("execution:halted"));
        assert!(!rooms.wants("execution:resumed") && !rooms.wants("file:created"));
        rooms.want(vec!["file:*".into()]).unwrap();
        assert!(!rooms.wants("skill:started") && rooms.wants("file:created"));
        for bad in [
            vec![String::new()],
            vec!["a*b".into()],
            vec!["x".repeat(257)],
            vec!["a".into(); 257],
        ] {
            assert!(rooms.want(bad).is_err());
        }
        assert!(
            rooms.wants("file:created") && !rooms.wants("skill:started"),
            "a refused set changes nothing"
        );
        rooms.want(Vec::new()).unwrap();
        assert!(rooms.wants("skill:started"));
    }

    #[test]
    fn a_connection_joins_a_bounded_number_of_sessions() {
        let mut rooms = Rooms::of(None);
        for n in 0..MOST {
            rooms.join(&id(&n.to_string())).unwrap();
        }
        assert!(rooms.join(&id("one more")).is_err());
        rooms.join(&id("0")).unwrap();
    }
}
