//! What there is to ask.

/// Whether there is a server, which goes on and can be asked to do something.
pub const HAS_SERVER: bool = true;
