//! What there is to ask in the static viewer.

/// There is no server: what is shown are files.
pub const HAS_SERVER: bool = false;
