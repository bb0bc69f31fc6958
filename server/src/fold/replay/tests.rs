//! A moment that is looked at again is the board that was live then, wherever the fold to it begins.

use std::collections::HashMap;
use std::sync::Mutex;

use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::Event;
use loopscope_journal::{Journal, JournalConfig, Retention};
use proptest::prelude::*;

use super::*;
use crate::fold::boards::Origin;
use crate::fold::save::write_passed;
use crate::fold::space;

/// A board is kept each so many events.
const SPACING: u64 = 16;

/// What programs of every dialect say; `#` is the pass.
const SAID: [&str; 18] = [
    r#"{"event_type":"SESSION_STARTED","data":{"target":"src","config":{"convergence_threshold":0.95}}}"#,
    r#"{"event_type":"ITERATION_STARTED","iteration":#,"data":{"iteration":#}}"#,
    r#"{"event_type":"STEP_STARTED","iteration":#,"data":{"step":"diagnose","tool":"cargo","args":["clippy"]}}"#,
    r#"{"event_type":"STEP_COMPLETE","iteration":#,"data":{"step":"diagnose","success":true,"findings_count":2,"findings":[{"severity":"critical","description":"secret in log","file":"a.rs"},{"severity":"low","description":"needless clone","file":"b.rs"}]}}"#,
    r#"{"event_type":"STEP_COMPLETE","iteration":#,"data":{"step":"fix","success":true,"fixes_count":1,"fixes":[{"file":"a.rs","type":"patch","description":"mask"}]}}"#,
    r#"{"event_type":"STEP_FAILED","iteration":#,"data":{"step":"fix","error":"patch does not apply"}}"#,
    r#"{"event_type":"STEP_COMPLETE","iteration":#,"data":{"step":"validate","success":false,"metrics":{"passed":38,"failed":2,"total":40}}}"#,
    r#"{"event_type":"STATE_CHANGED","iteration":#,"data":{"from":"FIXING","to":"ATTACKING"}}"#,
    r#"{"event_type":"METRICS","data":{"step":#,"metrics":{"loss":0.5,"accuracy":0.25}}}"#,
    r#"{"event_type":"skill:started","data":{"skill_name":"lint","step_index":#}}"#,
    r#"{"event_type":"skill:failed","data":{"skill_name":"lint","error":"no"}}"#,
    r#"{"event_type":"decision:requested","data":{"decision_id":"d#","question":"Go on?","options":["yes","no"]}}"#,
    r#"{"event_type":"file:changed","data":{"path":"a.rs","diff":"+one"}}"#,
    r#"{"event_type":"agent_registered","data":{"agent_id":"a#","agent_name":"finder"}}"#,
    r#"{"event_type":"agent_completed","data":{"agent_id":"a#","quality_score":0.8}}"#,
    r#"{"event_type":"EPOCH_COMPLETED","data":{"epoch":#,"val_accuracy":0.7}}"#,
    r#"{"event_type":"SESSION_ENDED","data":{"status":"failed"}}"#,
    r#"{"event_type":"whatever","severity":"critical","data":{"n":#}}"#,
];

/// A journal with a session of some events, and these events as they were placed.
struct Bench {
    journal: Journal,
    events: Vec<Arc<Event>>,
    folder: tempfile::TempDir,
}

/// Each event: what is said, in which pass, so many seconds after the one before.
async fn bench(said: &[(usize, u8, i16)]) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let events = Arc::new(Mutex::new(Vec::new()));
    let committed = Arc::clone(&events);
    let config = JournalConfig::new(folder.path().join("journal.db"));
    let journal = Journal::open(config, move |group| {
        committed.lock().unwrap().extend(group.events);
    });
    let journal = journal.await.unwrap();
    let mut second = 0;
    let mut all = Vec::with_capacity(said.len());
    for (n, (line, pass, later)) in said.iter().enumerate() {
        second += i64::from(*later);
        let at = Timestamp::from_micros(1_767_607_200_000_000 + second * 1_000_000);
        let body = SAID[*line].replace('#', &pass.to_string());
        let body = body.replacen(
            '{',
            &format!(r#"{{"event_id":"e{n}","timestamp":"{at}","session_id":"s","#),
            1,
        );
        let context = DecodeContext::new(at);
        let decoded = decode(body.as_bytes(), &context).unwrap();
        let (event, _) = decoded.items.into_iter().next().unwrap().unwrap();
        all.push(event);
    }
    for some in all.chunks(500) {
        journal.append(some.to_vec()).await.unwrap();
    }
    let events = events.lock().unwrap().clone();
    Bench {
        journal,
        events,
        folder,
    }
}

impl Bench {
    fn fold(&self) -> Fold {
        Fold::new(self.journal.clone(), 8, self.journal.head(), SPACING)
    }

    fn session(&self) -> (ProjectId, SessionId) {
        (
            self.events[0].project.clone(),
            self.events[0].session_id.clone(),
        )
    }

    /// The board after each event.
    fn live(&self) -> Vec<Board> {
        let (project, session) = self.session();
        let mut board = Board::new(project, session);
        let folded = self.events.iter().map(|event| {
            board.apply(event);
            board.clone()
        });
        folded.collect()
    }

    async fn moment(&self, fold: &Fold, at: Moment) -> SessionMoment {
        let (project, session) = self.session();
        fold.moment(&project, &session, at).await.unwrap().unwrap()
    }

