//! Looking back in a session of a million events: how long a jump to any of its moments takes, from the request to the
//! last byte of the board, and how long after the last receipt that holds for every jump.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::{block_on, ms};
use crate::Bench;
use crate::http::Http;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::stats::percentile;

const EVENTS: u64 = 1_000_000;

/// Events a request.
const BATCH: u64 = 5_000;

/// Jumps that are measured.
const JUMPS: usize = 200;

/// What a jump may take.
const GOAL_MS: f64 = 100.0;

/// So long boards may be missing, before what there is is measured.
const PATIENCE: Duration = Duration::from_mins(4);

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    block_on(send(&server))?;
    let sent = Instant::now();
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut probes = block_on(jumps(&server, &mut chance, 20))?;
    let first = percentile(&mut probes, 0.99);
    // The boards in between are made behind the intake. What is measured is a session that has them.
    let mut taken = block_on(jumps(&server, &mut chance, JUMPS))?;
    while ms(percentile(&mut taken, 1.0)) > GOAL_MS && sent.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_secs(2));
        taken = block_on(jumps(&server, &mut chance, JUMPS))?;
    }
    let ready = sent.elapsed();
    report.figure(
        "replay: 1 M events, a jump, p50",
        ms(percentile(&mut taken, 0.5)),
        "ms",
        Goal::AtMost(GOAL_MS),
    );
    report.figure(
        "replay: 1 M events, a jump, p99",
        ms(percentile(&mut taken, 0.99)),
        "ms",
        Goal::AtMost(GOAL_MS),
    );
    report.figure(
        "replay: a jump right after the last receipt, p99",
        ms(first),
        "ms",
        Goal::None,
    );
    report.figure(
        "replay: every jump within the goal after",
        ready.as_secs_f64(),
        "s",
        Goal::None,
    );
    server.stop()?;
    Ok(())
}

/// Jumps to moments by chance; each with its time in microseconds.
async fn jumps(server: &Server, chance: &mut Chance, count: usize) -> anyhow::Result<Vec<u32>> {
    let mut http = Http::connect(server.address).await?;
    let mut taken = Vec::with_capacity(count);
    for _ in 0..count {
        let seq = chance.next() % EVENTS + 1;
        let path = format!("/api/v1/sessions/bench-replay/board?at={seq}");
        let began = Instant::now();
        let (status, body) = http.get(&path).await?;
        let took = began.elapsed();
        let told = format!("{{\"seq\":{seq},");
        if status != 200 || !body.starts_with(told.as_bytes()) {
            bail!("{path}: {status}: {}", String::from_utf8_lossy(&body));
        }
        taken.push(took.as_micros().try_into().unwrap_or(u32::MAX));
    }
    Ok(taken)
}

/// A loop that goes on for very long: passes of four steps, with progress and numbers in between.
pub(super) async fn send(server: &Server) -> anyhow::Result<()> {
    let mut http = Http::connect(server.address).await?;
    let mut text = String::new();
    for first in (0..EVENTS).step_by(BATCH as usize) {
        text.clear();
        for n in first..first + BATCH {
            write_event(&mut text, n);
        }
        let (status, answer) = http.post_ndjson("/api/v1/events", text.as_bytes()).await?;
        if status >= 300 {
            bail!("{status}: {}", String::from_utf8_lossy(&answer));
        }
    }
    Ok(())
}

/// So many events a step, and so many a pass.
const STEP: u64 = 250;
const PASS: u64 = 4 * STEP;

fn write_event(text: &mut String, n: u64) {
    let pass = n / PASS + 1;
    let step = ["diagnose", "fix", "attack", "validate"][(n % PASS / STEP) as usize];
    let (name, data) = match n % STEP {
        0 => (
            "STEP_STARTED",
            format!(r#"{{"step":"{step}","tool":"cargo"}}"#),
        ),
        last if last == STEP - 1 => (
            "STEP_COMPLETE",
            format!(
                r#"{{"step":"{step}","success":true,"findings_count":{},"fixes_count":{},"findings":[{{"severity":"high","description":"finding {} of a long run","file":"src/part_{}.rs"}}]}}"#,
                n % 7,
                n % 3,
                n % 1_500,
                n % 40
            ),
        ),
        done if n.is_multiple_of(2) => (
            "STEP_PROGRESS",
            format!(
                r#"{{"step":"{step}","done":{done},"total":{STEP},"message":"{done} of {STEP}"}}"#
            ),
        ),
        _ => (
            "METRICS",
            format!(
                r#"{{"step":{n},"metrics":{{"loss":{},"rate":{}}}}}"#,
                n % 991,
                n % 17
            ),
        ),
    };
    let (minute, second) = (n / 6_000 % 60, n / 100 % 60);
    let (day, hour) = (1 + n / 8_640_000, n / 360_000 % 24);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{{\"event_id\":\"replay-{n:012}\",\"timestamp\":\"2026-01-{day:02}T{hour:02}:{minute:02}:{second:02}.{:02}0000Z\",\
         \"session_id\":\"bench-replay\",\"iteration\":{pass},\"event_type\":\"{name}\",\"data\":{data}}}",
        n % 100
    );
}

/// Numbers that look like chance and are the same in every run (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
