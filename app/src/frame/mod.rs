//! What stands around every page: rail, top bar, connection badge, keys.

mod badge;
mod keys;
mod page;
mod rail;
mod topbar;

pub use keys::{KeysDialog, listen_to_keys};
pub use page::{Crumb, page, problem};
pub use rail::Rail;
