//! Commands in the journal: a step is whole or not at all, is made once, and survives the process.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{all, at, bench, event, open, project, session};
use loopscope_event::{CommandId, CommandRecord, CommandState, NewEvent, ProjectId, RawJson};
use loopscope_journal::{
    AppendError, AuditQuery, CommandChange, CommandQuery, CommandStep, Journal, NewAudit,
    Retention, RunnerChange, RunnerRow, StepError,
};
use proptest::prelude::*;

fn command(id: &str, position: i64) -> CommandRecord {
    CommandRecord {
        command_id: CommandId::new(id).unwrap(),
        project: ProjectId::default(),
        session_id: session("s"),
        kind: "ROLLBACK".to_owned(),
        parameters: RawJson::from_trusted(r#"{"steps" : 2.0}"#),
        state: CommandState::Queued,
        by: "local".to_owned(),
        reason: Some("why".to_owned()),
        idempotency_key: None,
        position,
        created_at: at(position),
        delivered_at: None,
        acknowledged_at: None,
        ended_at: None,
        expires_at: Some(at(99)),
        runner: None,
        result: None,
        error: None,
        replay_of: Some(CommandId::new("before").unwrap()),
        attempts: 0,
    }
}

/// A step with one event.
async fn put(journal: &Journal, id: &str, change: CommandChange) -> Result<(), StepError> {
    let step = CommandStep {
        commands: vec![change],
        ..CommandStep::default()
    };
    let done = journal.put_command_step(vec![told(id)], step).await?;
    assert_eq!(done.len(), 1);
    Ok(())
}

fn told(id: &str) -> NewEvent {
    event("s", id)
}

fn new(row: &CommandRecord) -> CommandChange {
    CommandChange::New(Box::new(row.clone()))
}

fn next(row: &CommandRecord, state: CommandState) -> (CommandRecord, CommandChange) {
    let from = row.state;
    let row = CommandRecord {
        state,
        delivered_at: row.delivered_at.or(Some(at(5))),
        acknowledged_at: (state == CommandState::Succeeded).then(|| at(6)),
        ended_at: state.is_over().then(|| at(7)),
        runner: Some("r".to_owned()),
        result: Some(RawJson::from_trusted("[1.50]")),
        error: Some("e".to_owned()),
        attempts: row.attempts + 1,
        ..row.clone()
    };
    let boxed = Box::new(row.clone());
    (row, CommandChange::Next { from, row: boxed })
}

#[tokio::test]
async fn a_command_reads_back_as_it_was_written_also_after_a_restart() {
    let bench = bench().await;
    let journal = &bench.journal;
    let row = command("a", 1);
    put(journal, "1", new(&row)).await.unwrap();
    assert_eq!(
        journal.unfinished_commands().await.unwrap(),
        std::slice::from_ref(&row)
    );
    let (row, change) = next(&row, CommandState::Delivered);
    put(journal, "2", change).await.unwrap();
    journal.close().await.unwrap();

    let journal = open(&bench.path()).await;
    assert_eq!(
        journal.unfinished_commands().await.unwrap(),
        std::slice::from_ref(&row)
    );
    let (row, change) = next(&row, CommandState::Succeeded);
    put(&journal, "3", change).await.unwrap();
    assert!(journal.unfinished_commands().await.unwrap().is_empty());
    let found = journal.command(&row.command_id).await.unwrap();
    assert_eq!(found, Some(row));
    assert_eq!(all(&journal).await.len(), 3);
}

#[tokio::test]
async fn a_step_from_another_state_changes_nothing_and_says_how_it_stands() {
    let bench = bench().await;
    let journal = &bench.journal;
    let row = command("a", 1);
    put(journal, "1", new(&row)).await.unwrap();
    let (delivered, change) = next(&row, CommandState::Delivered);
    put(journal, "2", change.clone()).await.unwrap();
    let again = put(journal, "3", change).await;
    assert_eq!(
        again,
        Err(StepError::Elsewhere(Box::new(delivered.clone())))
    );
    let move_it = CommandChange::Move {
        command_id: row.command_id.clone(),
        position: 7,
    };
    let moved = put(journal, "4", move_it).await;
    assert_eq!(
        moved,
        Err(StepError::Elsewhere(Box::new(delivered.clone())))
    );
    let (_, unknown) = next(&command("b", 1), CommandState::Failed);
    assert_eq!(put(journal, "5", unknown).await, Err(StepError::NotFound));

    // Neither rows nor events are left of what was refused, and the places go on without a gap.
    assert_eq!(
        journal.command(&row.command_id).await.unwrap(),
        Some(delivered)
    );
    journal.append(vec![told("6")]).await.unwrap();
    let places: Vec<_> = all(journal)
        .await
        .iter()
        .map(|event| {
            (
                event.event_id.as_str().to_owned(),
                event.offset.0,
                event.seq.0,
            )
        })
        .collect();
    let expected = [("1", 1), ("2", 2), ("6", 3)].map(|(id, n)| (id.to_owned(), n, n));
    assert_eq!(places, expected);
    assert_eq!(bench.committed.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn an_idempotency_key_is_one_command_of_its_session() {
    let bench = bench().await;
    let journal = &bench.journal;
    let key = |row: CommandRecord| CommandRecord {
        idempotency_key: Some("k".to_owned()),
        ..row
    };
    let first = key(command("a", 1));
    put(journal, "1", new(&first)).await.unwrap();
    let second = put(journal, "2", new(&key(command("b", 2)))).await;
    assert_eq!(second, Err(StepError::Known(Box::new(first.clone()))));
    let found = journal.command_by_key(&first.project, &first.session_id, "k");
    assert_eq!(found.await.unwrap(), Some(first));
    let elsewhere = CommandRecord {
        session_id: session("t"),
        ..key(command("c", 1))
    };
    let step = CommandStep {
        commands: vec![new(&elsewhere)],
        ..CommandStep::default()
    };
    let told = vec![event("t", "3")];
    assert!(journal.put_command_step(told, step).await.is_ok());
}

#[tokio::test]
async fn the_queue_is_in_its_order_and_the_list_pages_backwards() {
    let bench = bench().await;
    let journal = &bench.journal;
    for (number, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let row = command(id, number as i64 + 1);
        put(journal, id, new(&row)).await.unwrap();
    }
    let moves = [("a", 4), ("d", 1)].map(|(id, position)| CommandChange::Move {
        command_id: CommandId::new(id).unwrap(),
        position,
    });
    let step = CommandStep {
        commands: moves.to_vec(),
        ..CommandStep::default()
    };
    journal
        .put_command_step(vec![told("m")], step)
        .await
        .unwrap();
    let ids = |rows: Vec<CommandRecord>| {
        let ids = rows.iter().map(|row| row.command_id.as_str().to_owned());
        ids.collect::<String>()
    };
    assert_eq!(ids(journal.unfinished_commands().await.unwrap()), "dbca");
    let page = async |before: Option<&str>, states: &[CommandState]| {
        let query = CommandQuery {
            states: states.to_vec(),
            before: before.map(|id| CommandId::new(id).unwrap()),
            limit: 2,
        };
        let (project, session) = (ProjectId::default(), session("s"));
        ids(journal.commands(&project, &session, &query).await.unwrap())
    };
    assert_eq!(page(None, &[]).await, "dc");
    assert_eq!(page(Some("c"), &[]).await, "ba");
    assert_eq!(page(Some("a"), &[]).await, "");
    assert_eq!(page(None, &[CommandState::Failed]).await, "");
    assert_eq!(page(Some("d"), &[CommandState::Queued]).await, "cb");
}

#[tokio::test]
async fn a_runner_holds_its_place_until_it_or_another_changes_it() {
    let bench = bench().await;
    let journal = &bench.journal;
    let row = |id: &str| RunnerRow {
        project: ProjectId::default(),
        session_id: session("s"),
        runner_id: id.to_owned(),
        name: format!("name of {id}"),
        since: at(1),
    };
    let gone = |id: &str| RunnerChange::Detached {
        project: ProjectId::default(),
        session_id: session("s"),
        runner_id: id.to_owned(),
    };
    let change = async |event: &str, change: RunnerChange| {
        let step = CommandStep {
            runners: vec![change],
            ..CommandStep::default()
        };
        journal.put_command_step(vec![told(event)], step).await
    };
    change("1", RunnerChange::Attached(row("a"))).await.unwrap();
    change("2", RunnerChange::Attached(row("b"))).await.unwrap();
    change("3", gone("a")).await.unwrap();
    assert_eq!(journal.runners().await.unwrap(), [row("b")]);
    change("4", gone("b")).await.unwrap();
    assert!(journal.runners().await.unwrap().is_empty());
}

#[tokio::test]
async fn who_asked_is_noted_with_the_command_or_not_at_all() {
    let bench = bench().await;
    let journal = &bench.journal;
    let note = NewAudit {
        at: at(1),
        who: "me".to_owned(),
        action: "command.queued".to_owned(),
        subject: "a".to_owned(),
        session: Some((project("default"), session("s"))),
        detail: RawJson::default(),
    };
    let step = CommandStep {
        commands: vec![new(&command("a", 1))],
        audit: vec![note.clone()],
        ..CommandStep::default()
    };
    journal
        .put_command_step(vec![told("1")], step.clone())
        .await
        .unwrap();
    assert!(
        journal
            .put_command_step(vec![told("2")], step)
            .await
            .is_err()
    );
    let query = AuditQuery {
        limit: 9,
        ..AuditQuery::default()
    };
    let noted = journal.audit(&query).await.unwrap();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].entry, note);
}

#[tokio::test]
async fn commands_go_with_their_session() {
    let bench = bench().await;
    let journal = &bench.journal;
    put(journal, "1", new(&command("a", 1))).await.unwrap();
    let bounds = Retention {
        max_age: Some(loopscope_event::Duration::from_micros(1)),
        max_bytes: None,
    };
    journal.retain(bounds, at(1_000)).await.unwrap();
    let id = CommandId::new("a").unwrap();
    assert_eq!(journal.command(&id).await.unwrap(), None);
    assert!(journal.unfinished_commands().await.unwrap().is_empty());
    // A step of what is gone does not bring its session back.
    let (_, change) = next(&command("a", 1), CommandState::Delivered);
    assert_eq!(put(journal, "2", change).await, Err(StepError::NotFound));
    assert!(all(journal).await.is_empty());
}

#[tokio::test]
async fn a_closed_journal_says_so() {
    let bench = bench().await;
    bench.journal.close().await.unwrap();
    let done = put(&bench.journal, "1", new(&command("a", 1))).await;
    assert_eq!(done, Err(StepError::Append(AppendError::Closed)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Many try the same steps at once: each step is made by one of them, and told by one event.
    #[test]
    fn a_step_that_many_try_at_once_is_made_once(tries in proptest::collection::vec(1_usize..7, 1..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async move {
            let bench = bench().await;
            let row = command("a", 1);
            put(&bench.journal, "new", new(&row)).await.unwrap();
            let mut tasks = Vec::new();
            for (number, pick) in tries.into_iter().enumerate() {
                let journal = bench.journal.clone();
                let row = row.clone();
                let state = CommandState::ALL[pick];
                tasks.push(tokio::spawn(async move {
                    let (_, change) = next(&row, state);
                    let id = format!("t{number}");
                    put(&journal, &id, change).await.is_ok()
                }));
            }
            let mut made = 0;
            for task in tasks {
                made += usize::from(task.await.unwrap());
            }
            assert_eq!(made, 1);
            assert_eq!(all(&bench.journal).await.len(), 2);
            let stands = bench.journal.command(&row.command_id).await.unwrap().unwrap();
            assert_eq!(stands.attempts, 1);
        });
    }
}
