//! A layer for `tracing`: spans become steps, events become lines of the log.
//!
//! A span is a step from its first entering to its close; it failed where an event of level `ERROR` was in it. What this
//! crate's own thread traces is left out: it would cause itself.

use std::fmt::{self, Write as _};

use loopscope_event::Severity;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::{Session, Step, wait};

/// Tells a session of spans and events. Add it to a `tracing_subscriber::registry()`.
///
/// Spans of level `INFO` and above are steps, events of level `INFO` and above lines of the log;
/// [`SessionLayer::with_level`] takes more or less.
pub struct SessionLayer {
    session: Session,
    spans: Level,
    events: Level,
}

/// A span's step, and what went wrong in it.
struct Running {
    step: Step,
    error: Option<String>,
}

impl SessionLayer {
    /// A layer for a session.
    pub const fn new(session: Session) -> Self {
        Self {
            session,
            spans: Level::INFO,
            events: Level::INFO,
        }
    }

    /// Down to which level spans and events are told.
    #[must_use]
    pub const fn with_level(mut self, spans: Level, events: Level) -> Self {
        self.spans = spans;
        self.events = events;
        self
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SessionLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if *metadata.level() > self.spans || wait::is_own_thread() {
            return;
        }
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let mut details = Map::from_iter([("target".to_owned(), Value::from(metadata.target()))]);
        if !fields.others.is_empty() {
            details.insert("fields".to_owned(), Value::Object(fields.others));
        }
        let step = self.session.step_with(metadata.name(), details);
        span.extensions_mut().insert(Running { step, error: None });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if *metadata.level() > self.events || wait::is_own_thread() {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let words = fields.words(metadata);
        let scope = context.event_scope(event);
        if *metadata.level() == Level::ERROR {
            for span in scope.into_iter().flatten() {
                if let Some(running) = span.extensions_mut().get_mut::<Running>() {
                    running.error.get_or_insert_with(|| words.clone());
                    break;
                }
            }
        }
        self.session.log_as(severity(*metadata.level()), words);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let running = span.extensions_mut().remove::<Running>();
        if let Some(Running { step, error }) = running {
            match error {
                Some(why) => step.fail(why),
                None => drop(step),
            }
        }
    }
}

const fn severity(level: Level) -> Severity {
    match level {
        Level::ERROR => Severity::High,
        Level::WARN => Severity::Medium,
        _ => Severity::Info,
    }
}

/// The fields of a span or an event.
#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Fields {
    /// `message key=value target`, as people read it.
    fn words(self, metadata: &Metadata<'_>) -> String {
        let mut words = self.message;
        for (name, value) in &self.others {
            let space = if words.is_empty() { "" } else { " " };
            // Writing to a text cannot fail.
            let _ = write!(words, "{space}{name}={value}");
        }
        if words.is_empty() {
            metadata.target().clone_into(&mut words);
        }
        words
    }

    fn keep(&mut self, field: &Field, value: impl Into<Value>) {
        self.others.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.keep(field, format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.keep(field, value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.keep(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, value);
    }
}
