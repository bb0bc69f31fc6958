//! Readers over a small ring and a journal behind it: nothing is skipped, nothing comes twice.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use loopscope_event::{Cursor, Event, Offset};
use loopscope_protocol::{NamePattern, ResetReason, StreamFilter};
use proptest::prelude::*;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    Encoders, Format, Page, PageFuture, Pages, ReadError, Reader, Ring, RingLimits, Slice,
    pulse_until,
};
use crate::testing::event;

/// A journal in memory.
#[derive(Debug, Default)]
struct Memory {
    events: Mutex<Vec<Arc<Event>>>,
    /// The first and the last offset of what is gone.
    gone: Mutex<(u64, u64)>,
}

impl Pages for Memory {
    fn page_after(&self, after: Offset, limit: usize, _: Option<&StreamFilter>) -> PageFuture {
        let events = self.events.lock().unwrap();
        let (from, to) = *self.gone.lock().unwrap();
        let later = events
            .iter()
            .filter(|event| event.offset > after)
            .filter(|event| to == 0 || !(from..=to).contains(&event.offset.0));
        let events: Vec<_> = later.take(limit.min(3)).cloned().collect();
        let page = Page {
            scanned: events.last().map_or(after, |event| event.offset),
            events,
            horizon: Offset(to),
        };
        Box::pin(std::future::ready(Ok(page)))
    }

    fn horizon(&self) -> Offset {
        Offset(self.gone.lock().unwrap().1)
    }

    fn check(&self, _: Cursor) -> Result<(), ResetReason> {
        Ok(())
    }
}

fn encoders() -> Encoders {
    Encoders {
        epoch: 1,
        convergence_flat: |_, _| {},
        convergence_nested: |_, _| {},
        contract: |_, _| {},
    }
}

fn ring(events: usize, bytes: usize) -> Arc<Ring> {
    let limits = RingLimits { events, bytes };
    Arc::new(Ring::new(limits, encoders(), Offset(0), &[]))
}

fn poll(reader: &mut Reader) -> Poll<Result<Slice, ReadError>> {
    reader.poll_next(&mut Context::from_waker(Waker::noop()))
}

/// What happens to a ring.
#[derive(Debug, Clone)]
enum Step {
    Publish(u64),
    Pulse,
    Read(usize),
    Join(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1..20_u64).prop_map(Step::Publish),
        Just(Step::Pulse),
        (0..4_usize).prop_map(Step::Read),
        any::<u64>().prop_map(Step::Join),
    ];
    proptest::collection::vec(step, 1..80)
}

/// A reader and the next offset that it must see.
struct Seen {
    reader: Reader,
    next: u64,
}

impl Seen {
    fn take(&mut self) -> bool {
        match poll(&mut self.reader) {
            Poll::Pending => false,
            Poll::Ready(Err(error)) => panic!("{error}"),
            Poll::Ready(Ok(slice)) => {
                for event in slice.events() {
                    assert_eq!(event.offset.0, self.next);
                    self.next += 1;
                }
                true
            }
        }
    }
}

proptest! {
    #[test]
    fn every_reader_sees_every_event_once_and_in_order(steps in steps(), most in 1..30_usize) {
        let (ring, journal) = (ring(most, 1 << 20), Arc::new(Memory::default()));
        let mut readers: Vec<Seen> = Vec::new();
        let mut last = 0;
        for step in steps {
            match step {
                Step::Publish(count) => {
                    let events: Vec<_> = (last + 1..=last + count).map(|n| event(n, "s", n)).collect();
                    last += count;
                    journal.events.lock().unwrap().extend(events.iter().cloned());
                    ring.publish(&events);
                }
                Step::Pulse => {
                    ring.pulse();
                }
                Step::Read(place) => {
                    if let Some(seen) = readers.get_mut(place) {
                        seen.take();
                    }
                }
                Step::Join(from) => {
                    let after = from % (ring.head().0 + 1);
                    let reader = Reader::new(Arc::clone(&ring), journal.clone(), Offset(after));
                    readers.push(Seen { reader, next: after + 1 });
                }
            }
        }
        ring.pulse();
        for seen in &mut readers {
            while seen.take() {}
            prop_assert_eq!(seen.next, last + 1, "nothing is left");
        }
    }
}

#[test]
fn readers_of_the_same_share_one_encoding() {
    let (ring, journal) = (ring(100, 1 << 20), Arc::new(Memory::default()));
    let mut readers: Vec<Reader> = (0..3)
        .map(|_| Reader::new(Arc::clone(&ring), journal.clone(), Offset(0)))
        .collect();
    ring.publish(&[event(1, "s", 1), event(2, "t", 1)]);
    ring.pulse();
    let names = vec![NamePattern("METRICS".to_owned())];
    let filter = || StreamFilter {
        names: names.clone(),
        ..StreamFilter::default()
    };
    let filters: Vec<_> = (0..3).map(|_| ring.filters().intern(filter())).collect();
    let mut wholes = Vec::new();
    for (reader, filter) in readers.iter_mut().zip(&filters) {
        let Poll::Ready(Ok(slice)) = poll(reader) else {
            panic!("nothing came")
        };
        let pieces = [
            slice.batch(None).unwrap(),
            slice.singles(Format::V1, None).unwrap(),
            slice.batch(filter.as_ref()).unwrap(),
        ];
        wholes.push(pieces.map(|piece| piece.as_ptr()));
    }
    assert_eq!(wholes[0], wholes[1], "the very same bytes");
    assert_eq!(wholes[1], wholes[2]);
}

