//! This server's own host, measured. In: `/proc`. Out: the reference page's `servers` row, or none where it is not there.

use std::time::Duration;

use serde::Serialize;

/// How long the processor is watched for its load.
const WATCHED: Duration = Duration::from_millis(200);

/// `GET /api/infrastructure`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Infrastructure {
    /// The hosts that are measured: this one, or none.
    servers: Vec<Host>,
    /// Their number by status.
    summary: Summary,
}

/// One measured host.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Host {
    name: String,
    ip: Option<String>,
    region: Option<String>,
    status: &'static str,
    containers: Vec<()>,
    cpu: f64,
    memory: f64,
    uptime: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Summary {
    total: usize,
    online: usize,
    warning: usize,
    offline: usize,
}

/// Measures this host; empty where the system does not tell.
pub(crate) async fn measure() -> Infrastructure {
    let Some(host) = measure_host().await else {
        return Infrastructure::default();
    };
    Infrastructure {
        servers: vec![host],
        summary: Summary {
            total: 1,
            online: 1,
            ..Summary::default()
        },
    }
}

async fn measure_host() -> Option<Host> {
    let before = busy_and_total(&read("stat").await?)?;
    tokio::time::sleep(WATCHED).await;
    let after = busy_and_total(&read("stat").await?)?;
    let name = read("sys/kernel/hostname").await?;
    Some(Host {
        name: name.trim().to_owned(),
        ip: None,
        region: None,
        status: "online",
        containers: Vec::new(),
        cpu: load_percent(before, after)?,
        memory: memory_percent(&read("meminfo").await?)?,
        uptime: uptime_text(&read("uptime").await?)?,
    })
}

async fn read(name: &str) -> Option<String> {
    tokio::fs::read_to_string(format!("/proc/{name}"))
        .await
        .ok()
}

/// Ticks spent at work and in all, from the first line of `/proc/stat`.
fn busy_and_total(stat: &str) -> Option<(u64, u64)> {
    let ticks: Vec<u64> = stat
        .lines()
        .next()?
        .strip_prefix("cpu ")?
        .split_whitespace()
        .take(8)
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    // user nice system idle iowait irq softirq steal
    let idle = ticks.get(3)? + ticks.get(4)?;
    let total = ticks.iter().sum::<u64>();
    Some((total - idle, total))
}

fn load_percent(before: (u64, u64), after: (u64, u64)) -> Option<f64> {
    let total = after.1.checked_sub(before.1).filter(|total| *total > 0)?;
    let busy = after.0.saturating_sub(before.0);
    Some(one_decimal(busy as f64 * 100.0 / total as f64))
}

fn memory_percent(meminfo: &str) -> Option<f64> {
    let kib = |name: &str| -> Option<f64> {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':')
            .split_whitespace()
            .next()?
            .parse()
            .ok()
    };
    let (total, available) = (kib("MemTotal")?, kib("MemAvailable")?);
    (total > 0.0).then(|| one_decimal((total - available) * 100.0 / total))
}

fn uptime_text(uptime: &str) -> Option<String> {
    let seconds: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let minutes = (seconds / 60.0) as u64;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    Some(format!("{days}d {hours}h {minutes}m"))
}

fn one_decimal(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_proc_are_read() {
        let before = busy_and_total("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2").unwrap();
        let after = busy_and_total("cpu  130 0 60 850 60 0 0 0 7 7\n").unwrap();
        assert_eq!(before, (150, 1000));
        assert_eq!(load_percent(before, after), Some(40.0));
        assert_eq!(load_percent(before, before), None);
        let meminfo = "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    250 kB\n";
        assert_eq!(memory_percent(meminfo), Some(75.0));
        assert_eq!(uptime_text("93784.11 1.0").as_deref(), Some("1d 2h 3m"));
    }

    #[test]
    fn what_is_not_there_is_not_made_up() {
        assert_eq!(busy_and_total(""), None);
        assert_eq!(busy_and_total("intr 1 2"), None);
        assert_eq!(busy_and_total("cpu  1 2 3"), None);
        assert_eq!(memory_percent("MemTotal: x kB"), None);
        assert_eq!(uptime_text(""), None);
    }
}
