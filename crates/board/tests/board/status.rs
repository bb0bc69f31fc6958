//! Where a run stands: stage, status and final state, from evidence in any order.

use crate::support::{REAL_LOOP, board, empty, events, fold, place, replaced, start};
use loopscope_board::Board;
use loopscope_event::{Event, Offset, ProjectId, Seq, SessionId};

/// `status stage final_state`.
fn stand(board: &Board) -> String {
    format!(
        "{} {} {}",
        board.status().as_str(),
        board.current_stage(),
        board.final_state().unwrap_or("-")
    )
}

fn check(transcript: &str, expected: &str) {
    assert_eq!(stand(&board(transcript)), expected, "{transcript}");
}

const STARTED: &str = "0 0 SESSION_STARTED\n1 1 ITERATION_STARTED {\"iteration\":1}\n";

fn after_start(lines: &str, expected: &str) {
    check(&format!("{STARTED}{lines}"), expected);
}

#[test]
fn each_step_and_state_is_evidence_of_a_stage() {
    for (step, stage) in [
        ("diagnose", "DIAGNOSING"),
        ("fix", "FIXING"),
        ("attack", "ATTACKING"),
        ("validate", "VALIDATING"),
    ] {
        for name in [
            "STEP_STARTED",
            "STEP_PROGRESS",
            "STEP_COMPLETE",
            "STEP_FAILED",
        ] {
            after_start(
                &format!("2 1 {name} {{\"step\":\"{step}\"}}"),
                &format!("running {stage} -"),
            );
        }
        after_start(
            &format!("2 1 STATE_CHANGED {{\"to\":\"{stage}\"}}"),
            &format!("running {stage} -"),
        );
    }
    after_start("2 1 STEP_STARTED {\"step\":\"lint\"}", "running IDLE -");
    after_start("2 1 STATE_CHANGED {\"to\":\"DREAMING\"}", "running IDLE -");
}

#[test]
fn who_goes_round_in_no_passes_may_say_that_it_is_done() {
    let done = "SESSION_ENDED {\"outcome\":\"completed\"}";
    for (end, status) in [(done, "completed"), ("SESSION_ENDED", "failed")] {
        let board = board(&format!("0 0 SESSION_STARTED\n1 0 {end}"));
        assert_eq!(board.status().as_str(), status, "{end}");
    }
    after_start(&format!("2 1 {done}"), "failed FAILED FAILED");
}

#[test]
fn the_envelopes_state_is_evidence_where_it_is_not_idle() {
    let mut event = events("0 1 CACHE_WARMED").remove(0);
    assert_eq!(stand(&fold([&event])), "running IDLE -");
    event.state = Some("attacking".to_owned());
    assert_eq!(stand(&fold([&event])), "running ATTACKING -");
}

#[test]
fn late_states_never_move_the_stage_back() {
    after_start(
        r#"2 1 STEP_STARTED {"step":"validate"}
           3 1 STATE_CHANGED {"to":"DIAGNOSING"}
           4 1 STATE_CHANGED {"to":"FIXING"}
           5 1 STEP_COMPLETE {"step":"attack"}"#,
        "running VALIDATING -",
    );
    after_start(
        r#"2 2 STEP_STARTED {"step":"diagnose"}
           3 1 STATE_CHANGED {"to":"VALIDATING"}"#,
        "running DIAGNOSING -",
    );
}

#[test]
fn a_higher_pass_starts_anew_and_an_ended_one_is_idle() {
    after_start(
        r#"2 1 STEP_STARTED {"step":"validate"}
           3 2 ITERATION_STARTED {"iteration":2}"#,
        "running IDLE -",
    );
    after_start(
        r#"2 1 STEP_STARTED {"step":"validate"}
           3 2 STEP_STARTED {"step":"diagnose"}"#,
        "running DIAGNOSING -",
    );
    after_start(
        r#"2 1 STEP_COMPLETE {"step":"validate"}
           3 1 ITERATION_ENDED {"iteration":1}
           4 1 STATE_CHANGED {"to":"VALIDATING"}"#,
        "running IDLE -",
    );
}

#[test]
fn convergence_wins_over_everything_in_any_order() {
    let ends = [
        "2 1 CONVERGENCE_REACHED {\"iterations\":1}",
        "2 1 STATE_CHANGED {\"to\":\"CONVERGED\"}",
    ];
    let others = [
        "2 1 SESSION_ENDED",
        "2 1 STATE_CHANGED {\"to\":\"FAILED\"}",
        "2 1 ERROR {\"error\":\"Max iterations (1) reached\"}",
        "2 1 STEP_FAILED {\"step\":\"attack\"}",
    ];
    for end in ends {
        for other in others {
            after_start(&format!("{end}\n{other}"), "converged CONVERGED CONVERGED");
            after_start(&format!("{other}\n{end}"), "converged CONVERGED CONVERGED");
        }
    }
}

