//! Following one loop: dial, read until the link ends, wait, dial again, for ever. Out: signals, and the link's row.

use loopscope_event::Timestamp;
use tokio::time::{Instant, sleep};

use super::backoff::{Backoff, HOLDS};
use super::dial::{self, Beat, Ended};
use super::queue::{Queue, Signal};
use super::status::SourceRow;

/// Follows a loop until the future is dropped.
pub(crate) async fn follow(
    url: &str,
    queue: &Queue,
    row: &SourceRow,
    beat: &Beat,
    now: fn() -> Timestamp,
) {
    let mut backoff = Backoff::default();
    loop {
        row.connecting(now(), backoff.failures());
        let why = match dial::dial(url, beat).await {
            Err(why) => why,
            Ok(link) => {
                row.connected(now());
                tracing::info!(url = row.url(), "connected to a loop");
                queue.tell(Signal::Connected);
                let since = Instant::now();
                let ended = dial::read(link, queue, beat, now).await;
                queue.tell(Signal::Disconnected(ended.why.clone()));
                count_binary(row, &ended);
                if proved(&ended, since) {
                    backoff.reset();
                }
                ended.why
            }
        };
        let delay = backoff.next_delay(jitter());
        row.waiting(now(), delay, backoff.failures(), &why);
        // A loop that is not there yet is no news each time.
        if backoff.failures() == 1 {
            tracing::info!(url = row.url(), why, "no link to a loop; dialling on");
        } else {
            tracing::debug!(url = row.url(), why, ?delay, "no link to a loop");
        }
        sleep(delay).await;
    }
}

/// Whether a link was worth its name: it brought more than a greeting, or held.
fn proved(ended: &Ended, since: Instant) -> bool {
    ended.text_frames > 1 || since.elapsed() >= HOLDS
}

fn count_binary(row: &SourceRow, ended: &Ended) {
    if ended.binary_frames > 0 {
        let frames = ended.binary_frames;
        tracing::warn!(
            url = row.url(),
            frames,
            "a loop sent frames that are no text"
        );
        metrics::counter!("loopscope_bridge_bad_frames_total").increment(frames);
    }
}

/// A random number from 0.0 to 1.0.
fn jitter() -> f64 {
    // Without any random bits all loops would be dialled at once, which does no harm.
    getrandom::u32().map_or(1.0, |bits| f64::from(bits) / f64::from(u32::MAX))
}
