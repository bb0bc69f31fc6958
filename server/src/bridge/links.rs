//! Which sessions of a dialled loop are heard, and which fell silent with its link. A pure state machine.
//!
//! In: the link came up, went down, brought an event; a grace ran out. Out: sessions to mark as lost or as back.
//!
//! A link that is up again does not mean that its sessions live: the loop may have been started anew, with another
//! session. So a session that fell silent counts as back only when it speaks. One that was heard on the old link and
//! not yet on the new one is in doubt; it is lost when the grace runs out without a link, or when a session never
//! heard before begins in its place.

use std::collections::HashMap;

use loopscope_event::SessionId;

/// The most sessions followed at once on one link; beyond it the ones first heard are let go.
const MAX_SESSIONS: usize = 4096;

/// How a session stands with its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hearing {
    /// Heard on the present link.
    Live,
    /// Heard on the link before this one, not since.
    Doubtful,
    /// Marked as lost.
    Lost,
    /// It said that it is over; what still comes of it changes nothing.
    Over,
}

/// What to tell of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// First heard over this link, ever.
    Found(SessionId),
    /// Its program is gone.
    Lost(SessionId),
    /// It speaks again.
    Restored(SessionId),
}

/// The sessions of one link.
#[derive(Debug, Default)]
pub(crate) struct Links {
    up: bool,
    sessions: HashMap<SessionId, (u64, Hearing)>,
    /// Rises with every session: the order in which they were first heard.
    order: u64,
}

impl Links {
    /// A session that was running when the server stopped; `lost` where it was marked so already.
    pub(crate) fn remember(&mut self, session: SessionId, lost: bool) {
        let hearing = if lost {
            Hearing::Lost
        } else {
            Hearing::Doubtful
        };
        self.insert(session, hearing);
    }

    /// The link stands.
    pub(crate) const fn connected(&mut self) {
        self.up = true;
    }

    /// The link is gone: whoever was heard on it is in doubt.
    pub(crate) fn disconnected(&mut self) {
        self.up = false;
        for (_, hearing) in self.sessions.values_mut() {
            if *hearing == Hearing::Live {
                *hearing = Hearing::Doubtful;
            }
        }
    }

    /// A session spoke over the link.
    pub(crate) fn heard(&mut self, session: &SessionId) -> Vec<Mark> {
        if let Some((_, hearing)) = self.sessions.get_mut(session) {
            return match hearing {
                Hearing::Over => Vec::new(),
                Hearing::Live | Hearing::Doubtful => {
                    *hearing = Hearing::Live;
                    Vec::new()
                }
                Hearing::Lost => {
                    *hearing = Hearing::Live;
                    vec![Mark::Restored(session.clone())]
                }
            };
        }
        let mut marks = self.lose_doubtful();
        self.insert(session.clone(), Hearing::Live);
        marks.push(Mark::Found(session.clone()));
        marks
    }

    /// A session said that it is over: nothing is expected of it any more.
    pub(crate) fn ended(&mut self, session: &SessionId) {
        match self.sessions.get_mut(session) {
            Some((_, hearing)) => *hearing = Hearing::Over,
            None => self.insert(session.clone(), Hearing::Over),
        }
    }

    /// The grace after a lost link ran out.
    pub(crate) fn grace_over(&mut self) -> Vec<Mark> {
        if self.up {
            Vec::new()
        } else {
            self.lose_doubtful()
        }
    }

    /// A session's program began another in its place.
    pub(crate) fn left_behind(&mut self, session: &SessionId) -> Option<Mark> {
        let (_, hearing) = self.sessions.get_mut(session)?;
        if !matches!(hearing, Hearing::Live | Hearing::Doubtful) {
            return None;
        }
        *hearing = Hearing::Lost;
        Some(Mark::Lost(session.clone()))
    }

    /// That a session was left behind was not so: it goes on as before.
    pub(crate) fn not_left(&mut self, session: &SessionId) {
        if let Some((_, hearing)) = self.sessions.get_mut(session)
            && *hearing == Hearing::Lost
        {
            *hearing = Hearing::Live;
        }
    }