#[test]
fn what_retention_took_is_a_reset_and_the_reader_goes_on_from_now() {
    let (ring, journal) = (ring(2, 1 << 20), Arc::new(Memory::default()));
    let mut reader = Reader::new(Arc::clone(&ring), journal.clone(), Offset(1));
    for n in 1..=9 {
        let events = [event(n, "s", n)];
        journal
            .events
            .lock()
            .unwrap()
            .extend(events.iter().cloned());
        ring.publish(&events);
        ring.pulse();
    }
    *journal.gone.lock().unwrap() = (1, 5);
    let reset = poll(&mut reader);
    assert!(matches!(
        reset,
        Poll::Ready(Err(ReadError::Reset(ResetReason::Retention)))
    ));
    assert_eq!(reader.cursor().offset, Offset(9));
    assert!(poll(&mut reader).is_pending());
}

/// Every page after the first one used to be taken for one with a hole before it.
#[test]
fn a_reader_of_everything_that_is_kept_is_not_reset_by_what_went_before_it_began() {
    let (ring, journal) = (ring(2, 1 << 20), Arc::new(Memory::default()));
    for n in 1..=20 {
        let events = [event(n, "s", n)];
        journal
            .events
            .lock()
            .unwrap()
            .extend(events.iter().cloned());
        ring.publish(&events);
        ring.pulse();
    }
    // What went lies between what stayed.
    *journal.gone.lock().unwrap() = (4, 15);
    let mut reader = Reader::new(Arc::clone(&ring), journal.clone(), Offset(0));
    let Poll::Ready(Ok(first)) = poll(&mut reader) else {
        panic!("no page");
    };
    assert!(first.cursor().offset < Offset(15));
    let mut seen = first.cursor().offset;
    while let Poll::Ready(slice) = poll(&mut reader) {
        seen = slice.unwrap().cursor().offset;
    }
    assert_eq!(seen, Offset(20));
}

#[test]
fn the_ring_stays_within_its_bytes() {
    let ring = ring(1_000_000, 100_000);
    for n in 1..=2_000 {
        ring.publish(&[event(n, "s", n)]);
        ring.pulse();
    }
    let stats = ring.stats();
    assert!(stats.bytes <= 100_000 && stats.events > 10, "{stats:?}");
}

#[test]
fn readers_that_leave_leave_nothing_behind() {
    let (ring, journal) = (ring(10, 1 << 20), Arc::new(Memory::default()));
    for _ in 0..1_000 {
        let mut reader = Reader::new(Arc::clone(&ring), journal.clone(), Offset(0));
        assert!(poll(&mut reader).is_pending());
    }
    assert_eq!(ring.stats().waiting, 0);
}

/// How often a reader comes for events that are published a millisecond apart, in milliseconds from the first.
async fn visits(gathers: bool) -> Vec<u128> {
    let (ring, journal) = (ring(1_000, 1 << 20), Arc::new(Memory::default()));
    let reader = Reader::new(Arc::clone(&ring), journal, Offset(0));
    let mut reader = if gathers { reader.gathering() } else { reader };
    let stop = CancellationToken::new();
    let pulse = tokio::spawn({
        let (ring, stop) = (Arc::clone(&ring), stop.clone());
        async move { pulse_until(&ring, stop).await }
    });
    let source = tokio::spawn(async move {
        for n in 1..=20 {
            sleep(Duration::from_millis(1)).await;
            ring.publish(&[event(n, "s", n)]);
        }
    });
    let start = Instant::now();
    let (mut visits, mut seen) = (Vec::new(), 0);
    while seen < 20 {
        seen = reader.next().await.unwrap().cursor().offset.0;
        visits.push(start.elapsed().as_millis());
        while let Poll::Ready(Ok(slice)) = poll(&mut reader) {
            seen = slice.cursor().offset.0;
        }
    }
    source.await.unwrap();
    stop.cancel();
    pulse.await.unwrap();
    visits
}

#[tokio::test(start_paused = true)]
async fn who_gathers_is_woken_at_once_after_a_silence_and_then_for_several_events_at_a_time() {
    let prompt = visits(false).await;
    assert!(prompt.len() >= 19, "{prompt:?}");
    let gathered = visits(true).await;
    assert!((5..=8).contains(&gathered.len()), "{gathered:?}");
    assert!(gathered[0] <= 3, "{gathered:?}");
    let gaps = gathered.windows(2).map(|two| two[1] - two[0]);
    assert!(gaps.into_iter().all(|gap| gap >= 3), "{gathered:?}");
}

#[test]
fn who_gathers_and_leaves_leaves_nothing_behind() {
    let (ring, journal) = (ring(10, 1 << 20), Arc::new(Memory::default()));
    for _ in 0..100 {
        let mut reader = Reader::new(Arc::clone(&ring), journal.clone(), Offset(0)).gathering();
        assert!(poll(&mut reader).is_pending());
        assert_eq!(ring.stats().waiting, 1);
    }
    assert_eq!(ring.stats().waiting, 0);
}
