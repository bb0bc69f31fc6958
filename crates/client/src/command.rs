//! Commands that people give to the program: each once, each answered.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use loopscope_event::{CommandRecord, RawJson};
use loopscope_protocol::ReceiptWord;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::link::Link;
use crate::{Client, Error};

/// What people ask of the program, one after the other. Also a `Stream`.
pub struct Commands {
    coming: mpsc::UnboundedReceiver<Command>,
    client: Client,
}

/// Something that a person asks of the program. It was acknowledged already; say what became of it by
/// [`Command::succeed`] or [`Command::fail`]. One that is dropped without either has failed.
pub struct Command {
    link: Arc<Link>,
    record: CommandRecord,
    answered: bool,
}

impl Commands {
    pub(crate) const fn new(client: Client, coming: mpsc::UnboundedReceiver<Command>) -> Self {
        Self { coming, client }
    }

    /// The next command. `None` when another program took this session's commands over for good.
    pub async fn next(&mut self) -> Option<Command> {
        self.coming.recv().await
    }

    /// A command that is there already.
    pub fn try_next(&mut self) -> Option<Command> {
        self.coming.try_recv().ok()
    }

    /// The next command, for programs without a runtime; `None` where none came in time. Not to be called in an
    /// `async fn`.
    pub fn wait_next(&mut self, within: Duration) -> Option<Command> {
        let client = self.client.clone();
        let coming = &mut self.coming;
        let next = client.block_on(async { tokio::time::timeout(within, coming.recv()).await });
        next.ok().flatten()
    }
}

impl Stream for Commands {
    type Item = Command;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Command>> {
        self.coming.poll_recv(cx)
    }
}

impl Command {
    pub(crate) const fn new(link: Arc<Link>, record: CommandRecord) -> Self {
        Self {
            link,
            record,
            answered: false,
        }
    }

    /// What is asked, in capitals: `HALT`, `ROLLBACK`.
    pub fn kind(&self) -> String {
        self.record.kind.to_uppercase()
    }

    /// How: an object.
    pub fn parameters(&self) -> Value {
        self.record.parameters.value()
    }

    /// All that is on record of it: who asked, why, when.
    pub const fn record(&self) -> &CommandRecord {
        &self.record
    }

    /// It is done; what came of it is shown.
    pub fn succeed(mut self, result: impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(&result).map_err(|error| {
            Error::invalid("result", format!("cannot be written as JSON: {error}"))
        })?;
        let result = (text != "null").then(|| RawJson::from_trusted(text));
        self.answer(ReceiptWord::Succeeded, result, None);
        Ok(())
    }

    /// It could not be done, and why.
    pub fn fail(mut self, why: impl fmt::Display) {
        self.answer(ReceiptWord::Failed, None, Some(why.to_string()));
    }

    fn answer(&mut self, status: ReceiptWord, result: Option<RawJson>, error: Option<String>) {
        self.answered = true;
        self.link
            .receipt(&self.record.command_id, status, result, error);
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record.fmt(f)
    }
}

impl Drop for Command {
    fn drop(&mut self) {
        if !self.answered {
            let why = "the program did not say what became of it";
            self.answer(ReceiptWord::Failed, None, Some(why.to_owned()));
        }
    }
}
