//! The newest items of a stream, the oldest dropped first.

/// A ring of at most `capacity` items.
#[derive(Debug, Clone)]
pub struct Recent<T> {
    items: Vec<T>,
    next: usize,
    capacity: usize,
}

impl<T> Recent<T> {
    /// An empty ring. With capacity 0 it keeps nothing.
    pub fn new(capacity: usize) -> Self {
        Self {
            items: Vec::new(),
            next: 0,
            capacity,
        }
    }

    /// Adds an item, over the oldest when the ring is full.
    pub fn push(&mut self, item: T) {
        if self.capacity == 0 {
            return;
        }
        if self.items.len() < self.capacity {
            self.items.push(item);
        } else {
            self.items[self.next] = item;
        }
        self.next = (self.next + 1) % self.capacity;
    }

    /// The items, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        let split = if self.items.len() < self.capacity {
            0
        } else {
            self.next
        };
        self.items[split..].iter().chain(&self.items[..split])
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_while_it_fills() {
        let mut ring = Recent::new(3);
        assert!(ring.is_empty());
        ring.push(1);
        ring.push(2);
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn drops_the_oldest_first() {
        let mut ring = Recent::new(3);
        for item in 1..=5 {
            ring.push(item);
        }
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [3, 4, 5]);
    }
}
