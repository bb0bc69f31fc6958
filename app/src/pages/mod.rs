//! One file a page, or one folder where a page has parts; [`lazy`] hands them to the router.

mod alerts;
mod compare;
mod decisions;
pub mod lazy;
mod lost;
mod overview;
mod query;
mod search;
mod session;
mod sessions;
mod settings;
mod status;
mod systems;
mod widgets;

pub use alerts::AlertsListPage;
pub use compare::ComparePage;
pub use decisions::DecisionsListPage;
pub use lost::NotFound;
pub use overview::OverviewPage;
pub use search::SearchPage;
pub use session::SessionPage;
pub use sessions::SessionsListPage;
pub use settings::SettingsPage;
pub use status::{PageStatus, set_status};
pub use systems::SystemsPage;
pub use widgets::WidgetsPage;
