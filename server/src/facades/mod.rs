//! The contracts' own routers over the one journal, ring and board: each translates, and holds nothing but sockets.

pub(crate) mod convergence;
pub(crate) mod orchestrator;
