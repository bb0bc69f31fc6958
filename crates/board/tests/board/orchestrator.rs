//! An orchestrator's run in the order that producers keep, with commands between: what its page shows.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use crate::support::{board, empty, place};
use loopscope_board::{Board, SkillStatus, Tone, limits};
use loopscope_event::{AgentState, CommandStep, FileChange};
use loopscope_protocol::SessionStatus;

/// Lines of `seconds NAME {data}`; commands, runners and lost links are our own events.
fn run(transcript: &str) -> Board {
    let mut board = empty();
    let lines = transcript.lines().map(str::trim);
    for (index, line) in lines.filter(|line| !line.is_empty()).enumerate() {
        let mut words = line.splitn(3, ' ');
        let seconds: f64 = words.next().unwrap().parse().unwrap();
        let name = words.next().unwrap();
        let data = words.next().unwrap_or("{}");
        let own = ["command:", "runner:", "decision:expired", "loopscope:"];
        let dialect = if own.iter().any(|prefix| name.starts_with(prefix)) {
            r#""dialect":"loopscope","#
        } else {
            ""
        };
        let body = format!(
            r#"{{{dialect}"event_type":"{name}","session_id":"s","timestamp":{},"data":{data}}}"#,
            1_767_607_200.0 + seconds
        );
        board.apply(&place(&body, index as u64 + 1));
    }
    board
}

const RUN: &str = r#"
    0 execution:started {"task":"Ship it","steps_total":4}
    1 checkpoint:created {"checkpoint_id":"c1","label":"before lint"}
    1 skill:started {"skill_name":"lint","step_index":0,"parameters":{"deny":true}}
    2 file:modified {"file_path":"src/a.rs","lines_changed":3,"diff":"@@ -1 +1 @@\n-a\n+b"}
    2 validation:started {"check_name":"clippy","command":"cargo clippy"}
    2 validation:output {"check_name":"clippy","line":"old"}
    3 validation:started {"check_name":"test","command":"cargo test"}
    3 validation:output {"line":"\u001b[32mPASS\u001b[0m a","type":"stdout"}
    3 validation:completed {"check_name":"test","success":true,"exit_code":0}
    3 skill:completed {"skill_name":"lint","step_index":0,"duration":2.5,"result":0}
    4 skill:started {"skill_name":"lint","step_index":1}
    4 skill:progress {"skill_name":"lint","progress":0.5,"message":"half"}
    4 agent:spawned {"agent_id":"a1","role":"testing"}
    4 agent:started {"agent_id":"a1","skill_name":"lint"}
    5 agent:completed {"agent_id":"a1","result":"success","duration":1.0}
    5 decision:point {"decision_id":"d1","question":"Which?","options":["a","b"],"recommended":1,"timeout":30}
"#;

#[test]
fn a_session_is_as_old_as_its_first_event() {
    let board = run("0 foo\n5 execution:started {\"task\":\"t\"}\n9 execution:started");
    assert_eq!(
        board.header().started_at.to_string(),
        "2026-01-05T10:00:00.000000Z"
    );
}

#[test]
fn a_run_in_producers_order_shows_what_it_did() {
    let board = run(RUN);
    assert_eq!(
        (board.status(), board.current_stage()),
        (SessionStatus::Running, "RUNNING")
    );
    let rows: Vec<_> = board.skills().rows().iter().collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[0].status, rows[0].step_index, rows[0].percent),
        (SkillStatus::Completed, Some(0), Some(100.0))
    );
    assert_eq!(rows[0].duration.unwrap().as_micros(), 2_500_000);
    assert_eq!(rows[0].result.as_ref().unwrap().as_str(), "0");
    assert_eq!(
        (rows[1].status, rows[1].percent),
        (SkillStatus::Running, Some(50.0))
    );
    assert_eq!(
        board.skills().mean_duration().unwrap().as_micros(),
        2_500_000
    );
    assert_eq!(board.current_skill(), Some("lint"));
    assert_eq!(board.progress_percent(), Some(25.0));
    assert_eq!(board.progress().task.as_deref(), Some("Ship it"));
    assert_eq!(board.files().rows()[0].change, FileChange::Modified);
    let lines: Vec<_> = board.validations().lines().iter().collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (lines[0].text.as_str(), lines[0].tone),
        ("PASS a", Tone::Good)
    );
    assert_eq!(board.validations().passed(), 1);
    assert_eq!(board.agents().rows()[0].state, AgentState::Completed);
    assert_eq!(board.agents().rows()[0].success_rate(), Some(1.0));
    assert_eq!(board.checkpoints().rows()[0].number, 1);
    let decision = board.decisions().pending().next().unwrap();
    assert_eq!(decision.default_option(), Some(1));
    assert!(decision.deadline.is_some());
    let summary = board.summary();
    assert_eq!((summary.decisions_waiting, summary.commands_open), (1, 0));
    assert_eq!(summary.name, "Ship it");
}

