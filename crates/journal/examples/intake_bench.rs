//! How fast the journal takes events in. In: `[events] [batch] [window]`. Out: lines of `name value`.
//!
//! One producer sends batches and keeps a few on the way, as one connection does; an event counts when its receipt is
//! there, which is after the fsync. Beside it, in the same run and by turns, plain SQLite takes the same events into
//! the same tables with the same durability (`synchronous=FULL`, multi-row inserts, one commit a batch, nothing else):
//! the ratio says what the journal costs on top.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use loopscope_event::{Dialect, EventId, Kind, NewEvent, ProjectId, RawJson, SessionId, Timestamp};
use loopscope_journal::{Journal, JournalConfig};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteSynchronous};
use sqlx::{Arguments as _, AssertSqlSafe, ConnectOptions as _, Connection as _};

/// Each side has so many turns.
const TURNS: usize = 3;

type Failure = Box<dyn std::error::Error>;

/// Events as a convergence loop sends them: ids of version 4, about 300 bytes each on the wire.
struct Producer {
    random: u64,
    number: u64,
    session: SessionId,
}

impl Producer {
    fn new(seed: u64) -> Result<Self, Failure> {
        Ok(Self {
            random: 0x9e37_79b9_7f4a_7c15 ^ (seed << 32 | 1),
            number: 0,
            session: SessionId::new("5f0c2a52-6f0e-4a7e-9d0c-3c1f8f6f2b10")?,
        })
    }

    fn next_random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn event(&mut self) -> Result<NewEvent, Failure> {
        let (a, b) = (self.next_random(), self.next_random());
        self.number += 1;
        let id = format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        );
        let at = Timestamp::from_micros(1_767_600_000_000_000 + self.number as i64 * 100);
        Ok(NewEvent {
            event_id: EventId::new(id)?,
            project: ProjectId::default(),
            session_id: self.session.clone(),
            timestamp: at,
            received_at: at,
            name: "STEP_COMPLETE".to_owned(),
            kind: Kind::StepCompleted,
            dialect: Dialect::Convergence,
            iteration: (self.number / 1000) as u32,
            state: Some("IDLE".to_owned()),
            severity: None,
            data: RawJson::from_trusted(format!(
                r#"{{"step":"diagnose","success":true,"findings_count":{},"fixes_count":0,"metrics":{{"issues_found":12,"critical":1}}}}"#,
                self.number
            )),
        })
    }

    fn batch(&mut self, size: usize) -> Result<Vec<NewEvent>, Failure> {
        (0..size).map(|_| self.event()).collect()
    }
}

struct Outcome {
    events: usize,
    took: Duration,
    acks: Vec<Duration>,
}

impl Outcome {
    fn rate(&self) -> f64 {
        self.events as f64 / self.took.as_secs_f64()
    }

    fn ack_ms(&self, share: f64) -> f64 {
        let mut acks = self.acks.clone();
        acks.sort_unstable();
        let at = ((acks.len() as f64 - 1.0) * share) as usize;
        acks.get(at).map_or(0.0, |ack| ack.as_secs_f64() * 1e3)
    }
}

async fn through_the_journal(
    path: &Path,
    events: usize,
    batch: usize,
    window: usize,
) -> Result<Outcome, Failure> {
    let journal = Journal::open(JournalConfig::new(path), |_| {}).await?;
    let mut producer = Producer::new(1)?;
    let batches = (0..events / batch)
        .map(|_| producer.batch(batch))
        .collect::<Result<Vec<_>, _>>()?;
    let mut acks = Vec::with_capacity(batches.len());
    let mut flying = VecDeque::new();
    let start = Instant::now();
    for batch in batches {
        if flying.len() >= window
            && let Some((sent, receipt)) = flying.pop_front()
        {
            acks.push(settle(sent, receipt).await?);
        }
        let journal = journal.clone();
        flying.push_back((
            Instant::now(),
            tokio::spawn(async move {
                let answer = journal.append(batch).await;
                (Instant::now(), answer)
            }),
        ));
    }
    for (sent, receipt) in flying {
        acks.push(settle(sent, receipt).await?);
    }
    let took = start.elapsed();
    journal.close().await?;
    Ok(Outcome {
        events: events / batch * batch,
        took,
        acks,
    })
}

type Receipt = tokio::task::JoinHandle<(
    Instant,
    Result<Vec<loopscope_journal::Appended>, loopscope_journal::AppendError>,
)>;

