//! Spans: what a transcript's events make of them, in every dialect; and that a fold goes on as if it had not stopped.

use loopscope_board::spans::{SpanFold, Spans, merge};
use loopscope_event::{Event, Seq};
use loopscope_protocol::{Span, SpanId, SpanKind, SpanStatus, SpansQuery};
use proptest::prelude::*;

use crate::support::{REAL_LOOP, events, place, start};

fn of(events: &[Event]) -> Spans {
    let mut spans = Spans::default();
    for event in events {
        spans.apply(event);
    }
    spans
}

fn all(spans: &Spans) -> Vec<Span> {
    spans.snapshot(&SpansQuery::default()).answer.spans
}

/// A span in a line: id, below what, kind, name, from and to in seconds, how it is, what it came to.
fn line(span: &Span) -> String {
    let seconds = |at: i64| (at - start().as_micros()) as f64 / 1e6;
    let parent = span.parent.map(|parent| format!("<{parent}"));
    let end = span
        .end_us
        .map_or("…".to_owned(), |end| seconds(end).to_string());
    let mut line = format!(
        "{}{} {} {}#{} {}–{end} {}",
        span.id,
        parent.unwrap_or_default(),
        span.kind.as_str(),
        span.name,
        span.iteration,
        seconds(span.start_us),
        span.status.as_str()
    );
    for text in [&span.label, &span.note, &span.by].into_iter().flatten() {
        line.push_str(" | ");
        line.push_str(text);
    }
    line
}

fn lines(transcript: &str) -> Vec<String> {
    all(&of(&events(transcript))).iter().map(line).collect()
}

#[test]
fn a_real_loop() {
    let lines = lines(REAL_LOOP);
    let has = |line: &str| assert!(lines.iter().any(|own| own == line), "{line}\n{lines:#?}");
    // The first pass was joined in its middle: its number alone says that it is there.
    has("1 iteration iteration#1 0–9.4 completed");
    has("1.1<1 step diagnose#1 0–0 completed | 3 findings");
    has("2<1 step fix#1 0.1–4.1 completed | 2 fixes | cargo clippy --fix");
    has("8<1 step validate#1 7.3–9.3 failed | 38 of 40 passed | cargo test");
    has("18<15 step fix#2 12.7–13.7 failed | patch does not apply | patch");
    has("23 iteration iteration#3 17–24.4 completed | converged");
    assert_eq!(lines.len(), 3 + 10, "{lines:#?}");
}

#[test]
fn skills_in_waves_with_agents_questions_and_halts() {
    let lines = lines(
        r#"
        0 0 execution:started {"task":"morse"}
        1 0 wave:started {"wave":1}
        2 0 skill:started {"skill_name":"lint","skill_id":"a"}
        3 0 skill:started {"skill_name":"lint","skill_id":"b"}
        3 0 agent:started {"agent_id":"x","role":"checker","skill_name":"lint"}
        4 0 skill:progress {"skill_id":"b","skill_name":"lint","progress":40}
        5 0 skill:completed {"skill_name":"lint","skill_id":"a"}
        6 0 agent:failed {"agent_id":"x","error":"no route"}
        7 0 wave:completed {"wave":1}
        8 0 decision:required {"decision_id":"d","question":"Go on?","options":["yes","no"]}
        9 0 execution:halted {"reason":"told to"}
        11 0 decision:made {"decision_id":"d","choice":"yes","made_by":"ann"}
        12 0 execution:resumed {}
        13 0 validation:started {"name":"tests","command":"cargo test"}
        14 0 validation:completed {"name":"tests","success":false,"error":"two failed"}
        15 0 skill:completed {"skill_name":"late","duration":4}
        "#,
    );
    assert_eq!(
        lines,
        [
            "2 wave wave 1#0 1–7 completed",
            "3<2 skill lint#0 2–5 completed",
            "4<2 skill lint#0 3–… running | 40%",
            "5<4 agent x#0 3–6 failed | no route | checker",
            "10 decision Go on?#0 8–11 completed | yes | ann",
            "11 halt halted#0 9–12 completed | told to",
            "16 skill late#0 11–15 completed",
            "14 validation tests#0 13–14 failed | failed | two failed | cargo test",
        ]
    );
}

