//! The simulated loop's script: a pure state machine. In: a time. Out: the JSON of the next events.
//!
//! It walks the contract's life of a session (section 5) one beat at a time and always converges in its third
//! iteration. What it finds is drawn from a small list by a seeded generator, so that one seed is one story.

use loopscope_event::{SessionId, Timestamp};
use serde_json::{Value, json};

use super::material::{Draw, FINDINGS, FIXES, TOOLS, VULNERABILITIES};

/// The four steps of an iteration, with the state of each.
const STEPS: [(&str, &str); 4] = [
    ("diagnose", "DIAGNOSING"),
    ("fix", "FIXING"),
    ("attack", "ATTACKING"),
    ("validate", "VALIDATING"),
];

/// The iteration that finds nothing any more.
pub(crate) const LAST_ITERATION: u32 = 3;

/// Where the story stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing happened yet in this session.
    Start,
    /// The step of this number runs.
    Step(usize),
    /// The session is over.
    Over,
}

/// A simulated loop: sessions one after another, without end.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    draw: Draw,
    run: u64,
    session_id: String,
    iteration: u32,
    place: Place,
    state: &'static str,
    /// Issues that the last diagnosis left to the fix step, as indexes of [`FINDINGS`].
    open: Vec<usize>,
}

impl Script {
    /// A script whose story is decided by the seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            draw: Draw::new(seed),
            run: 0,
            session_id: String::new(),
            iteration: 0,
            place: Place::Over,
            state: "IDLE",
            open: Vec::new(),
        }
    }

    /// The next beat: what happens at once at `now`, in order. Beats are to come at the mock's pace.
    pub(crate) fn beat(&mut self, now: Timestamp) -> Vec<Value> {
        let mut out = Vec::new();
        match self.place {
            Place::Over => self.begin_session(now, &mut out),
            Place::Start => self.begin_iteration(now, &mut out),
            Place::Step(step) => {
                self.complete_step(step, now, &mut out);
                if step + 1 < STEPS.len() {
                    self.begin_step(step + 1, now, &mut out);
                } else if self.iteration < LAST_ITERATION {
                    self.end_iteration(now, &mut out);
                    self.begin_iteration(now, &mut out);
                } else {
                    self.converge(now, &mut out);
                }
            }
        }
        out
    }

    /// The session that the last beat began, if it began one.
    pub(crate) fn begun(&self) -> Option<SessionId> {
        let begun = self.place == Place::Start;
        begun
            .then(|| SessionId::new(&self.session_id).ok())
            .flatten()
    }

    fn begin_session(&mut self, now: Timestamp, out: &mut Vec<Value>) {
        self.run += 1;
        self.iteration = 0;
        self.state = "IDLE";
        self.open.clear();
        self.session_id = format!("simulated-{}-{}", now.as_millis(), self.run);
        let data = json!({
            "session_id": self.session_id,
            "name": format!("Simulated loop, run {}", self.run),
            "target": "simulated",
            "simulated": true,
            "config": {"max_iterations": 10, "timeout_seconds": 3600},
        });
        self.push("SESSION_STARTED", &data, now, out);
        self.place = Place::Start;
    }

    fn begin_iteration(&mut self, now: Timestamp, out: &mut Vec<Value>) {
        self.iteration += 1;
        let data = json!({"iteration": self.iteration});
        self.push("ITERATION_STARTED", &data, now, out);
        self.begin_step(0, now, out);
    }

    fn begin_step(&mut self, step: usize, now: Timestamp, out: &mut Vec<Value>) {
        let (name, state) = STEPS[step];
        self.change_state(state, now, out);
        let data = json!({"step": name, "tool": TOOLS[step], "args": ["--simulated"]});
        self.push("STEP_STARTED", &data, now, out);
        self.place = Place::Step(step);
    }

    fn complete_step(&mut self, step: usize, now: Timestamp, out: &mut Vec<Value>) {
        let data = match step {
            0 => self.diagnose(),
            1 => self.fix(),
            2 => self.attack(),
            _ => self.validate(),
        };
        self.push("STEP_COMPLETE", &data, now, out);
    }

    fn end_iteration(&mut self, now: Timestamp, out: &mut Vec<Value>) {
        self.change_state("IDLE", now, out);
        let data = json!({"iteration": self.iteration, "state": "IDLE"});
        self.push("ITERATION_ENDED", &data, now, out);
    }

    fn converge(&mut self, now: Timestamp, out: &mut Vec<Value>) {
        self.change_state("CONVERGED", now, out);
        let data = json!({"iterations": self.iteration});
        self.push("CONVERGENCE_REACHED", &data, now, out);
        self.push("SESSION_ENDED", &data, now, out);
        self.place = Place::Over;
    }

    fn diagnose(&mut self) -> Value {
        let count = match self.iteration {
            1 => 4 + self.draw.below(4),
            2 => 1 + self.draw.below(3),
            _ => 0,
        };
        self.open = self.draw.some_of(FINDINGS.len(), count);
        let found: Vec<&str> = self.open.iter().map(|at| FINDINGS[*at].1).collect();
        let of = |severity: &str| {
            let of = |at: &&usize| FINDINGS[**at].0 == severity;
            self.open.iter().filter(of).count()
        };
        json!({
            "step": "diagnose",
            "findings": found,
            "metrics": {
                "issues_found": found.len(),
                "critical": of("critical"), "high": of("high"), "medium": of("medium"), "low": of("low"),
            },
        })
    }

    fn fix(&mut self) -> Value {
        let fixes: Vec<&str> = self.open.iter().map(|at| FIXES[*at]).collect();
        json!({"step": "fix", "fixes": fixes})
    }

    fn attack(&mut self) -> Value {
        let count = match self.iteration {
            1 => 1 + self.draw.below(3),
            2 => self.draw.below(2),
            _ => 0,
        };
        let picked = self.draw.some_of(VULNERABILITIES.len(), count);
        let found: Vec<&str> = picked.into_iter().map(|at| VULNERABILITIES[at]).collect();
        json!({"step": "attack", "vulnerabilities": found})
    }

    fn validate(&mut self) -> Value {
        let success = self.iteration > 1;
        json!({"step": "validate", "success": success})
    }

    fn change_state(&mut self, to: &'static str, now: Timestamp, out: &mut Vec<Value>) {
        let data = json!({"from": self.state, "to": to});
        self.state = to;
        self.push("STATE_CHANGED", &data, now, out);
    }

    fn push(&self, event_type: &str, data: &Value, now: Timestamp, out: &mut Vec<Value>) {
        out.push(json!({
            "timestamp": now,
            "session_id": self.session_id,
            "iteration": self.iteration,
            "state": self.state,
            "event_type": event_type,
            "data": data,
        }));
    }
}

#[cfg(test)]
mod tests;