    async fn every_moment_is_as_it_was(&self, fold: &Fold) {
        for (board, k) in self.live().into_iter().zip(1..) {
            let shown = self.moment(fold, Moment::Seq(Seq(k))).await;
            assert_eq!(shown.seq, Seq(k));
            assert_eq!(shown.summary, board.summary(), "after {k}");
            assert_eq!(shown.board, board, "after {k}");
        }
    }

    async fn places(&self) -> Vec<u64> {
        let (project, session) = self.session();
        let places = self
            .journal
            .snapshot_places(&project, &session, BOARD_VERSION);
        places
            .await
            .unwrap()
            .into_iter()
            .map(|(seq, _)| seq.0)
            .collect()
    }
}

fn said() -> impl Strategy<Value = Vec<(usize, u8, i16)>> {
    let one = (0..SAID.len(), 1..9_u8, -3..90_i16);
    proptest::collection::vec(one, 3 * SPACING as usize..6 * SPACING as usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn a_moment_is_the_board_that_was_live_then(said in said()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let bench = bench(&said).await;
            // No board is kept: everything is folded from the first event; what lies on the way is kept then.
            let fold = bench.fold();
            Box::pin(bench.every_moment_is_as_it_was(&fold)).await;
            write_passed(&fold).await;
            assert!(bench.places().await.len() >= 2);
            Box::pin(bench.every_moment_is_as_it_was(&fold)).await;
            // As the fold keeps boards while events come.
            let fold = bench.fold();
            let key = bench.session();
            for event in &bench.events {
                fold.0.boards.apply(&key, event, Origin::Program);
            }
            write_passed(&fold).await;
            Box::pin(bench.every_moment_is_as_it_was(&fold)).await;
        });
    }
}

fn plain(count: usize) -> Vec<(usize, u8, i16)> {
    (0..count)
        .map(|n| (n % SAID.len(), (n / SAID.len() % 9) as u8 + 1, 2))
        .collect()
}

#[tokio::test]
async fn boards_that_are_missing_are_made_and_bounded() {
    let bench = bench(&plain(10 * SPACING as usize + 5)).await;
    let fold = bench.fold();
    let mut done = HashMap::new();
    space::look_through(&fold, &mut done).await.unwrap();
    let expected: Vec<u64> = (1..=10).map(|n| n * SPACING).collect();
    assert_eq!(bench.places().await, expected);
    Box::pin(bench.every_moment_is_as_it_was(&fold)).await;
    // Looked through again, nothing changes.
    space::look_through(&fold, &mut HashMap::new())
        .await
        .unwrap();
    assert_eq!(bench.places().await, expected);
}

#[tokio::test]
async fn moments_are_found_by_time_and_stay_within_what_is_there() {
    let bench = bench(&plain(40)).await;
    let fold = bench.fold();
    for event in &bench.events {
        let at = event.timestamp;
        let shown = bench.moment(&fold, Moment::Time(at)).await;
        assert_eq!((shown.seq, shown.timestamp), (event.seq, at));
        let later = at.plus(loopscope_event::Duration::from_millis(900));
        let shown = bench.moment(&fold, Moment::Time(later)).await;
        assert_eq!(shown.seq, event.seq);
    }
    for (at, seq) in [
        (Moment::Seq(Seq(u64::MAX)), 40),
        (Moment::Time(Timestamp::default()), 1),
        (Moment::Time(Timestamp::from_micros(i64::MAX)), 40),
    ] {
        let shown = bench.moment(&fold, at).await;
        assert_eq!((shown.seq, shown.last_seq), (Seq(seq), Seq(40)), "{at}");
    }
    let nobody = SessionId::new("nobody").unwrap();
    let project = ProjectId::default();
    let found = fold.moment(&project, &nobody, Moment::Seq(Seq(1))).await;
    assert_eq!(found.unwrap(), None);
}

/// Retention took the oldest events: only moments from the first board that is left on can be told truly.
#[tokio::test]
async fn what_retention_took_is_not_made_up() {
    let bench = bench(&plain(6_000)).await;
    let fold = Fold::new(bench.journal.clone(), 8, bench.journal.head(), 500);
    space::look_through(&fold, &mut HashMap::new())
        .await
        .unwrap();
    let bytes = |name: &str| {
        let file = std::fs::metadata(bench.folder.path().join(name));
        file.map_or(0, |file| file.len())
    };
    // What is in use is no more than both files; step by step, until the oldest events go.
    let mut most = bytes("journal.db") + bytes("journal.db-wal");
    let (project, session) = bench.session();
    let first = loop {
        most = most * 19 / 20;
        let bounds = Retention {
            max_age: None,
            max_bytes: Some(most),
        };
        bench
            .journal
            .retain(bounds, Timestamp::default())
            .await
            .unwrap();
        let row = bench.journal.session(&project, &session).await.unwrap();
        let first = row.unwrap().first_seq;
        if first > Seq(1) {
            break first;
        }
    };
    let places = bench.places().await;
    assert!(places.iter().all(|seq| seq + 1 >= first.0), "{places:?}");
    let shown = bench.moment(&fold, Moment::Seq(Seq(1))).await;
    assert_eq!(shown.seq, shown.first_seq);
    assert!(shown.seq >= first);
    let live = bench.live();
    for k in [shown.seq.0, shown.seq.0 + 1, shown.seq.0 + 700, 6_000] {
        let k = k.min(6_000);
        let shown = bench.moment(&fold, Moment::Seq(Seq(k))).await;
        assert_eq!(shown.board, live[k as usize - 1], "after {k}");
    }
}
