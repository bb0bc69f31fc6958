//! A crew of agents: what its page shows, and the figures of the contract.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use crate::support::{empty, place};
use loopscope_board::{Board, Tone, limits};
use loopscope_event::AgentState;
use loopscope_protocol::SessionStatus;

/// Lines of `seconds NAME {data}`.
fn crew(transcript: &str) -> Board {
    let mut board = empty();
    let lines = transcript
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    for (index, line) in lines.enumerate() {
        let mut words = line.splitn(3, ' ');
        let seconds: f64 = words.next().unwrap().parse().unwrap();
        let name = words.next().unwrap();
        let data = words.next().unwrap_or("{}");
        let body = format!(
            r#"{{"dialect":"agents","event_type":"{name}","session_id":"s","timestamp":{},"data":{data}}}"#,
            1_767_607_200.0 + seconds
        );
        board.apply(&place(&body, index as u64 + 1));
    }
    board
}

const RUN: &str = r#"
    0 agent_registered {"agent_id":"a1","agent_name":"Scout","role":"research"}
    1 agent_execution_started {"agent_id":"a1","agent_name":"Scout","task_description":"scan"}
    1 agent_execution_started {"agent_id":"a2","agent_name":"Critic","task_description":"review"}
    3 agent_execution_completed {"agent_id":"a1","agent_name":"Scout","task_description":"scan","duration_ms":2000.0,"success":true,"data_source":"tree","quality_score":90}
    3 synthesis_started {"phase":"merge","description":"merging what was found"}
    4 synthesis_completed {"phase":"merge","duration_ms":900,"patterns_found":3}
    4 synthesis_started {"phase":"rank","description":"ranking"}
    5 opportunity_discovered {"opportunity_id":"o1","title":"Split the parser","description":"It is long.","confidence_score":0.85,"revenue_potential":"2 h a week","category":"Refactoring"}
    6 opportunity_discovered {"opportunity_id":"o2","title":"Drop a copy","confidence_score":0.6}
    6 quality_score_updated {"source":"review","overall_score":95.5,"dimension_scores":{"depth":90,"truth":99}}
    7 system_health_updated {"cpu_percent":12.5,"memory_percent":null,"active_agents":40,"uptime_seconds":7}
    8 error_occurred {"source":"disk","error_message":"full","error_type":"Io"}
"#;

#[test]
fn a_crew_shows_who_works_at_what_and_what_came_of_it() {
    let board = crew(RUN);
    assert_eq!(board.status(), SessionStatus::Running);
    let stats = board.crew_stats();
    assert_eq!(stats.total_events, 12);
    assert_eq!((stats.total_agents_executed, stats.active_agents), (1, 1));
    assert_eq!(
        (
            stats.total_opportunities_discovered,
            stats.total_opportunities
        ),
        (2, 2)
    );
    assert_eq!(stats.avg_quality_score, Some(90.0));
    let rows: Vec<_> = board.agents().rows().iter().collect();
    assert_eq!(
        (rows[0].called(), rows[0].state),
        ("Scout", AgentState::Completed)
    );
    assert_eq!(rows[0].mean_duration().unwrap().as_micros(), 2_000_000);
    assert_eq!(
        (rows[0].quality(), rows[0].success_rate()),
        (Some(90.0), Some(1.0))
    );
    assert_eq!(rows[0].data_source.as_deref(), Some("tree"));
    assert!(rows[1].is_at_work());
    let phases: Vec<_> = board.synthesis().rows().iter().collect();
    assert_eq!(phases[0].duration.unwrap().as_micros(), 900_000);
    assert_eq!(phases[0].patterns_found, Some(3));
    assert_eq!((&*phases[1].name, phases[1].ended_at), ("rank", None));
    let newest = board.opportunities().newest(1).next().unwrap();
    assert_eq!(newest.opportunity.title, "Drop a copy");
    let quality = board.quality();
    assert_eq!(
        quality.sources()[0].overall.last.to_bits(),
        95.5_f64.to_bits()
    );
    assert_eq!(quality.dimensions().len(), 2);
    assert_eq!(board.health().unwrap().health.active_agents, Some(40));
    let row = board.summary();
    assert_eq!(row.quality_percent, Some(90.0));
    let crew = row.crew.unwrap();
    assert_eq!(
        (crew.agents_executed, crew.active_agents, crew.opportunities),
        (1, 1, 2)
    );
    assert_eq!(crew.newest[0].opportunity.title, "Drop a copy");
    assert_eq!(board.error_count(), 1);
}

