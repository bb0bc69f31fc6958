//! What a crew's page shows: its Overview, and its agents and opportunities as tabs. Each panel is a file.

mod agents;
mod cards;
mod opportunities;
mod overview;
mod phases;
mod quality;

pub(super) use agents::CrewAgents;
pub(super) use opportunities::OpportunitiesTab;
pub(super) use overview::CrewOverview;
