//! Which events a reader wants. In: names with `prefix*`, kinds, severity, a session. Out: a match or not.

use loopscope_event::{Dialect, Event, Kind, ProjectId, SessionId, Severity};
use serde::{Deserialize, Serialize};

/// The most words (names, kinds, dialects together) that one filter may hold.
pub const MAX_FILTER_WORDS: usize = 256;

/// A name, or a prefix of names: `STEP_COMPLETE`, `skill:*`, `*`. Letter case does not matter.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NamePattern(pub String);

impl NamePattern {
    /// Whether the name is meant.
    pub fn matches(&self, name: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => name
                .as_bytes()
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes())),
            None => self.0.eq_ignore_ascii_case(name),
        }
    }
}

/// Which events a reader wants: all conditions must hold; an empty list is no condition.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StreamFilter {
    /// Only this project's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Only this session's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// Only these names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<NamePattern>,
    /// Only these kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// Only these dialects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dialects: Vec<Dialect>,
    /// Only events at least this severe; events without a severity do not match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// Why a filter is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterError {
    /// More words than [`MAX_FILTER_WORDS`].
    TooManyWords(usize),
    /// A `*` that is not the last character of a name.
    InnerStar,
    /// A name of more than 256 bytes.
    LongName,
}

impl std::fmt::Display for FilterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooManyWords(count) => {
                write!(
                    f,
                    "{count} names, kinds and dialects; the limit is {MAX_FILTER_WORDS}"
                )
            }
            Self::InnerStar => f.write_str("`*` may only be the last character of a name"),
            Self::LongName => f.write_str("a name has more than 256 bytes"),
        }
    }
}

impl StreamFilter {
    /// Whether it lets everything through.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Checks its bounds.
    pub fn check(&self) -> Result<(), FilterError> {
        let words = self.names.len() + self.kinds.len() + self.dialects.len();
        if words > MAX_FILTER_WORDS {
            return Err(FilterError::TooManyWords(words));
        }
        for NamePattern(name) in &self.names {
            if name.len() > 256 {
                return Err(FilterError::LongName);
            }
            if name.trim_end_matches('*').contains('*') || name.ends_with("**") {
                return Err(FilterError::InnerStar);
            }
        }
        Ok(())
    }

    /// Whether the event is wanted.
    pub fn matches(&self, event: &Event) -> bool {
        self.project
            .as_ref()
            .is_none_or(|project| *project == event.project)
            && self
                .session
                .as_ref()
                .is_none_or(|session| *session == event.session_id)
            && (self.kinds.is_empty() || self.kinds.contains(&event.kind))
            && (self.dialects.is_empty() || self.dialects.contains(&event.dialect))
            && self
                .severity
                .is_none_or(|least| event.severity.is_some_and(|own| own <= least))
            && (self.names.is_empty() || self.names.iter().any(|name| name.matches(&event.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_in_any_case_and_by_prefix() {
        for (pattern, name, expected) in [
            ("STEP_COMPLETE", "step_complete", true),
            ("skill:*", "skill:started", true),
            ("SKILL:*", "skill:started", true),
            ("skill:*", "skil", false),
            ("*", "anything", true),
            ("STEP", "STEP_COMPLETE", false),
            ("ü*", "übung", true),
            ("STEP_*", "ST", false),
        ] {
            assert_eq!(
                NamePattern(pattern.into()).matches(name),
                expected,
                "{pattern} {name}"
            );
        }
    }

    #[test]
    fn bounds_are_checked() {
        let names = |words: &[&str]| StreamFilter {
            names: words
                .iter()
                .map(|word| NamePattern((*word).into()))
                .collect(),
            ..StreamFilter::default()
        };
        assert_eq!(names(&["a*", "*"]).check(), Ok(()));
        assert_eq!(names(&["a*b"]).check(), Err(FilterError::InnerStar));
        assert_eq!(names(&["a**"]).check(), Err(FilterError::InnerStar));
        assert_eq!(
            names(&["x"; 257]).check(),
            Err(FilterError::TooManyWords(257))
        );
        assert_eq!(
            names(&[&"x".repeat(257)]).check(),
            Err(FilterError::LongName)
        );
    }
}
