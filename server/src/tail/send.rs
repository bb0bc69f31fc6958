//! Batches to a server. In: a batch. Out: it is on the server's disk, however often it has to be sent.

use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use loopscope_protocol::IntakeAnswer;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::batch::Batch;
use super::{Options, Summary, name_of};
use crate::http::{Answer, Client};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The delay before a batch is sent again: it doubles from the first to the longest.
const FIRST_DELAY: Duration = Duration::from_millis(250);
const LONGEST_DELAY: Duration = Duration::from_secs(5);
/// The most faults of one batch that are shown.
const SHOWN: usize = 5;

/// See the module.
pub(super) struct Sender {
    client: Client,
    path: String,
}

/// What came of sending once.
enum Outcome {
    Taken(IntakeAnswer),
    TooLarge,
    Again(String),
    Refused(String),
}

impl Sender {
    /// A sender to the server of the options.
    pub(super) fn new(options: &Options) -> anyhow::Result<Self> {
        let client = Client::new(&options.server, options.token.clone())
            .map_err(anyhow::Error::msg)
            .with_context(|| format!("cannot send to {}", options.server))?;
        let mut path = "/api/v1/events?format=ndjson".to_owned();
        let mut add = |field: &str, value: &str| {
            path.push_str(field);
            loopscope_protocol::percent_encode(value, &mut path);
        };
        if let Some(dialect) = options.dialect {
            add("&dialect=", dialect.as_str());
        }
        let name = options
            .source
            .clone()
            .unwrap_or_else(|| name_of(&options.file));
        add("&source=", &name);
        if options.dialect == Some(loopscope_event::Dialect::Agents) {
            add("&session=", &name);
        }
        Ok(Self { client, path })
    }

    /// Sends a batch until the server has it, or says that it never will.
    pub(super) async fn send(
        &self,
        batch: Batch,
        summary: &mut Summary,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let mut waiting = vec![batch];
        let mut delay = FIRST_DELAY;
        while let Some(batch) = waiting.pop() {
            if batch.is_empty() {
                continue;
            }
            match self.try_once(batch.body()).await {
                Outcome::Taken(answer) => {
                    delay = FIRST_DELAY;
                    count(&answer, summary);
                }
                Outcome::TooLarge => {
                    if let Some((first, second)) = batch.halves() {
                        waiting.extend([second, first]);
                    } else {
                        summary.refused += 1;
                        eprintln!("a line is larger than the server takes; it is passed over");
                    }
                }
                Outcome::Refused(why) => bail!("the server refuses the events: {why}"),
                Outcome::Again(why) => {
                    tracing::debug!(why, ?delay, "a batch is sent again");
                    waiting.push(batch);
                    tokio::select! {
                        () = sleep(delay) => {}
                        () = stop.cancelled() => return Ok(()),
                    }
                    delay = (delay * 2).min(LONGEST_DELAY);
                }
            }
        }
        Ok(())
    }

    async fn try_once(&self, body: Bytes) -> Outcome {
        let sent = self.client.post(&self.path, "application/x-ndjson", body);
        let Answer { status, body } = match timeout(PATIENCE, sent).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(why)) => return Outcome::Again(why),
            Err(_) => return Outcome::Again("no answer in time".to_owned()),
        };
        let why = || format!("HTTP {status}: {}", String::from_utf8_lossy(&body));
        match status {
            // What was refused of it is told in the answer.
            200 | 207 | 422 => match serde_json::from_slice(&body) {
                Ok(answer) => Outcome::Taken(answer),
                Err(_) => Outcome::Refused(why()),
            },
            413 => Outcome::TooLarge,
            408 | 429 | 500.. => Outcome::Again(why()),
            _ => Outcome::Refused(why()),
        }
    }
}

fn count(answer: &IntakeAnswer, summary: &mut Summary) {
    summary.stored += answer.accepted;
    summary.duplicates += answer.duplicates;
    summary.refused += answer.rejected;
    let errors = answer
        .receipts
        .iter()
        .filter_map(|receipt| receipt.error.as_ref());
    for error in errors.take(SHOWN) {
        eprintln!("refused: {}", error.message);
    }
}
