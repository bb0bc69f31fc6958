//! The life of one WebSocket. In: the connection and its conversation. Out: nothing, when it is over.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::link::{End, Link};
use super::parser::Message;
use super::{Conversation, Farewell, Later, Outbox, frame};

/// How often a conversation gets its tick; every second one sends a ping too.
const TICK: Duration = Duration::from_millis(12_500);

/// A client that gave no sign of life for so long is gone.
const SILENCE: Duration = Duration::from_secs(75);

/// The most answers that are under way on one connection.
const OPEN_ANSWERS: usize = 1_024;

/// The most pieces that wait to be written while messages are still read.
const WAITING_PIECES: usize = 256;

/// How often what is written is refilled before messages are looked for again.
const REFILLS: usize = 8;

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// What bounds a connection.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// The longest message taken, in bytes.
    pub message_bytes: usize,
    /// Ends the connection: the server stops, or its token was revoked.
    pub ends: CancellationToken,
    /// Tells the two apart.
    pub shutdown: CancellationToken,
}

struct Side<W, C> {
    link: Link<W>,
    talk: C,
    outbox: Outbox,
    answers: Option<Box<FuturesOrdered<Later>>>,
    message_bytes: usize,
}

/// Why a connection ends.
enum Why {
    Farewell(Farewell),
    /// The client closed, or broke the protocol: a last frame, then the end.
    Close(u16, &'static str),
    Gone,
}

/// Talks until either side has enough.
pub(crate) async fn converse<W, C>(wire: W, talk: C, bounds: Bounds)
where
    W: AsyncRead + AsyncWrite + Unpin,
    C: Conversation,
{
    let mut side = Side {
        link: Link::new(wire, bounds.message_bytes),
        talk,
        outbox: Outbox::default(),
        answers: None,
        message_bytes: bounds.message_bytes,
    };
    side.talk.begin(&mut side.outbox);
    let why = {
        let mut tick = pin!(sleep(TICK));
        let mut ends = pin!(bounds.ends.cancelled());
        let mut ticks = 0_u32;
        loop {
            tokio::select! {
                biased;
                () = &mut ends => {
                    let stops = bounds.shutdown.is_cancelled();
                    break Why::Farewell(if stops { Farewell::Shutdown } else { Farewell::Revoked });
                }
                () = &mut tick => {
                    if side.link.heard.elapsed() > SILENCE {
                        break Why::Farewell(Farewell::Silent);
                    }
                    ticks += 1;
                    side.tick(ticks.is_multiple_of(2));
                    tick.as_mut().reset(Instant::now() + TICK);
                }
                why = poll_fn(|cx| side.poll(cx)) => break why,
            }
        }
    };
    // Boxed: a connection is alive for long, and leaves once.
    Box::pin(side.leave(why)).await;
}

/// What came of looking for a message.
enum Read {
    Nothing,
    Something,
    End(Why),
}

impl<W: AsyncRead + AsyncWrite + Unpin, C: Conversation> Side<W, C> {
    /// Reads, answers and writes until there is nothing to do. Each round takes at most one message and a few
    /// refills, so that neither starves the other.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Why> {
        loop {
            let read = match self.read(cx) {
                Read::Nothing => false,
                Read::Something => true,
                Read::End(why) => return Poll::Ready(why),
            };
            let answered = self.answer(cx);
            match self.write(cx) {
                Ok(wrote_all_there_is) if wrote_all_there_is && !read && !answered => {
                    return Poll::Pending;
                }
                Ok(_) => {}
                Err(why) => return Poll::Ready(why),
            }
        }
    }

    /// Writes, and refills what is written. Answers whether there is nothing more to do until the task is woken.
    fn write(&mut self, cx: &mut Context<'_>) -> Result<bool, Why> {
        for _ in 0..REFILLS {
            match self.link.poll_write(cx, &mut self.outbox) {
                Poll::Ready(Err(_)) => return Err(Why::Gone),
                Poll::Pending => return Ok(true),
                Poll::Ready(Ok(())) => {}
            }
            if self.talk.poll_frames(cx, &mut self.outbox).is_pending() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes one message, if there is one, and room for its answer.
    fn read(&mut self, cx: &mut Context<'_>) -> Read {
        let open = self.answers.as_ref().map_or(0, |answers| answers.len());
        if open >= OPEN_ANSWERS || self.outbox.len() >= WAITING_PIECES {
            return Read::Nothing;
        }
        if self.talk.poll_room(cx).is_pending() {
            // Not reading is our doing, not a silence of the client's.
            self.link.heard = Instant::now();
            return Read::Nothing;
        }
        let message = match self.link.poll_message(cx) {
            Poll::Pending => return Read::Nothing,
            Poll::Ready(Err(End::Gone)) => return Read::End(Why::Gone),
            Poll::Ready(Err(End::Broken(broken))) => {
                return Read::End(Why::Close(broken.code, broken.reason));
            }
            Poll::Ready(Ok(message)) => message,
        };
        match message {
            Message::Text(text) => {
                if let Some(later) = self.talk.on_text(&text, &mut self.outbox) {
                    self.answers.get_or_insert_default().push_back(later);
                }
            }
            Message::Binary => self.talk.on_refused(None, &mut self.outbox),
            Message::TooLong => {
                let limit = Some(self.message_bytes);
                self.talk.on_refused(limit, &mut self.outbox);
            }
            Message::Ping(payload) => self.outbox.wire(frame::frame(frame::PONG, &payload)),
            Message::Pong => {}
            Message::Close(code) => return Read::End(Why::Close(code.unwrap_or(1000), "")),
        }
        Read::Something
    }

    /// Takes one answer that has become ready.
    fn answer(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(answers) = &mut self.answers else {
            return false;
        };
        match answers.poll_next_unpin(cx) {
            Poll::Pending => false,
            Poll::Ready(Some(text)) => {
                self.outbox.text(&text);
                true
            }
            Poll::Ready(None) => {
                self.answers = None;
                false
            }
        }
    }

    /// Lets the conversation say what has its time, and keeps the connection open through proxies.
    fn tick(&mut self, ping: bool) {
        if self.outbox.is_empty() {
            self.talk.on_tick(&mut self.outbox);
        }
        if ping && self.outbox.len() < WAITING_PIECES {
            self.outbox.wire(frame::frame(frame::PING, b""));
        }
    }

    /// Says farewell and closes, as far as the client still listens.
    async fn leave(mut self, why: Why) {
        let (code, reason) = match why {
            Why::Gone => return,
            Why::Close(code, reason) => (code, reason),
            Why::Farewell(farewell) => {
                self.talk.end(farewell, &mut self.outbox);
                farewell.close_code()
            }
        };
        self.outbox.wire(frame::close_frame(code, reason));
        let goodbye = async {
            poll_fn(|cx| self.link.poll_write(cx, &mut self.outbox)).await?;
            self.link.shutdown().await;
            // Let the client's own farewell come, so that its system does not see a reset.
            while poll_fn(|cx| self.link.poll_message(cx)).await.is_ok() {}
            std::io::Result::Ok(())
        };
        // A client that does not listen has its connection dropped.
        let _ = timeout(FAREWELL, goodbye).await;
    }
}