#[test]
fn every_row_of_the_status_table() {
    check("0 1 CACHE_WARMED", "running IDLE -");
    after_start(
        "2 1 STATE_CHANGED {\"to\":\"FAILED\"}",
        "failed FAILED FAILED",
    );
    after_start("2 1 SESSION_ENDED", "failed FAILED FAILED");
    after_start("2 1 STEP_FAILED {\"step\":\"fix\"}", "running FIXING -");
    after_start(
        "2 1 ERROR {\"error\":\"boom\",\"state\":\"FIXING\"}",
        "running IDLE -",
    );
    after_start(
        "2 1 ERROR {\"error\":\"Max iterations (1) reached\"}\n3 1 SESSION_ENDED",
        "failed IDLE IDLE",
    );
    // The error may come last.
    after_start(
        "2 1 SESSION_ENDED\n3 1 ERROR {\"error\":\"Max iterations (1) reached\"}",
        "failed IDLE IDLE",
    );
}

#[test]
fn nothing_reopens_a_session_that_ended() {
    let late = r#"
        4 1 STEP_STARTED {"step":"attack"}
        5 2 ITERATION_STARTED {"iteration":2}
        6 2 STATE_CHANGED {"to":"DIAGNOSING"}
        7 0 SESSION_STARTED"#;
    let ended = format!("{STARTED}3 1 SESSION_ENDED\n{late}");
    check(&ended, "failed FAILED FAILED");
    let board = board(&ended);
    assert_eq!(board.seq().0, 7);
    assert_eq!(board.running_steps().count(), 0);
    let end = board
        .header()
        .ended_at
        .map(|end| end.since(start()).as_micros());
    assert_eq!(end, Some(3_000_000));
}

#[test]
fn frames_behind_the_end_begin_no_further_pass() {
    let ends = [
        "3 2 CONVERGENCE_REACHED {\"iterations\":2}\n4 2 SESSION_ENDED",
        "3 2 SESSION_ENDED",
    ];
    for end in ends {
        let run = format!(
            "{STARTED}2 2 STEP_COMPLETE {{\"step\":\"diagnose\",\"findings_count\":4}}\n{end}\n"
        );
        let before = board(&run);
        let late = r#"
            5 3 ITERATION_STARTED {"iteration":3}
            6 3 STEP_COMPLETE {"step":"diagnose","findings_count":7}
            7 0 ITERATION_STARTED {"iteration":4}
            8 3 ERROR {"error":"late"}
            9 3 CACHE_WARMED"#;
        let after = board(&format!("{run}{late}"));
        assert_eq!(after.current_iteration(), 2, "{end}");
        assert_eq!(after.totals(), before.totals());
        assert_eq!(after.iterations(), before.iterations());
        assert_eq!(stand(&after), stand(&before));
        assert_eq!(after.header().ended_at, before.header().ended_at);
        let told = board(&format!("{run}5 3 STATE_CHANGED {{\"to\":\"CONVERGED\"}}"));
        assert_eq!(
            stand(&told),
            "converged CONVERGED CONVERGED",
            "late but true"
        );
        assert_eq!(told.current_iteration(), 2);
    }
}

#[test]
fn a_lost_source_interrupts_until_anything_is_heard_again() {
    use loopscope_dialects::loopscope::{source_lost, source_restored};
    let (project, session) = (ProjectId::default(), SessionId::new("s").unwrap());
    let lost = source_lost(
        project.clone(),
        session.clone(),
        start(),
        "ws://h",
        "closed",
    );
    let back = source_restored(project, session, start(), "ws://h");
    let own = |event: loopscope_event::NewEvent, place| event.placed(Offset(place), Seq(place));
    let mut board = fold(&events(STARTED));
    board.apply(&own(lost.clone(), 3));
    assert_eq!(stand(&board), "interrupted IDLE -");
    assert_eq!(board.convergence_status(), "running");
    let heard = place(
        r#"{"event_type":"STEP_STARTED","session_id":"s","iteration":1,"data":{"step":"fix"}}"#,
        4,
    );
    let mut other = board.clone();
    other.apply(&heard);
    assert_eq!(stand(&other), "running FIXING -");
    board.apply(&own(back, 4));
    assert_eq!(stand(&board), "running IDLE -");
    let mut ended = fold(&events(&format!("{STARTED}2 1 SESSION_ENDED")));
    ended.apply(&own(lost, 4));
    assert_eq!(stand(&ended), "failed FAILED FAILED");
}

