//! What producers speak.
