//! What one socket wants to hear. In: `subscribe` and `unsubscribe`. Out: whether an event of a name is wanted.
//!
//! The rules are those of the contract (section 3.3): everything until the first `subscribe`, which replaces it;
//! later ones add; `unsubscribe` removes, and excludes while everything is wanted; letter case does not matter.

use std::collections::BTreeSet;

use loopscope_protocol::NamePattern;

/// The most names that one connection may hold, wanted and excluded ones together.
pub(crate) const MAX_NAMES: usize = 256;
/// The longest name, in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 256;

/// What one socket wants to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interest {
    /// `*` is held, or nothing was ever subscribed to.
    everything: bool,
    /// Names wanted beside `*`, lower case.
    wanted: BTreeSet<String>,
    /// Names not wanted though `*` is held, lower case.
    excluded: BTreeSet<String>,
    /// A first `subscribe` came.
    subscribed: bool,
}

/// An interest as a list of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Names {
    /// Every name.
    All,
    /// These names.
    These(Vec<NamePattern>),
    /// No list says it: names are excluded, or would mean something else as patterns.
    NoList,
}

/// Why a subscription is refused; what was held before is still held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InterestError {
    /// More than [`MAX_NAMES`] names.
    #[error("a connection holds at most {MAX_NAMES} event names")]
    TooMany,
    /// A name of more than [`MAX_NAME_BYTES`].
    #[error("an event name has at most {MAX_NAME_BYTES} bytes")]
    TooLong,
}

impl Default for Interest {
    fn default() -> Self {
        Self {
            everything: true,
            wanted: BTreeSet::new(),
            excluded: BTreeSet::new(),
            subscribed: false,
        }
    }
}

impl Interest {
    /// Whether events of this name are wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        if self.everything && self.excluded.is_empty() {
            return true;
        }
        let name = name.to_lowercase();
        if self.everything {
            !self.excluded.contains(&name)
        } else {
            self.wanted.contains(&name)
        }
    }

    /// The interest as a list of names, where a list can say it.
    pub(crate) fn as_names(&self) -> Names {
        if self.everything && self.excluded.is_empty() {
            return Names::All;
        }
        let literal = |name: &String| name.is_ascii() && !name.contains('*');
        if self.everything || !self.wanted.iter().all(literal) {
            return Names::NoList;
        }
        Names::These(self.wanted.iter().cloned().map(NamePattern).collect())
    }

    /// Adds names; the first call replaces "everything" with them.
    pub(crate) fn subscribe(&mut self, names: &[String]) -> Result<(), InterestError> {
        let mut next = if self.subscribed {
            self.clone()
        } else {
            Self {
                everything: false,
                ..Self::default()
            }
        };
        next.subscribed = true;
        for name in names {
            let name = normal(name)?;
            if name == "*" {
                next.everything = true;
                next.excluded.clear();
            } else {
                next.excluded.remove(&name);
                next.wanted.insert(name);
            }
        }
        self.replace(next)
    }

    /// Removes names; none at all removes all of them.
    pub(crate) fn unsubscribe(&mut self, names: &[String]) -> Result<(), InterestError> {
        let mut next = self.clone();
        if names.is_empty() {
            next.everything = false;
            next.wanted.clear();
            next.excluded.clear();
        }
        for name in names {
            let name = normal(name)?;
            if name == "*" {
                next.everything = false;
                next.excluded.clear();
            } else {
                next.wanted.remove(&name);
                if next.everything {
                    next.excluded.insert(name);
                }
            }
        }
        self.replace(next)
    }

    fn replace(&mut self, next: Self) -> Result<(), InterestError> {
        if next.wanted.len() + next.excluded.len() > MAX_NAMES {
            return Err(InterestError::TooMany);
        }
        *self = next;
        Ok(())
    }
}

fn normal(name: &str) -> Result<String, InterestError> {
    if name.len() > MAX_NAME_BYTES {
        return Err(InterestError::TooLong);
    }
    Ok(name.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// Walks steps such as `+A B`, `-A`, `-` and compares what is wanted of `A B C`.
    fn check(steps: &[&str], expected: &str) {
        let mut interest = Interest::default();
        for step in steps {
            let result = match step.split_at(1) {
                ("+", rest) => interest.subscribe(&names(rest)),
                (_, rest) => interest.unsubscribe(&names(rest)),
            };
            assert_eq!(result, Ok(()), "{steps:?}");
        }
        let wanted: Vec<&str> = ["A", "B", "C"]
            .into_iter()
            .filter(|name| interest.wants(name))
            .collect();
        assert_eq!(wanted.join(" "), expected, "{steps:?}");
    }

    #[test]
    fn subscriptions_follow_the_table() {
        check(&[], "A B C");
        check(&["+A"], "A");
        check(&["+a"], "A");
        check(&["+A", "+B"], "A B");
        check(&["+*"], "A B C");
        check(&["+A", "+*"], "A B C");
        check(&["+"], "");
        check(&["+A B", "-a"], "B");
        check(&["+A B", "-"], "");
        check(&["+*", "-A"], "B C");
        check(&["+*", "-A", "+a"], "A B C");
        check(&["+*", "-A", "+*"], "A B C");
        check(&["+* A", "-*"], "A");
        check(&["+* A", "-A", "-*"], "");
        check(&["+*", "-"], "");
        check(&["+*", "-", "+C"], "C");
        check(&["-A"], "B C");
        check(&["-"], "");
        check(&["-A", "+A"], "A");
        check(&["-A", "-*"], "");
        check(&["+A", "-B"], "A");
        check(&["+A", "-B", "+*"], "A B C");
    }

    #[test]
    fn a_refused_subscription_changes_nothing() {
        let mut interest = Interest::default();
        interest.subscribe(&names("A")).unwrap();
        let before = interest.clone();
        let many: Vec<String> = (0..1000).map(|n| format!("N{n}")).collect();
        assert_eq!(interest.subscribe(&many), Err(InterestError::TooMany));
        let long = vec!["x".repeat(MAX_NAME_BYTES + 1)];
        assert_eq!(interest.subscribe(&long), Err(InterestError::TooLong));
        assert_eq!(interest, before);

        let mut everything = Interest::default();
        assert_eq!(everything.unsubscribe(&many), Err(InterestError::TooMany));
        assert!(everything.wants("N1"));
    }

    #[test]
    fn a_list_of_names_says_the_same_or_nothing() {
        let of = |wanted: &str, unwanted: &str| {
            let mut interest = Interest::default();
            interest.subscribe(&names(wanted)).unwrap();
            if !unwanted.is_empty() {
                interest.unsubscribe(&names(unwanted)).unwrap();
            }
            interest.as_names()
        };
        let these = |text| Names::These(names(text).into_iter().map(NamePattern).collect());
        assert_eq!(Interest::default().as_names(), Names::All);
        assert_eq!(of("*", ""), Names::All);
        assert_eq!(of("B a", ""), these("a b"));
        assert_eq!(of("", ""), these(""));
        assert_eq!(of("*", "A"), Names::NoList);
        assert_eq!(of("STEP_*", ""), Names::NoList);
        assert_eq!(of("ÜBUNG", ""), Names::NoList);
    }
}