#[test]
fn a_producer_that_numbers_no_pass_moves_with_its_steps() {
    check(
        r#"0 0 STEP_STARTED {"step":"validate"}
           1 0 STEP_STARTED {"step":"diagnose"}"#,
        "running DIAGNOSING -",
    );
    // An event without a number belongs to the pass that runs.
    after_start(
        "2 0 STEP_COMPLETE {\"step\":\"fix\",\"fixes\":2}",
        "running FIXING -",
    );
    let board = board(&format!(
        "{STARTED}2 0 STEP_COMPLETE {{\"step\":\"fix\",\"fixes\":2}}"
    ));
    assert_eq!(board.fixes_per_iteration(), [2]);
}

#[test]
fn a_session_without_a_goal_completes() {
    let generic = |name: &str, place_: u64| {
        place(
            &format!(r#"{{"name":"{name}","dialect":"generic","session_id":"s"}}"#),
            place_,
        )
    };
    let mut board = empty();
    board.apply(&generic("hello", 1));
    assert_eq!(stand(&board), "running RUNNING -");
    board.apply(&generic("SESSION_ENDED", 2));
    assert_eq!(stand(&board), "completed COMPLETED COMPLETED");
}

#[test]
fn a_dialect_that_shows_later_brings_its_states() {
    let mut board = empty();
    board.apply(&place(r#"{"name":"hello","session_id":"s"}"#, 1));
    board.apply(&place(
        r#"{"event_type":"STEP_STARTED","session_id":"s","iteration":1,"data":{"step":"fix"}}"#,
        2,
    ));
    assert_eq!(stand(&board), "running FIXING -");
    assert_eq!(
        board.header().dialect,
        loopscope_event::Dialect::Convergence
    );
}

#[test]
fn time_in_each_state_adds_up_to_the_run() {
    let board = board(REAL_LOOP);
    let shares = board.machine().shares();
    let spent: i64 = shares.iter().map(|share| share.spent.as_micros()).sum();
    assert_eq!(spent, 24_400_000);
    let entered: Vec<(&str, u32)> = shares
        .iter()
        .map(|share| (share.state.as_str(), share.entered))
        .collect();
    assert_eq!(
        entered,
        [
            ("IDLE", 3),
            ("DIAGNOSING", 3),
            ("FIXING", 2),
            ("ATTACKING", 2),
            ("VALIDATING", 3),
            ("CONVERGED", 1),
            ("FAILED", 0),
        ]
    );
    assert_eq!(board.machine().loops(), 2);
}

#[test]
fn an_end_that_turns_out_to_be_another_was_never_entered() {
    let board = board(&format!(
        "{STARTED}5 1 SESSION_ENDED\n6 1 STATE_CHANGED {{\"to\":\"CONVERGED\"}}"
    ));
    let entered: Vec<u32> = board
        .machine()
        .shares()
        .iter()
        .map(|share| share.entered)
        .collect();
    assert_eq!(entered, [1, 0, 0, 0, 0, 1, 0]);
}

/// Moves every `STATE_CHANGED` to the place that `places` says, later or earlier.
fn shuffled(events: Vec<Event>, places: &[prop::sample::Index]) -> Vec<Event> {
    let (states, mut others): (Vec<Event>, Vec<Event>) = events
        .into_iter()
        .partition(|event| event.name == "STATE_CHANGED");
    for (state, place) in states.into_iter().zip(places) {
        others.insert(place.index(others.len() + 1), state);
    }
    replaced(others)
}

use proptest::prelude::*;

proptest! {
    #[test]
    fn wherever_states_come_the_end_is_the_same(
        places in proptest::collection::vec(any::<prop::sample::Index>(), 12),
        budget in any::<bool>(),
    ) {
        let spent = format!("{STARTED}
            2 1 STEP_STARTED {{\"step\":\"diagnose\"}}
            2 1 STATE_CHANGED {{\"to\":\"DIAGNOSING\"}}
            3 1 STEP_STARTED {{\"step\":\"validate\"}}
            3 1 STATE_CHANGED {{\"to\":\"VALIDATING\"}}
            4 1 ITERATION_ENDED {{\"iteration\":1}}
            4 1 STATE_CHANGED {{\"to\":\"IDLE\"}}
            5 1 ERROR {{\"error\":\"Max iterations (1) reached\"}}
            6 1 SESSION_ENDED");
        let (transcript, expected) = if budget {
            (spent.as_str(), "failed IDLE IDLE")
        } else {
            (REAL_LOOP, "converged CONVERGED CONVERGED")
        };
        let board = fold(&shuffled(events(transcript), &places));
        prop_assert_eq!(stand(&board), expected);
    }
}
