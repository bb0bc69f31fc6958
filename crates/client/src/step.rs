//! Steps and passes as guards: begun when made, ended when dropped. A drop in a panic is a failure.

use serde_json::{Map, Value, json};

use crate::{Finding, Fix, Session};

/// A timed unit of work that goes on. Dropping it ends it well, unless its thread panics.
#[must_use = "a step that is not kept ends at once; write `let step = …`"]
pub struct Step {
    session: Session,
    name: String,
    over: bool,
}

/// A pass of a loop that goes on. Dropping it ends it.
#[must_use = "a pass that is not kept ends at once; write `let pass = …`"]
pub struct Pass {
    session: Session,
    number: u32,
}

impl Step {
    pub(crate) fn begin(
        session: Session,
        name: String,
        details: Option<Map<String, Value>>,
    ) -> Self {
        let mut data = details.unwrap_or_default();
        data.insert("step".to_owned(), Value::from(name.as_str()));
        session.put("STEP_STARTED", None, &data);
        Self {
            session,
            name,
            over: false,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Says how far it is.
    pub fn progress(&self, done: u64, total: u64) {
        let data = json!({"step": self.name, "done": done, "total": total});
        self.session.put("STEP_PROGRESS", None, &data);
    }

    /// Says what it is at.
    pub fn message(&self, words: &str) {
        let data = json!({"step": self.name, "message": words});
        self.session.put("STEP_PROGRESS", None, &data);
    }

    /// Something that it found.
    pub fn finding(&self, finding: impl Into<Finding>) {
        self.session.tell_finding(&finding.into(), Some(&self.name));
    }

    /// Something that it put right.
    pub fn fix(&self, fix: impl Into<Fix>) {
        self.session.tell_fix(&fix.into(), Some(&self.name));
    }

    /// It is done.
    pub fn succeed(self) {
        self.succeed_with(json!({}));
    }

    /// It is done, and what came of it: an object, whose `metrics` are points of series. Anything else stands as
    /// `result`.
    pub fn succeed_with(mut self, result: Value) {
        let mut data = match result {
            Value::Object(fields) => fields,
            other => Map::from_iter([("result".to_owned(), other)]),
        };
        data.entry("success").or_insert(Value::Bool(true));
        self.end("STEP_COMPLETE", data);
    }

    /// It broke, and why.
    pub fn fail(mut self, why: impl std::fmt::Display) {
        self.failed(&why.to_string());
    }

    fn failed(&mut self, why: &str) {
        self.end(
            "STEP_FAILED",
            Map::from_iter([("error".to_owned(), Value::from(why))]),
        );
    }

    fn end(&mut self, name: &'static str, mut data: Map<String, Value>) {
        if !self.over {
            self.over = true;
            data.insert("step".to_owned(), Value::from(self.name.as_str()));
            self.session.put(name, None, &data);
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.failed("the program panicked");
        } else {
            self.end(
                "STEP_COMPLETE",
                Map::from_iter([("success".to_owned(), Value::Bool(true))]),
            );
        }
    }
}

impl Pass {
    pub(crate) fn begin(session: Session, number: u32) -> Self {
        session.set_iteration(number);
        session.put("ITERATION_STARTED", None, &json!({"iteration": number}));
        Self { session, number }
    }

    /// Which, from 1.
    pub const fn number(&self) -> u32 {
        self.number
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.session
            .put("ITERATION_ENDED", None, &json!({"iteration": self.number}));
    }
}
