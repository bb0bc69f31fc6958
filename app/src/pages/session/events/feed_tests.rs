//! Tests of the feed, beside it because they are long.

use loopscope_event::{Dialect, EventId, Kind, Offset, ProjectId, RawJson, SessionId, Timestamp};

use super::*;

fn event(seq: u64) -> Event {
    Event {
        offset: Offset(seq),
        seq: Seq(seq),
        event_id: EventId::new(format!("e{seq}")).unwrap(),
        project: ProjectId::default(),
        session_id: SessionId::new("s").unwrap(),
        timestamp: Timestamp::default(),
        received_at: Timestamp::default(),
        name: "X".to_owned(),
        kind: Kind::Generic,
        dialect: Dialect::Generic,
        iteration: 0,
        state: None,
        severity: None,
        data: RawJson::default(),
    }
}

fn every(top: u64, loaded: std::ops::RangeInclusive<u64>) -> Inner {
    Inner {
        order: Order::Every { top, first: 1 },
        events: loaded.map(|seq| (seq, event(seq))).collect(),
        asked: BTreeSet::new(),
        newest: top,
        waiting: Vec::new(),
    }
}

#[test]
fn rows_count_down_from_the_newest() {
    let inner = every(1000, 901..=1000);
    assert_eq!(inner.order.len(), 1000);
    assert_eq!(inner.order.seq(0), Some(1000));
    assert_eq!(inner.order.seq(999), Some(1));
    assert_eq!(inner.order.seq(1000), None);
    assert_eq!(inner.order.row(1), Some(999));
    assert_eq!(inner.order.row(1001), None);
}

#[test]
fn what_comes_into_view_is_asked_for_once() {
    let mut inner = every(1000, 901..=1000);
    assert!(inner.missing(0, 40).is_empty());
    let chunks: Vec<_> = inner.missing(150, 450).into_iter().collect();
    // Rows 150 to 449 are events 850 down to 551: chunks 4, 3 and 2.
    assert_eq!(chunks.len(), 3);
    assert!(inner.missing(150, 450).is_empty());
}

#[test]
fn a_list_that_stands_still_counts_what_waits() {
    let mut inner = every(10, 1..=10);
    inner.push(vec![event(11), event(12)]);
    assert_eq!(inner.settle(false), (false, 2));
    assert_eq!(inner.order.seq(0), Some(10));
    assert_eq!(inner.settle(true), (true, 0));
    assert_eq!(inner.order.seq(0), Some(12));
}

#[test]
fn found_events_come_first_and_never_twice() {
    let mut inner = every(1, 1..=1);
    inner.order = Order::Found {
        seqs: vec![9, 4, 2],
        more: true,
    };
    inner.push(vec![event(9), event(11), event(11), event(15)]);
    assert_eq!(inner.settle(true), (true, 0));
    assert_eq!(
        (0..5)
            .map_while(|row| inner.order.seq(row))
            .collect::<Vec<_>>(),
        [15, 11, 9, 4, 2]
    );
    assert_eq!(inner.order.row(4), Some(3));
    let page = EventsPage {
        events: vec![event(1), event(2)],
        last_seq: Seq(15),
        first_seq: Seq(1),
        total: None,
        more: false,
    };
    inner.take(page, true);
    assert_eq!(inner.order.seq(5), Some(1));
    assert!(inner.missing(0, 10).is_empty());
}
