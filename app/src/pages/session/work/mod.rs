//! What an orchestrator's page shows: its Overview, and a tab a subject. Each panel is a file; most serve both.

mod agents;
mod checkpoints;
mod decisions;
mod diff;
mod files;
mod gantt;
mod overview;
mod progress;
mod skills;
mod validation;

pub(super) use agents::AgentsTab;
pub(super) use checkpoints::Checkpoints;
pub(super) use decisions::DecisionsTab;
pub(super) use files::FilesTab;
pub(super) use overview::WorkOverview;
pub(super) use skills::SkillsTab;
pub(super) use validation::Validation;
