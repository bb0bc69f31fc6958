//! Transcripts: what a loop sends, written short, as placed events and the board that they fold to.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails with the test"
)]

use loopscope_board::Board;
use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{Event, Offset, ProjectId, Seq, SessionId, Timestamp};

/// The time of receipt of every event: the start of all transcripts.
pub(crate) fn start() -> Timestamp {
    Timestamp::from_micros(1_767_607_200_000_000)
}

/// Lines of `seconds iteration NAME {data}` as the events of session `s`; blank lines are skipped.
pub(crate) fn events(transcript: &str) -> Vec<Event> {
    let lines = transcript.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .enumerate()
        .map(|(index, line)| {
            let mut words = line.splitn(4, ' ');
            let seconds: f64 = words.next().unwrap().parse().expect("seconds");
            let iteration: u32 = words.next().unwrap().parse().expect("an iteration");
            let name = words.next().unwrap();
            let data = words.next().unwrap_or("{}");
            let time = Timestamp::from_micros(start().as_micros() + (seconds * 1e6).round() as i64);
            let body = format!(
                r#"{{"event_id":"e{index}","timestamp":"{time}","session_id":"s","iteration":{iteration},"state":"IDLE","event_type":"{name}","data":{data}}}"#
            );
            place(&body, index as u64 + 1)
        })
        .collect()
}

/// One event as sent, at a place.
pub(crate) fn place(body: &str, place: u64) -> Event {
    let context = DecodeContext {
        own_events: true,
        ..DecodeContext::new(start())
    };
    let decoded = decode(body.as_bytes(), &context).expect(body);
    let (event, _) = decoded.items.into_iter().next().unwrap().expect(body);
    event.placed(Offset(place * 10), Seq(place))
}

/// The empty board of session `s`.
pub(crate) fn empty() -> Board {
    Board::new(ProjectId::default(), SessionId::new("s").unwrap())
}

/// The board of all these events.
pub(crate) fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Board {
    let mut board = empty();
    for event in events {
        board.apply(event);
    }
    board
}

/// The board of a transcript.
pub(crate) fn board(transcript: &str) -> Board {
    fold(&events(transcript))
}

/// The same events with their places given anew.
pub(crate) fn replaced(events: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let events = events.into_iter().zip(1..);
    events
        .map(|(event, place)| Event {
            seq: Seq(place),
            offset: Offset(place * 10),
            ..event
        })
        .collect()
}

/// A real loop as seen on the wire: the first pass half missed, states late and in bursts, converged after its end.
pub(crate) const REAL_LOOP: &str = r#"
    0 1 STEP_COMPLETE {"step":"diagnose","success":true,"findings_count":3,"fixes_count":0,"metrics":{"issues_found":3,"critical":1,"high":1,"medium":0,"low":1},"findings":[{"severity":"critical","description":"secret in log","file":"src/auth.rs","line":12,"type":"security"},{"severity":"HIGH","description":"unchecked index","file":"src/cart.rs","line":40,"type":"clippy"},{"severity":"low","description":"needless clone","file":"src/cart.rs","line":8,"type":"clippy"}]}
    0.1 1 STEP_STARTED {"step":"fix","tool":"cargo","args":["clippy","--fix"]}
    0.2 1 STATE_CHANGED {"from":"IDLE","to":"DIAGNOSING","transition":"START"}
    0.3 1 STATE_CHANGED {"from":"DIAGNOSING","to":"FIXING","transition":"DIAGNOSIS_COMPLETE"}
    4.1 1 STEP_COMPLETE {"step":"fix","success":true,"findings_count":0,"fixes_count":2,"metrics":{"fixes_applied":2,"issues_addressed":3},"fixes":[{"file":"src/cart.rs","type":"machine","description":"applied suggestion","auto_fixed":true},{"file":"src/auth.rs","type":"patch","description":"mask the secret","auto_fixed":true}]}
    4.2 1 STEP_STARTED {"step":"attack","tool":"proptest","args":[]}
    7.2 1 STEP_COMPLETE {"step":"attack","success":true,"findings_count":1,"fixes_count":0,"metrics":{"vulnerabilities_found":1,"critical":1,"tests_collected":24},"findings":[{"severity":"critical","description":"overflow in total","file":"src/cart.rs"}]}
    7.3 1 STEP_STARTED {"step":"validate","tool":"cargo","args":["test"]}
    7.4 1 STATE_CHANGED {"from":"FIXING","to":"ATTACKING","transition":"FIX_COMPLETE"}
    7.5 1 STATE_CHANGED {"from":"ATTACKING","to":"VALIDATING","transition":"ATTACK_COMPLETE"}
    8.0 1 STEP_PROGRESS {"step":"validate","done":20,"total":40,"message":"20 of 40 tests passed"}
    9.3 1 STEP_COMPLETE {"step":"validate","success":false,"findings_count":0,"fixes_count":0,"metrics":{"passed":38,"failed":2,"skipped":1,"errors":0,"total":41,"success_rate":0.93}}
    9.4 1 ITERATION_ENDED {"iteration":1,"state":"IDLE"}
    9.5 1 STATE_CHANGED {"from":"VALIDATING","to":"IDLE","transition":"RETRY"}
    10.5 2 ITERATION_STARTED {"iteration":2}
    10.6 2 STEP_STARTED {"step":"diagnose","tool":"cargo","args":["clippy"]}
    12.6 2 STEP_COMPLETE {"step":"diagnose","success":true,"findings_count":1,"fixes_count":0,"metrics":{"issues_found":1,"critical":0,"high":1,"medium":0,"low":0},"findings":[{"severity":"HIGH","description":"unchecked index","file":"src/cart.rs","line":44,"type":"clippy"}]}
    12.7 2 STEP_STARTED {"step":"fix","tool":"patch","args":[]}
    13.7 2 STEP_FAILED {"step":"fix","error":"patch does not apply"}
    13.8 2 STEP_STARTED {"step":"validate","tool":"cargo","args":["test"]}
    15.8 2 STEP_COMPLETE {"step":"validate","result":"passed"}
    15.9 2 ITERATION_ENDED {"iteration":2,"state":"IDLE"}
    17.0 3 ITERATION_STARTED {"iteration":3}
    17.1 3 STEP_STARTED {"step":"diagnose","tool":"cargo","args":["clippy"]}
    19.1 3 STEP_COMPLETE {"step":"diagnose","success":true,"findings_count":0,"fixes_count":0,"metrics":{"issues_found":0,"critical":0,"high":0,"medium":0,"low":0},"findings":[]}
    19.2 3 STEP_STARTED {"step":"attack","tool":"proptest","args":[]}
    22.2 3 STEP_COMPLETE {"step":"attack","success":true,"findings_count":0,"fixes_count":0,"metrics":{"vulnerabilities_found":0,"critical":0,"tests_collected":30},"findings":[]}
    22.3 3 STEP_STARTED {"step":"validate","tool":"cargo","args":["test"]}
    24.3 3 STEP_COMPLETE {"step":"validate","success":true,"metrics":{"passed":44,"failed":0,"skipped":1,"errors":0,"total":45,"success_rate":1.0}}
    24.4 3 CONVERGENCE_REACHED {"iterations":3,"metrics":{"total_findings":5,"total_fixes":3,"total_vulnerabilities":1,"tests_passed":2,"tests_failed":1,"iterations":4}}
    24.5 3 SESSION_ENDED {"session_id":"s"}
    24.6 3 STATE_CHANGED {"from":"VALIDATING","to":"CONVERGED","transition":"CONVERGE"}
"#;
