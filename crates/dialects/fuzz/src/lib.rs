//! What the targets share. In: bytes. Out: nothing, or a panic that says what does not hold.

pub mod checks;
