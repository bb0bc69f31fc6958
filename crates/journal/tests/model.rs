//! The journal against a plain model: random batches with repeated ids, sessions and projects in any mixture, closed
//! and opened again in between, in order or as after a crash. Rows equal the model's, always.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod common;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use common::{all, event, open_recording, project};
use loopscope_event::{Cursor, Event, EventId, NewEvent, Offset, Seq};
use loopscope_journal::{Appended, Journal, JournalConfig, doctor};
use proptest::prelude::*;

/// An event by three small numbers: project, session, id.
type Sketch = (u8, u8, u16);

#[derive(Debug, Clone)]
enum Step {
    /// Batches sent at once.
    Append(Vec<Vec<Sketch>>),
    CloseAndOpen,
    /// Goes on with the files as they lie.
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let sketch = (0_u8..3, 0_u8..4, 0_u16..60);
    let batches = prop::collection::vec(prop::collection::vec(sketch, 0..20), 1..6);
    let step = prop_oneof![
        6 => batches.prop_map(Step::Append),
        1 => Just(Step::CloseAndOpen),
        1 => Just(Step::Crash),
    ];
    prop::collection::vec(step, 1..12)
}

/// Half of the ids are UUIDs, half are texts.
fn sketched((in_project, in_session, id): Sketch) -> NewEvent {
    let id = if id % 2 == 0 {
        format!("{id:08x}-0000-4000-8000-000000000000")
    } else {
        format!("id {id}")
    };
    NewEvent {
        project: project(["default", "p1", "p2"][usize::from(in_project)]),
        event_id: EventId::new(id).unwrap(),
        ..event(&format!("s{in_session}"), "x")
    }
}

#[derive(Default)]
struct Model {
    rows: Vec<Event>,
    by_id: HashMap<(String, String), (Offset, Seq)>,
    seqs: HashMap<(String, String), u64>,
}

impl Model {
    fn append(&mut self, event: NewEvent) -> Appended {
        let project = event.project.to_string();
        let id = (project.clone(), event.event_id.to_string());
        if let Some((offset, seq)) = self.by_id.get(&id) {
            return Appended::Duplicate {
                offset: *offset,
                seq: *seq,
            };
        }
        let last = self
            .seqs
            .entry((project, event.session_id.to_string()))
            .or_default();
        *last += 1;
        let (offset, seq) = (Offset(self.rows.len() as u64 + 1), Seq(*last));
        self.by_id.insert(id, (offset, seq));
        self.rows.push(event.placed(offset, seq));
        Appended::New { offset, seq }
    }
}

struct Run {
    folder: tempfile::TempDir,
    generation: u32,
    journal: Journal,
    told: Arc<Mutex<Vec<Arc<Event>>>>,
}

impl Run {
    fn path(&self) -> PathBuf {
        self.folder.path().join(format!("{}.db", self.generation))
    }

    async fn reopen(&mut self) {
        self.journal =
            open_recording(JournalConfig::new(self.path()), Arc::clone(&self.told)).await;
    }

    /// The files of a crash are those of the moment: they are copied, and the copy goes on.
    async fn crash(&mut self) {
        let before = self.path();
        self.generation += 1;
        for suffix in ["", "-wal"] {
            let name = |path: &PathBuf| format!("{}{suffix}", path.display());
            std::fs::copy(name(&before), name(&self.path())).unwrap();
        }
        self.reopen().await;
    }
}

async fn check(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let journal = open_recording(
        JournalConfig::new(folder.path().join("0.db")),
        Arc::clone(&told),
    )
    .await;
    let mut run = Run {
        folder,
        generation: 0,
        journal,
        told,
    };
    let mut model = Model::default();
    let mut cursors = vec![run.journal.cursor()];
    for step in steps {
        match step {
            Step::Append(batches) => {
                let batches: Vec<Vec<NewEvent>> = batches
                    .into_iter()
                    .map(|batch| batch.into_iter().map(sketched).collect())
                    .collect();
                let calls = batches
                    .iter()
                    .map(|batch| run.journal.append(batch.clone()));
                let answers = futures_util::future::join_all(calls).await;
                for (batch, answer) in batches.into_iter().zip(answers) {
                    let expected: Vec<Appended> =
                        batch.into_iter().map(|event| model.append(event)).collect();
                    assert_eq!(answer, Ok(expected));
                }
            }
            Step::CloseAndOpen => {
                run.journal.close().await.unwrap();
                run.reopen().await;
            }
            Step::Crash => run.crash().await,
        }
        // Nothing acknowledged was lost, so every cursor ever given stays good.
        cursors.push(run.journal.cursor());
        for cursor in &cursors {
            assert_eq!(
                run.journal.check_cursor(*cursor),
                Ok(cursor.offset),
                "{cursor}"
            );
        }
        let ahead = Cursor {
            offset: Offset(model.rows.len() as u64 + 1),
            ..run.journal.cursor()
        };
        assert!(run.journal.check_cursor(ahead).is_err());
        let rows: Vec<Event> = all(&run.journal)
            .await
            .iter()
            .map(|event| (**event).clone())
            .collect();
        assert_eq!(rows, model.rows);
    }
    let told: Vec<Event> = run
        .told
        .lock()
        .unwrap()
        .iter()
        .map(|event| (**event).clone())
        .collect();
    assert_eq!(
        told, model.rows,
        "the live ring is told each event once, in order"
    );
    run.journal.close().await.unwrap();
    assert_eq!(doctor(run.path()).await.unwrap().problems, [] as [&str; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn the_journal_is_its_model(steps in steps()) {
        tokio::runtime::Runtime::new().unwrap().block_on(check(steps));
    }
}
