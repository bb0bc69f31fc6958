//! In the browser: the same REST that every other client uses.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::source::{Loading, Way, send, send_file};

/// Posts a JSON body and reads the answer, or the error that came in its place.
pub(super) fn post<T: DeserializeOwned + 'static>(
    path: String,
    body: &impl Serialize,
) -> Loading<T> {
    send(Way::Post, path, Some(text(body)))
}

/// Reads what is there now.
pub(super) fn get<T: DeserializeOwned + 'static>(path: String) -> Loading<T> {
    send(Way::Get, path, None)
}

/// Posts the file that was chosen in a field; its name is added to the address.
pub(super) fn upload<T: DeserializeOwned + 'static>(path: &str, field: &str) -> Loading<T> {
    send_file(path, field)
}

/// Puts a JSON body in the place of what is there.
pub(super) fn put<T: DeserializeOwned + 'static>(
    path: String,
    body: &impl Serialize,
) -> Loading<T> {
    send(Way::Put, path, Some(text(body)))
}

/// Removes what is there.
pub(super) fn remove(path: String) -> Loading<()> {
    send(Way::Remove, path, None)
}

fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}
