//! What one event costs: decoding it, reading its facts, folding it, and storing the board.
//!
//! `cargo bench -p loopscope-board` prints microseconds of processor time an event. Nothing is asserted: machines are noisy.

#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]

use std::hint::black_box;
use std::time::Instant;

use loopscope_board::Board;
use loopscope_dialects::{DecodeContext, decode, facts};
use loopscope_event::{Event, Offset, ProjectId, Seq, SessionId, Timestamp};

/// One pass of a loop, as bodies of about 300 bytes.
const PASS: &[(&str, &str)] = &[
    ("ITERATION_STARTED", r#"{"iteration":1}"#),
    (
        "STEP_STARTED",
        r#"{"step":"diagnose","tool":"cargo","args":["clippy","--message-format=json"]}"#,
    ),
    (
        "STATE_CHANGED",
        r#"{"from":"IDLE","to":"DIAGNOSING","transition":"START"}"#,
    ),
    (
        "STEP_PROGRESS",
        r#"{"step":"diagnose","done":3,"total":10,"message":"3 of 10 crates"}"#,
    ),
    (
        "STEP_COMPLETE",
        r#"{"step":"diagnose","success":true,"findings_count":7,"fixes_count":0,"metrics":{"issues_found":7,"critical":1,"high":2,"medium":3,"low":1}}"#,
    ),
    (
        "STEP_STARTED",
        r#"{"step":"fix","tool":"cargo","args":["fix"]}"#,
    ),
    (
        "STEP_COMPLETE",
        r#"{"step":"fix","success":true,"findings_count":0,"fixes_count":2,"metrics":{"fixes_applied":2,"issues_addressed":4}}"#,
    ),
    (
        "STEP_STARTED",
        r#"{"step":"validate","tool":"cargo","args":["test"]}"#,
    ),
    (
        "STEP_COMPLETE",
        r#"{"step":"validate","success":true,"metrics":{"passed":40,"failed":0,"skipped":1,"errors":0,"total":41,"success_rate":1.0}}"#,
    ),
    ("ITERATION_ENDED", r#"{"iteration":1,"state":"IDLE"}"#),
];
const PASSES: u32 = 5_000;

fn main() {
    for round in 0..5 {
        println!("round {round}");
        run();
    }
}

fn run() {
    let bodies: Vec<String> = (1..=PASSES)
        .flat_map(|pass| PASS.iter().map(move |(name, data)| body(pass, name, data)))
        .collect();
    let context = DecodeContext::new(Timestamp::from_micros(1_767_607_200_000_000));
    let count = bodies.len() as f64;

    let started = Clock::start();
    let mut events: Vec<Event> = Vec::with_capacity(bodies.len());
    for (body, place) in bodies.iter().zip(1..) {
        let items = decode(body.as_bytes(), &context).map(|decoded| decoded.items);
        for (event, _) in items.into_iter().flatten().flatten() {
            events.push(event.placed(Offset(place), Seq(place)));
        }
    }
    report("decode, one frame an event", started, count);

    let batch = format!("[{}]", bodies[..1_000].join(","));
    let started = Clock::start();
    for _ in 0..20 {
        let _ = black_box(decode(batch.as_bytes(), &context));
    }
    report("decode, 1,000 a batch", started, 20_000.0);

    let started = Clock::start();
    for event in &events {
        black_box(facts(event));
    }
    report("facts", started, count);

    let Ok(session) = SessionId::new("bench") else {
        return;
    };
    let mut board = Board::new(ProjectId::default(), session);
    let started = Clock::start();
    for event in &events {
        board.apply(event);
    }
    report("apply", started, count);

    let started = Clock::start();
    for _ in 0..100_000 {
        black_box(board.summary());
    }
    report("summary", started, 100_000.0);
    let started = Clock::start();
    let mut bytes = 0;
    for _ in 0..20 {
        bytes = black_box(serde_json::to_string(&board).unwrap_or_default()).len();
    }
    report(
        &format!("store a board of {PASSES} passes, {bytes} bytes"),
        started,
        20.0,
    );
}

fn body(pass: u32, name: &str, data: &str) -> String {
    format!(
        r#"{{"event_id":"0f8fad5b-d9cb-469f-a165-7086{pass:08}","timestamp":"2026-01-05T10:00:00.123456+00:00","session_id":"bench","iteration":{pass},"state":"IDLE","event_type":"{name}","data":{data}}}"#
    )
}

/// Time on the processor where Linux tells it, so that a busy machine matters less; else time on the wall.
#[derive(Clone, Copy)]
struct Clock {
    processor: Option<f64>,
    wall: Instant,
}

impl Clock {
    fn start() -> Self {
        Self {
            processor: processor_micros(),
            wall: Instant::now(),
        }
    }

    fn micros(self) -> f64 {
        match (processor_micros(), self.processor) {
            (Some(now), Some(start)) => now - start,
            _ => self.wall.elapsed().as_secs_f64() * 1e6,
        }
    }
}

fn processor_micros() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanos / 1e3)
}

fn report(what: &str, started: Clock, events: f64) {
    let micros = started.micros() / events;
    println!("{what}: {micros:.2} µs");
}
