//! Where a run ends: what is written behind it, and what a file holds of it.

use crate::support::{board, empty, events, fold};
use loopscope_event::Seq;

#[test]
fn what_we_write_behind_a_run_makes_it_no_longer() {
    let board = board(
        r#"
        0 1 STEP_STARTED {"step":"fix"}
        5 1 STEP_COMPLETE {"step":"fix","success":true}
        90000 0 loopscope:annotated {"annotation_id":"a","change":"added","seq":2,"by":"local"}
        "#,
    );
    assert_eq!(board.density().counts(), [1, 0, 0, 0, 0, 2]);
    assert_eq!(board.density().width_seconds(), 1);
}

#[test]
fn what_came_from_a_file_before_its_end_is_interrupted_until_its_program_speaks() {
    let events = events(
        r#"
        0 0 SESSION_STARTED
        1 1 STEP_STARTED {"step":"fix"}
        2 1 STEP_COMPLETE {"step":"fix","success":true}
        90 0 loopscope:annotated {"annotation_id":"a","change":"added","seq":2,"by":"local"}
        91 1 STEP_STARTED {"step":"attack"}
        92 1 SESSION_ENDED {"status":"converged"}
        "#,
    );
    let mut board = empty();
    board.came_from_file(Seq(3));
    let mut stands = Vec::new();
    for event in &events {
        board.apply(event);
        // Kept and read back it goes on as if it had not been.
        let kept = serde_json::to_string(&board).unwrap();
        board = serde_json::from_str(&kept).unwrap();
        stands.push((board.status().as_str(), board.told_status().as_str()));
    }
    assert_eq!(
        stands,
        [
            ("running", "running"),
            ("running", "running"),
            ("interrupted", "running"),
            ("interrupted", "running"),
            ("running", "running"),
            ("converged", "converged"),
        ]
    );
    // What ended in the file ended.
    let mut whole = fold(&events);
    whole.came_from_file(Seq(6));
    assert_eq!(
        (whole.status().as_str(), whole.is_end_of_file()),
        ("converged", true)
    );
}
