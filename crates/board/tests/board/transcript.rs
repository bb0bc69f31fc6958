//! A whole real loop: what its page shows at the end, and every line of its stream.

#![expect(clippy::expect_used, reason = "a helper of a test fails with the test")]

use std::fmt::Write;

use crate::support::{REAL_LOOP, board, empty, events, fold, place, start};
use loopscope_board::{Board, describe};
use loopscope_dialects::{DecodeContext, Format, decode};
use loopscope_event::{Event, Offset, Seq};

/// Applies a transcript and keeps the line of each event.
fn stream(transcript: &str) -> String {
    told(&events(transcript))
}

fn told(events: &[Event]) -> String {
    let mut board = empty();
    let mut text = String::new();
    for event in events {
        board.apply(event);
        let line = board
            .lines()
            .back()
            .cloned()
            .unwrap_or_else(|| describe(event));
        let figures = if line.figures.is_empty() {
            String::new()
        } else {
            format!("  [{}]", line.figures)
        };
        let stage = board.current_stage();
        let _ = writeln!(
            text,
            "{stage:<11} {:?}  {}{figures}",
            line.tone, line.sentence
        );
    }
    text
}

#[test]
fn the_stream_of_a_real_loop_reads_like_a_story() {
    insta::assert_snapshot!(stream(REAL_LOOP));
}

#[test]
fn the_summary_of_a_real_loop() {
    insta::assert_json_snapshot!(board(REAL_LOOP).summary());
}

#[test]
fn the_board_of_a_real_loop_as_it_is_stored() {
    insta::assert_json_snapshot!(board(REAL_LOOP));
}

/// A run of the example loop, recorded from its webhook: one body a line.
const RECORDED: &str = include_str!("recorded/example-loop.ndjson");

fn recorded() -> Vec<Event> {
    let context = DecodeContext {
        format: Format::Ndjson,
        ..DecodeContext::new(start())
    };
    let decoded = decode(RECORDED.as_bytes(), &context).map(|decoded| decoded.items);
    let events = decoded.into_iter().flatten().zip(1..);
    events
        .map(|(item, place)| {
            let (event, warnings) = item.expect("an event");
            assert_eq!(warnings, []);
            event.placed(Offset(place), Seq(place))
        })
        .collect()
}

#[test]
fn a_recorded_run_is_told_event_by_event() {
    insta::assert_snapshot!(told(&recorded()));
}

#[test]
fn a_recorded_run_is_counted_as_its_loop_counted() {
    let events = recorded();
    assert_eq!(events.len(), RECORDED.matches("\"event_id\"").count());
    let before_the_end = fold(&events[..events.len() - 2]);
    let after = fold(&events);
    assert_eq!(before_the_end.totals(), after.totals());
    assert_eq!(after.findings_per_iteration(), [4, 2, 0]);
    assert_eq!(after.fixes_per_iteration(), [3, 1, 0]);
    assert_eq!(after.vulnerabilities_per_iteration(), [2, 0, 0]);
    assert_eq!((after.findings().open(), after.findings().fixed()), (0, 6));
    assert_eq!(after.findings().left_out(), 0);
    assert_eq!(after.header().max_iterations, Some(10));
    assert_eq!(after.vulnerabilities_by_severity().medium, 2);
    assert_eq!(after.metrics().len(), 11);
}

#[test]
fn the_demo_generators_style_is_read() {
    insta::assert_snapshot!(stream(
        r#"0 0 SESSION_STARTED {"session_id":"s"}
           1 1 ITERATION_STARTED {"iteration":1}
           2 1 STATE_CHANGED {"from":"IDLE","to":"DIAGNOSING"}
           3 1 STEP_COMPLETE {"step":"diagnose","findings":["SQL injection","Weak hash"]}
           4 1 STATE_CHANGED {"from":"DIAGNOSING","to":"FIXING"}
           5 1 STEP_COMPLETE {"step":"fix","fixes":["Parametrised query"]}
           6 1 STEP_COMPLETE {"step":"attack","vulnerabilities":[]}
           7 1 STEP_COMPLETE {"step":"validate","success":true}
           8 1 CONVERGENCE_REACHED {"iterations":1}
           9 1 SESSION_ENDED {"iterations":1}"#
    ));
}

#[test]
fn other_sentences() {
    insta::assert_snapshot!(stream(
        r#"0 0 SESSION_STARTED {"target":"services/api","config":{"max_iterations":10}}
           1 1 STEP_COMPLETE {"step":"fix","metrics":{"fixes_applied":0,"no_issues":true}}
           2 1 STEP_COMPLETE {"step":"fix","success":false,"error":"no compiler"}
           3 1 STEP_COMPLETE {"step":"lint"}
           4 1 STEP_COMPLETE {"step":"validate","metrics":{"passed":1,"failed":0}}
           5 1 STEP_PROGRESS {"step":"attack","done":9}
           6 1 VULNERABILITY_FOUND {"description":"header injection","file":"src/proxy.rs","severity":"high"}
           7 1 METRICS {"metrics":{"coverage":0.81234}}
           8 1 CACHE_WARMED
           9 1 skill:started {"message":"Reading\nthe plan"}
           10 1 STATE_CHANGED {"to":"FAILED"}
           11 1 ERROR {"error":"Max iterations (1) reached"}
           12 1 SESSION_ENDED"#
    ));
}

#[test]
fn a_line_is_bounded_whatever_is_sent() {
    let long = "word ".repeat(1_000);
    for name in [
        "ERROR",
        "CACHE_WARMED",
        "VULNERABILITY_FOUND",
        "STEP_FAILED",
        "SESSION_STARTED",
    ] {
        let body = format!(
            r#"{{"event_type":"{name}","session_id":"s","data":{{"error":"{long}","message":"{long}","description":"{long}","target":"{long}","step":"{long}"}}}}"#
        );
        let line = describe(&place(&body, 1));
        assert!(line.sentence.chars().count() <= 200, "{}", line.sentence);
        assert!(line.figures.chars().count() <= 64);
    }
}

#[test]
fn a_board_of_nothing_shows_nothing() {
    let board: Board = empty();
    let summary = board.summary();
    assert_eq!((summary.name.as_str(), summary.iteration), ("s", 0));
    assert!(board.findings_per_iteration().is_empty());
    assert!(board.lines().is_empty());
}
