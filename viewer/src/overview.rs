//! The Overview of what is open. In: the shelf. Out: what `GET /api/v1/overview` answers.

use loopscope_board::describe;
use loopscope_event::{Dialect, Duration, Event};
use loopscope_protocol::{CrewTotals, Overview, OverviewMetrics, SessionStatus, SessionSummary};

use crate::Shelf;

const RUNNING: usize = 50;
const RECENT: usize = 10;
const SYSTEMS: usize = 12;
const EVENTS: usize = 50;
const LINES: usize = 20;

/// Everything that the Overview shows.
pub(crate) fn overview(shelf: &Shelf) -> Overview {
    let mut rows: Vec<&SessionSummary> = shelf.all().iter().map(|held| &held.row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.last_event_at));
    let some = |most: usize, wanted: &dyn Fn(&SessionSummary) -> bool| {
        let wanted = rows.iter().filter(|row| wanted(row));
        wanted.take(most).map(|row| (*row).clone()).collect()
    };
    let is_system = |row: &SessionSummary| row.dialect == Dialect::Agents;
    let events = newest(shelf);
    Overview {
        metrics: metrics(&rows, shelf),
        running: some(RUNNING, &|row| !row.status.is_ended() && !is_system(row)),
        recent: some(RECENT, &|row| row.status.is_ended()),
        systems: some(SYSTEMS, &is_system),
        lines: events.iter().take(LINES).map(describe).collect(),
        events,
        sources: Vec::new(),
        cursor: shelf.cursor(),
        server_time: shelf.newest(),
    }
}

fn newest(shelf: &Shelf) -> Vec<Event> {
    let tails = shelf.all().iter();
    let mut events: Vec<&Event> = tails
        .flat_map(|held| held.events.iter().rev().take(EVENTS))
        .collect();
    events.sort_by_key(|event| std::cmp::Reverse((event.timestamp, event.offset)));
    events.into_iter().take(EVENTS).cloned().collect()
}

fn metrics(rows: &[&SessionSummary], shelf: &Shelf) -> OverviewMetrics {
    let of = |status: SessionStatus| rows.iter().filter(|row| row.status == status).count() as u64;
    let active = rows.iter().filter(|row| !row.status.is_ended());
    let mut metrics = OverviewMetrics {
        active_sessions: of(SessionStatus::Running),
        halted_sessions: of(SessionStatus::Halted),
        interrupted_sessions: of(SessionStatus::Interrupted),
        total_sessions: rows.len() as u64,
        converged_sessions: of(SessionStatus::Converged),
        failed_sessions: of(SessionStatus::Failed),
        events_total: shelf
            .all()
            .iter()
            .map(|held| held.events.len() as u64)
            .sum(),
        average_iterations: mean(
            rows.iter()
                .map(|row| f64::from(row.iteration))
                .filter(|n| *n > 0.0),
        ),
        average_duration: mean(
            rows.iter()
                .filter_map(|row| Some(row.ended_at?.since(row.started_at).as_secs_f64())),
        )
        .map(Duration::from_secs_f64),
        crews: crews(rows),
        ..OverviewMetrics::default()
    };
    for row in active {
        let (all, own) = (&mut metrics.open_findings, &row.open_by_severity);
        all.critical += own.critical;
        all.high += own.high;
        all.medium += own.medium;
        all.low += own.low;
        all.info += own.info;
        metrics.open_findings_total += row.findings_open.unwrap_or_default();
    }
    metrics
}

fn crews(rows: &[&SessionSummary]) -> Option<CrewTotals> {
    let mut totals = CrewTotals::default();
    let (mut sum, mut count) = (0.0, 0);
    for crew in rows.iter().filter_map(|row| row.crew.as_ref()) {
        totals.systems += 1;
        totals.agents_executed += crew.agents_executed;
        totals.agents_failed += crew.agents_failed;
        totals.active_agents += crew.active_agents;
        totals.opportunities += crew.opportunities;
        sum += crew.quality_sum;
        count += crew.quality_count;
    }
    totals.average_quality = (count > 0).then(|| sum / count as f64);
    (totals.systems > 0).then_some(totals)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
