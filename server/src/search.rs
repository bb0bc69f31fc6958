//! Words of events, kept in the background. In: the journal, event by event, from where it was left. Out: the journal's
//! index of words. It reads behind the intake and gives way to it: under load the writer spends a twentieth of its time
//! here, and the index falls behind instead.

use std::time::Duration;

use loopscope_dialects::words;
use loopscope_event::Offset;
use loopscope_journal::{EventFilter, EventWords, Journal, JournalError};
use tokio_util::sync::CancellationToken;

/// Events and bytes of one turn at the writer's desk. What comes meanwhile waits so long: two milliseconds or so.
const TURN_EVENTS: u32 = 128;
const TURN_BYTES: usize = 256 << 10;

/// After a turn it rests so many times as long as the turn was: while events come, and while none do.
const BUSY: u32 = 19;
const IDLE: u32 = 1;

/// It rests at least so long; with nothing to do; and after an error.
const LEAST: Duration = Duration::from_millis(2);
const NOTHING: Duration = Duration::from_millis(200);
const AGAIN: Duration = Duration::from_secs(5);

/// Keeps words until the server stops.
pub(crate) async fn run(journal: Journal, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow(&journal) => {}
    }
}

/// Where the reading stands.
struct Place {
    /// Up to here words are kept.
    done: Offset,
    /// The newest event when that was found out.
    head: Offset,
}

async fn follow(journal: &Journal) {
    let mut place = None;
    loop {
        let rest = match turn(journal, &mut place).await {
            Ok(rest) => rest,
            Err(JournalError::Closed) => return,
            Err(error) => {
                tracing::warn!(%error, "words of events could not be kept; this is tried again");
                place = None;
                AGAIN
            }
        };
        tokio::time::sleep(rest).await;
    }
}

/// Brings in a few events. Out: how long to rest.
async fn turn(journal: &Journal, place: &mut Option<Place>) -> Result<Duration, JournalError> {
    let head = journal.head();
    let last = match place.take() {
        Some(last) => last,
        None => Place {
            done: journal.search_place().await?,
            head,
        },
    };
    if last.done >= head {
        *place = Some(Place { head, ..last });
        return Ok(NOTHING);
    }
    let filter = EventFilter::default();
    let scan = journal
        .read_after(last.done, TURN_EVENTS, TURN_BYTES, &filter)
        .await?;
    let told = scan.events.iter().map(|event| EventWords {
        offset: event.offset,
        words: words::words(&words::said(event)),
    });
    let told: Vec<EventWords> = told.collect();
    let took = journal.put_words(&told, scan.scanned).await?;
    *place = Some(Place {
        done: scan.scanned,
        head,
    });
    let times = if head > last.head { BUSY } else { IDLE };
    Ok((took * times).max(LEAST))
}
