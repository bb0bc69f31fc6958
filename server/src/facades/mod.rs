//! The contracts' own routers over the one journal, ring and board.

pub(crate) mod convergence;
