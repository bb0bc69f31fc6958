//! A loop's board as charts: what it said, at its place; what it did not say, unknown.

use loopscope_board::Board;
use loopscope_chart::Chart;
use loopscope_event::{Event, ProjectId, SessionId, Timestamp};

use super::charts;

const START_MICROS: i64 = 1_767_607_200_000_000;

fn at(seconds: f64) -> Timestamp {
    Timestamp::from_micros(START_MICROS + (seconds * 1e6) as i64)
}

/// Lines of `seconds iteration NAME {data}` as a board.
fn board(transcript: &str) -> Board {
    let session = SessionId::new("s").expect("a session id");
    let mut board = Board::new(ProjectId::default(), session);
    let lines = transcript.lines().map(str::trim).filter(|l| !l.is_empty());
    for (line, place) in lines.zip(1..) {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().expect(line);
        let (seconds, iteration, name, data) = (word(), word(), word(), word());
        let kind = match name {
            "SESSION_STARTED" => "session_started",
            "STEP_STARTED" => "step_started",
            "STEP_COMPLETE" => "step_completed",
            _ => "iteration_started",
        };
        let time = at(seconds.parse().expect("seconds"));
        let event = format!(
            r#"{{"offset":{place},"seq":{place},"event_id":"e{place}","session_id":"s","timestamp":"{time}","received_at":"{time}","name":"{name}","kind":"{kind}","dialect":"convergence","iteration":{iteration},"data":{data}}}"#
        );
        let event: Event = serde_json::from_str(&event).expect("an event");
        board.apply(&event);
    }
    board
}

const LOOP: &str = r#"
    0 0 SESSION_STARTED {"config":{"max_iterations":6,"convergence_threshold":0.9}}
    0 1 ITERATION_STARTED {"iteration":1}
    0 1 STEP_STARTED {"step":"diagnose"}
    2 1 STEP_COMPLETE {"step":"diagnose","findings_count":4,"metrics":{"issues_found":4,"critical":1,"high":0,"medium":2,"low":1}}
    2 1 STEP_STARTED {"step":"fix"}
    5 1 STEP_COMPLETE {"step":"fix","fixes_count":3}
    5 1 STEP_STARTED {"step":"attack"}
    6 1 STEP_COMPLETE {"step":"attack","findings_count":2}
    6 1 STEP_STARTED {"step":"validate"}
    9 1 STEP_COMPLETE {"step":"validate","success":false,"metrics":{"passed":38,"failed":2,"skipped":0}}
    10 2 ITERATION_STARTED {"iteration":2}
    10 2 STEP_STARTED {"step":"diagnose"}
    11 2 STEP_COMPLETE {"step":"diagnose","findings_count":1}
    12 2 STEP_STARTED {"step":"polish"}
"#;

fn csv(chart: &impl Chart) -> String {
    chart.table().csv().replace("\r\n", "\n")
}

#[test]
fn what_a_loop_said_stands_at_its_pass() {
    let board = board(LOOP);
    assert_eq!(
        csv(&charts::findings_and_fixes(&board)),
        "Iteration,Findings,Fixes\n1,4,3\n2,1,\n"
    );
    assert_eq!(
        csv(&charts::severities(&board)),
        "Iteration,Critical,High,Medium,Low\n1,1,0,2,1\n2,,,,\n"
    );
    assert_eq!(
        csv(&charts::vulnerabilities(&board)),
        "Iteration,Vulnerabilities\n1,2\n2,\n"
    );
    assert_eq!(
        csv(&charts::tests(&board)),
        "Iteration,Passed,Failed\n1,38,2\n2,,\n"
    );
}

#[test]
fn the_budget_is_the_room_to_come() {
    let charts = charts::findings_and_fixes(&board(LOOP));
    let view = loopscope_chart::View::UNKNOWN;
    // The first of six places.
    assert_eq!(charts.place(0, &view), Some(1.0 / 12.0));
}

#[test]
fn a_running_step_counts_as_far_as_it_is() {
    let board = board(LOOP);
    let chart = charts::step_times(&board, at(13.5));
    assert_eq!(
        csv(&chart),
        "Iteration,Diagnose,Fix,Attack,Validate,Polish\n1,2000,3000,1000,3000,\n2,1000,,,,1500\n"
    );
    let running = chart.stacks[4].bars[1].expect("the running step");
    assert!(running.partial);
    // A clock that is behind is no negative time.
    let early = charts::step_times(&board, at(0.0));
    assert_eq!(early.table().rows[1][5], "0");
}

#[test]
fn a_loop_that_names_no_finding_is_measured_by_its_peak() {
    let trend = charts::trend(&board(LOOP));
    assert_eq!(trend.note, "gone since the peak");
    assert_eq!(csv(&trend), "Iteration,Converged\n1,0\n2,75\n");
    assert_eq!(
        trend.threshold.map(|t| t.label).as_deref(),
        Some("done at 90%")
    );
}

#[test]
fn a_loop_that_names_its_findings_is_measured_by_what_is_fixed() {
    let board = board(
        r#"
        0 1 ITERATION_STARTED {"iteration":1}
        0 1 STEP_STARTED {"step":"diagnose"}
        1 1 STEP_COMPLETE {"step":"diagnose","findings":[{"description":"a","file":"x"},{"description":"b","file":"x"},{"description":"c","file":"x"}]}
        2 2 ITERATION_STARTED {"iteration":2}
        2 2 STEP_STARTED {"step":"diagnose"}
        3 2 STEP_COMPLETE {"step":"diagnose","findings":[{"description":"c","file":"x"},{"description":"d","file":"x"}]}
        4 3 ITERATION_STARTED {"iteration":3}
        4 3 STEP_STARTED {"step":"diagnose"}
        5 3 STEP_COMPLETE {"step":"diagnose","findings":[]}
        "#,
    );
    let trend = charts::trend(&board);
    assert_eq!(trend.note, "fixed of all found");
    assert_eq!(csv(&trend), "Iteration,Converged\n1,0\n2,50\n3,100\n");
}

#[test]
fn a_board_of_nothing_is_empty_charts() {
    let board = board("");
    assert_eq!(charts::trend(&board).summary(), "Convergence: no data yet.");
    assert!(charts::step_times(&board, at(0.0)).is_empty());
}