#[test]
fn a_crew_and_a_training_run() {
    let lines = lines(
        r#"
        0 0 agent_execution_started {"agent_id":"a1","agent_name":"Ada","task":"read"}
        1 0 synthesis_started {"phase":"cluster"}
        2 0 agent_execution_started {"agent_id":"a1","agent_name":"Ada","task":"write"}
        4 0 agent_execution_completed {"agent_id":"a1","agent_name":"Ada","success":true}
        5 0 synthesis_completed {"phase":"cluster","patterns_found":3}
        "#,
    );
    let kinds = |kind: &str| lines.iter().filter(|line| line.contains(kind)).count();
    assert_eq!(
        (kinds(" agent Ada"), kinds("phase cluster#0 1–5 completed")),
        (2, 1),
        "{lines:#?}"
    );

    let lines = self::lines(
        r#"
        0 0 TRAINING_STARTED {"task":"cifar10","n_envs":1}
        1 0 SEED_GERMINATED {"slot_id":"r0c0","env_id":0,"blueprint_id":"conv"}
        2 0 SEED_STAGE_CHANGED {"slot_id":"r0c0","env_id":0,"from":"GERMINATED","to":"TRAINING"}
        4 0 SEED_PRUNED {"slot_id":"r0c0","env_id":0,"reason":"no gain"}
        5 0 BATCH_EPOCH_COMPLETED {"batch_idx":1,"episodes_completed":4,"avg_accuracy":51.25}
        9 0 BATCH_EPOCH_COMPLETED {"batch_idx":2,"episodes_completed":8}
        "#,
    );
    assert_eq!(
        lines,
        [
            "5 iteration batch#1 0–5 completed | 51.2%",
            "2 seed env 0 r0c0#0 1–2 completed | germinated | conv",
            "3 seed env 0 r0c0#0 2–4 completed | training",
            "6 iteration batch#2 5–9 completed",
        ]
    );
}

#[test]
fn what_nobody_ended_ends_with_the_session_and_late_ends_still_count() {
    let transcript = r#"
        0 1 ITERATION_STARTED {"iteration":1}
        1 1 STEP_STARTED {"step":"fix"}
        2 1 SESSION_ENDED {}
        "#;
    assert_eq!(
        lines(transcript),
        [
            "1 iteration iteration#1 0–2 unknown",
            "2<1 step fix#1 1–2 unknown"
        ]
    );
    let late = format!("{transcript}\n 3 1 STEP_COMPLETE {{\"step\":\"fix\",\"success\":true}}");
    assert_eq!(lines(&late)[1], "2<1 step fix#1 1–3 completed");
    // A run that begins anew in the same session leaves them behind.
    let anew =
        format!("{transcript}\n 5 1 SESSION_STARTED {{}}\n 6 1 STEP_STARTED {{\"step\":\"fix\"}}");
    assert_eq!(lines(&anew).len(), 4, "{:#?}", lines(&anew));
}

#[test]
fn an_end_before_its_beginning_is_one_span() {
    let spans = lines(
        r#"
        0 1 ITERATION_STARTED {"iteration":1}
        5 1 STEP_COMPLETE {"step":"fix","success":true}
        2 1 STEP_STARTED {"step":"fix"}
        "#,
    );
    assert_eq!(spans[1], "2<1 step fix#1 2–5 completed");
    assert_eq!(spans.len(), 2);
}

