//! The storing side of a producer's socket. In: frames that wait. Out: events in the journal, in the order sent.

use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::NewEvent;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Duration, sleep};

use super::Producer;
use super::inbox::{Frame, Told};
use crate::intake::{self, Transport};
use crate::runs;
use crate::state::AppState;

/// About the most events, and bytes of frames, that are stored at once.
const BATCH_EVENTS: usize = 1_024;
const BATCH_BYTES: usize = 1 << 20;

/// See the module.
pub(super) struct Feed {
    state: AppState,
    producer: Producer,
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
    pub(super) fn new(state: AppState, producer: Producer) -> Self {
        Self {
            state,
            producer,
            bad: 0,
        }
    }

    /// Stores until the socket has ended and everything that came over it is stored.
    pub(super) async fn run(mut self, mut frames: UnboundedReceiver<Frame>) {
        while let Some(first) = frames.recv().await {
            let mut batch = Batch::default();
            self.take(first, &mut batch).await;
            while batch.events.len() < BATCH_EVENTS && batch.bytes < BATCH_BYTES {
                let Ok(next) = frames.try_recv() else { break };
                self.take(next, &mut batch).await;
            }
            if !self.store(batch).await {
                return;
            }
        }
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
    async fn store(&self, batch: Batch) -> bool {
        let Batch { events, frames, .. } = batch;
        let source = self.producer.seat.as_ref().map(runs::Seat::source);
        let stored = runs::store(&self.state, source, events, Transport::Producer).await;
        if stored {
            for (frame, told) in frames {
                if let Some(tell) = frame.told {
                    // A producer that has gone needs no word.
                    let _ = tell.send(told);
                }
            }
        }
        stored
    }
}
