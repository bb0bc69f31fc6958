//! The ids of the newest events, in memory: a retry or the same event over two ways is known without the disk.
//! In: an id and its place. Out: the place, for as long as the id is among the newest.

use std::collections::{HashMap, VecDeque};

use crate::store::code::IdKey;

/// An event's idempotency key: its project's key and its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Id {
    pub(crate) project: i64,
    pub(crate) id: IdKey,
}

/// Offset and seq, as in the columns.
pub(crate) type Place = (i64, i64);

const KEPT: usize = 16_384;

#[derive(Default)]
pub(crate) struct Recent {
    places: HashMap<Id, Place>,
    order: VecDeque<Id>,
}

impl Recent {
    pub(crate) fn get(&self, id: &Id) -> Option<Place> {
        self.places.get(id).copied()
    }

    pub(crate) fn put(&mut self, id: Id, place: Place) {
        if self.order.len() >= KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.remove(&oldest);
        }
        self.order.push_back(id.clone());
        self.places.insert(id, place);
    }

    /// After rows were removed, nothing here may point at them.
    pub(crate) fn forget(&mut self) {
        self.places.clear();
        self.order.clear();
    }
}
