//! What a crew of agents makes: opportunities, quality over time, phases of synthesis, its health. A file a panel; who
//! works at what stands with every run's agents, in `work`.

mod opportunities;
mod quality;
mod stats;
mod synthesis;
mod told;
mod trail;

use loopscope_event::{Event, Fact, HealthFact, Timestamp};
use serde::{Deserialize, Serialize};

pub use opportunities::Opportunities;
pub use quality::{Quality, QualitySource};
pub use stats::CrewStats;
pub use synthesis::{Synthesis, SynthesisRow};
pub(crate) use told::words;
pub use trail::{Trail, TrailPoint};

use crate::Board;
use crate::work::is_default;

/// All panels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Crew {
    #[serde(skip_serializing_if = "is_default")]
    opportunities: Opportunities,
    #[serde(skip_serializing_if = "is_default")]
    quality: Quality,
    #[serde(skip_serializing_if = "is_default")]
    synthesis: Synthesis,
    #[serde(skip_serializing_if = "is_default")]
    health: Option<HealthRow>,
}

/// The newest word of how the system is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HealthRow {
    /// What it says.
    pub health: HealthFact,
    /// When it said it.
    pub at: Timestamp,
}

impl Crew {
    /// Takes one fact.
    pub(crate) fn take(&mut self, fact: &Fact, event: &Event) {
        let at = event.timestamp;
        match fact {
            Fact::Agent(agent) => {
                if let Some(score) = agent.quality {
                    self.quality.execution(score, at);
                }
            }
            Fact::Opportunity(opportunity) => self.opportunities.take(opportunity, event),
            Fact::Quality(quality) => self.quality.take(quality, at),
            Fact::Synthesis(synthesis) => self.synthesis.take(synthesis, at),
            Fact::Health(health) => {
                self.health = Some(HealthRow {
                    health: *health,
                    at,
                });
            }
            _ => {}
        }
    }
}

impl Board {
    /// Proposals worth a person's time, in the order of their finding.
    pub const fn opportunities(&self) -> &Opportunities {
        &self.crew.opportunities
    }

    /// Quality over time.
    pub const fn quality(&self) -> &Quality {
        &self.crew.quality
    }

    /// The phases of synthesis, in the order of their start.
    pub const fn synthesis(&self) -> &Synthesis {
        &self.crew.synthesis
    }

    /// How the system is, by its own newest word.
    pub const fn health(&self) -> Option<&HealthRow> {
        self.crew.health.as_ref()
    }
}
