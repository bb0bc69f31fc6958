//! Runs: which session each event of a source goes to.

use loopscope_dialects::training::Runs;

use super::read;

/// Events in order, each with the session that it must get and the one that it closes.
fn check(runs: &mut Runs, rows: &[(&str, &str, Option<&str>)]) {
    for (text, session, closes) in rows {
        let mut event = read(text);
        let closed = runs.place(&mut event);
        assert_eq!(event.session_id.as_str(), *session, "{text}");
        assert_eq!(
            closed.as_ref().map(loopscope_event::SessionId::as_str),
            *closes,
            "{text}"
        );
    }
}

fn at(name: &str, second: u32, rest: &str) -> String {
    format!(r#"{{"event_type":"{name}","timestamp":"2026-01-05T10:00:{second:02}Z",{rest}}}"#)
}

#[test]
fn an_event_without_a_run_begins_one_and_a_start_closes_it() {
    let mut runs = Runs::new("gpu1");
    let first = at("EPOCH_COMPLETED", 0, r#""data":{}"#);
    let later = at("PPO_UPDATE_COMPLETED", 5, r#""data":null"#);
    let start = at("TRAINING_STARTED", 9, r#""data":{"n_episodes":4}"#);
    let named = at("TRAINING_STARTED", 20, r#""data":{"episode_id":"run-7"}"#);
    let of_it = at("EPOCH_COMPLETED", 21, r#""data":{}"#);
    check(
        &mut runs,
        &[
            (&first, "gpu1-20260105T100000Z", None),
            (&later, "gpu1-20260105T100000Z", None),
            (
                &start,
                "gpu1-20260105T100009Z",
                Some("gpu1-20260105T100000Z"),
            ),
            (&named, "run-7", Some("gpu1-20260105T100009Z")),
            (&of_it, "run-7", None),
        ],
    );
}

#[test]
fn a_complete_run_is_not_interrupted_by_the_next() {
    let mut runs = Runs::new("s");
    let start = at(
        "TRAINING_STARTED",
        0,
        r#""data":{"n_episodes":4,"episode_id":"a"}"#,
    );
    let done = at("BATCH_COMPLETED", 1, r#""data":{"episodes_completed":4}"#);
    let next = at("TRAINING_STARTED", 2, r#""data":{"episode_id":"b"}"#);
    let best = at("CHECKPOINT_LOADED", 3, r#""data":{"source":"best_state"}"#);
    check(
        &mut runs,
        &[
            (&start, "a", None),
            (&done, "a", None),
            (&next, "b", None),
            (&best, "b", None),
        ],
    );
    assert_eq!(runs.open().count(), 0);
}

#[test]
fn a_run_is_complete_by_its_updates_too() {
    for update in [
        r#""data":{"episodes_completed":4}"#,
        r#""epoch":4,"data":{"skipped":true}"#,
    ] {
        let mut runs = Runs::new("s");
        let start = at(
            "TRAINING_STARTED",
            0,
            r#""data":{"n_episodes":4,"episode_id":"a"}"#,
        );
        let done = at("PPO_UPDATE_COMPLETED", 1, update);
        check(&mut runs, &[(&start, "a", None), (&done, "a", None)]);
        assert_eq!(runs.open().count(), 0, "{update}");
    }
}

#[test]
fn cohorts_run_side_by_side_and_a_session_in_the_event_wins() {
    let mut runs = Runs::new("s");
    let a = at("EPOCH_COMPLETED", 0, r#""group_id":"A","data":{}"#);
    let b = at("EPOCH_COMPLETED", 0, r#""group_id":"B","data":{}"#);
    let plain = at("EPOCH_COMPLETED", 0, r#""data":{}"#);
    let own = at(
        "EPOCH_COMPLETED",
        1,
        r#""session_id":"mine","group_id":"A","data":{}"#,
    );
    check(
        &mut runs,
        &[
            (&a, "s-A-20260105T100000Z", None),
            (&b, "s-B-20260105T100000Z", None),
            (&plain, "s-20260105T100000Z", None),
            (&own, "mine", Some("s-A-20260105T100000Z")),
        ],
    );
    assert_eq!(runs.open().count(), 3);
}

#[test]
fn a_run_known_from_before_goes_on() {
    let mut runs = Runs::new("s");
    runs.seed(None, loopscope_event::SessionId::new("old").unwrap());
    let event = at("EPOCH_COMPLETED", 1, r#""data":{}"#);
    check(&mut runs, &[(&event, "old", None)]);
}
