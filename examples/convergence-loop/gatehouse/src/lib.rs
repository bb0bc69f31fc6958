//! Gatehouse: small parsers for text that strangers send. None of them panics, whatever the input.

pub mod address;
pub mod base64;
pub mod csv;
pub mod duration;
pub mod glob;
pub mod header;
pub mod hex;
pub mod html;
pub mod path;
pub mod percent;
pub mod query;
pub mod range;
pub mod recent;
pub mod stats;
pub mod text;
pub mod token;
pub mod varint;
pub mod version;