#[test]
fn a_page_goes_on_where_the_one_before_ended() {
    let spans = of(&events(REAL_LOOP));
    let mut query = SpansQuery {
        each: true,
        limit: 4,
        ..SpansQuery::default()
    };
    let mut seen = Vec::new();
    loop {
        let answer = spans.snapshot(&query).answer;
        seen.extend(answer.spans);
        match answer.next {
            Some(next) => query.after = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(seen, all(&spans));
    let stretch = SpansQuery {
        from_us: Some(start().as_micros() + 13_700_000),
        to_us: Some(start().as_micros() + 13_800_000),
        kinds: vec![SpanKind::Step],
        ..SpansQuery::default()
    };
    let names: Vec<_> = spans.snapshot(&stretch).answer.spans;
    let names: Vec<_> = names
        .iter()
        .map(|span| (&*span.name, span.iteration))
        .collect();
    assert_eq!(names, [("fix", 2), ("validate", 2)]);
}

/// Spans of a few lanes, most of them short.
fn many() -> impl Strategy<Value = Vec<Span>> {
    let one = (
        0..4_u8,
        0..1_000_000_i64,
        prop_oneof![9 => 0..300_i64, 1 => 0..200_000_i64],
        any::<bool>(),
    );
    prop::collection::vec(one, 1..400).prop_map(|all| {
        let span = |(n, (lane, start, length, failed)): (usize, (u8, i64, i64, bool))| Span {
            id: SpanId {
                seq: Seq(n as u64 + 1),
                nth: 0,
            },
            parent: None,
            depth: 0,
            kind: SpanKind::Step,
            name: format!("lane {lane}"),
            start_us: start,
            end_us: Some(start + length),
            end_seq: None,
            status: if failed {
                SpanStatus::Failed
            } else {
                SpanStatus::Completed
            },
            iteration: 0,
            label: None,
            note: None,
            by: None,
            merged: None,
        };
        all.into_iter().enumerate().map(span).collect()
    })
}

proptest! {
    /// Nothing is lost by merging: how many, how many broke, how long, the shortest and the longest.
    #[test]
    fn merging_loses_no_span(spans in many(), most in 4..200_usize) {
        let merged = merge(spans.clone(), most);
        prop_assert!(merged.len() <= most);
        let count: u64 = merged.iter().map(Span::count).sum();
        prop_assert_eq!(count, spans.len() as u64);
        let length = |span: &Span| span.end_us.unwrap() - span.start_us;
        let failed = |span: &Span| span.status == SpanStatus::Failed;
        let sum = |of: fn(&loopscope_protocol::MergedSpans) -> i64, alone: &dyn Fn(&Span) -> i64| -> i64 {
            merged.iter().map(|span| span.merged.as_deref().map_or_else(|| alone(span), of)).sum()
        };
        prop_assert_eq!(sum(|sum| sum.busy_us, &length), spans.iter().map(length).sum::<i64>());
        let broke = spans.iter().filter(|span| failed(span)).count() as i64;
        prop_assert_eq!(sum(|sum| sum.failed as i64, &|span| i64::from(failed(span))), broke);
        let longest = spans.iter().map(length).max();
        let seen = merged.iter().map(|span| span.merged.as_deref().map_or_else(|| length(span), |sum| sum.max_us));
        prop_assert_eq!(seen.max(), longest);
        for span in &spans {
            let holds = |own: &&Span| own.name == span.name && own.start_us <= span.start_us && own.end_us >= span.end_us;
            prop_assert!(merged.iter().any(|own| holds(&own)), "{:?}", span);
        }
    }

    /// A fold that was stored at any event and read back goes on as if it had not been.
    #[test]
    fn a_fold_goes_on_from_any_event(at in 0..33_usize) {
        let events = events(REAL_LOOP);
        let whole = of(&events);
        let mut fold = SpanFold::default();
        let mut ended = Vec::new();
        for event in &events[..at] {
            fold.apply(event, &mut ended);
        }
        let stored = serde_json::to_string(&fold).unwrap();
        let mut spans = Spans::resume(serde_json::from_str(&stored).unwrap(), ended);
        for event in &events {
            spans.apply(event);
        }
        prop_assert_eq!(all(&spans), all(&whole));
    }
}

#[test]
fn a_loop_that_halts_says_so_in_words_of_another_dialect() {
    let body = r#"{"event_id":"e1","timestamp":"2026-01-05T10:00:00Z","session_id":"s","iteration":1,"event_type":"STEP_STARTED","data":{"step":"fix"}}"#;
    let halt = r#"{"event_id":"e2","timestamp":"2026-01-05T10:00:01Z","session_id":"s","iteration":1,"event_type":"EXECUTION_HALTED","data":{"reason":"told to"}}"#;
    let spans = of(&[place(body, 1), place(halt, 2)]);
    assert!(
        spans.open().any(|span| span.kind == SpanKind::Halt),
        "{:#?}",
        all(&spans)
    );
}
