//! Alerts from outside: rules by REST, what fires, who is told, by a real HTTP server that fails before it takes it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{PATIENCE, Server};

/// A request that came: its head in lower case, its body.
pub(crate) type Taken = Arc<Mutex<Vec<(String, String)>>>;

/// A receiver that answers so many requests with 500 before it takes any; the address, and what came.
pub(crate) async fn receiver(failures: usize) -> (String, Taken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook/secret", listener.local_addr().unwrap());
    let taken = Taken::default();
    let all = Arc::clone(&taken);
    tokio::spawn(async move {
        'requests: loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            let mut part = [0; 4_096];
            let (head, body) = loop {
                let count = stream.read(&mut part).await.unwrap_or(0);
                bytes.extend_from_slice(&part[..count]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    if count == 0 {
                        // Its sender was killed.
                        continue 'requests;
                    }
                    continue;
                };
                let head = head.to_lowercase();
                let length = head.split("content-length: ").nth(1).unwrap();
                let length: usize = length.lines().next().unwrap().trim().parse().unwrap();
                if body.len() >= length {
                    break (head, body.to_owned());
                }
                if count == 0 {
                    continue 'requests;
                }
            };
            let number = {
                let mut all = all.lock().unwrap();
                all.push((head, body));
                all.len()
            };
            let answer = if number <= failures {
                "HTTP/1.1 500 Oh\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy"
            } else {
                "HTTP/1.1 204 Taken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, taken)
}

/// Waits until so many requests came.
pub(crate) async fn came(taken: &Taken, count: usize) -> Vec<(String, String)> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let all = taken.lock().unwrap().clone();
        if all.len() >= count {
            return all;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "only {} came",
            all.len()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn make(server: &Server, path: &str, body: Value) -> Value {
    let answer = server.post(path, body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

pub(crate) fn rule(condition: &Value) -> Value {
    json!({"name": "Loss too high", "severity": "high", "cool_down_seconds": 0, "condition": condition})
}

fn loss(session: &str, n: usize, value: f64) -> Value {
    json!({"event_id": format!("{session}-{n}"), "session_id": session, "iteration": 1, "event_type": "METRICS",
           "data": {"metrics": {"loss": value}}})
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let line = head
        .lines()
        .find(|line| line.starts_with(&format!("{name}:")));
    line.unwrap().split_once(':').unwrap().1.trim()
}

#[tokio::test]
async fn an_alert_fires_once_resolves_and_its_webhook_is_retried_until_it_is_received() {
    let server = Server::start(&[]).await;
    let (url, taken) = receiver(2).await;
    let made = make(
        &server,
        "/api/v1/alerts/channels",
        json!({"name": "hook", "kind": "webhook", "url": url}),
    )
    .await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(!made["channel"]["url"].as_str().unwrap().contains("secret"));
    let threshold = json!({"kind": "threshold", "metric": "loss", "above": 2, "resolve_at": 1});
    make(&server, "/api/v1/alerts/rules", rule(&threshold)).await;
    server
        .tell(&[loss("s", 1, 1.0), loss("s", 2, 3.5), loss("s", 3, 4.0)])
        .await;
    let page = server
        .eventually("/api/v1/alerts?state=firing", |page| page["firing"] == 1)
        .await;
    let alert = &page["alerts"][0];
    assert_eq!(alert["summary"], "loss is 3.5, above 2");
    let all = came(&taken, 3).await;
    // Each attempt is the same delivery.
    for (head, body) in &all {
        assert_eq!(
            header(head, "loopscope-delivery"),
            header(&all[0].0, "loopscope-delivery")
        );
        assert_eq!(*body, all[0].1);
        let signed = header(head, "loopscope-signature");
        let (time, hex) = signed
            .strip_prefix("t=")
            .unwrap()
            .split_once(",v1=")
            .unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.{body}").as_bytes());
        let bytes = (0..64)
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
        mac.verify_slice(&bytes.collect::<Vec<_>>()).unwrap();
    }
    let body: Value = serde_json::from_str(&all[0].1).unwrap();
    assert_eq!(body["event"], "alert.firing");
    assert_eq!(body["alert"]["alert_id"], alert["alert_id"]);

    server.tell(&[loss("s", 4, 1.5), loss("s", 5, 0.5)]).await;
    let all = came(&taken, 4).await;
    let body: Value = serde_json::from_str(&all[3].1).unwrap();
    assert_eq!(
        (&body["event"], &body["alert"]["reason"]),
        (&json!("alert.resolved"), &json!("cleared"))
    );
    let events = server.read("/api/v1/sessions/s/events?limit=100").await;
    let names: Vec<&str> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["name"].as_str().unwrap())
        .collect();
    let alerts: Vec<&&str> = names
        .iter()
        .filter(|name| name.starts_with("alert:"))
        .collect();
    assert_eq!(alerts, [&"alert:firing", &"alert:resolved"], "{names:?}");
    let told = server
        .eventually("/api/v1/alerts/deliveries", |page| {
            page["deliveries"][0]["state"] == "delivered"
        })
        .await;
    assert_eq!(told["deliveries"].as_array().unwrap().len(), 2);
    assert_eq!(told["deliveries"][1]["attempts"], 3);
    server.running.stop().await.unwrap();
}

#[tokio::test]
async fn silence_fires_by_time_and_the_end_of_the_session_resolves_it() {
    let server = Server::start(&[]).await;
    make(
        &server,
        "/api/v1/alerts/rules",
        rule(&json!({"kind": "silence", "seconds": 1})),
    )
    .await;
    server.tell(&[loss("s", 1, 1.0)]).await;
    let firing = |page: &Value| page["alerts"][0]["state"] == "firing";
    server.eventually("/api/v1/alerts", firing).await;
    let end = json!({"event_id": "end", "session_id": "s", "iteration": 1, "event_type": "SESSION_ENDED", "data": {}});
    server.tell(&[end]).await;
    let over = server
        .eventually("/api/v1/alerts", |page| {
            page["alerts"][0]["state"] == "resolved"
        })
        .await;
    assert!(
        ["cleared", "session_ended"].contains(&over["alerts"][0]["reason"].as_str().unwrap()),
        "{over}"
    );
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let page = server.read("/api/v1/alerts").await;
    assert_eq!(page["alerts"].as_array().unwrap().len(), 1, "{page}");
    server.running.stop().await.unwrap();
}

#[tokio::test]
async fn who_is_muted_is_not_told_and_what_is_known_does_not_count() {
    let server = Server::start(&[]).await;
    let (url, taken) = receiver(0).await;
    let channel = make(
        &server,
        "/api/v1/alerts/channels",
        json!({"name": "slack", "kind": "slack", "url": url}),
    )
    .await;
    let id = channel["channel"]["channel_id"].as_str().unwrap();
    assert_eq!(channel["secret"], Value::Null);
    let made = make(
        &server,
        "/api/v1/alerts/rules",
        rule(&json!({"kind": "event", "names": ["BAD*"]})),
    )
    .await;
    let rule = made["rule_id"].as_str().unwrap();
    let muted = server
        .post(
            &format!("/api/v1/alerts/rules/{rule}/mute"),
            r#"{"seconds": 600}"#,
        )
        .await;
    assert_eq!(muted.status, 200, "{}", muted.text());
    let bad = |n: usize| json!({"event_id": format!("b{n}"), "session_id": format!("s{n}"), "event_type": "BAD", "data": {"message": "<x>"}});
    // The engine takes the new rule before it takes the next event, as a rule; its page says when.
    server.tell(&[bad(1)]).await;
    let page = server
        .eventually("/api/v1/alerts", |page| page["firing"] == 1)
        .await;
    let alert = page["alerts"][0]["alert_id"].as_str().unwrap().to_owned();
    let acked = server
        .post(&format!("/api/v1/alerts/{alert}/ack"), "{}")
        .await;
    assert_eq!(acked.json()["acked_by"], "local", "{}", acked.text());
    assert_eq!(server.read("/api/v1/alerts").await["firing"], 0);
    assert!(taken.lock().unwrap().is_empty());
    server
        .post(&format!("/api/v1/alerts/rules/{rule}/mute"), "{}")
        .await;
    server.tell(&[bad(2)]).await;
    let all = came(&taken, 1).await;
    let body: Value = serde_json::from_str(&all[0].1).unwrap();
    assert!(
        body["text"].as_str().unwrap().contains("BAD: &lt;x&gt;"),
        "{body}"
    );
    let test = server
        .post(&format!("/api/v1/alerts/channels/{id}/test"), "{}")
        .await
        .json();
    assert_eq!(
        (&test["state"], &test["status"], &test["event"]),
        (&json!("delivered"), &json!(204), &json!("test"))
    );
    server.running.stop().await.unwrap();
}

#[tokio::test]
async fn a_bad_rule_is_refused_with_its_field() {
    let server = Server::start(&[]).await;
    for (condition, field) in [
        (
            json!({"kind": "threshold", "metric": "", "above": 1}),
            "condition.metric",
        ),
        (
            json!({"kind": "threshold", "metric": "x"}),
            "condition.above",
        ),
        (
            json!({"kind": "threshold", "metric": "x", "above": 1, "resolve_at": 2}),
            "condition.resolve_at",
        ),
        (
            json!({"kind": "silence", "seconds": 0}),
            "condition.seconds",
        ),
        (
            json!({"kind": "rate", "above": 1, "window_seconds": 0}),
            "condition.window_seconds",
        ),
        (json!({"kind": "event"}), "condition.names"),
    ] {
        let answer = server
            .post("/api/v1/alerts/rules", rule(&condition).to_string())
            .await;
        assert_eq!(answer.status, 422, "{condition}");
        assert_eq!(answer.json()["error"]["field"], field, "{condition}");
    }
    for (channel, field) in [
        (
            json!({"name": "", "kind": "slack", "url": "http://x"}),
            "name",
        ),
        (
            json!({"name": "x", "kind": "slack", "url": "ftp://x"}),
            "url",
        ),
        (
            json!({"name": "x", "kind": "webhook", "url": "http://x", "secret": "short"}),
            "secret",
        ),
    ] {
        let answer = server
            .post("/api/v1/alerts/channels", channel.to_string())
            .await;
        assert_eq!(answer.json()["error"]["field"], field, "{channel}");
    }
    let shipped = server
        .request("DELETE /api/v1/alerts/rules/training-anomaly", "", b"")
        .await;
    assert_eq!(shipped.status, 409);
    let audit = server.read("/api/v1/audit").await;
    assert!(audit["entries"].as_array().unwrap().is_empty(), "{audit}");
    server.running.stop().await.unwrap();
}

#[tokio::test]
async fn the_contracts_own_alerts_ship_enabled() {
    let server = Server::start(&[]).await;
    let said = |n: usize, name: &str, severity: &str| json!({"event_id": format!("t{n}"), "dialect": "training", "session_id": "run", "event_type": name, "severity": severity, "message": "so", "data": {"reason": "why"}});
    server
        .tell(&[
            said(1, "PLATEAU_DETECTED", "warning"),
            said(2, "PPO_UPDATE_COMPLETED", "info"),
        ])
        .await;
    server
        .tell(&[
            said(3, "RATIO_COLLAPSE_DETECTED", "warning"),
            said(4, "GOVERNOR_ROLLBACK", "warning"),
        ])
        .await;
    let page = server
        .eventually("/api/v1/alerts", |page| page["firing"] == 2)
        .await;
    let mut rules: Vec<&str> = page["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["rule_id"].as_str().unwrap())
        .collect();
    rules.sort_unstable();
    assert_eq!(rules, ["training-anomaly", "training-rollback"]);
    server.running.stop().await.unwrap();
}
