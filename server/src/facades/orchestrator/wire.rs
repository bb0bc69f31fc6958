//! The connection below a Socket.IO WebSocket. In: masked frames of a client. Out: the same frames, their text made JSON
//! ([`tokens`](super::tokens)), not a byte longer or shorter.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::tokens::Scan;

/// See the module.
pub(super) struct Wire<S> {
    inner: S,
    frames: Frames,
}

/// Where in the stream of frames we are.
#[derive(Debug, Default)]
struct Frames {
    header: Header,
    /// Bytes of the payload that are still to come, and how many came.
    left: u64,
    passed: u64,
    /// Whether the frame belongs to a text message.
    is_text: bool,
    /// Whether the message that goes on is text.
    of_text: bool,
    scan: Scan,
}

#[derive(Debug, Default)]
struct Header {
    bytes: [u8; 14],
    filled: usize,
}

impl Header {
    /// How many bytes it has, as far as is known.
    fn wanted(&self) -> usize {
        if self.filled < 2 {
            return 2;
        }
        let length = match self.bytes[1] & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        2 + length + if self.is_masked() { 4 } else { 0 }
    }

    const fn is_masked(&self) -> bool {
        self.bytes[1] & 0x80 != 0
    }

    fn length(&self) -> u64 {
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
        };
        match self.bytes[1] & 0x7f {
            126 => number(&self.bytes[2..4]),
            127 => number(&self.bytes[2..10]),
            short => u64::from(short),
        }
    }

    fn mask(&self, at: u64) -> u8 {
        if !self.is_masked() {
            return 0;
        }
        self.bytes[self.filled - 4 + (at % 4) as usize]
    }
}

impl Frames {
    fn take(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.left == 0 {
                self.begin(*byte);
                continue;
            }
            if self.is_text {
                let mask = self.header.mask(self.passed);
                *byte = self.scan.next(*byte ^ mask) ^ mask;
            }
            self.passed += 1;
            self.left -= 1;
            if self.left == 0 {
                self.header.filled = 0;
            }
        }
    }

    /// A byte of a frame's header.
    fn begin(&mut self, byte: u8) {
        self.header.bytes[self.header.filled] = byte;
        self.header.filled += 1;
        if self.header.filled < self.header.wanted() {
            return;
        }
        let kind = self.header.bytes[0] & 0x0f;
        match kind {
            0 => self.is_text = self.of_text,
            1 | 2 => {
                self.of_text = kind == 1;
                self.is_text = self.of_text;
                self.scan = Scan::default();
            }
            _ => self.is_text = false,
        }
        self.passed = 0;
        self.left = self.header.length();
        if self.left == 0 {
            self.header.filled = 0;
        }
    }
}

impl<S> Wire<S> {
    pub(super) fn new(inner: S) -> Self {
        Self {
            inner,
            frames: Frames::default(),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(cx, buffer))?;
        this.frames.take(&mut buffer.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MASK: [u8; 4] = [0x12, 0xff, 0x00, 0xa5];

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![first];
        match payload.len() {
            short @ 0..126 => frame.push(0x80 | short as u8),
            middle @ 126..65_536 => {
                frame.push(0xfe);
                frame.extend_from_slice(&(middle as u16).to_be_bytes());
            }
            long => {
                frame.push(0xff);
                frame.extend_from_slice(&(long as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(&MASK);
        frame.extend(
            payload
                .iter()
                .zip(MASK.iter().cycle())
                .map(|(byte, mask)| byte ^ mask),
        );
        frame
    }

    fn in_pieces(stream: &[u8], cuts: &[usize]) -> Vec<u8> {
        let mut frames = Frames::default();
        let mut bytes = stream.to_vec();
        let mut from = 0;
        for cut in cuts
            .iter()
            .map(|cut| cut % (stream.len() + 1))
            .chain([stream.len()])
        {
            if cut > from {
                frames.take(&mut bytes[from..cut]);
                from = cut;
            }
        }
        bytes
    }

    fn json(text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        super::super::tokens::in_body(&mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn frames_are_cleaned_however_they_are_cut(
            filler in "[a-z]{0,300}",
            cuts in prop::collection::vec(0_usize..2_000, 0..20),
        ) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let text = format!(r#"42["{filler}",[NaN,-Infinity,"NaN"]]"#);
            let (head, tail) = text.as_bytes().split_at(text.len() - 20);
            let cleaned = json(&text);
            let (clean_head, clean_tail) = cleaned.split_at(text.len() - 20);
            let stream = [
                frame(0x81, text.as_bytes()),
                frame(0x82, b"[NaN]"),
                // A message in two frames, with a ping between them.
                frame(0x01, head),
                frame(0x89, b"[NaN]"),
                frame(0x80, tail),
                frame(0x81, b""),
                frame(0x81, b"42[NaN]"),
            ];
            let expected = [
                frame(0x81, &cleaned),
                frame(0x82, b"[NaN]"),
                frame(0x01, clean_head),
                frame(0x89, b"[NaN]"),
                frame(0x80, clean_tail),
                frame(0x81, b""),
                frame(0x81, &json("42[NaN]")),
            ];
            prop_assert_eq!(in_pieces(&stream.concat(), &cuts), expected.concat());
        }
    }

    #[test]
    fn long_frames_are_counted_right() {
        let text = format!(r#"42["{}",NaN]"#, "x".repeat(70_000));
        let stream = [frame(0x81, text.as_bytes()), frame(0x81, b"42[NaN]")].concat();
        let expected = [frame(0x81, &json(&text)), frame(0x81, &json("42[NaN]"))].concat();
        assert_eq!(in_pieces(&stream, &[1, 9, 15, 60_000]), expected);
    }
}
