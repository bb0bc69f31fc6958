//! The least of a WebSocket client, so that the load costs little beside what it measures.
//!
//! In: a path. Out: a reader of whole messages, and a writer. Frames go out with a masking key of zero, which the
//! protocol allows and which leaves the payload as it is.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::http::find;

/// The reading half.
pub(crate) struct Reader {
    half: OwnedReadHalf,
    buffer: Vec<u8>,
    /// Where the unread bytes begin.
    start: usize,
}

/// The writing half.
pub(crate) struct Writer {
    half: OwnedWriteHalf,
    frame: Vec<u8>,
}

/// A message from the server.
pub(crate) enum Message<'a> {
    /// A text frame.
    Text(&'a [u8]),
    /// To be answered with [`Writer::pong`].
    Ping(Vec<u8>),
    /// The server is done.
    Close,
}

/// Upgrades a connection.
pub(crate) async fn connect(address: SocketAddr, path: &str) -> anyhow::Result<(Reader, Writer)> {
    let mut stream = TcpStream::connect(address)
        .await
        .context("cannot connect")?;
    stream.set_nodelay(true)?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = Vec::with_capacity(1024);
    let start = loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            bail!("the server closed during the upgrade");
        }
        if let Some(end) = find(&buffer, b"\r\n\r\n") {
            break end + 4;
        }
    };
    if !buffer.starts_with(b"HTTP/1.1 101") {
        bail!(
            "no upgrade: {}",
            String::from_utf8_lossy(&buffer[..start.min(200)])
        );
    }
    let (read, write) = stream.into_split();
    let reader = Reader {
        half: read,
        buffer,
        start,
    };
    let writer = Writer {
        half: write,
        frame: Vec::new(),
    };
    Ok((reader, writer))
}

impl Reader {
    /// The next message; waits for it.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Message<'_>> {
        let (opcode, from, to) = loop {
            if let Some((opcode, header, length)) = self.header()? {
                let from = self.start + header;
                if self.buffer.len() >= from + length {
                    self.start = from + length;
                    break (opcode, from, from + length);
                }
                self.make_room(header + length);
            }
            self.fill().await?;
        };
        match opcode {
            1 => Ok(Message::Text(&self.buffer[from..to])),
            8 => Ok(Message::Close),
            9 => Ok(Message::Ping(self.buffer[from..to].to_vec())),
            _ => bail!("an unexpected frame, opcode {opcode}"),
        }
    }

    /// Opcode, header length and payload length of the frame at the start, once its header is there.
    fn header(&self) -> anyhow::Result<Option<(u8, usize, usize)>> {
        let bytes = &self.buffer[self.start..];
        let &[first, second, ..] = bytes else {
            return Ok(None);
        };
        if first & 0x80 == 0 || second & 0x80 != 0 {
            bail!("a fragmented or masked frame from the server");
        }
        let (header, length) = match second {
            126 => match bytes.get(2..4) {
                Some(&[a, b]) => (4, usize::from(u16::from_be_bytes([a, b]))),
                _ => return Ok(None),
            },
            127 => match bytes
                .get(2..10)
                .and_then(|bytes| <[u8; 8]>::try_from(bytes).ok())
            {
                Some(bytes) => (10, usize::try_from(u64::from_be_bytes(bytes))?),
                None => return Ok(None),
            },
            short => (2, usize::from(short)),
        };
        Ok(Some((first & 0x0f, header, length)))
    }

    /// Drops what was read, and has room for a frame of `bytes`.
    fn make_room(&mut self, bytes: usize) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.reserve(bytes.saturating_sub(self.buffer.len()));
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        }
        if self.half.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

impl Writer {
    /// Sends a text frame.
    pub(crate) async fn text(&mut self, payload: &str) -> anyhow::Result<()> {
        self.send(1, payload.as_bytes()).await
    }

    /// Answers a ping.
    pub(crate) async fn pong(&mut self, payload: &[u8]) -> anyhow::Result<()> {
        self.send(10, payload).await
    }

    async fn send(&mut self, opcode: u8, payload: &[u8]) -> anyhow::Result<()> {
        self.frame.clear();
        self.frame.push(0x80 | opcode);
        match payload.len() {
            length @ 0..=125 => self.frame.push(0x80 | length as u8),
            length @ 126..=0xffff => {
                self.frame.push(0xfe);
                self.frame.extend_from_slice(&(length as u16).to_be_bytes());
            }
            length => {
                self.frame.push(0xff);
                self.frame.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        self.frame.extend_from_slice(&[0; 4]);
        self.frame.extend_from_slice(payload);
        self.half.write_all(&self.frame).await?;
        Ok(())
    }
}
