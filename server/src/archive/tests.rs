//! Out and in again: the same session, byte for byte.

use std::io::{BufReader, Cursor};
use std::path::Path;

use futures_util::StreamExt as _;
use loopscope_event::{
    CommandRecord, CommandState, Dialect, EventId, Kind, NewEvent, ProjectId, RawJson, Seq,
    SessionId, Severity, Timestamp,
};
use loopscope_journal::{AnnotationRecord, ArchiveStep, Journal, JournalConfig};
use proptest::prelude::*;

use super::{Packing, Shelf, stream};
use crate::import::{Importer, LINE_BYTES, Lines, Summary};

const PAYLOADS: [&str; 6] = [
    "{}",
    r#"{"n" : 1.50e3, "nested":[[{"a":null}]]}"#,
    "{\n  \"pretty\": true\r\n}",
    r#""line\nbreak in a text: \u2028 \ud83d\ude00""#,
    "[1,2,\t3]",
    r#"{"issues_found":3,"critical":1,"step":"diagnose"}"#,
];

type Draw = (u8, u8, u8, i64, Option<u8>, bool);

fn event(session: usize, number: usize, draw: &Draw) -> NewEvent {
    let (kind, dialect, payload, micros, severity, uuid) = *draw;
    let pick = |index: u8, len: usize| usize::from(index) % len;
    let id = if uuid {
        format!("0190a3c4-7b21-7e10-8c{session:02}-{number:012}")
    } else {
        format!("event {session}/{number}")
    };
    NewEvent {
        event_id: EventId::new(id).unwrap(),
        project: ProjectId::default(),
        session_id: SessionId::new(format!("run {session}")).unwrap(),
        timestamp: Timestamp::from_micros(1_767_600_000_000_000 + micros),
        received_at: Timestamp::from_micros(1_767_600_000_000_000 + micros * 2),
        name: format!("NAME_{kind}\u{e9}"),
        kind: Kind::ALL[pick(kind, Kind::ALL.len())],
        dialect: Dialect::ALL[pick(dialect, Dialect::ALL.len())],
        iteration: u32::from(payload),
        state: (payload % 2 == 0).then(|| "FIXING".to_owned()),
        severity: severity.map(|index| Severity::ALL[pick(index, Severity::ALL.len())]),
        data: RawJson::from_trusted(PAYLOADS[pick(payload, PAYLOADS.len())]),
    }
}

fn command(session: &SessionId, number: u64) -> CommandRecord {
    let text = format!(
        r#"{{"command_id":"{}-{number}","session_id":"x","type":"HALT","parameters":{{"a": 1}},"state":"queued","by":"local","position":{number},"created_at":"2026-01-05T10:00:00.000000Z","idempotency_key":"k{number}"}}"#,
        session.as_str()
    );
    CommandRecord {
        session_id: session.clone(),
        state: CommandState::ALL[number as usize % CommandState::ALL.len()],
        ..serde_json::from_str(&text).unwrap()
    }
}

fn note(session: &SessionId, seq: u64) -> AnnotationRecord {
    AnnotationRecord {
        annotation_id: "note-1".to_owned(),
        project: ProjectId::default(),
        session_id: session.clone(),
        seq: Seq(seq),
        at: Timestamp::from_micros(1_000_000),
        iteration: 2,
        text: "here it went \"wrong\"".to_owned(),
        made_by: "local".to_owned(),
        made_at: Timestamp::from_micros(2_000_000),
        edited: Some(("ana".to_owned(), Timestamp::from_micros(3_000_000))),
    }
}

async fn open(folder: &Path) -> Journal {
    let config = JournalConfig::new(folder.join("journal.db"));
    Journal::open(config, |_| {}).await.unwrap()
}

async fn written(journal: &Journal, packing: Packing) -> Vec<u8> {
    let shelf = Shelf {
        journal: journal.clone(),
        fold: None,
    };
    let mut sessions = shelf.sessions(None).await.unwrap();
    sessions.sort();
    let mut pieces = Box::pin(stream(shelf, sessions, packing));
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes
}

