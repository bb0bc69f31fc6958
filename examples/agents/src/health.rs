//! How the machine is, from `/proc`. In: nothing. Out: its processor and memory in percent, where they can be read.

use std::fs;

/// What was read last, because a processor's load is a difference.
#[derive(Debug, Default)]
pub struct Health {
    last: Option<Ticks>,
}

/// Processor time since the machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ticks {
    busy: u64,
    all: u64,
}

/// What was measured.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pulse {
    /// The processors' load since the last time.
    pub cpu_percent: Option<f64>,
    /// Memory in use.
    pub memory_percent: Option<f64>,
    /// Memory that this program holds, in MiB.
    pub own_memory_mib: Option<f64>,
}

impl Health {
    /// Measures. The first time there is no load yet.
    pub fn pulse(&mut self) -> Pulse {
        let now = fs::read_to_string("/proc/stat")
            .ok()
            .and_then(|text| ticks(&text));
        let cpu_percent = self.last.zip(now).and_then(|(last, now)| load(last, now));
        self.last = now.or(self.last);
        let memory = fs::read_to_string("/proc/meminfo").ok();
        let own = fs::read_to_string("/proc/self/status").ok();
        Pulse {
            cpu_percent,
            memory_percent: memory.and_then(|text| memory_percent(&text)),
            own_memory_mib: own.and_then(|text| Some(kilobytes(&text, "VmRSS:")? / 1024.0)),
        }
    }
}

fn ticks(stat: &str) -> Option<Ticks> {
    let line = stat.lines().find(|line| line.starts_with("cpu "))?;
    let numbers: Vec<u64> = line
        .split_whitespace()
        .skip(1)
        .take(8)
        .map_while(|word| word.parse().ok())
        .collect();
    let all: u64 = numbers.iter().sum();
    // The fourth is idle, the fifth waits for disks.
    let idle = numbers.get(3)? + numbers.get(4).copied().unwrap_or(0);
    Some(Ticks {
        busy: all - idle,
        all,
    })
}

fn load(last: Ticks, now: Ticks) -> Option<f64> {
    let all = now.all.checked_sub(last.all).filter(|all| *all > 0)?;
    let busy = now.busy.saturating_sub(last.busy);
    Some(100.0 * busy as f64 / all as f64)
}

fn memory_percent(meminfo: &str) -> Option<f64> {
    let total = kilobytes(meminfo, "MemTotal:")?;
    let free = kilobytes(meminfo, "MemAvailable:")?;
    (total > 0.0).then(|| 100.0 * (1.0 - free / total))
}

fn kilobytes(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_the_system_writes_them() {
        let before = ticks("cpu  10 0 10 70 10 0 0 0 0 0\ncpu0 1 1 1 1\n").unwrap();
        assert_eq!(before, Ticks { busy: 20, all: 100 });
        let after = ticks("cpu  70 0 10 110 10 0 0 0 0 0\n").unwrap();
        assert_eq!(load(before, after), Some(60.0));
        assert_eq!(load(after, after), None);
        let text = "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  250 kB\n";
        assert_eq!(memory_percent(text), Some(75.0));
        for text in ["", "cpu", "cpu x", "MemTotal: 0 kB\nMemAvailable: 0 kB"] {
            assert_eq!(ticks(text), None);
            assert_eq!(memory_percent(text), None);
        }
    }
}
