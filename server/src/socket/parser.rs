//! What a client writes on a WebSocket (RFC 6455, section 5). In: bytes as they come. Out: whole messages.
//!
//! Text messages over the bound and binary messages are read past without being kept, and reported: the connection
//! stays usable. What breaks the protocol ends it.

use super::frame;
use super::header::{Header, Violation, read_header, violation};

/// A whole message, or one that was read past.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A text message, valid UTF-8.
    Text(String),
    /// A binary message, which nobody here takes.
    Binary,
    /// A text message over the bound.
    TooLong,
    /// A ping, to be answered with the same payload.
    Ping(Vec<u8>),
    /// A pong.
    Pong,
    /// The client closes, with this code.
    Close(Option<u16>),
}

/// Reads messages out of bytes. Holds no memory between messages.
#[derive(Debug)]
pub(super) struct Parser {
    /// The longest text message that is kept, in bytes.
    limit: usize,
    /// Bytes that came and are not looked at yet, from `at` on.
    buffer: Vec<u8>,
    at: usize,
    /// The frame that is being read.
    frame: Option<Header>,
    /// The message that is being read; control frames may come in between.
    message: Option<Partial>,
    control: Vec<u8>,
}

/// A message of which not everything came yet.
#[derive(Debug)]
struct Partial {
    text: Vec<u8>,
    fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    TooLong,
    Binary,
}

impl Parser {
    /// A parser that keeps text messages of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            buffer: Vec::new(),
            at: 0,
            frame: None,
            message: None,
            control: Vec::new(),
        }
    }

    /// Takes bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next message, if the bytes so far hold one.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Violation> {
        loop {
            let Some(frame) = self.frame.take() else {
                if self.start_frame()? {
                    continue;
                }
                self.forget_read_bytes();
                return Ok(None);
            };
            let rest = self.read_payload(frame);
            if rest.length > 0 {
                self.frame = Some(rest);
                self.forget_read_bytes();
                return Ok(None);
            }
            if rest.is_control() {
                return control(rest.opcode, std::mem::take(&mut self.control)).map(Some);
            }
            if rest.fin {
                return self.finish().map(Some);
            }
        }
    }

    /// Reads a frame's header; `false` while bytes of it are missing.
    fn start_frame(&mut self) -> Result<bool, Violation> {
        let Some((header, bytes)) = read_header(&self.buffer[self.at..])? else {
            return Ok(false);
        };
        self.at += bytes;
        match (header.opcode, &self.message) {
            (frame::CONTINUATION, None) => return Err(violation("a continuation of nothing")),
            (frame::TEXT | frame::BINARY, Some(_)) => {
                return Err(violation("a new message inside of another"));
            }
            _ => {}
        }
        if !header.is_control() {
            let is_binary = header.opcode == frame::BINARY;
            let message = self.message.get_or_insert_with(|| Partial {
                text: Vec::new(),
                fate: if is_binary { Fate::Binary } else { Fate::Keep },
            });
            let length = (message.text.len() as u64).saturating_add(header.length);
            if message.fate == Fate::Keep && length > self.limit as u64 {
                message.text = Vec::new();
                message.fate = Fate::TooLong;
            }
        }
        self.frame = Some(header);
        Ok(true)
    }

    /// Takes what has come of a frame's payload; answers the frame with what is still to come.
    fn read_payload(&mut self, mut header: Header) -> Header {
        let here = (self.buffer.len() - self.at) as u64;
        let count = here.min(header.length) as usize;
        let payload = &mut self.buffer[self.at..self.at + count];
        if header.is_control() {
            header.unmask(payload);
            self.control.extend_from_slice(payload);
        } else if let Some(message) = &mut self.message
            && message.fate == Fate::Keep
        {
            header.unmask(payload);
            message.text.extend_from_slice(payload);
        }
        self.at += count;
        header.length -= count as u64;
        header
    }

    /// The message is whole.
    fn finish(&mut self) -> Result<Message, Violation> {
        match self.message.take() {
            Some(Partial {
                fate: Fate::Keep,
                text,
            }) => match String::from_utf8(text) {
                Ok(text) => Ok(Message::Text(text)),
                Err(_) => Err(Violation {
                    code: 1007,
                    reason: "a text message that is not UTF-8",
                }),
            },
            Some(Partial {
                fate: Fate::TooLong,
                ..
            }) => Ok(Message::TooLong),
            _ => Ok(Message::Binary),
        }
    }

    fn forget_read_bytes(&mut self) {
        if self.at < self.buffer.len() {
            self.buffer.drain(..self.at);
        } else if self.message.is_some() {
            self.buffer.clear();
        } else {
            self.buffer = Vec::new();
        }
        self.at = 0;
    }
}

