//! A server that is killed at any moment between an alert's cause and its delivery: every cause fires once, and
//! whoever is to be told is told. Real processes, killed by the system.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::alerts::{receiver, rule};
use crate::kill::Process;
use crate::support::PATIENCE;

/// How long after the receipt of its cause the axe falls, in milliseconds.
const MOMENTS: [u64; 8] = [0, 2, 5, 10, 25, 60, 150, 400];

async fn ask(port: u16, line: &str, body: &Value) -> Value {
    let body = body.to_string();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 2"), "{line}: {answer}");
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

#[tokio::test]
async fn a_server_killed_at_any_moment_fires_each_alert_once_and_tells_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (url, taken) = receiver(3).await;
    let mut process = Process::start(folder.path()).await;
    let channel = json!({"name": "hook", "kind": "webhook", "url": url});
    ask(process.port, "POST /api/v1/alerts/channels", &channel).await;
    let condition = json!({"kind": "event", "names": ["BAD"]});
    ask(process.port, "POST /api/v1/alerts/rules", &rule(&condition)).await;
    for (number, moment) in MOMENTS.into_iter().enumerate() {
        let mut socket = process.socket().await;
        let event = json!({"event_id": format!("e{number}"), "session_id": format!("s{number}"), "event_type": "BAD", "data": {}});
        let ack = socket
            .ask(json!({"type": "publish", "events": [event]}))
            .await;
        assert_eq!(ack["accepted"], 1, "{ack}");
        tokio::time::sleep(Duration::from_millis(moment)).await;
        process.kill();
        process = Process::start(folder.path()).await;
    }
    // Everything that is to come has come: one alert a session, and of each somebody was told.
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let told: HashSet<String> = taken
            .lock()
            .unwrap()
            .iter()
            .skip(3)
            .map(|(_, body)| {
                let body: Value = serde_json::from_str(body).unwrap();
                body["alert"]["session_id"].as_str().unwrap().to_owned()
            })
            .collect();
        if told.len() == MOMENTS.len() {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "told of {told:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let page = ask(process.port, "GET /api/v1/alerts", &json!({})).await;
    let mut fired: HashMap<&str, u32> = HashMap::new();
    for row in page["alerts"].as_array().unwrap() {
        *fired
            .entry(row["session_id"].as_str().unwrap())
            .or_default() += 1;
    }
    assert_eq!(fired.len(), MOMENTS.len(), "{page}");
    assert!(fired.values().all(|count| *count == 1), "{fired:?}");
    for number in 0..MOMENTS.len() {
        let path = format!("GET /api/v1/sessions/s{number}/events?limit=100");
        let events = ask(process.port, &path, &json!({})).await;
        let events = events["events"].as_array().unwrap();
        let firing = events
            .iter()
            .filter(|event| event["name"] == "alert:firing");
        assert_eq!(firing.count(), 1, "{events:?}");
    }
}
