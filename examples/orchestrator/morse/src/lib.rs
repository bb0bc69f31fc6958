//! Text to Morse code and back.

pub mod decode;
pub mod encode;
pub mod table;
pub mod timing;
