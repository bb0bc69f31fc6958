//! The closed vocabularies of the model: dialect, kind, severity. In: a word. Out: an enum with one spelling.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that stands for none of an enum's members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord;

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of the known words")
    }
}

impl std::error::Error for UnknownWord {}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$member_doc])* #[serde(rename = $word)] $member,)+
        }

        impl $name {
            /// Every member, in order.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// The one spelling used in the journal, on the wire and in the address bar.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$member),)+
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}

words! {
    /// What a producer speaks.
    Dialect {
        /// Convergence loops: find, fix, attack, validate.
        Convergence = "convergence",
        /// Agents at work.
        Agents = "agents",
        /// Skill orchestrators.
        Orchestrator = "orchestrator",
        /// Training runs.
        Training = "training",
        /// Loopscope's own events: a source lost and found again, commands, alerts.
        Loopscope = "loopscope",
        /// A well-formed event of no known dialect.
        Generic = "generic",
    }
}

words! {
    /// The normal form of an event's name: what it is about, whatever the dialect.
    Kind {
        /// A run began.
        SessionStarted = "session_started",
        /// A run is over.
        SessionEnded = "session_ended",
        /// A loop pass or an epoch began.
        IterationStarted = "iteration_started",
        /// A loop pass or an epoch ended.
        IterationEnded = "iteration_ended",
        /// The program's state machine moved.
        StateChanged = "state_changed",
        /// A timed unit of work began.
        StepStarted = "step_started",
        /// A timed unit of work says how far it is.
        StepProgress = "step_progress",
        /// A timed unit of work returned.
        StepCompleted = "step_completed",
        /// A timed unit of work broke.
        StepFailed = "step_failed",
        /// Something wrong was found in the target.
        Finding = "finding",
        /// Something wrong was put right.
        Fix = "fix",
        /// The goal of the run was reached.
        Converged = "converged",
        /// Named numbers at a point.
        Metric = "metric",
        /// A question to a person, or its answer.
        Decision = "decision",
        /// A state that can be returned to.
        Checkpoint = "checkpoint",
        /// A file was made, changed or removed.
        FileChange = "file_change",
        /// A check and its result.
        Validation = "validation",
        /// An agent came, went, or changed.
        Agent = "agent",
        /// A proposal worth a person's time.
        Opportunity = "opportunity",
        /// A command to the program, or a step of its life.
        Command = "command",
        /// A line of output.
        Log = "log",
        /// Something went wrong in the program itself.
        Error = "error",
        /// The link to the program was lost.
        SourceLost = "source_lost",
        /// The link to the program is back.
        SourceRestored = "source_restored",
        /// An alert began or ended.
        Alert = "alert",
        /// Anything else.
        Generic = "generic",
    }
}

words! {
    /// How much an event or a finding matters.
    Severity {
        /// Must be acted on now.
        Critical = "critical",
        /// Serious.
        High = "high",
        /// Worth fixing.
        Medium = "medium",
        /// Minor.
        Low = "low",
        /// For information.
        Info = "info",
    }
}

words! {
    /// Where a command stands. Forward only: queued, delivered, acknowledged, then one of the ends.
    CommandState {
        /// On record, and nobody has it yet.
        Queued = "queued",
        /// Given to the program; it has not said that it has it.
        Delivered = "delivered",
        /// The program said that it has it.
        Acknowledged = "acknowledged",
        /// The program said that it is done.
        Succeeded = "succeeded",
        /// The program said that it could not, or its session ended before.
        Failed = "failed",
        /// Its time was over before the program took it.
        Expired = "expired",
        /// Taken back before the program took it.
        Cancelled = "cancelled",
    }
}

impl CommandState {
    /// Whether nothing comes after it.
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::Expired | Self::Cancelled
        )
    }

    /// Whether a command may go from this state to `next`. A program may skip a step: what it acknowledges it has,
    /// what it finished it took.
    pub const fn may_become(self, next: Self) -> bool {
        match next {
            Self::Queued => false,
            Self::Delivered => matches!(self, Self::Queued),
            Self::Acknowledged | Self::Expired | Self::Cancelled => {
                matches!(self, Self::Queued | Self::Delivered)
            }
            Self::Succeeded | Self::Failed => !self.is_over(),
        }
    }
}

impl Severity {
    /// Reads the word a producer used, in any case, with its common synonyms. `None` for an unknown word.
    pub fn read(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "critical" | "fatal" | "blocker" | "crit" | "emergency" => Self::Critical,
            "high" | "error" | "major" | "severe" => Self::High,
            "medium" | "moderate" | "warning" | "warn" => Self::Medium,
            "low" | "minor" | "note" => Self::Low,
            "info" | "informational" | "information" | "debug" | "trace" | "success" | "none" => {
                Self::Info
            }
            _ => return None,
        })
    }

    /// 0 for critical to 4 for info.
    pub const fn rank(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{kind}\""));
        }
        for dialect in Dialect::ALL {
            assert_eq!(dialect.as_str().parse(), Ok(*dialect));
        }
        assert_eq!("nonsense".parse::<Kind>(), Err(UnknownWord));
    }

    #[test]
    fn a_command_never_goes_back_and_nothing_follows_its_end() {
        for state in CommandState::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
            assert!(!state.may_become(*state), "{state}");
            for next in CommandState::ALL {
                assert!(
                    !state.may_become(*next) || !next.may_become(*state),
                    "{state} {next}"
                );
                assert!(
                    !state.is_over() || !state.may_become(*next),
                    "{state} {next}"
                );
            }
        }
        let taken = CommandState::Acknowledged;
        assert!(!taken.may_become(CommandState::Cancelled));
        assert!(!taken.may_become(CommandState::Expired));
        assert!(taken.may_become(CommandState::Failed));
    }

    #[test]
    fn severities_read_synonyms_in_any_case() {
        assert_eq!(Severity::read("CRITICAL"), Some(Severity::Critical));
        assert_eq!(Severity::read(" Warning "), Some(Severity::Medium));
        assert_eq!(Severity::read("purple"), None);
        assert!(Severity::Critical < Severity::Info);
    }
}
