//! Where an operation stands in a document. In: the document. Out: each method of each path.

use serde_json::Value;

/// A method of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The path, with its parameters in braces.
    pub path: String,
    /// The method, in lower case.
    pub method: String,
}

impl Place {
    /// A name for generated clients: `get_sessions_by_id_events`; `get_at_health` outside of `/api/v1`.
    pub(super) fn operation_id(&self) -> String {
        let own = self.path.strip_prefix("/api/v1");
        let path = own.unwrap_or(&self.path);
        let mut id = self.method.clone();
        if own.is_none() {
            id.push_str("_at");
        }
        for part in path.split('/').filter(|part| !part.is_empty()) {
            match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                Some(name) => id.extend(["_by_", name]),
                None => id.extend(["_", part]),
            }
        }
        id
    }
}

/// Every operation, to be changed.
pub(super) fn operations(document: &mut Value) -> Vec<(Place, &mut Value)> {
    let mut all = Vec::new();
    let paths = document["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let place = Place {
                path: path.clone(),
                method: method.clone(),
            };
            all.push((place, operation));
        }
    }
    all
}