#[test]
fn status_follows_what_the_program_says() {
    let check = |more: &str, status: SessionStatus, state: &str| {
        let board = run(&format!("{RUN}\n{more}"));
        assert_eq!(
            (board.status(), board.current_stage()),
            (status, state),
            "{more}"
        );
    };
    check(
        "6 command:queued {\"command_id\":\"k\",\"type\":\"HALT\"}",
        SessionStatus::Running,
        "RUNNING",
    );
    check("6 execution:halted", SessionStatus::Halted, "HALTED");
    check(
        "6 execution_paused\n6 file:created {\"path\":\"b\"}",
        SessionStatus::Halted,
        "HALTED",
    );
    check(
        "6 execution:halted\n7 execution:resumed",
        SessionStatus::Running,
        "RUNNING",
    );
    check(
        "6 execution:completed",
        SessionStatus::Completed,
        "COMPLETED",
    );
    check(
        "6 execution:completed {\"success\":false}",
        SessionStatus::Failed,
        "FAILED",
    );
    check(
        "6 execution:failed {\"error\":\"x\"}",
        SessionStatus::Failed,
        "FAILED",
    );
    check(
        "6 loopscope:source_lost",
        SessionStatus::Interrupted,
        "INTERRUPTED",
    );
    check(
        "6 loopscope:source_lost\n9 execution:completed",
        SessionStatus::Completed,
        "COMPLETED",
    );
    check(
        "6 execution:completed\n9 execution:started",
        SessionStatus::Running,
        "RUNNING",
    );
    assert_eq!(run("0 session:created").current_stage(), "IDLE");
}

#[test]
fn a_skill_that_ran_when_its_program_went_is_unknown_until_told() {
    let lost = format!("{RUN}\n6 loopscope:source_lost");
    assert_eq!(run(&lost).skills().rows()[1].status, SkillStatus::Unknown);
    let told = format!(
        "{lost}\n9 skill:failed {{\"skill_name\":\"lint\",\"step_index\":1,\"error\":\"x\"}}"
    );
    let board = run(&told);
    assert_eq!(board.skills().rows()[1].status, SkillStatus::Failed);
    assert_eq!((board.skills().failed(), board.error_count()), (1, 1));
}

