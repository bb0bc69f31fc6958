//! In the browser: the same REST that every other client uses.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::source::{Loading, send};

/// Posts a JSON body and reads the answer, or the error that came in its place.
pub(super) fn post<T: DeserializeOwned + 'static>(
    path: String,
    body: &impl Serialize,
) -> Loading<T> {
    send(path, Some(serde_json::to_string(body).unwrap_or_default()))
}
