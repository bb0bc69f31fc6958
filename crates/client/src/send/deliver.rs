//! The loop that sends. In: batches. Out: each settled: acknowledged, or refused for a fault of its own.

use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;
use loopscope_protocol::{ApiError, ErrorCode, IntakeAnswer, ReceiptStatus};

use super::{Answer, Transport};
use crate::Error;
use crate::client::Shared;
use crate::counters::add;
use crate::wait::Backoff;

/// How long a batch may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait where somebody must do something first: a token is wrong, the address is another server's.
const UNTIL_MENDED: Duration = Duration::from_secs(15);

/// What came of an attempt.
enum Attempt {
    Settled,
    /// Not now: try it again after a while.
    Later(Error, Option<Duration>),
    /// Not before somebody mends something.
    Mend(Error),
}

/// Sends what waits, for ever.
pub(crate) async fn deliver(shared: &Shared, transport: &Transport) {
    let mut route = "/api/v1/events?project=".to_owned();
    loopscope_protocol::percent_encode(shared.project(), &mut route);
    let mut backoff = Backoff::default();
    let mut away = false;
    loop {
        let Some(lines) = shared.front() else {
            shared.work().await;
            continue;
        };
        let wait = match send(shared, transport, &route, lines).await {
            Attempt::Settled => {
                shared.settle();
                backoff.reset();
                if std::mem::take(&mut away) {
                    shared.tell("the server takes events again; what waited is being sent");
                }
                continue;
            }
            Attempt::Later(error, wait) => {
                shared.told_away(&error, &mut away);
                wait.unwrap_or_default().max(backoff.next())
            }
            Attempt::Mend(error) => {
                shared.told_away(&error, &mut away);
                UNTIL_MENDED
            }
        };
        shared.rest(wait).await;
    }
}

/// Sends lines; where the body as a whole is refused, its halves, down to single events.
async fn send(shared: &Shared, transport: &Transport, route: &str, lines: Bytes) -> Attempt {
    let mut parts = vec![lines];
    while let Some(part) = parts.pop() {
        let events = count(&part);
        add(&shared.tally.sent, events);
        let answer = match transport.post_lines(route, part.clone(), PATIENCE).await {
            Ok(answer) => answer,
            Err(error) => return Attempt::Later(error, None),
        };
        if let Some(receipts) = receipts(&answer) {
            shared.count(&receipts);
            continue;
        }
        match answer.status {
            StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNPROCESSABLE_ENTITY
                if answer.api_error().is_some() =>
            {
                if let Some((first, second)) = halves(&part) {
                    parts.push(second);
                    parts.push(first);
                } else {
                    shared.refused(events, answer.api_error().as_ref());
                }
            }
            StatusCode::TOO_MANY_REQUESTS => return later(transport, &answer),
            status if status.is_server_error() => return later(transport, &answer),
            _ => return Attempt::Mend(transport.refusal(&answer)),
        }
    }
    Attempt::Settled
}

fn later(transport: &Transport, answer: &Answer) -> Attempt {
    Attempt::Later(transport.refusal(answer), answer.wait())
}

/// The receipts, where the answer is one of them: all stored, some refused, or all refused.
fn receipts(answer: &Answer) -> Option<IntakeAnswer> {
    let may = answer.status.is_success() || answer.status == StatusCode::UNPROCESSABLE_ENTITY;
    may.then(|| serde_json::from_slice(&answer.body).ok())
        .flatten()
}

/// How many lines there are.
fn count(lines: &[u8]) -> u64 {
    lines.split(|byte| *byte == b'\n').count() as u64 - 1
}

/// The lines in two parts; `None` where there is only one.
fn halves(lines: &Bytes) -> Option<(Bytes, Bytes)> {
    let middle = lines.len() / 2;
    let ends = |(at, byte): (usize, &u8)| (*byte == b'\n').then_some(at + 1);
    let after = lines.iter().enumerate().skip(middle).find_map(ends);
    let before = || lines.iter().enumerate().take(middle).rev().find_map(ends);
    let cut = after.filter(|cut| *cut < lines.len()).or_else(before)?;
    (cut > 0).then(|| (lines.slice(..cut), lines.slice(cut..)))
}

/// The first reason why an event was refused.
pub(crate) fn first_refusal(answer: &IntakeAnswer) -> ApiError {
    let receipt = answer
        .receipts
        .iter()
        .find(|receipt| receipt.status == ReceiptStatus::Rejected);
    let error = receipt.and_then(|receipt| receipt.error.clone());
    error.unwrap_or_else(|| ApiError::new(ErrorCode::InvalidField, "no reason given"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_halved_between_lines_until_one_is_left() {
        for (text, cut) in [
            ("a\nb\n", Some(2)),
            ("aaaaaaaa\nb\n", Some(9)),
            ("a\nbbbbbbbb\n", Some(2)),
            ("aaaa\n", None),
            ("", None),
        ] {
            let halves = halves(&Bytes::copy_from_slice(text.as_bytes()));
            assert_eq!(halves.map(|(first, _)| first.len()), cut, "{text:?}");
        }
    }
}
