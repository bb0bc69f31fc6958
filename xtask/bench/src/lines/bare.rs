//! What a delivery costs on this machine where nothing is done but write: the least that any server could reach.
//!
//! In: how long events are gathered. Out: CPU microseconds a delivery of the one thread that writes. The goals of the
//! fan-out's cost were taken from a machine where this was 2.8 one by one and 1.0 gathered for 5 ms.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// As long as an event of the bench in a frame.
const FRAME_BYTES: usize = 460;

/// CPU microseconds a delivery: one event a millisecond to each viewer, written when `gather` events have come.
pub(super) fn cost_us(viewers: usize, events: usize, gather: usize) -> anyhow::Result<f64> {
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
    let bytes = events * FRAME_BYTES;
    let reading: Vec<_> = readers
        .into_iter()
        .map(|mut reader| {
            thread::spawn(move || -> std::io::Result<()> {
                let mut buffer = vec![0; 64 * 1024];
                let mut left = bytes;
                while left > 0 {
                    let got = reader.read(&mut buffer)?;
                    if got == 0 {
                        break;
                    }
                    left = left.saturating_sub(got);
                }
                Ok(())
            })
        })
        .collect();
    let writing = thread::spawn(move || write(sockets, events, gather));
    let cpu = writing
        .join()
        .map_err(|_| anyhow::anyhow!("the writer panicked"))??;
    for reader in reading {
        reader
            .join()
            .map_err(|_| anyhow::anyhow!("a reader panicked"))??;
    }
    Ok(cpu.as_secs_f64() * 1e6 / (events as f64 * viewers as f64))
}

/// Writes everything on this thread; its CPU time.
fn write(mut sockets: Vec<TcpStream>, events: usize, gather: usize) -> anyhow::Result<Duration> {
    let frame = vec![b'x'; FRAME_BYTES * gather];
    let beat = Duration::from_millis(gather as u64);
    let before = thread_cpu()?;
    let mut next = Instant::now();
    for _ in 0..events / gather {
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
