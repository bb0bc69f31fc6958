//! Questions of programs to people, over all sessions. In and out: plain data with serde.

use loopscope_event::{DecisionOption, ProjectId, RawJson, SessionId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::CommandRecord;

/// A question that a program asked, and its answer.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionRow {
    /// The session's project.
    #[serde(default)]
    pub project: ProjectId,
    /// Whose question it is.
    pub session_id: SessionId,
    /// The session's name for people.
    pub session_name: String,
    /// The question's id in its session.
    pub decision_id: String,
    /// Where it stands.
    pub state: DecisionState,
    /// The question.
    pub question: String,
    /// More of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `critical`, `high`, `medium`, `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// What can be answered.
    #[serde(default)]
    pub options: Vec<DecisionChoice>,
    /// What it is about, as the program sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<RawJson>,
    /// When it was asked, by the server's clock.
    pub asked_at: Timestamp,
    /// When it answers itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What it answers itself with: the choice that was declared, else recommended, else the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<RawJson>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<RawJson>,
    /// Who answered: a token's name, `local`, `timeout`, the program's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Timestamp>,
}

/// Where a question stands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionState {
    /// It waits for an answer.
    Pending,
    /// It was answered here; the program has not said that it took the answer.
    Answered,
    /// The program has its answer.
    Made,
    /// Its session ended first.
    Dropped,
}

/// One thing that can be answered.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionChoice {
    /// What is sent as the choice.
    pub choice: RawJson,
    /// For people.
    pub label: String,
    /// More of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What speaks for it, against it, and what follows, as the program lists it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<String>,
    /// Whether the program recommends it.
    #[serde(default)]
    pub recommended: bool,
}

/// An option as something to press: its id is what is sent, else its label.
impl From<DecisionOption> for DecisionChoice {
    fn from(option: DecisionOption) -> Self {
        let word = option.id.as_ref().unwrap_or(&option.label);
        Self {
            choice: RawJson::from_trusted(serde_json::Value::from(word.as_str()).to_string()),
            label: option.label,
            description: option.description,
            consequences: [option.consequences, option.pros, option.cons].concat(),
            recommended: option.recommended,
        }
    }
}

/// `GET /api/v1/decisions`: pending ones first by priority and time, then the newest answered.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionsPage {
    /// The rows.
    pub decisions: Vec<DecisionRow>,
    /// How many wait in all.
    pub pending: u64,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// `POST /api/v1/sessions/{id}/decisions/{decision_id}`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeDecision {
    /// The answer: any JSON but null.
    pub choice: RawJson,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The answer to [`MakeDecision`].
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionMade {
    /// The command that carries it to the program.
    pub command: CommandRecord,
    /// The question as it stands now.
    pub decision: DecisionRow,
}
