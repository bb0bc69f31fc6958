//! The stream backend: a WebSocket server inside the program, on any path. In: clients, and the hub's frames. Out: a
//! greeting, and from then on each event as it happens. There is no replay, and what clients say is ignored.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use common::threads::Stop;
use tungstenite::{Error, Message, WebSocket};

use crate::hub::{Hub, Outlet};

/// What greets every client.
pub const GREETING: &str = r#"{"type":"connected","message":"Connected to Karn telemetry stream"}"#;
/// The most clients at once.
const CLIENTS: usize = 64;
/// Time for a handshake, and for a frame to go out.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a client is asked whether it is there, and how long it may be silent then.
const PING: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(10));
/// How long frames are waited for before the client is heard.
const MOMENT: Duration = Duration::from_millis(50);

/// Takes clients until it is asked to stop; gives the address where.
pub fn serve(
    address: &str,
    hub: &Hub,
    stop: &Stop,
) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(address)?;
    let local = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    let (hub, stop) = (hub.clone(), stop.clone());
    let thread = thread::Builder::new()
        .name("stream".to_owned())
        .spawn(move || {
            let mut clients: Vec<JoinHandle<()>> = Vec::new();
            while !stop.rest(Duration::from_millis(20)) {
                while let Ok((stream, peer)) = listener.accept() {
                    clients.retain(|client| !client.is_finished());
                    if clients.len() >= CLIENTS {
                        eprintln!("warning: {peer} was turned away: there are {CLIENTS} clients");
                        continue;
                    }
                    let (hub, named) = (hub.clone(), thread::Builder::new().name(peer.to_string()));
                    match named.spawn(move || client(stream, peer, &hub)) {
                        Ok(client) => clients.push(client),
                        Err(error) => eprintln!("warning: {peer} was turned away: {error}"),
                    }
                }
            }
            for client in clients {
                // That it panicked is no reason not to end.
                let _ = client.join();
            }
        })?;
    Ok((local, thread))
}

fn client(stream: TcpStream, peer: SocketAddr, hub: &Hub) {
    let Some(mut socket) = greet(stream) else {
        return;
    };
    let outlet = hub.open(peer.to_string());
    let told = socket.send(Message::text(GREETING));
    if let Err(error) = told.and_then(|()| talk(&mut socket, &outlet)) {
        eprintln!("{peer} left: {error}");
    }
    outlet.close();
}

fn greet(stream: TcpStream) -> Option<WebSocket<TcpStream>> {
    stream.set_nonblocking(false).ok()?;
    stream.set_nodelay(true).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let socket = tungstenite::accept(stream).ok()?;
    let moment = Duration::from_millis(1);
    socket.get_ref().set_read_timeout(Some(moment)).ok()?;
    Some(socket)
}

/// Talks until there is nothing more to say.
fn talk(socket: &mut WebSocket<TcpStream>, outlet: &Outlet) -> Result<(), Error> {
    let mut heard = Instant::now();
    let mut pinged = false;
    while let Some(frames) = outlet.take(256, MOMENT) {
        for frame in frames {
            socket.write(Message::text(&*frame))?;
        }
        if heard.elapsed() > PING.0 && !pinged {
            socket.write(Message::Ping(Vec::new().into()))?;
            pinged = true;
        }
        if heard.elapsed() > PING.0 + PING.1 {
            return Err(Error::ConnectionClosed);
        }
        socket.flush()?;
        match socket.read() {
            // What it says is ignored; that it says something is not.
            Ok(_) => (heard, pinged) = (Instant::now(), false),
            Err(Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    socket.close(None)?;
    socket.flush()
}
