//! The byte side of one WebSocket. In: an outbox, and bytes from the client. Out: bytes written, and messages.
//!
//! It keeps no buffer while idle: bytes are read into the stack, and only what belongs to an unfinished message is
//! kept.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::Outbox;
use super::header::Violation;
use super::parser::{Message, Parser};

/// How much is read at once.
const READ_BYTES: usize = 16 * 1024;

/// A WebSocket connection.
pub(super) struct Link<W> {
    wire: W,
    parser: Parser,
    /// When the client last gave a sign of life: it sent a byte, or made room for one when there was none.
    pub heard: Instant,
    blocked: bool,
    /// Something was written that an encrypted connection may still hold.
    is_unflushed: bool,
}

/// Why reading ended.
pub(super) enum End {
    /// The connection is gone.
    Gone,
    /// The client broke the protocol.
    Broken(Violation),
}

impl<W: AsyncRead + AsyncWrite + Unpin> Link<W> {
    pub(super) fn new(wire: W, message_bytes: usize) -> Self {
        Self {
            wire,
            parser: Parser::new(message_bytes),
            heard: Instant::now(),
            blocked: false,
            is_unflushed: false,
        }
    }

    /// The next message.
    pub(super) fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, End>> {
        loop {
            if let Some(message) = self.parser.next().map_err(End::Broken)? {
                return Poll::Ready(Ok(message));
            }
            let mut room = [std::mem::MaybeUninit::uninit(); READ_BYTES];
            let mut buffer = ReadBuf::uninit(&mut room);
            match ready!(Pin::new(&mut self.wire).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {
                    self.heard = Instant::now();
                    self.parser.feed(buffer.filled());
                }
                _ => return Poll::Ready(Err(End::Gone)),
            }
        }
    }

    /// Writes the outbox until it is empty.
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        outbox: &mut Outbox,
    ) -> Poll<io::Result<()>> {
        if outbox.is_empty() && !self.is_unflushed {
            return Poll::Ready(Ok(()));
        }
        self.is_unflushed = true;
        while !outbox.is_empty() {
            let mut pieces = Outbox::no_slices();
            let count = outbox.slices(&mut pieces);
            let wire = Pin::new(&mut self.wire);
            let written = match count {
                1 => wire.poll_write(cx, &pieces[0]),
                _ => wire.poll_write_vectored(cx, &pieces[..count]),
            };
            let was_blocked = std::mem::replace(&mut self.blocked, written.is_pending());
            let written = ready!(written)?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            if was_blocked {
                self.heard = Instant::now();
            }
            outbox.advance(written);
        }
        ready!(Pin::new(&mut self.wire).poll_flush(cx))?;
        self.is_unflushed = false;
        Poll::Ready(Ok(()))
    }

    /// Ends the stream of bytes.
    pub(super) async fn shutdown(&mut self) {
        use tokio::io::AsyncWriteExt as _;
        // The client may be gone already; there is no one to tell.
        let _ = self.wire.shutdown().await;
    }
}
