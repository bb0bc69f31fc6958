//! Quality over time: of what agents made, of what was assessed, and of the parts of assessments.

use loopscope_event::{QualityFact, Timestamp};
use serde::{Deserialize, Serialize};

use super::trail::Trail;
use crate::limits::{MAX_DIMENSIONS, MAX_QUALITY_SOURCES};
use crate::work::is_default;

/// Quality over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quality {
    /// The scores that executions reported.
    #[serde(skip_serializing_if = "is_default")]
    executions: Trail,
    #[serde(skip_serializing_if = "is_default")]
    sources: Vec<QualitySource>,
    /// Parts of assessments, over all sources.
    #[serde(skip_serializing_if = "is_default")]
    dimensions: Vec<(String, Trail)>,
    #[serde(skip_serializing_if = "is_default")]
    left_out: u64,
}

/// What was assessed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct QualitySource {
    /// Its name; empty where assessments name none.
    pub name: String,
    /// Its overall score over time.
    pub overall: Trail,
    /// The parts of its newest assessment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<(String, f64)>,
    /// When it was assessed last.
    pub at: Timestamp,
}

impl Quality {
    /// The scores that executions reported.
    pub const fn executions(&self) -> &Trail {
        &self.executions
    }

    /// What was assessed, in order of appearance.
    pub fn sources(&self) -> &[QualitySource] {
        &self.sources
    }

    /// Parts of assessments over all sources, in order of appearance.
    pub fn dimensions(&self) -> &[(String, Trail)] {
        &self.dimensions
    }

    /// Assessments of sources beyond the most that are told apart.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether no score was ever reported.
    pub fn is_empty(&self) -> bool {
        self.executions.count == 0 && self.sources.is_empty()
    }

    pub(super) fn execution(&mut self, score: f64, at: Timestamp) {
        self.executions.push(score, at);
    }

    pub(super) fn take(&mut self, fact: &QualityFact, at: Timestamp) {
        let known = self
            .sources
            .iter()
            .position(|source| source.name == fact.source);
        let index = match known {
            Some(index) => index,
            None if self.sources.len() < MAX_QUALITY_SOURCES => {
                self.sources.push(QualitySource {
                    name: fact.source.clone(),
                    ..QualitySource::default()
                });
                self.sources.len() - 1
            }
            None => {
                self.left_out = self.left_out.saturating_add(1);
                return;
            }
        };
        if let Some(source) = self.sources.get_mut(index) {
            if let Some(score) = fact.score {
                source.overall.push(score, at);
            }
            if !fact.dimensions.is_empty() {
                source.dimensions = fact
                    .dimensions
                    .iter()
                    .take(MAX_DIMENSIONS)
                    .cloned()
                    .collect();
            }
            source.at = at;
        }
        for (name, score) in &fact.dimensions {
            if let Some((_, trail)) = self.dimensions.iter_mut().find(|(known, _)| known == name) {
                trail.push(*score, at);
            } else if self.dimensions.len() < MAX_DIMENSIONS {
                let mut trail = Trail::default();
                trail.push(*score, at);
                self.dimensions.push((name.clone(), trail));
            }
        }
    }
}
