//! Telemetry of training: a stream is served, dialled, and heard by the real server.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use loopscope_client::training::{
    FileOutput, Heard, Hub, OutputBackend, StreamOutput, StreamReader, TelemetryEvent,
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::server::Server;

/// A test that hangs is ended after this; nothing is expected to be quick.
const PATIENCE: Duration = Duration::from_mins(1);

fn until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn epoch(number: i64, accuracy: f64) -> TelemetryEvent {
    TelemetryEvent::new("EPOCH_COMPLETED")
        .epoch(number)
        .data(json!({"env_id": 0, "val_accuracy": accuracy}))
}

fn served() -> (StreamOutput, u16) {
    let stream = StreamOutput::on("127.0.0.1", 0);
    stream.start().unwrap();
    let port = stream.local_addr().unwrap().port();
    (stream, port)
}

/// Somebody else's client, on a path of its own.
fn client(port: u16) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let url = format!("ws://127.0.0.1:{port}/any/path");
    tungstenite::client(url, stream).unwrap().0
}

fn next(socket: &mut WebSocket<TcpStream>) -> Option<Value> {
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}

fn hear(reader: &mut StreamReader) -> Heard {
    reader.wait_next(PATIENCE).expect("nothing was heard")
}

fn is_greeting(heard: &Heard) -> bool {
    matches!(heard, Heard::Greeting(words) if words.contains("Karn"))
}

#[test]
fn a_client_is_greeted_and_has_each_event_from_then_on() {
    let (stream, port) = served();
    stream.emit(&epoch(9, 50.0));
    let mut socket = client(port);
    let greeting = next(&mut socket).unwrap();
    assert_eq!(greeting["type"], "connected");
    assert!(greeting["message"].as_str().unwrap().contains("Karn"));
    assert_eq!(stream.client_count(), 1);
    // What clients say is ignored.
    socket.send(Message::text("{")).unwrap();
    socket.send(Message::binary(vec![255])).unwrap();
    stream.emit(&epoch(10, 75.5));
    let event = next(&mut socket).unwrap();
    assert_eq!(
        (&event["event_type"], &event["epoch"]),
        (&json!("EPOCH_COMPLETED"), &json!(10))
    );
    assert_eq!(event["data"], json!({"env_id": 0, "val_accuracy": 75.5}));
    // What waits when it closes is told before the end.
    stream.emit(&epoch(11, 76.0));
    let closing = std::thread::spawn(move || stream.close());
    assert_eq!(next(&mut socket).unwrap()["epoch"], 11);
    assert_eq!(next(&mut socket), None);
    closing.join().unwrap();
}

#[test]
fn a_client_that_does_not_read_holds_up_nobody() {
    let stream = StreamOutput::on("127.0.0.1", 0).max_queue_size(64);
    stream.start().unwrap();
    let port = stream.local_addr().unwrap().port();
    let _slow = client(port);
    let mut quick = StreamReader::dial(format!("ws://127.0.0.1:{port}")).unwrap();
    assert!(is_greeting(&hear(&mut quick)));
    until("the slow one is greeted", || stream.client_count() == 2);
    let long = "x".repeat(256 * 1024);
    for number in 0..400 {
        stream.emit(&epoch(number, 1.0).says("info", &*long));
        let Heard::Event(event) = hear(&mut quick) else {
            panic!("an event was not heard")
        };
        assert_eq!(event.epoch, Some(number));
    }
    until("what the slow one missed is counted", || {
        stream.dropped() > 0
    });
}

#[test]
fn a_reader_dials_again_and_says_what_it_may_have_missed() {
    let (stream, port) = served();
    let mut reader = StreamReader::dial(format!("ws://127.0.0.1:{port}/ws")).unwrap();
    assert!(is_greeting(&hear(&mut reader)));
    let sent = epoch(1, 60.0).seed("s", "r0c0").group("A");
    stream.emit(&sent);
    assert_eq!(hear(&mut reader), Heard::Event(Box::new(sent)));
    stream.close();
    assert!(matches!(hear(&mut reader), Heard::Lost(_)));
    assert_eq!(reader.wait_next(Duration::ZERO), None);
    let again = StreamOutput::on("127.0.0.1", port);
    again.start().unwrap();
    assert!(is_greeting(&hear(&mut reader)));
    for wrong in ["http://x", "ws://", "wss://x"] {
        assert!(StreamReader::dial(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_server_hears_a_stream_and_reads_a_file_of_the_same_events() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let stream = Arc::new(StreamOutput::on("127.0.0.1", 0));
    let hub = Hub::new();
    hub.add_backend(Arc::clone(&stream)).unwrap();
    hub.add_backend(FileOutput::new(&path)).unwrap();
    let port = stream.local_addr().unwrap().port();
    let server = Server::with(&["--training-url", &format!("ws://127.0.0.1:{port}")]);
    until("the server dials", || stream.client_count() == 1);
    let of_server = server.url().replacen("http", "ws", 1);
    let mut reader = StreamReader::dial(format!("{of_server}/training/ws")).unwrap();
    assert!(is_greeting(&hear(&mut reader)));
    let start = TelemetryEvent::new("TRAINING_STARTED").data(json!({"episode_id": "run-1"}));
    let sent = [start, epoch(1, 60.0), epoch(2, 61.0)];
    for event in &sent {
        hub.emit(event.clone());
    }
    for event in &sent {
        assert_eq!(hear(&mut reader), Heard::Event(Box::new(event.clone())));
    }
    let client = server.client().build().unwrap();
    let run = client.query().session("run-1").wait().unwrap();
    assert_eq!(run.summary.dialect.as_str(), "training");
    hub.close();
    let text = std::fs::read_to_string(&path).unwrap();
    let read: Vec<_> = text.lines().filter_map(TelemetryEvent::read).collect();
    assert_eq!((read, hub.dropped()), (sent.to_vec(), 0));
}
