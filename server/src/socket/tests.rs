//! One socket against a client in memory, with a clock that jumps: pings, silence, farewells.

use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::{Bounds, Conversation, Farewell, Later, Outbox, converse, frame};

/// Answers every message with itself, some of them later.
struct Echo;

impl Conversation for Echo {
    fn begin(&mut self, out: &mut Outbox) {
        out.text("hello");
    }

    fn on_text(&mut self, text: &str, out: &mut Outbox) -> Option<Later> {
        let text = text.to_owned();
        if text.starts_with("later") {
            return Some(Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(text.len() as u64)).await;
                text
            }));
        }
        out.text(&text);
        None
    }

    fn on_refused(&mut self, limit: Option<usize>, out: &mut Outbox) {
        out.text(&format!("refused {limit:?}"));
    }

    fn poll_frames(&mut self, _: &mut Context<'_>, _: &mut Outbox) -> Poll<()> {
        Poll::Pending
    }

    fn end(&mut self, why: Farewell, out: &mut Outbox) {
        out.text(&format!("{why:?}"));
    }
}

/// The client's end.
struct Client {
    wire: DuplexStream,
    ends: CancellationToken,
    shutdown: CancellationToken,
}

fn open() -> Client {
    let (wire, server) = duplex(64 * 1024);
    let shutdown = CancellationToken::new();
    let ends = shutdown.child_token();
    let bounds = Bounds {
        message_bytes: 100,
        ends: ends.clone(),
        shutdown: shutdown.clone(),
    };
    tokio::spawn(converse(server, Echo, bounds));
    Client {
        wire,
        ends,
        shutdown,
    }
}

impl Client {
    async fn send(&mut self, opcode: u8, payload: &[u8]) {
        let mut wire = Vec::new();
        frame::put_header(&mut wire, opcode, payload.len());
        wire[1] |= 0x80;
        wire.extend_from_slice(&[0; 4]);
        wire.extend_from_slice(payload);
        self.wire.write_all(&wire).await.unwrap();
    }

    /// The next frame: its opcode and payload; `None` where the server is gone.
    async fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        let head = self.wire.read_u16().await.ok()?;
        let mut length = u64::from(head & 0x7F);
        if length == 126 {
            length = self.wire.read_u16().await.ok()?.into();
        }
        let mut payload = vec![0; length as usize];
        self.wire.read_exact(&mut payload).await.ok()?;
        Some(((head >> 8) as u8 & 0x0F, payload))
    }

    async fn text(&mut self) -> String {
        let (opcode, payload) = self.next().await.expect("the server is gone");
        assert_eq!(opcode, frame::TEXT);
        String::from_utf8(payload).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_pings_stays_and_one_that_does_not_is_let_go() {
    let mut client = open();
    assert_eq!(client.text().await, "hello");
    let began = Instant::now();
    while began.elapsed() < Duration::from_mins(10) {
        let (opcode, _) = client.next().await.expect("a live client was let go");
        assert_eq!(opcode, frame::PING);
        client.send(frame::PONG, b"").await;
    }
    let began = Instant::now();
    let mut pings = 0;
    loop {
        let (opcode, payload) = client.next().await.expect("no farewell");
        match opcode {
            frame::PING => pings += 1,
            frame::TEXT => assert_eq!(payload, b"Silent"),
            _ => break assert_eq!(payload[..2], 1001_u16.to_be_bytes()),
        }
    }
    assert!(pings >= 2, "it was asked before");
    let took = began.elapsed();
    assert!(
        took > Duration::from_mins(1) && took < Duration::from_secs(100),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn messages_are_answered_and_what_is_no_message_is_refused() {
    let mut client = open();
    assert_eq!(client.text().await, "hello");
    client.send(frame::TEXT, b"one").await;
    assert_eq!(client.text().await, "one");
    client.send(frame::BINARY, b"\0").await;
    assert_eq!(client.text().await, "refused None");
    client.send(frame::TEXT, &[b'x'; 101]).await;
    assert_eq!(client.text().await, "refused Some(100)");
    client.send(frame::PING, b"there?").await;
    assert_eq!(client.next().await, Some((frame::PONG, b"there?".to_vec())));
    for message in ["later, and longer", "later"] {
        client.send(frame::TEXT, message.as_bytes()).await;
    }
    assert_eq!(
        client.text().await,
        "later, and longer",
        "answers keep their order"
    );
    assert_eq!(client.text().await, "later");
}

#[tokio::test(start_paused = true)]
async fn each_end_says_why() {
    let mut client = open();
    assert_eq!(client.text().await, "hello");
    client.ends.cancel();
    assert_eq!(client.text().await, "Revoked");
    let (_, close) = client.next().await.unwrap();
    assert_eq!(close[..2], 1008_u16.to_be_bytes());

    let mut client = open();
    assert_eq!(client.text().await, "hello");
    client.shutdown.cancel();
    assert_eq!(client.text().await, "Shutdown");
    let (_, close) = client.next().await.unwrap();
    assert_eq!(close[..2], 1001_u16.to_be_bytes());

    let mut client = open();
    assert_eq!(client.text().await, "hello");
    client.send(frame::CLOSE, &3000_u16.to_be_bytes()).await;
    let (opcode, close) = client.next().await.unwrap();
    assert_eq!(
        (opcode, close),
        (frame::CLOSE, 3000_u16.to_be_bytes().to_vec())
    );

    let mut client = open();
    assert_eq!(client.text().await, "hello");
    client.wire.write_all(b"\x81\x01x").await.unwrap();
    let (_, close) = client.next().await.unwrap();
    assert_eq!(
        close[..2],
        1002_u16.to_be_bytes(),
        "an unmasked frame breaks the protocol"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_is_dropped_in_the_end() {
    let mut client = open();
    // Nothing is read: the pipe fills with answers, then with nothing.
    let flood = async {
        loop {
            client.send(frame::TEXT, &[b'x'; 100]).await;
        }
    };
    let blocked = timeout(Duration::from_secs(10), flood).await;
    assert!(blocked.is_err(), "a flood is not taken without bound");
    let mut rest = Vec::new();
    tokio::time::sleep(Duration::from_mins(3)).await;
    client.wire.read_to_end(&mut rest).await.unwrap();
    assert!(rest.len() <= 64 * 1024, "the server let go");
}