async fn read(journal: &Journal, bytes: &[u8]) -> (Summary, Vec<String>) {
    let reader = BufReader::new(Cursor::new(bytes.to_vec()));
    let lines = Lines::of(Box::new(reader), LINE_BYTES).unwrap();
    let mut importer = Importer::new(journal.clone(), "file".to_owned());
    importer.read_all(lines, |_| {}).await.unwrap();
    let faults = importer.faults().iter();
    let faults = faults.map(|fault| fault.error.message.clone()).collect();
    (importer.summary(), faults)
}

async fn there_and_back(draws: &[(usize, Draw)], first: u64) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [here, there] = [open(folders[0].path()).await, open(folders[1].path()).await];
    let mut counts = [0_usize; 3];
    let mut events = Vec::new();
    for (session, draw) in draws {
        counts[*session] += 1;
        events.push(event(*session, counts[*session], draw));
    }
    let sessions = counts.iter().filter(|count| **count > 0).count() as u64;
    let total = events.len() as u64;
    // One whose oldest events are gone.
    let gone = SessionId::new("gone").unwrap();
    let kept: Vec<_> = (0..3)
        .map(|number| NewEvent {
            session_id: gone.clone(),
            event_id: EventId::new(format!("kept-{number}")).unwrap(),
            ..event(0, 1, &(3, 1, 0, number, None, false))
        })
        .collect();
    let step = ArchiveStep {
        project: ProjectId::default(),
        session_id: gone.clone(),
        first: Seq(first),
        last: Seq(first + 2),
        from: Seq(first),
    };
    here.put_archived(kept, step).await.unwrap();
    here.append(events).await.unwrap();
    let commands = (0..4).map(|number| command(&gone, number)).collect();
    here.put_archived_commands(commands).await.unwrap();
    here.put_archived_annotations(vec![note(&gone, first)])
        .await
        .unwrap();

    let tags = vec!["nightly".to_owned(), "ünder \"review\"".to_owned()];
    let names = vec![(ProjectId::default(), gone.clone())];
    here.tag_sessions(names.clone(), tags.clone(), Vec::new(), None)
        .await
        .unwrap();

    for packing in [Packing::Zstd, Packing::Plain] {
        let file = written(&here, packing).await;
        let (summary, faults) = read(&there, &file).await;
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!((summary.sessions, summary.refused), (sessions + 1, 0));
        assert_eq!(summary.stored + summary.duplicates, total + 3);
        assert_eq!(written(&there, packing).await, file);
        // Again, there and here: nothing new.
        for journal in [&there, &here] {
            let (again, _) = read(journal, &file).await;
            assert_eq!((again.stored, again.duplicates), (0, total + 3));
        }
        assert_eq!(written(&here, packing).await, file);
    }
    let notes = there.annotations(&ProjectId::default(), &gone).await;
    assert_eq!(notes.unwrap(), [note(&gone, first)]);
    assert_eq!(there.tags_of(&names).await.unwrap(), [tags]);
    let unfinished = there.unfinished_commands().await.unwrap();
    assert_eq!(unfinished, []);
    assert_eq!(
        there
            .all_commands(&ProjectId::default(), &gone)
            .await
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        there.archived_until(&ProjectId::default(), &gone),
        Some(Seq(first + 2))
    );
    here.close().await.unwrap();
    there.close().await.unwrap();
    let report = loopscope_journal::doctor(folders[1].path().join("journal.db"))
        .await
        .unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn an_archive_makes_the_same_session_and_the_same_archive(
        draws in prop::collection::vec(
            (0_usize..3, (any::<u8>(), any::<u8>(), any::<u8>(), -1_000_000_i64..1_000_000_000, any::<Option<u8>>(), any::<bool>())),
            1..450,
        ),
        first in 1_u64..5_000,
    ) {
        block_on(there_and_back(&draws, first));
    }
}

fn some(session: usize, numbers: std::ops::Range<usize>) -> Vec<NewEvent> {
    let draw = (13, 1, 5, 7, None, false);
    numbers
        .map(|number| event(session, number, &draw))
        .collect()
}