#[test]
fn its_events_are_told_as_the_contract_tells_them() {
    let board = crew(RUN);
    let told: Vec<String> = board
        .lines()
        .iter()
        .map(|line| format!("{:?}: {} [{}]", line.tone, line.sentence, line.figures))
        .collect();
    assert_eq!(
        told,
        [
            "Neutral: Agent Scout registered [research]",
            "Neutral: Agent Scout started: scan []",
            "Neutral: Agent Critic started: review []",
            "Good: Agent Scout completed in 2000ms [2000 ms · tree · 90.0%]",
            "Neutral: merging what was found [merge]",
            "Good: Synthesis completed: 3 patterns found [merge · 3 patterns · 900 ms]",
            "Neutral: ranking [rank]",
            "Good: Opportunity: Split the parser [85.0% · Refactoring]",
            "Good: Opportunity: Drop a copy [60.0%]",
            "Good: Quality score: 95.5% [review · 95.5%]",
            "Neutral: System health: 40 active agents, 7s uptime [CPU 12%]",
            "Bad: Error in disk: full []",
        ]
    );
    let odd = crew(r#"0 cache_warmed {"keys":3,"zone":"eu","deep":{},"_x":1}"#);
    let line = odd.lines().back().unwrap();
    assert_eq!(
        (&*line.sentence, &*line.figures),
        ("Cache warmed", "keys 3 · zone eu")
    );
    assert_eq!(line.tone, Tone::Neutral);
}

#[test]
fn the_mean_is_over_executions_that_reported_a_score_zero_included() {
    let completed = |score: &str| {
        format!(
            r#"0 agent_execution_completed {{"agent_id":"a","success":true,"quality_score":{score}}}"#
        )
    };
    let board = crew(
        &[
            completed("100"),
            completed("null"),
            completed("0"),
            completed("50"),
        ]
        .join("\n"),
    );
    assert_eq!(board.crew_stats().avg_quality_score, Some(50.0));
    assert_eq!(board.crew_stats().total_agents_executed, 4);
    assert_eq!(crew(&completed("NaN")).crew_stats().avg_quality_score, None);
}

#[test]
fn reputation_and_outcomes_of_tasks_change_no_figure() {
    let more = r#"
        9 reputation_updated {"agent_id":"a1","agent_name":"Scout","old_score":0.8,"new_score":0.85,"total_tasks":9,"trend":"improving"}
        9 task_outcome_recorded {"agent_id":"a9","agent_name":"New","task_id":"t","success":false,"quality_score":1,"duration_ms":5}
    "#;
    let (before, after) = (crew(RUN), crew(&format!("{RUN}{more}")));
    let figures = |board: &Board| loopscope_board::CrewStats {
        total_events: 0,
        ..board.crew_stats()
    };
    assert_eq!(figures(&before), figures(&after));
    let reputation = after.agents().rows()[0].reputation.clone().unwrap();
    assert_eq!((reputation.score, reputation.total_tasks), (0.85, Some(9)));
    assert_eq!(after.agents().rows()[2].called(), "New");
}

#[test]
fn active_agents_are_those_whose_newest_word_is_that_they_run() {
    let active = |transcript: &str| crew(transcript).crew_stats().active_agents;
    let start = |id: &str| format!(r#"0 agent_execution_started {{"agent_id":"{id}"}}"#);
    let end =
        |id: &str| format!(r#"1 agent_execution_completed {{"agent_id":"{id}","success":true}}"#);
    // The end of an agent that nobody knows creates none, and a second end is no second agent.
    assert_eq!(
        active(&[end("x"), start("a"), start("b"), end("a"), end("a")].join("\n")),
        1
    );
    // One that starts again is one, and a registration stops nobody.
    let again = r#"5 agent_execution_started {"agent_id":"a"}"#;
    let board = crew(
        &[
            start("a"),
            again.to_owned(),
            r#"6 agent_registered {"agent_id":"a"}"#.to_owned(),
        ]
        .join("\n"),
    );
    assert_eq!(board.crew_stats().active_agents, 1);
    let row = &board.agents().rows()[0];
    assert_eq!(
        row.started_at.unwrap().as_micros(),
        1_767_607_205_000_000,
        "it began anew"
    );
    // More than are listed are counted all the same, and leave when they end.
    let many = limits::MAX_AGENTS + 50;
    let starts: Vec<String> = (0..many).map(|id| start(&id.to_string())).collect();
    assert_eq!(active(&starts.join("\n")), many as u64);
    let ended = format!("{}\n{}\n{}", starts.join("\n"), end("0"), end("249"));
    assert_eq!(active(&ended), many as u64 - 2);
}

#[test]
fn opportunities_are_told_apart_by_their_id_and_bounded() {
    let found = |id: usize, text: &str| {
        format!(
            r#"{id} opportunity_discovered {{"opportunity_id":"o{id}","title":"t{id}","description":"{text}"}}"#
        )
    };
    let again = found(1, "again");
    let board = crew(&[found(1, "first"), found(2, "x"), again].join("\n"));
    let rows: Vec<_> = board.opportunities().newest(9).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].opportunity.description.as_deref(), Some("again"));
    assert_eq!(board.crew_stats().total_opportunities_discovered, 3);
    let long = "x".repeat(290);
    let many = limits::MAX_OPPORTUNITIES + 5;
    let board = crew(
        &(0..many)
            .map(|id| found(id, &long))
            .collect::<Vec<_>>()
            .join("\n"),
    );
    let opportunities = board.opportunities();
    assert_eq!(
        (opportunities.rows().len(), opportunities.left_out()),
        (limits::MAX_OPPORTUNITIES, 5)
    );
    let texts = opportunities
        .rows()
        .iter()
        .filter_map(|row| row.opportunity.description.as_ref());
    let bytes: usize = texts.map(String::len).sum();
    assert!(bytes <= limits::MAX_OPPORTUNITY_TEXTS_BYTES, "{bytes}");
    assert!(
        opportunities
            .rows()
            .back()
            .unwrap()
            .opportunity
            .description
            .is_some()
    );
    assert!(serde_json::to_string(&board).unwrap().len() < 260 * 1024);
}

#[test]
fn phases_repeat_and_some_never_end() {
    let board = crew(
        r#"
        0 synthesis_started {"phase":"merge"}
        1 synthesis_started {"phase":"merge"}
        2 synthesis_completed {"phase":"merge","patterns_found":1}
        3 synthesis_completed {"phase":"unseen","duration_ms":1000,"patterns_found":2}
    "#,
    );
    let rows: Vec<_> = board.synthesis().rows().iter().collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (rows[0].ended_at, rows[1].duration.unwrap().as_micros()),
        (None, 1_000_000)
    );
    assert_eq!(rows[2].started_at.as_micros(), 1_767_607_202_000_000);
    assert_eq!(
        (board.synthesis().completed(), board.synthesis().patterns()),
        (2, 3)
    );
}

#[test]
fn a_long_line_of_scores_stays_short_and_keeps_its_extremes() {
    let lines: Vec<String> = (0..1_000)
        .map(|at| {
            let score = if at == 500 { 12 } else { 95 };
            format!(r#"{at} quality_score_updated {{"source":"s","overall_score":{score},"dimension_scores":{{"d":{score}}}}}"#)
        })
        .collect();
    let board = crew(&lines.join("\n"));
    let overall = &board.quality().sources()[0].overall;
    assert!(overall.points().len() <= limits::MAX_TRAIL_POINTS);
    let lowest = overall
        .points()
        .iter()
        .map(|point| point.min)
        .fold(f64::MAX, f64::min);
    assert_eq!(lowest.to_bits(), 12.0_f64.to_bits());
    assert_eq!(overall.count, 1_000);
}
