//! A session: one run of the program, and everything that it says. Cheap to clone; the clones are one session.

mod builder;
mod steer;

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use loopscope_event::{Dialect, RawJson, SessionId, Severity};
use serde::Serialize;
use serde_json::{Map, Value, json};

pub use builder::{Outcome, SessionBuilder};

use crate::link::Link;
use crate::queue::What;
use crate::{Client, Counters, Emitter, Error, Finding, Fix, Pass, Step};

/// How long the end of a session waits for the receipts of its commands.
const SETTLE: Duration = Duration::from_secs(1);

/// One run of the program. Cheap to clone; the clones are one session.
///
/// Where [`Session::finish`] was not called, the last clone ends the session when it is dropped: well, or as failed
/// where its thread panics.
#[derive(Clone)]
pub struct Session {
    run: Arc<Run>,
}

/// What the clones share.
struct Run {
    emitter: Emitter,
    over: AtomicBool,
    link: OnceLock<Arc<Link>>,
}

impl Session {
    /// A new session with a name for people; see [`SessionBuilder`] for what else can be said.
    pub fn start(name: impl Into<String>) -> SessionBuilder {
        SessionBuilder::new(name.into())
    }

    fn begun(client: Client, id: SessionId, dialect: Dialect) -> Self {
        Self {
            run: Arc::new(Run {
                emitter: Emitter::new(client, id, dialect),
                over: AtomicBool::new(false),
                link: OnceLock::new(),
            }),
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.run.emitter.session_id()
    }

    /// What sends it.
    pub fn client(&self) -> &Client {
        self.run.emitter.client()
    }

    /// A number of a series, at the next place.
    pub fn metric(&self, name: impl Into<Cow<'static, str>>, value: f64) {
        self.push(None, What::Metric(name.into(), value, None));
    }

    /// A number of a series, at a step.
    pub fn metric_at(&self, name: impl Into<Cow<'static, str>>, value: f64, step: u64) {
        self.push(None, What::Metric(name.into(), value, Some(step)));
    }

    /// Several numbers at one step.
    pub fn metrics<'a>(&self, points: impl IntoIterator<Item = (&'a str, f64)>, step: Option<u64>) {
        let points = points
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        self.push(None, What::Metrics(points.collect(), step));
    }

    /// A line of the log.
    pub fn log(&self, words: impl Into<String>) {
        self.log_as(Severity::Info, words);
    }

    /// A line of the log that matters so much.
    pub fn log_as(&self, severity: Severity, words: impl Into<String>) {
        self.push(Some(severity), What::Log(words.into()));
    }

    /// Something went wrong in the program itself.
    pub fn error(&self, words: impl std::fmt::Display) {
        self.put(
            "ERROR",
            Some(Severity::High),
            &json!({"error": words.to_string()}),
        );
    }

    /// Begins a step, which ends when it is dropped.
    pub fn step(&self, name: impl Into<String>) -> Step {
        Step::begin(self.clone(), name.into(), None)
    }

    /// Begins a step of which more is known: `tool`, `args`, or anything else.
    pub fn step_with(&self, name: impl Into<String>, details: Map<String, Value>) -> Step {
        Step::begin(self.clone(), name.into(), Some(details))
    }

    /// Does something as a step: it succeeds or fails with what is returned.
    pub fn run_step<T, E: std::fmt::Display>(
        &self,
        name: impl Into<String>,
        work: impl FnOnce(&Step) -> Result<T, E>,
    ) -> Result<T, E> {
        let step = self.step(name);
        let result = work(&step);
        match &result {
            Ok(_) => step.succeed(),
            Err(error) => step.fail(error),
        }
        result
    }

    /// Begins a pass of the loop, which ends when it is dropped. What is told meanwhile belongs to it.
    pub fn pass(&self, number: u32) -> Pass {
        Pass::begin(self.clone(), number)
    }

    /// Something wrong that was found.
    pub fn finding(&self, finding: impl Into<Finding>) {
        self.tell_finding(&finding.into(), None);
    }

    /// Something that was put right.
    pub fn fix(&self, fix: impl Into<Fix>) {
        self.tell_fix(&fix.into(), None);
    }

    /// The state of the program's machine, in its own word.
    pub fn state(&self, word: &str) {
        self.put("STATE_CHANGED", None, &json!({"to": word}));
    }

    /// A state that can be returned to.
    pub fn checkpoint(&self, id: &str, label: &str) {
        self.put(
            "checkpoint:created",
            None,
            &json!({"checkpoint_id": id, "label": label}),
        );
    }

    /// Any event: a name, and a payload that is an object.
    pub fn emit(
        &self,
        name: impl Into<Cow<'static, str>>,
        data: impl Serialize,
    ) -> Result<(), Error> {
        let text = serde_json::to_string(&data).map_err(|error| {
            Error::invalid("data", format!("cannot be written as JSON: {error}"))
        })?;
        self.run.emitter.emit_text(name, text, None)
    }

    /// Any event, its payload given as JSON text that is known to be valid; its severity where it is not the name's own.
    pub fn emit_raw(
        &self,
        name: impl Into<Cow<'static, str>>,
        data: &RawJson,
        severity: Option<Severity>,
    ) -> Result<(), Error> {
        let text = data.as_str().to_owned();
        self.run.emitter.emit_text(name, text, severity)
    }

    /// Which pass later events belong to; 0 for none.
    pub fn set_iteration(&self, number: u32) {
        self.run.emitter.set_iteration(number);
    }

    /// Waits until everything that was emitted so far is on the server's disk.
    pub fn flush(&self, within: Duration) -> Result<(), Error> {
        self.client().flush(within)
    }

    /// Ends the session well and waits for the receipts. An error says what is still under way; nothing is lost by it.
    pub fn finish(self) -> Result<Counters, Error> {
        self.finish_as(Outcome::Completed)
    }

    /// Ends the session in a way, and waits for the receipts.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an outcome is made for this call"
    )]
    pub fn finish_as(self, outcome: Outcome) -> Result<Counters, Error> {
        let patience = self.client().patience();
        self.finish_within(&outcome, patience)
    }

    /// The same, and says how long the receipts may take.
    pub fn finish_within(self, outcome: &Outcome, within: Duration) -> Result<Counters, Error> {
        self.run.end(outcome);
        self.client().flush(within)?;
        Ok(self.client().counters())
    }

    /// What became of everything that the client sent, of all its sessions.
    pub fn counters(&self) -> Counters {
        self.client().counters()
    }

    /// The session, for those who must not keep it.
    pub(crate) fn downgrade(&self) -> Asker {
        Asker(Arc::downgrade(&self.run))
    }

    pub(crate) fn tell_finding(&self, finding: &Finding, step: Option<&str>) {
        self.put(
            finding.event_name(),
            finding.how_severe(),
            &InStep {
                note: finding,
                step,
            },
        );
    }

    pub(crate) fn tell_fix(&self, fix: &Fix, step: Option<&str>) {
        self.put("FIX", None, &InStep { note: fix, step });
    }

    /// An event whose payload is ours.
    pub(crate) fn put(
        &self,
        name: &'static str,
        severity: Option<Severity>,
        data: &impl Serialize,
    ) {
        self.run.emitter.put(name, severity, data);
    }

    fn push(&self, severity: Option<Severity>, what: What) {
        self.run.emitter.push(severity, what);
    }
}

/// A session that is not kept by it.
pub(crate) struct Asker(Weak<Run>);

impl Asker {
    pub(crate) fn upgrade(&self) -> Option<Session> {
        self.0.upgrade().map(|run| Session { run })
    }
}

/// A note, and the step that it was made in.
#[derive(Serialize)]
struct InStep<'a, T> {
    #[serde(flatten)]
    note: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a str>,
}

impl Run {
    fn end(&self, outcome: &Outcome) {
        if self.over.swap(true, Relaxed) {
            return;
        }
        if let Some(link) = self.link.get() {
            // Receipts come before the end where they can: behind it, what is open fails.
            link.settle_within(SETTLE);
        }
        match outcome {
            Outcome::Converged => self.emitter.put("CONVERGENCE_REACHED", None, &json!({})),
            Outcome::Failed(why) if !why.is_empty() => {
                self.emitter
                    .put("ERROR", Some(Severity::High), &json!({"error": why}));
            }
            _ => {}
        }
        self.emitter
            .put("SESSION_ENDED", None, &json!({"outcome": outcome.word()}));
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let outcome = if std::thread::panicking() {
            Outcome::Failed("the program panicked".to_owned())
        } else {
            Outcome::Completed
        };
        self.end(&outcome);
    }
}
