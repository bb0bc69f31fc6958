//! What a delivery costs on this machine where nothing is done but write: the least that any server could reach.
//!
//! In: how long events are gathered. Out: CPU microseconds a delivery of the one thread that writes, and how long the
//! frames took to their readers. The goals of the fan-out's cost were taken from a machine where this was 2.8 one by one
//! and 1.0 gathered for 5 ms.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::events::now_us;

/// As long as an event of the bench in a frame.
const FRAME_BYTES: usize = 460;

/// What the loop came to.
pub(super) struct Bare {
    /// CPU microseconds a delivery.
    pub(super) cost_us: f64,
    /// Microseconds from the oldest event of a frame to each reader.
    pub(super) latencies: Vec<u32>,
}

/// One event a millisecond to each viewer, written when `gather` events have come.
pub(super) fn measure(viewers: usize, events: usize, gather: usize) -> anyhow::Result<Bare> {
    let listener = TcpListener::bind("127.0.0.1:0").context("cannot listen")?;
    let address = listener.local_addr()?;
    let mut readers = Vec::new();
    let mut sockets = Vec::new();
    for _ in 0..viewers {
        readers.push(TcpStream::connect(address)?);
        let (socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        sockets.push(socket);
    }
    let frame_bytes = FRAME_BYTES * gather;
    let reading: Vec<_> = readers
        .into_iter()
        .map(|reader| thread::spawn(move || read(reader, frame_bytes)))
        .collect();
    let writing = thread::spawn(move || write(sockets, events, gather));
    let cpu = writing
        .join()
        .map_err(|_| anyhow::anyhow!("the writer panicked"))??;
    let mut latencies = Vec::new();
    for reader in reading {
        let own = reader
            .join()
            .map_err(|_| anyhow::anyhow!("a reader panicked"))??;
        latencies.extend(own);
    }
    Ok(Bare {
        cost_us: cpu.as_secs_f64() * 1e6 / (events as f64 * viewers as f64),
        latencies,
    })
}

/// Reads frames to the end; how long each took.
fn read(mut socket: TcpStream, frame_bytes: usize) -> std::io::Result<Vec<u32>> {
    let mut frame = vec![0; frame_bytes];
    let mut latencies = Vec::new();
    loop {
        match socket.read_exact(&mut frame) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(latencies),
            Err(error) => return Err(error),
        }
        let sent = frame.first_chunk().copied().map_or(0, u64::from_le_bytes);
        let took = now_us().saturating_sub(sent);
        latencies.push(u32::try_from(took).unwrap_or(u32::MAX));
    }
}

/// Writes everything on this thread; its CPU time.
fn write(mut sockets: Vec<TcpStream>, events: usize, gather: usize) -> anyhow::Result<Duration> {
    let mut frame = vec![b'x'; FRAME_BYTES * gather];
    let beat = Duration::from_millis(gather as u64);
    // The oldest event of a frame came when the frame before was written, the newest comes now.
    let gathered_us = (gather as u64).saturating_sub(1) * 1_000;
    let before = thread_cpu()?;
    let mut next = Instant::now();
    for _ in 0..events / gather {
        let sent = now_us().saturating_sub(gathered_us).to_le_bytes();
        frame[..sent.len()].copy_from_slice(&sent);
        for socket in &mut sockets {
            socket.write_all(&frame)?;
        }
        next += beat;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(thread_cpu()?.saturating_sub(before))
}

/// The CPU time of this thread.
fn thread_cpu() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let on_cpu = text
        .split_whitespace()
        .next()
        .and_then(|ns| ns.parse().ok());
    Ok(Duration::from_nanos(
        on_cpu.context("no time in schedstat")?,
    ))
}
