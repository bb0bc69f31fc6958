//! What stands around every page: rail, top bar, connection badge, keys.

mod badge;
mod keys;
mod more;
mod page;
mod palette;
mod rail;
mod topbar;
mod zones;

pub use keys::{KeysDialog, listen_to_keys};
pub use page::{Crumb, page, problem};
pub use palette::{Command, Commands, Does, Palette, commands};
pub use rail::Rail;
pub use zones::{ZonesDialog, open_zones};