#[test]
fn the_first_place_is_a_place() {
    let board = run(r#"
        0 skill:started {"skill_name":"x","step_index":0}
        1 skill:started {"skill_name":"x","step_index":1}
        2 skill:completed {"skill_name":"x","step_index":0}"#);
    let states: Vec<_> = board.skills().rows().iter().map(|row| row.status).collect();
    assert_eq!(states, [SkillStatus::Completed, SkillStatus::Running]);
}

#[test]
fn commands_keep_every_time_of_their_life() {
    let board = run(r#"
        0 runner:attached {"runner_id":"r1","name":"loop","via":"http","commands":[]}
        1 command:queued {"command_id":"k","type":"HALT","by":"ada","position":2}
        1 command:queued {"command_id":"j","type":"RESUME","position":1}
        2 command:delivered {"command_id":"k","type":"HALT","runner":"loop"}
        3 command:acknowledged {"command_id":"k","type":"HALT"}
        4 command:delivered {"command_id":"k","type":"HALT"}
        5 runner:attached {"runner_id":"r2","name":"loop 2","via":"websocket","commands":[]}
        6 runner:detached {"runner_id":"r1","reason":"taken_over"}"#);
    let row = board.commands().get("k").unwrap();
    assert_eq!(row.state, CommandStep::Acknowledged);
    assert!(row.delivered_at > row.acknowledged_at && row.acknowledged_at.is_some());
    assert_eq!(row.runner.as_deref(), Some("loop"));
    let open: Vec<_> = board
        .commands()
        .open()
        .iter()
        .map(|row| row.command_id.clone())
        .collect();
    assert_eq!(open, ["j", "k"]);
    assert_eq!(board.commands().attached().unwrap().runner_id, "r2");
}

#[test]
fn a_decision_is_resolved_once_and_the_programs_word_stands_over_a_timeout() {
    let made = r#"6 decision:made {"decision_id":"d1","choice":0,"made_by":"ada"}"#;
    let again = r#"7 decision:made {"decision_id":"d1","choice":1,"made_by":"bob"}"#;
    let late = r#"6 decision:expired {"decision_id":"d1","choice":"b"}"#;
    let by = |more: &str| {
        let board = run(&format!("{RUN}\n{more}"));
        let row = board.decisions().get("d1").unwrap().clone();
        (row.by.clone().unwrap(), row.choice_label().unwrap())
    };
    let told = |by: &str, choice: &str| (by.to_owned(), choice.to_owned());
    assert_eq!(by(&format!("{made}\n{again}")), told("ada", "a"));
    assert_eq!(by(late), told("timeout", "b"));
    assert_eq!(by(&format!("{late}\n{made}")), told("ada", "a"));
}

#[test]
fn a_loop_that_halts_is_halted_whatever_it_speaks() {
    let status = |more: &str| {
        board(&format!(
            "0 0 SESSION_STARTED\n1 1 STEP_STARTED {{\"step\":\"fix\"}}\n{more}"
        ))
        .status()
    };
    assert_eq!(status("2 1 EXECUTION_HALTED"), SessionStatus::Halted);
    assert_eq!(
        status("2 1 EXECUTION_HALTED\n3 1 EXECUTION_RESUMED"),
        SessionStatus::Running
    );
    assert_eq!(
        status("2 1 STATE_CHANGED {\"to\":\"HALTED\"}"),
        SessionStatus::Halted
    );
    assert_eq!(
        status("2 1 STATE_CHANGED {\"to\":\"PAUSED\"}\n3 1 STATE_CHANGED {\"to\":\"FIXING\"}"),
        SessionStatus::Running
    );
}

#[test]
fn every_list_is_bounded() {
    let mut board = empty();
    let long = "x".repeat(7_000);
    for index in 1..=12_000_u64 {
        let (name, dialect) = [
            ("skill:started", "orchestrator"),
            ("file:modified", "orchestrator"),
            ("decision:point", "orchestrator"),
            ("validation:output", "orchestrator"),
            ("agent:spawned", "orchestrator"),
            ("checkpoint:created", "orchestrator"),
            ("command:queued", "loopscope"),
        ][index as usize % 7];
        let body = format!(
            r#"{{"dialect":"{dialect}","event_type":"{name}","session_id":"s","data":{{"skill_name":"s{index}","path":"p{index}","diff":"{long}","decision_id":"d{index}","line":"l{index}","agent_id":"a{index}","checkpoint_id":"c{index}","command_id":"k{index}","parameters":{{"a":1}}}}}}"#
        );
        board.apply(&place(&body, index));
    }
    assert!(board.skills().rows().len() <= limits::MAX_SKILLS);
    assert!(board.files().rows().len() <= limits::MAX_FILES);
    assert!(board.decisions().rows().len() <= limits::MAX_DECISIONS);
    assert!(board.validations().lines().len() <= limits::MAX_OUTPUT_LINES);
    assert!(board.agents().rows().len() <= limits::MAX_AGENTS);
    assert!(board.checkpoints().rows().len() <= limits::MAX_CHECKPOINTS);
    assert!(board.commands().rows().len() <= limits::MAX_COMMANDS);
    let bytes = serde_json::to_string(&board).unwrap().len();
    assert!(bytes < 1_500_000, "{bytes} bytes");
}
