//! What someone may do. `ingest` and `view` are apart: a program that reports need not read what others reported.

use std::str::FromStr;
use std::sync::Arc;

use loopscope_event::ProjectId;
use loopscope_protocol::{ApiError, ErrorCode};
use tokio_util::sync::CancellationToken;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Reads.
    View,
    /// Sends events, and reads nothing.
    Ingest,
    /// Reads and steers.
    Control,
    /// Everything, settings and intake included.
    Admin,
}

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// It reads.
    View,
    /// It sends events.
    Ingest,
    /// It asks for commands, and answers for people.
    Steer,
    /// It takes commands, as the program that they are for.
    Take,
}

/// Who is there, and what they may.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    /// What they may.
    pub role: Role,
    /// The token's id, or `local`.
    pub who: Arc<str>,
    /// The only project they may see; `None` for all.
    pub project: Option<ProjectId>,
    /// Cancelled when the token is revoked or the server stops; open connections end with it.
    pub ends: CancellationToken,
}

impl Role {
    /// Every role, the weakest first.
    pub(crate) const ALL: [Self; 4] = [Self::View, Self::Ingest, Self::Control, Self::Admin];

    /// The word on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Ingest => "ingest",
            Self::Control => "control",
            Self::Admin => "admin",
        }
    }

    /// Whether the role includes a right.
    pub(crate) const fn may(self, right: Right) -> bool {
        match (self, right) {
            (Self::Admin, _)
            | (Self::View | Self::Control, Right::View)
            | (Self::Ingest, Right::Ingest)
            | (Self::Control, Right::Steer)
            | (Self::Ingest | Self::Control, Right::Take) => true,
            (Self::View | Self::Control | Self::Ingest, _) => false,
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == word);
        found.ok_or_else(|| format!("`{word}` is not a role; use view, ingest, control or admin"))
    }
}

impl Right {
    /// Whether it changes anything: then no page of another origin may use it.
    pub(crate) const fn changes(self) -> bool {
        !matches!(self, Self::View)
    }

    /// The word in refusals.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Ingest => "send events",
            Self::Steer => "steer",
            Self::Take => "take commands",
        }
    }
}

impl Grant {
    /// The project that a request is about: the one asked for, if they may see it, else their own.
    pub(crate) fn project(&self, asked: Option<ProjectId>) -> Result<Option<ProjectId>, ApiError> {
        match (asked, &self.project) {
            (Some(asked), Some(own)) if asked != *own => Err(ApiError::new(
                ErrorCode::Forbidden,
                format!("only project `{own}` may be asked for here"),
            )),
            (asked, own) => Ok(asked.or_else(|| own.clone())),
        }
    }

    /// The same for one project only, where one is asked for.
    pub(crate) fn within(self, asked: Option<ProjectId>) -> Result<Self, ApiError> {
        let project = self.project(asked)?;
        Ok(Self { project, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_include_what_the_table_says() {
        use Right::{Ingest, Steer, Take, View};
        for (role, rights) in [
            (Role::View, &[View][..]),
            (Role::Ingest, &[Ingest, Take]),
            (Role::Control, &[View, Steer, Take]),
            (Role::Admin, &[View, Ingest, Steer, Take]),
        ] {
            for right in [View, Ingest, Steer, Take] {
                assert_eq!(
                    role.may(right),
                    rights.contains(&right),
                    "{role:?} {right:?}"
                );
            }
            assert_eq!(role.as_str().parse(), Ok(role));
        }
    }
}
