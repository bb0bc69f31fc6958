//! Sessions by number, and every page of them.

use loopscope_event::{Dialect, Duration, NewEvent, RawJson, Seq, SessionId};
use loopscope_journal::{SessionQuery, SessionRecord};

use super::{Bench, at, bench, event, project, session};

/// Session number `number`: every column takes few values, so that ties are common, in another rhythm each.
pub fn record(number: u64) -> SessionRecord {
    let mut record = SessionRecord::new(
        project(if number.is_multiple_of(7) {
            "other"
        } else {
            "default"
        }),
        session(&format!("s{number:03}")),
    );
    let pick = |rhythm: u64, values: u64| number * rhythm % values;
    record.dialect = if pick(1, 4) == 0 {
        Dialect::Agents
    } else {
        Dialect::Convergence
    };
    ["running", "converged", "failed"][pick(2, 3) as usize].clone_into(&mut record.status);
    record.name = (pick(1, 3) > 0).then(|| format!("Run {}", pick(5, 6)));
    record.target = (pick(1, 5) > 0).then(|| format!("target_{}%", pick(3, 4)));
    record.started_at = at(86_400 * pick(3, 5) as i64);
    record.ended_at = (record.status != "running").then(|| at(1_000_000 + pick(2, 9) as i64));
    record.duration = Duration::from_millis(1_000 * pick(7, 6) as i64);
    record.iteration = pick(1, 6) as u32;
    record.findings_total = pick(3, 8);
    record.findings_open = pick(1, 2);
    record.fixes_total = pick(1, 5);
    record.vulnerabilities_total = pick(1, 4);
    record.errors = pick(5, 7) % 3;
    record.severities.critical = pick(1, 2);
    record.open_severities.low = pick(1, 3);
    record.summary_seq = Seq(1);
    record.summary = Some(RawJson::from_trusted(format!(r#"{{"number":{number}}}"#)));
    record
}

pub async fn filled(count: u64) -> Bench {
    let bench = bench().await;
    let records: Vec<SessionRecord> = (0..count).map(record).collect();
    let batch = records.iter().enumerate().map(|(number, record)| NewEvent {
        project: record.project.clone(),
        received_at: at((number % 11) as i64),
        ..event(record.session_id.as_str(), &format!("first of {number}"))
    });
    bench.journal.append(batch.collect()).await.unwrap();
    bench.journal.put_sessions(records).await.unwrap();
    bench
}

pub fn ids(rows: &[SessionRecord]) -> Vec<SessionId> {
    rows.iter().map(|row| row.session_id.clone()).collect()
}

pub async fn pages(bench: &Bench, query: &SessionQuery) -> Vec<SessionRecord> {
    let mut query = query.clone();
    let mut rows = Vec::new();
    loop {
        let page = bench.journal.sessions(&query).await.unwrap();
        assert!(page.rows.len() <= query.limit as usize);
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break rows,
        }
    }
}