async fn settle(sent: Instant, receipt: Receipt) -> Result<Duration, Failure> {
    let (arrived, answer) = receipt.await?;
    answer?;
    Ok(arrived - sent)
}

/// The same rows by hand: nothing but SQLite and a prepared statement.
async fn by_hand(path: &Path, events: usize, batch: usize) -> Result<Outcome, Failure> {
    const ROWS: usize = 256;
    // The same tables, made by the journal itself.
    Journal::open(JournalConfig::new(path), |_| {})
        .await?
        .close()
        .await?;
    let mut conn = SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(false)
        .pragma("cache_size", "-32768")
        .disable_statement_logging()
        .connect()
        .await?;
    let insert = |rows: usize| {
        let rows = vec!["(?,?,?,?,?,?,?,?,?,?,?,?,?,?)"; rows].join(",");
        format!(
            "INSERT INTO events (offset, session, seq, project, event_id, kind, severity, iteration, dialect, \
             timestamp, received_at, name, state, data) VALUES {rows}"
        )
    };
    let (whole, rest) = (insert(ROWS), insert(batch % ROWS));
    let mut producer = Producer::new(2)?;
    let batches = (0..events / batch)
        .map(|_| producer.batch(batch))
        .collect::<Result<Vec<_>, _>>()?;
    let mut acks = Vec::with_capacity(batches.len());
    let mut offset = 0_i64;
    let start = Instant::now();
    for batch in batches {
        let sent = Instant::now();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut conn).await?;
        for chunk in batch.chunks(ROWS) {
            let mut values = SqliteArguments::default();
            values.reserve(ROWS * 14, 0);
            for event in chunk {
                offset += 1;
                add(&mut values, event, offset)?;
            }
            let sql = if chunk.len() == ROWS { &whole } else { &rest };
            sqlx::query_with(AssertSqlSafe(sql.clone()), values)
                .execute(&mut conn)
                .await?;
        }
        sqlx::query("COMMIT").execute(&mut conn).await?;
        acks.push(sent.elapsed());
    }
    let took = start.elapsed();
    conn.close().await?;
    Ok(Outcome {
        events: offset as usize,
        took,
        acks,
    })
}

fn add(values: &mut SqliteArguments, event: &NewEvent, offset: i64) -> Result<(), Failure> {
    let digits = event.event_id.as_str().replace('-', "");
    let id: Vec<u8> = (0..16)
        .map(|at| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16))
        .collect::<Result<_, _>>()?;
    let all = [
        values.add(offset),
        values.add(1_i64),
        values.add(offset),
        values.add(1_i64),
        values.add(id),
        values.add(8_i64),
        values.add(None::<i64>),
        values.add(i64::from(event.iteration)),
        values.add(1_i64),
        values.add(event.timestamp.as_micros()),
        values.add(event.received_at.as_micros()),
        values.add(event.name.as_str()),
        values.add(event.state.as_deref()),
        values.add(event.data.as_str()),
    ];
    for added in all {
        added.map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let events = arguments.next().transpose()?.unwrap_or(300_000);
    let batch = arguments.next().transpose()?.unwrap_or(512);
    let window = arguments.next().transpose()?.unwrap_or(2);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let folder = tempfile::tempdir()?;
        let share = events / TURNS;
        ours.push(runtime.block_on(through_the_journal(
            &folder.path().join("ours.db"),
            share,
            batch,
            window,
        ))?);
        plain.push(runtime.block_on(by_hand(&folder.path().join("plain.db"), share, batch))?);
    }
    let sum = |outcomes: Vec<Outcome>| {
        outcomes.into_iter().fold(
            Outcome {
                events: 0,
                took: Duration::ZERO,
                acks: Vec::new(),
            },
            |mut sum, outcome| {
                sum.events += outcome.events;
                sum.took += outcome.took;
                sum.acks.extend(outcome.acks);
                sum
            },
        )
    };
    let (ours, plain) = (sum(ours), sum(plain));
    println!("events_per_second {:.0}", ours.rate());
    println!("ack_p50_ms {:.2}", ours.ack_ms(0.50));
    println!("ack_p99_ms {:.2}", ours.ack_ms(0.99));
    println!("plain_events_per_second {:.0}", plain.rate());
    println!("plain_commit_p50_ms {:.2}", plain.ack_ms(0.50));
    println!("plain_commit_p99_ms {:.2}", plain.ack_ms(0.99));
    println!("ratio_to_plain {:.2}", ours.rate() / plain.rate());
    Ok(())
}
