//! One file a panel: what pages are put together from.

mod event_line;
mod firing;
mod first_run;
mod metric_cards;
mod opportunities;
mod run_rows;
mod sources;
mod stage;
mod stream;
mod systems;
mod waiting;

pub use event_line::{Names, event_line};
pub use firing::FiringPanel;
pub use first_run::FirstRun;
pub use metric_cards::MetricCards;
pub use opportunities::{OpportunityPanel, opportunity_card};
pub use run_rows::{RunRows, far_of, iteration_of, session_href};
pub use sources::Sources;
pub use stage::stage;
pub use stream::{EventStream, Stream};
pub use systems::{SystemFilter, Systems};
pub use waiting::WaitingPanel;