#[tokio::test]
async fn a_session_that_went_on_takes_the_rest_and_one_that_differs_is_refused_alone() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [here, there] = [open(folders[0].path()).await, open(folders[1].path()).await];
    let all = [some(0, 0..10), some(1, 0..10), some(2, 0..10)].concat();
    here.append(all).await.unwrap();
    let file = written(&here, Packing::Plain).await;
    // Of the first it has the beginning, of the second other events, of the third nothing.
    there.append(some(0, 0..4)).await.unwrap();
    let mut other = some(1, 0..4);
    other[3].event_id = EventId::new("other").unwrap();
    there.append(other).await.unwrap();
    let (summary, faults) = read(&there, &file).await;
    assert_eq!(
        (summary.sessions, summary.stored, summary.duplicates),
        (2, 16, 4)
    );
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].contains("`run 1` is here with other events from 4 on"),
        "{faults:?}"
    );
    let row = there
        .session(&ProjectId::default(), &SessionId::new("run 1").unwrap())
        .await;
    assert_eq!(row.unwrap().unwrap().last_seq, Seq(4));

    // A file that begins behind the end of what is here, and one whose ids stand in another session.
    let text = String::from_utf8(file).unwrap();
    let late: String = text
        .lines()
        .filter(|line| !line.starts_with(r#"{"seq":1,"#))
        .map(|line| line.replace(r#""first_seq":1"#, r#""first_seq":2"#) + "\n")
        .collect();
    let third = tempfile::tempdir().unwrap();
    let journal = open(third.path()).await;
    let (summary, _) = read(&journal, late.as_bytes()).await;
    assert_eq!((summary.sessions, summary.stored), (3, 27));
    let (_, faults) = read(&journal, text.replace("run ", "copy ").as_bytes()).await;
    assert!(faults[0].contains("stands elsewhere"), "{faults:?}");
    let (_, faults) = read(&journal, &text.as_bytes()[..text.len() - 200]).await;
    assert!(
        faults
            .iter()
            .any(|fault| fault.contains("ends early") || fault.contains("not an event")),
        "{faults:?}"
    );
}

#[tokio::test]
async fn a_file_that_begins_where_a_session_ends_goes_on_with_it() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [here, there] = [open(folders[0].path()).await, open(folders[1].path()).await];
    here.append(some(0, 0..10)).await.unwrap();
    there.append(some(0, 0..4)).await.unwrap();
    let whole = written(&here, Packing::Plain).await;
    let lines: Vec<String> = String::from_utf8(whole.clone())
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let header = lines[0].replace(r#""first_seq":1"#, r#""first_seq":5"#);
    let rest = [&[header][..], &lines[5..]].concat().join("\n");
    let (summary, faults) = read(&there, rest.as_bytes()).await;
    assert_eq!((summary.stored, faults), (6, Vec::new()));
    assert_eq!(written(&there, Packing::Plain).await, whole);
}

#[tokio::test]
async fn a_file_that_is_cut_or_foreign_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).await;
    journal.append(some(0, 0..5)).await.unwrap();
    let file = written(&journal, Packing::Plain).await;
    let lines: Vec<&str> = std::str::from_utf8(&file).unwrap().lines().collect();
    let other = tempfile::tempdir().unwrap();
    let other = open(other.path()).await;
    let cut = lines[..4].join("\n");
    let (summary, faults) = read(&other, cut.as_bytes()).await;
    assert_eq!((summary.sessions, summary.refused), (0, 1));
    assert!(faults[0].contains("ends early"), "{faults:?}");
    // What came of it is kept, and the whole file adds the rest.
    let (summary, _) = read(&other, &file).await;
    assert_eq!(
        (summary.stored, summary.duplicates, summary.sessions),
        (2, 3, 1)
    );
    let newer = lines[0].replace(r#""version":1"#, r#""version":9"#);
    let (_, faults) = read(&other, newer.as_bytes()).await;
    assert!(faults[0].contains("version 9"), "{faults:?}");
    let skipped = [lines[0], lines[1], lines[3]].join("\n");
    let (_, faults) = read(&other, skipped.as_bytes()).await;
    assert!(faults[0].contains("event 2 of 5"), "{faults:?}");
}
