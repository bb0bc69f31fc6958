//! Events as they come, without a gap. In: which, and since when. Out: events in order, each once, or a reset that says
//! why it cannot be.
//!
//! The connection is made anew where it breaks, and goes on from the last cursor.

use std::time::Duration;

use loopscope_event::{Cursor, Event};
use loopscope_protocol::{
    ClientMessage, ErrorCode, ResetReason, ServerMessage, StreamFilter, Subscribe,
};
use tokio::sync::mpsc;

use crate::send::Transport;
use crate::socket::Socket;
use crate::wait::Backoff;
use crate::{Client, Error};

/// How many frames may wait for the program; a slow program reads on later, and misses nothing.
const FRAMES: usize = 64;

/// A stream of events. Dropping it ends it.
pub struct Subscription {
    coming: mpsc::Receiver<Result<Streamed, Error>>,
    cursor: Option<Cursor>,
    client: Client,
}

/// What a stream brings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Streamed {
    /// Events, in order. Everything up to the cursor was sent or does not match.
    Events(Vec<Event>, Cursor),
    /// Nothing matched up to here.
    Cursor(Cursor),
    /// The stream cannot go on without a gap, and why: throw away what you have and load it anew. It goes on after the
    /// cursor.
    Reset(ResetReason, Cursor),
}

impl Streamed {
    /// What was seen after it.
    pub const fn cursor(&self) -> Cursor {
        match self {
            Self::Events(_, cursor) | Self::Cursor(cursor) | Self::Reset(_, cursor) => *cursor,
        }
    }
}

impl Subscription {
    pub(crate) fn start(client: Client, filter: StreamFilter, since: Option<Cursor>) -> Self {
        let (tell, coming) = mpsc::channel(FRAMES);
        let transport = client.transport().clone();
        client.spawn(async move {
            tokio::select! {
                () = follow(&transport, filter, since, &tell) => {}
                () = tell.closed() => {}
            }
        });
        Self {
            coming,
            cursor: since,
            client,
        }
    }

    /// What comes next. `None` after an error, which is the last word: no token, a wrong filter. A server that is away
    /// is waited for.
    pub async fn next(&mut self) -> Option<Result<Streamed, Error>> {
        let streamed = self.coming.recv().await?;
        Some(self.seen(streamed))
    }

    /// The same for programs without a runtime; `None` also where nothing came in time. Not to be called in an
    /// `async fn`.
    pub fn wait_next(&mut self, within: Duration) -> Option<Result<Streamed, Error>> {
        let client = self.client.clone();
        let coming = &mut self.coming;
        let streamed = client.block_on(async { tokio::time::timeout(within, coming.recv()).await });
        let streamed = streamed.ok().flatten()?;
        Some(self.seen(streamed))
    }

    /// What was seen so far: a later subscription may go on `since` it.
    pub const fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    fn seen(&mut self, streamed: Result<Streamed, Error>) -> Result<Streamed, Error> {
        if let Ok(streamed) = &streamed {
            self.cursor = Some(streamed.cursor());
        }
        streamed
    }
}

type Teller = mpsc::Sender<Result<Streamed, Error>>;

/// Follows the stream over any number of connections; ends with an error that waiting does not mend.
async fn follow(transport: &Transport, filter: StreamFilter, since: Option<Cursor>, tell: &Teller) {
    let mut cursor = since;
    let mut backoff = Backoff::default();
    loop {
        let error = match Socket::open(transport).await {
            Ok((mut socket, _)) => {
                read(&mut socket, &filter, &mut cursor, tell, &mut backoff).await
            }
            Err(error) => error,
        };
        if !is_mended_by_waiting(&error) {
            // The program may have gone.
            let _ = tell.send(Err(error)).await;
            return;
        }
        tokio::time::sleep(backoff.next()).await;
    }
}

/// Reads one connection to its end.
async fn read(
    socket: &mut Socket,
    filter: &StreamFilter,
    cursor: &mut Option<Cursor>,
    tell: &Teller,
    backoff: &mut Backoff,
) -> Error {
    let subscribe = ClientMessage::Subscribe(Subscribe {
        id: None,
        since: *cursor,
        filter: filter.clone(),
        batch: true,
    });
    if let Err(error) = socket.send(&subscribe).await {
        return error;
    }
    loop {
        let message = match socket.next().await {
            Ok(message) => message,
            Err(error) => return error,
        };
        let streamed = match message {
            ServerMessage::Subscribed(subscribed) => {
                backoff.reset();
                cursor.get_or_insert(subscribed.cursor);
                continue;
            }
            ServerMessage::Events(events) => Streamed::Events(events.events, events.cursor),
            ServerMessage::Cursor(frame) => Streamed::Cursor(frame.cursor),
            ServerMessage::Reset(reset) => Streamed::Reset(reset.reason, reset.cursor),
            ServerMessage::Error(frame) => return Error::Refused(Box::new(frame.error)),
            _ => continue,
        };
        *cursor = Some(streamed.cursor());
        if tell.send(Ok(streamed)).await.is_err() {
            return Error::Closed("nobody reads the stream any more".to_owned());
        }
    }
}

/// Whether the server may take it later without anyone doing anything.
pub(crate) fn is_mended_by_waiting(error: &Error) -> bool {
    match error {
        Error::Refused(said) => matches!(
            said.code,
            ErrorCode::Busy
                | ErrorCode::ShuttingDown
                | ErrorCode::RateLimited
                | ErrorCode::Internal
        ),
        other => other.is_passing(),
    }
}
