//! What emitting costs the program that does it. In: a server's address. Out: `name value` lines, for
//! `cargo xtask bench emit`.
//!
//! Paced: 1,000 numbers a second for some seconds, as a training loop would: nanoseconds of each call, and the CPU share
//! of the whole process, its sending thread included. Burst: a million numbers as fast as they come.

use std::time::{Duration, Instant};

use loopscope_client::{Client, Session};

const PACED_SECONDS: u64 = 8;
const BURST: u32 = 1_000_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("give the server's address")?;
    let client = Client::builder().url(url).build()?;
    client.check().wait()?;
    let run = Session::start("emit bench").on(&client).begin()?;
    paced(&run)?;
    burst(&run)?;
    run.flush(Duration::from_mins(2))?;
    let counters = run.finish()?;
    if counters.acknowledged != counters.emitted {
        return Err(format!("not everything arrived: {counters:?}").into());
    }
    Ok(())
}

fn paced(run: &Session) -> std::io::Result<()> {
    let mut nanos = Vec::with_capacity(PACED_SECONDS as usize * 1_000);
    let (began, cpu) = (Instant::now(), cpu()?);
    for step in 0..PACED_SECONDS * 1_000 {
        let due = began + Duration::from_millis(step);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let before = Instant::now();
        run.metric_at("loss", 1.0 / (step + 1) as f64, step);
        nanos.push(before.elapsed().as_nanos() as u64);
    }
    let share = self::cpu()?.saturating_sub(cpu).as_secs_f64() / began.elapsed().as_secs_f64();
    nanos.sort_unstable();
    let at = |share: f64| {
        nanos
            .get((nanos.len() as f64 * share) as usize)
            .copied()
            .unwrap_or(0)
    };
    println!("paced_p50_ns {}", at(0.5));
    println!("paced_p999_ns {}", at(0.999));
    println!("paced_cpu_percent {:.3}", share * 100.0);
    Ok(())
}

fn burst(run: &Session) -> std::io::Result<()> {
    let before = Instant::now();
    for step in 0..BURST {
        run.metric_at("burst", f64::from(step), u64::from(step));
    }
    let took = before.elapsed();
    println!("burst_ns {}", took.as_nanos() / u128::from(BURST));
    run.flush(Duration::from_mins(2))
        .map_err(std::io::Error::other)?;
    println!(
        "burst_per_second {:.0}",
        f64::from(BURST) / before.elapsed().as_secs_f64()
    );
    Ok(())
}

/// User and system time of this process so far.
fn cpu() -> std::io::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields = after_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|text| text.parse::<u64>().ok()).sum();
    // Linux shows these in hundredths of a second on every platform that Rust runs on.
    Ok(Duration::from_millis(ticks * 10))
}
