//! Who is connected right now, counted by what they speak.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// Our own protocol on a WebSocket.
    V1 = 0,
    /// Server-sent events.
    Sse = 1,
    /// The convergence contract on a WebSocket.
    Convergence = 2,
    /// The orchestrator contract over Socket.IO.
    SocketIo = 3,
    /// The agents contract, as a viewer.
    Agents = 4,
    /// The training contract, as a viewer.
    Training = 5,
    /// A producer's socket of either contract.
    Producer = 6,
}

const KINDS: [Speaks; 7] = [
    Speaks::V1,
    Speaks::Sse,
    Speaks::Convergence,
    Speaks::SocketIo,
    Speaks::Agents,
    Speaks::Training,
    Speaks::Producer,
];

/// Counts of open connections; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clients(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    by_kind: [AtomicU64; KINDS.len()],
    producers: AtomicU64,
}

/// One open connection; it is counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Presence {
    counts: Arc<Counts>,
    speaks: Speaks,
    is_producer: bool,
}

impl Clients {
    /// Counts one more connection.
    pub(crate) fn enter(&self, speaks: Speaks) -> Presence {
        self.0.by_kind[speaks as usize].fetch_add(1, Ordering::Relaxed);
        Presence {
            counts: Arc::clone(&self.0),
            speaks,
            is_producer: false,
        }
    }

    /// How many connections are open.
    pub(crate) fn connected(&self) -> u64 {
        KINDS.into_iter().map(|speaks| self.of(speaks)).sum()
    }

    /// Of these, how many have sent events.
    pub(crate) fn producers(&self) -> u64 {
        self.0.producers.load(Ordering::Relaxed)
    }

    /// Each kind and its count.
    pub(crate) fn by_kind(&self) -> impl Iterator<Item = (&'static str, u64)> {
        KINDS
            .into_iter()
            .map(|speaks| (speaks.as_str(), self.of(speaks)))
    }

    /// How many of one kind are open.
    pub(crate) fn of(&self, speaks: Speaks) -> u64 {
        self.0.by_kind[speaks as usize].load(Ordering::Relaxed)
    }
}

impl Speaks {
    const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "websocket",
            Self::Sse => "sse",
            Self::Convergence => "convergence",
            Self::SocketIo => "socket.io",
            Self::Agents => "agents",
            Self::Training => "training",
            Self::Producer => "producer",
        }
    }
}

impl Presence {
    /// It has sent events: it counts as a producer too.
    pub(crate) fn is_producer(&mut self) {
        if !std::mem::replace(&mut self.is_producer, true) {
            self.counts.producers.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.counts.by_kind[self.speaks as usize].fetch_sub(1, Ordering::Relaxed);
        if self.is_producer {
            self.counts.producers.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
