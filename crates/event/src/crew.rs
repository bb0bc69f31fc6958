//! What a crew of agents says beside who works at what: opportunities, quality, synthesis, health, reputation.
//!
//! Plain values in the normal form, units in their names or docs; the board folds them, a dialect makes them.

use serde::{Deserialize, Serialize};

use crate::{Duration, Phase};

/// A proposal worth a person's time.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Opportunity {
    /// Its id; the event's own where none was sent.
    pub id: String,
    /// What it is, in a line; empty where not said.
    pub title: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How sure its finder is, 0.0 to 1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// What it may bring, as its finder writes it: `$1M ARR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue_potential: Option<String>,
    /// Its class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// An assessment of quality.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QualityFact {
    /// What was assessed; empty where not said.
    pub source: String,
    /// The whole of it, 0 to 100 as sent; `None` where it could not be said.
    pub score: Option<f64>,
    /// Its parts in order, 0 to 100 as sent; at most 32.
    pub dimensions: Vec<(String, f64)>,
}

/// A phase of synthesis began or ended. It is a [`Step`](crate::Fact::Step) too.
#[derive(Debug, Clone, PartialEq)]
pub struct SynthesisFact {
    /// Its name; what began and what ended are matched by it.
    pub name: String,
    /// Started, completed or failed.
    pub phase: Phase,
    /// What it does.
    pub description: Option<String>,
    /// How long it took, by its program's word.
    pub duration: Option<Duration>,
    /// How many patterns it found.
    pub patterns_found: Option<u64>,
}

/// How the system is, by its own word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct HealthFact {
    /// Use of the processor, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<f64>,
    /// Use of memory, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_percent: Option<f64>,
    /// How many agents it says are at work; may disagree with those that are tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_agents: Option<u64>,
    /// How long it is up, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime_seconds: Option<f64>,
}

/// What an agent is thought of, or a task that counts towards it. Neither is an execution.
#[derive(Debug, Clone, PartialEq)]
pub enum ReputationFact {
    /// Its reputation moved.
    Changed {
        /// The agent.
        agent_id: String,
        /// The agent's name, where said.
        agent_name: Option<String>,
        /// Before, 0.0 to 1.0.
        old_score: Option<f64>,
        /// After, 0.0 to 1.0.
        new_score: Option<f64>,
        /// By how much, −1.0 to 1.0; the difference where not said.
        change: Option<f64>,
        /// Tasks that it stands on.
        total_tasks: Option<u64>,
        /// Where it goes: `improving`, `stable`, `declining`, as sent.
        trend: Option<String>,
    },
    /// A task of the agent was judged.
    Outcome {
        /// The agent.
        agent_id: String,
        /// The agent's name, where said.
        agent_name: Option<String>,
        /// The task.
        task_id: Option<String>,
        /// Whether it went well, where said.
        success: Option<bool>,
        /// How good it was, 0 to 100.
        quality: Option<f64>,
        /// How long it took.
        duration: Option<Duration>,
    },
}