fn control(opcode: u8, payload: Vec<u8>) -> Result<Message, Violation> {
    match opcode {
        frame::PING => Ok(Message::Ping(payload)),
        frame::PONG => Ok(Message::Pong),
        _ => match *payload {
            [] => Ok(Message::Close(None)),
            [high, low, ..] => Ok(Message::Close(Some(u16::from_be_bytes([high, low])))),
            [_] => Err(violation("a close code of one byte")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MASK: [u8; 4] = [1, 200, 3, 77];

    fn client_frame(fin: bool, opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut wire = Vec::new();
        frame::put_header(&mut wire, opcode, payload.len());
        if !fin {
            wire[0] &= 0x7F;
        }
        wire[1] |= 0x80;
        wire.extend_from_slice(&MASK);
        let masked = payload.iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b);
        wire.extend(masked);
        wire
    }

    fn read(wire: &[u8], step: usize) -> Result<Vec<Message>, Violation> {
        let mut parser = Parser::new(1000);
        let mut messages = Vec::new();
        for bytes in wire.chunks(step) {
            parser.feed(bytes);
            while let Some(message) = parser.next()? {
                messages.push(message);
            }
        }
        assert_eq!(parser.buffer.capacity(), 0, "nothing is held when idle");
        Ok(messages)
    }

    fn text(text: &str) -> Message {
        Message::Text(text.to_owned())
    }

    #[test]
    fn messages_come_whole_however_they_were_cut() {
        let mut wire = client_frame(false, frame::TEXT, b"one ");
        wire.extend(client_frame(true, frame::PING, b"hi"));
        wire.extend(client_frame(false, frame::CONTINUATION, "ü".as_bytes()));
        wire.extend(client_frame(true, frame::CONTINUATION, b" two"));
        wire.extend(client_frame(true, frame::TEXT, &[b'x'; 1001]));
        wire.extend(client_frame(true, frame::BINARY, &[0; 300]));
        wire.extend(client_frame(true, frame::TEXT, &[b'x'; 1000]));
        wire.extend(client_frame(true, frame::PONG, b""));
        wire.extend(client_frame(true, frame::CLOSE, &[3, 233]));
        for step in [1, 2, 3, 7, 100, 100_000] {
            let expected = vec![
                Message::Ping(b"hi".to_vec()),
                text("one ü two"),
                Message::TooLong,
                Message::Binary,
                text(&"x".repeat(1000)),
                Message::Pong,
                Message::Close(Some(1001)),
            ];
            assert_eq!(read(&wire, step), Ok(expected), "in steps of {step}");
        }
    }

    #[test]
    fn pieces_that_grow_over_the_bound_are_read_past() {
        let mut wire = client_frame(false, frame::TEXT, &[b'x'; 600]);
        wire.extend(client_frame(true, frame::CONTINUATION, &[b'x'; 600]));
        wire.extend(client_frame(true, frame::TEXT, b"still here"));
        let expected = vec![Message::TooLong, text("still here")];
        assert_eq!(read(&wire, 64), Ok(expected));
    }

    #[test]
    fn what_breaks_the_protocol_is_named() {
        let mut unmasked = client_frame(true, frame::TEXT, b"x");
        unmasked[1] &= 0x7F;
        let mut reserved = client_frame(true, frame::TEXT, b"x");
        reserved[0] |= 0x40;
        let second_start = [
            client_frame(false, frame::TEXT, b"a"),
            client_frame(true, frame::TEXT, b"b"),
        ];
        for (wire, code) in [
            (unmasked, 1002),
            (reserved, 1002),
            (client_frame(true, 0x3, b""), 1002),
            (client_frame(true, frame::CONTINUATION, b""), 1002),
            (client_frame(false, frame::PING, b""), 1002),
            (client_frame(true, frame::PING, &[0; 126]), 1002),
            (client_frame(true, frame::CLOSE, &[1]), 1002),
            (second_start.concat(), 1002),
            (client_frame(true, frame::TEXT, &[0xFF]), 1007),
        ] {
            assert_eq!(read(&wire, 1).map_err(|error| error.code), Err(code));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(wire: Vec<u8>, step in 1_usize..50) {
            let mut parser = Parser::new(64);
            'all: for bytes in wire.chunks(step) {
                parser.feed(bytes);
                loop {
                    match parser.next() {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(_) => break 'all,
                    }
                }
            }
        }
    }
}