    /// The session that began last of those that were running when the server stopped and were not heard since.
    pub(crate) fn last_remembered(&self) -> Option<SessionId> {
        let waiting = self
            .sessions
            .iter()
            .filter(|(_, (_, hearing))| matches!(hearing, Hearing::Doubtful | Hearing::Lost));
        let last = waiting.max_by_key(|(_, (order, _))| *order);
        last.map(|(session, _)| session.clone())
    }

    /// Whether anyone is in doubt.
    pub(crate) fn any_doubtful(&self) -> bool {
        self.sessions
            .values()
            .any(|(_, hearing)| *hearing == Hearing::Doubtful)
    }

    fn lose_doubtful(&mut self) -> Vec<Mark> {
        let mut lost: Vec<(u64, SessionId)> = Vec::new();
        for (session, (order, hearing)) in &mut self.sessions {
            if *hearing == Hearing::Doubtful {
                *hearing = Hearing::Lost;
                lost.push((*order, session.clone()));
            }
        }
        lost.sort_by_key(|(order, _)| *order);
        lost.into_iter()
            .map(|(_, session)| Mark::Lost(session))
            .collect()
    }

    fn insert(&mut self, session: SessionId, hearing: Hearing) {
        self.order += 1;
        self.sessions.insert(session, (self.order, hearing));
        if self.sessions.len() > MAX_SESSIONS {
            let first = self.sessions.iter().min_by_key(|(_, (order, _))| *order);
            if let Some(session) = first.map(|(session, _)| session.clone()) {
                self.sessions.remove(&session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> SessionId {
        SessionId::new(text).unwrap()
    }

    /// Walks steps such as `up`, `down`, `grace`, `a` (session a speaks), `end a`, and collects the marks.
    fn check(steps: &str, expected: &str) {
        let mut links = Links::default();
        links.remember(id("old"), false);
        links.remember(id("gone"), true);
        let mut marks = Vec::new();
        for step in steps.split(", ") {
            marks.extend(match step {
                "up" => {
                    links.connected();
                    vec![]
                }
                "down" => {
                    links.disconnected();
                    vec![]
                }
                "grace" => links.grace_over(),
                step => match step.strip_prefix("end ") {
                    Some(session) => {
                        links.ended(&id(session));
                        vec![]
                    }
                    None => links.heard(&id(step)),
                },
            });
        }
        let shown: Vec<String> = marks
            .iter()
            .map(|mark| match mark {
                Mark::Found(session) => format!("+{session}"),
                Mark::Lost(session) => format!("-{session}"),
                Mark::Restored(session) => format!("!{session}"),
            })
            .collect();
        assert_eq!(shown.join(" "), expected, "{steps}");
    }

    #[test]
    fn sessions_are_lost_and_found_by_the_table() {
        check("grace", "-old");
        check("up, grace", "");
        check("up, old, down, grace", "-old");
        check("up, gone", "!gone");
        check("up, a", "-old +a");
        check("up, old, a, down, grace, grace", "+a -old -a");
        check("up, old, a, down, up, grace, a, old", "+a");
        check("up, old, a, down, grace, up, a", "+a -old -a !a");
        check("up, old, end old, down, grace", "");
        check("up, old, end old, old, down, grace", "");
        check("up, end new, new, down, grace", "-old");
        check("up, end gone, gone", "");
        check("up, old, a, down, up, b", "+a -old -a +b");
        check("up, old, down, up, old, b", "+b");
    }

    #[test]
    fn the_number_of_sessions_is_bounded() {
        let mut links = Links::default();
        links.connected();
        for number in 0..=MAX_SESSIONS {
            links.heard(&id(&format!("s{number}")));
        }
        assert_eq!(links.sessions.len(), MAX_SESSIONS);
        assert!(!links.sessions.contains_key(&id("s0")));
    }
}
