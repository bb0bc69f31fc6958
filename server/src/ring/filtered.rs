//! Encodings of a chunk for filters that several readers share: a hundred people who watch one session cost one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use loopscope_protocol::StreamFilter;

use super::chunk::Shape;

/// The most filters that a chunk remembers the encoding of.
const MOST: usize = 32;

/// One remembered encoding; `None` where no event matched.
#[derive(Debug)]
struct Known {
    shape: Shape,
    filter: Arc<StreamFilter>,
    bytes: Option<Bytes>,
}

/// What was encoded for whom. Filters are told apart by identity: [`Filters`] makes equal ones identical.
#[derive(Debug, Default)]
pub(super) struct Filtered(Mutex<Vec<Known>>);

impl Filtered {
    /// The encoding for a filter; remembered where others hold the same filter.
    pub(super) fn get_or_make(
        &self,
        shape: Shape,
        filter: &Arc<StreamFilter>,
        make: impl FnOnce() -> Option<Bytes>,
    ) -> Option<Bytes> {
        if Arc::strong_count(filter) < 2 {
            return make();
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known
            .iter()
            .find(|known| known.shape == shape && Arc::ptr_eq(&known.filter, filter));
        if let Some(found) = found {
            return found.bytes.clone();
        }
        let bytes = make();
        if known.len() < MOST {
            known.push(Known {
                shape,
                filter: Arc::clone(filter),
                bytes: bytes.clone(),
            });
        }
        bytes
    }
}

/// The filters in use, each once.
#[derive(Debug, Default)]
pub(crate) struct Filters(Mutex<HashMap<StreamFilter, Weak<StreamFilter>>>);

impl Filters {
    /// The shared form of a filter; `None` for one that lets everything through.
    pub(crate) fn intern(&self, filter: StreamFilter) -> Option<Arc<StreamFilter>> {
        if filter.is_everything() {
            return None;
        }
        let mut filters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = filters.get(&filter).and_then(Weak::upgrade) {
            return Some(shared);
        }
        if filters.len() == filters.capacity() {
            filters.retain(|_, known| known.strong_count() > 0);
        }
        let shared = Arc::new(filter.clone());
        filters.insert(filter, Arc::downgrade(&shared));
        Some(shared)
    }
}
