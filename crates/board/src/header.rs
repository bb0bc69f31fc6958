//! What a run says of itself, and when it began and ended.

use loopscope_event::{Dialect, RawJson, Timestamp};
use serde::{Deserialize, Serialize};

/// What a run says of itself, and when it began and ended. Times before the first event are the Unix epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Its name for people, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What its producer speaks.
    pub dialect: Dialect,
    /// When it began: its own word, else its first event's time; of an orchestrator always the latter.
    pub started_at: Timestamp,
    /// When it ended: at the first sign of its end, corrected by its own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When its producer's newest event happened.
    pub last_event_at: Timestamp,
    /// Its configuration, as sent; none where it is larger than 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<RawJson>,
    /// How many passes it may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_iterations: Option<u32>,
    /// How long it may take, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<f64>,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// A label and an `http` or `https` address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it leads to.
    pub label: String,
    /// The address.
    pub url: String,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            name: None,
            target: None,
            dialect: Dialect::Generic,
            started_at: Timestamp::default(),
            ended_at: None,
            last_event_at: Timestamp::default(),
            config: None,
            max_iterations: None,
            timeout_seconds: None,
            links: Vec::new(),
        }
    }
}
