//! A whole run as a real loop sends it.

use serde_json::Value;

use crate::support::event;

/// A run that converges in its second iteration, as a real loop sends it: every envelope says `IDLE`, the machine's
/// transitions come late and in a burst, the last iteration has no end, and the last transition comes after the end.
const RUN: &str = r#"
0 SESSION_STARTED {"session_id":"run","webhook_url":"","target":"gatehouse","config":{"max_iterations":10,"timeout_seconds":3600}}
1 ITERATION_STARTED {"iteration":1}
1 STEP_STARTED {"step":"diagnose","tool":"lint","args":[]}
1 STEP_COMPLETE {"step":"diagnose","success":true,"findings_count":3,"fixes_count":0,"metrics":{"issues_found":3,"critical":1,"high":0,"medium":2,"low":0}}
1 STEP_STARTED {"step":"fix","tool":"patch","args":["-p1"]}
1 STEP_COMPLETE {"step":"fix","success":true,"findings_count":0,"fixes_count":3,"metrics":{"fixes_applied":3}}
1 STEP_STARTED {"step":"attack","tool":"fuzz","args":[]}
1 STEP_COMPLETE {"step":"attack","success":true,"findings":[{"severity":"high","type":"overflow","description":"length wraps","file":"src/len.rs","line":12}]}
1 STEP_STARTED {"step":"validate","tool":"test","args":[]}
1 STATE_CHANGED {"from":"IDLE","to":"DIAGNOSING","transition":"START"}
1 STATE_CHANGED {"from":"DIAGNOSING","to":"FIXING","transition":"DIAGNOSIS_COMPLETE"}
1 STATE_CHANGED {"from":"FIXING","to":"ATTACKING","transition":"FIX_COMPLETE"}
1 STATE_CHANGED {"from":"ATTACKING","to":"VALIDATING","transition":"ATTACK_COMPLETE"}
1 STEP_COMPLETE {"step":"validate","success":false,"metrics":{"passed":10,"failed":1}}
1 ITERATION_ENDED {"iteration":1,"state":"IDLE"}
1 STATE_CHANGED {"from":"VALIDATING","to":"IDLE","transition":"VALIDATION_FAIL"}
2 ITERATION_STARTED {"iteration":2}
2 STEP_STARTED {"step":"diagnose","tool":"lint","args":[]}
2 STEP_COMPLETE {"step":"diagnose","success":true,"findings_count":0,"fixes_count":0,"metrics":{"issues_found":0}}
2 STEP_STARTED {"step":"validate","tool":"test","args":[]}
2 STEP_COMPLETE {"step":"validate","success":true,"metrics":{"passed":11,"failed":0}}
2 CONVERGENCE_REACHED {"iterations":2,"metrics":{"total_findings":3,"total_fixes":3,"total_vulnerabilities":1,"tests_passed":1,"tests_failed":1,"iterations":2}}
2 SESSION_ENDED {"session_id":"run"}
2 STATE_CHANGED {"from":"VALIDATING","to":"CONVERGED","transition":"CONVERGE"}
"#;

/// [`RUN`] as the events of a session, a second apart.
pub(crate) fn transcript(session: &str) -> Vec<Value> {
    let lines = RUN.lines().filter(|line| !line.is_empty());
    (0..)
        .zip(lines)
        .map(|(second, line)| {
            let mut words = line.splitn(3, ' ');
            let iteration = words.next().unwrap().parse().unwrap();
            let name = words.next().unwrap();
            let data: Value = serde_json::from_str(words.next().unwrap()).unwrap();
            event(session, second, name, iteration, &data)
        })
        .collect()
}
