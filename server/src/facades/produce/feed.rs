//! The storing side of a producer's socket. In: frames that wait. Out: events in the journal, in the order sent.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::NewEvent;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::{Duration, sleep};

use super::Producer;
use super::inbox::{Frame, Told};
use crate::intake::{self, Transport};
use crate::runs;
use crate::state::AppState;

/// About the most events, and bytes of frames, that are stored at once.
const BATCH_EVENTS: usize = 1_024;
const BATCH_BYTES: usize = 1 << 20;

/// Batches of a socket that wait for their fsync.
const AT_ONCE: usize = 4;

/// See the module.
pub(super) struct Feed {
    state: AppState,
    producer: Producer,
    seat: Option<Arc<runs::Seat>>,
    /// Frames and events that could not be read.
    bad: u64,
}

/// Frames whose events are stored together.
#[derive(Default)]
struct Batch {
    events: Vec<NewEvent>,
    bytes: usize,
    /// Held until they are stored: their room in the inbox is what bounds the socket.
    frames: Vec<(Frame, Told)>,
}

impl Feed {
    pub(super) fn new(state: AppState, mut producer: Producer) -> Self {
        let seat = producer.seat.take().map(Arc::new);
        Self {
            state,
            producer,
            seat,
            bad: 0,
        }
    }

    /// Stores until the socket has ended and everything that came over it is stored. The next batch is handed over as
    /// soon as the one before has its place in the order: nobody who watches waits for the fsync of what came before.
    pub(super) async fn run(mut self, mut frames: UnboundedReceiver<Frame>) {
        let mut storing: FuturesOrdered<BoxFuture<'static, bool>> = FuturesOrdered::new();
        let mut last = Order::Known;
        loop {
            let may_take = matches!(last, Order::Known) && storing.len() < AT_ONCE;
            tokio::select! {
                biased;
                Some(stored) = storing.next(), if !storing.is_empty() => {
                    if !stored {
                        return;
                    }
                    if storing.is_empty() {
                        last = Order::Known;
                    }
                }
                next = last.known() => last = next,
                first = frames.recv(), if may_take => {
                    let Some(first) = first else { break };
                    let batch = self.gather(first, &mut frames).await;
                    let (tell, placed) = oneshot::channel();
                    storing.push_back(self.store(batch, tell));
                    last = Order::Open(placed);
                }
            }
        }
        while storing.next().await == Some(true) {}
    }

    /// A frame and those that wait behind it.
    async fn gather(&mut self, first: Frame, frames: &mut UnboundedReceiver<Frame>) -> Batch {
        let mut batch = Batch::default();
        self.take(first, &mut batch).await;
        while batch.events.len() < BATCH_EVENTS && batch.bytes < BATCH_BYTES {
            let Ok(next) = frames.try_recv() else { break };
            self.take(next, &mut batch).await;
        }
        batch
    }

    /// Takes one frame, when its turn has come by the rate that its sender may have.
    async fn take(&mut self, frame: Frame, batch: &mut Batch) {
        self.wait_for_turn().await;
        let mut told = Told::default();
        let context = DecodeContext {
            project: self.producer.project.clone(),
            dialect: Some(self.producer.dialect),
            session_hint: self.producer.session_hint.clone(),
            limits: intake::decode_limits(&self.state.config.limits),
            ..DecodeContext::new(frame.received_at)
        };
        match decode(&frame.text, &context) {
            Ok(decoded) => {
                for item in decoded.items {
                    match item {
                        Ok((event, _)) => {
                            told.accepted += 1;
                            batch.events.push(event);
                        }
                        Err(error) => {
                            told.rejected += 1;
                            self.refuse(&error);
                        }
                    }
                }
            }
            Err(error) => {
                told.rejected += 1;
                self.refuse(&error);
            }
        }
        batch.bytes += frame.text.len();
        batch.frames.push((frame, told));
    }

    async fn wait_for_turn(&self) {
        let Producer { grant, peer, .. } = &self.producer;
        while let Err(error) = self.state.access.count_intake(grant, peer) {
            if self.state.life.is_stopping() {
                return;
            }
            sleep(Duration::from_millis(error.retry_after_ms.unwrap_or(100))).await;
        }
    }

    fn refuse(&mut self, error: &dyn std::fmt::Display) {
        self.bad += 1;
        metrics::counter!("loopscope_producer_bad_frames_total").increment(1);
        if self.bad.is_power_of_two() {
            let (bad, dialect) = (self.bad, self.producer.dialect.as_str());
            tracing::warn!(dialect, bad, %error, "a producer sent what cannot be read");
        }
    }

    /// Stores and acknowledges. False where the server stops with events not stored: nothing after them may be.
    fn store(&self, batch: Batch, placed: oneshot::Sender<()>) -> BoxFuture<'static, bool> {
        let Batch { events, frames, .. } = batch;
        let (state, seat) = (self.state.clone(), self.seat.clone());
        Box::pin(async move {
            let stored = match seat {
                // What is told behind the events of a run stands behind them: the next batch waits for it.
                Some(seat) => {
                    let stored =
                        runs::store(&state, Some(seat.source()), events, Transport::Producer).await;
                    drop(placed);
                    stored
                }
                None => runs::store_placed(&state, events, Transport::Producer, placed).await,
            };
            if stored {
                for (frame, told) in frames {
                    if let Some(tell) = frame.told {
                        // A producer that has gone needs no word.
                        let _ = tell.send(told);
                    }
                }
            }
            stored
        })
    }
}

/// Whether what is stored now comes after the last batch.
enum Order {
    Known,
    /// The batch is on its way to its place.
    Open(oneshot::Receiver<()>),
    /// It got none and is tried again: whatever comes after it waits until all that is under way is stored.
    Lost,
}

impl Order {
    /// Ends when it is told; never where that is not to come.
    async fn known(&mut self) -> Self {
        match self {
            Self::Open(placed) => match placed.await {
                Ok(()) => Self::Known,
                Err(_) => Self::Lost,
            },
            Self::Known | Self::Lost => std::future::pending().await,
        }
    }
}
