//! One envelope to one event: which field means what, in which types it may come, and what is refused.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use loopscope_event::{Dialect, EventId, Kind, NewEvent, RawJson, SessionId, Severity, Timestamp};
use serde_json::value::RawValue;

use super::Envelope;
use super::fields::{is_lenient, string, text, word};
use crate::read::{self, Object, type_name};
use crate::refusal::Refusal;
use crate::{
    DecodeContext, Warning, agents, convergence, detect, loopscope, orchestrator, training,
};

/// Fields of our own stored form that are given anew here, and may be left out without a word.
const GIVEN_ANEW: &[&str] = &["offset", "seq", "received_at", "kind", "project"];

impl<'a> Envelope<'a> {
    /// The event, or why it is none.
    pub(crate) fn event(
        &self,
        batch_session: Option<&SessionId>,
        ctx: &DecodeContext,
    ) -> Result<(NewEvent, Vec<Warning>), Refusal> {
        let mut warnings = Vec::new();
        match ctx.dialect {
            Some(Dialect::Orchestrator) => {
                return orchestrator::event(&Object::read(self.source), batch_session, ctx);
            }
            Some(Dialect::Agents) => {
                return agents::event(&Object::read(self.source), batch_session, ctx);
            }
            Some(Dialect::Training) => {
                return training::event(&Object::read(self.source), batch_session, ctx);
            }
            _ => {}
        }
        let name = self.event_name(ctx, &mut warnings)?;
        let dialect = self.dialect(&name, ctx)?;
        if dialect == Dialect::Orchestrator {
            return orchestrator::event(&Object::read(self.source), batch_session, ctx);
        }
        if dialect == Dialect::Agents {
            return agents::event(&Object::read(self.source), batch_session, ctx);
        }
        if dialect == Dialect::Training {
            return training::event(&Object::read(self.source), batch_session, ctx);
        }
        let kind = kind(dialect, &name);
        let data = self.data(ctx, &mut warnings)?;
        let severity = self
            .severity(ctx, &mut warnings)?
            .or_else(|| convergence::severity(&name, kind, &data));
        let event = NewEvent {
            event_id: self.event_id(ctx, &mut warnings)?,
            project: ctx.project.clone(),
            session_id: self.session(batch_session, dialect, ctx, &mut warnings)?,
            timestamp: self.timestamp(dialect, ctx, &mut warnings)?,
            received_at: ctx.received_at,
            iteration: self.iteration(ctx, &mut warnings)?,
            state: self.state(ctx, &mut warnings)?,
            name: name.into_owned(),
            kind,
            dialect,
            severity,
            data,
        };
        Ok((event, warnings))
    }

    fn event_name(
        &self,
        ctx: &DecodeContext,
        warnings: &mut Vec<Warning>,
    ) -> Result<Cow<'a, str>, Refusal> {
        let fields = [
            ("event_type", self.event_type),
            ("name", self.name),
            ("type", self.type_),
        ];
        for (field, raw) in fields {
            let Some(name) = word(field, raw, ctx, warnings)? else {
                continue;
            };
            if name.len() > ctx.limits.name_bytes {
                return Err(Refusal::limit(
                    Some(field),
                    format!("has {} bytes", name.len()),
                    format!("{} bytes", ctx.limits.name_bytes),
                ));
            }
            if name.chars().any(char::is_control) {
                return Err(Refusal::field(field, "holds a control character"));
            }
            return Ok(name);
        }
        Ok(Cow::Borrowed("UNKNOWN"))
    }

    fn dialect(&self, name: &str, ctx: &DecodeContext) -> Result<Dialect, Refusal> {
        let said = match ctx.dialect {
            Some(dialect) => Some(dialect),
            None => self.said_dialect()?,
        };
        match said {
            Some(Dialect::Loopscope) if !ctx.own_events => Err(Refusal::field(
                "dialect",
                "`loopscope` is kept for the server's own events",
            )),
            Some(dialect) => Ok(dialect),
            None => {
                let told = detect(name, self.event_type.is_some(), self.state.is_some());
                let foreign = told == Dialect::Loopscope && !ctx.own_events;
                Ok(if foreign { Dialect::Generic } else { told })
            }
        }
    }

    fn said_dialect(&self) -> Result<Option<Dialect>, Refusal> {
        let Some(word) = text("dialect", self.dialect)? else {
            return Ok(None);
        };
        word.parse().map(Some).map_err(|_| {
            let known: Vec<&str> = Dialect::ALL.iter().map(|known| known.as_str()).collect();
            Refusal::field("dialect", format!("must be one of {}", known.join(", ")))
        })
    }

    fn event_id(
        &self,
        ctx: &DecodeContext,
        warnings: &mut Vec<Warning>,
    ) -> Result<EventId, Refusal> {
        match word("event_id", self.event_id, ctx, warnings)? {
            Some(id) => EventId::new(id).map_err(|error| Refusal::id("event_id", error)),
            None => Ok(EventId::mint(ctx.received_at)),
        }
    }

    /// Its own, else that in its payload, else its batch's, else the hint, else one named after the dialect.
    fn session(
        &self,
        batch: Option<&SessionId>,
        dialect: Dialect,
        ctx: &DecodeContext,
        warnings: &mut Vec<Warning>,
    ) -> Result<SessionId, Refusal> {
        if let Some(id) = word("session_id", self.session_id, ctx, warnings)? {
            return SessionId::new(id).map_err(|error| Refusal::id("session_id", error));
        }
        let in_data = || {
            let data = Self::read(self.data?.get()).ok()?;
            data.session_id()
        };
        if let Some(id) = in_data().or_else(|| batch.or(ctx.session_hint.as_ref()).cloned()) {
            return Ok(id);
        }
        warnings.push(Warning {
            field: "session_id",
            message: format!("missing, `{dialect}` used"),
        });
        SessionId::new(dialect.as_str()).map_err(|error| Refusal::id("session_id", error))
    }

    /// Its own, else that of receipt. Loops write the local time of their host without an offset, others UTC.
    fn timestamp(
        &self,
        dialect: Dialect,
        ctx: &DecodeContext,
        warnings: &mut Vec<Warning>,
    ) -> Result<Timestamp, Refusal> {
        let mut odd = |message: &str| {
            warnings.push(Warning {
                field: "timestamp",
                message: format!("{message}, time of receipt used"),
            });
            ctx.received_at
        };
        let Some(raw) = self.timestamp.filter(|raw| raw.get() != "null") else {
            return Ok(odd("missing"));
        };
        if let Some(stamp) = string(raw) {
            let zone = match dialect {
                Dialect::Convergence => &ctx.naive_zone,
                _ => &TimeZone::UTC,
            };
            let parsed = Timestamp::parse(&stamp, zone);
            return Ok(parsed.unwrap_or_else(|| odd("not a time")));
        }
        match type_name(raw.get()) {
            "a number" => Ok(epoch(raw).unwrap_or_else(|| odd("not a time"))),
            _ if is_lenient(ctx) => Ok(odd("not a time")),
            _ => Err(Refusal::wrong_type("timestamp", "an ISO 8601 time", raw)),
        }
    }

    fn iteration(&self, ctx: &DecodeContext, warnings: &mut Vec<Warning>) -> Result<u32, Refusal> {
        match self.whole_iteration(ctx, warnings) {
            Err(refusal) if is_lenient(ctx) => {
                warnings.push(Warning {
                    field: "iteration",
                    message: format!("{}, 0 used", refusal.message),
                });
                Ok(0)
            }
            read => read,
        }
    }

    /// A whole number of zero or more; texts and floats of one are taken, a fraction is cut off.
    fn whole_iteration(
        &self,
        ctx: &DecodeContext,
        warnings: &mut Vec<Warning>,
    ) -> Result<u32, Refusal> {
        const EXPECTED: &str = "a whole number of zero or more";
        let Some(raw) = self.iteration.filter(|raw| raw.get() != "null") else {
            return Ok(0);
        };
        let wrong = || Refusal::wrong_type("iteration", EXPECTED, raw);
        let written = match type_name(raw.get()) {
            "a number" => Cow::Borrowed(raw.get()),
            "a string" => string(raw).ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        let written = written.trim();
        if written.is_empty() {
            return Ok(0);
        }
        let number: f64 = written.parse().map_err(|_| {
            Refusal::field(
                "iteration",
                format!("must be {EXPECTED}, got a text that is none"),
            )
        })?;
        if !number.is_finite() || number < 0.0 {
            let shown: String = written.chars().take(32).collect();
            return Err(Refusal::field(
                "iteration",
                format!("must be {EXPECTED}, got {shown}"),
            ));
        }
        if number > f64::from(ctx.limits.iteration) {
            let shown: String = written.chars().take(32).collect();
            return Err(Refusal::limit(
                Some("iteration"),
                format!("is {shown}"),
                ctx.limits.iteration.to_string(),
            ));
        }
        if number.fract() != 0.0 {
            warnings.push(Warning {
                field: "iteration",
                message: format!("{number} is not whole, {} used", number.trunc()),
            });
        }
        Ok(number as u32)
    }

    fn state(
        &self,
        ctx: &DecodeContext,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<String>, Refusal> {
        let state = word("state", self.state, ctx, warnings)?;
        if let Some(state) = &state
            && state.len() > ctx.limits.name_bytes
        {
            return Err(Refusal::limit(
                Some("state"),
                format!("has {} bytes", state.len()),
                format!("{} bytes", ctx.limits.name_bytes),
            ));
        }
        Ok(state.map(Cow::into_owned))
    }

    fn severity(
        &self,
        ctx: &DecodeContext,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<Severity>, Refusal> {
        let Some(said) = word("severity", self.severity, ctx, warnings)? else {
            return Ok(None);
        };
        let severity = Severity::read(&said);
        if severity.is_none() {
            let shown: String = said.chars().take(32).collect();
            warnings.push(Warning {
                field: "severity",
                message: format!("`{shown}` is not known, left out"),
            });
        }
        Ok(severity)
    }

    /// The payload as sent. Without one, the fields that are not known are it.
    fn data(&self, ctx: &DecodeContext, warnings: &mut Vec<Warning>) -> Result<RawJson, Refusal> {
        let Some(raw) = self.data.filter(|raw| raw.get() != "null") else {
            let data = self.others_as_data();
            return bounded(data.as_str(), ctx).map(|()| data);
        };
        bounded(raw.get(), ctx)?;
        if !raw.get().starts_with('{') {
            let refusal = Refusal::wrong_type("data", "an object", raw);
            if !is_lenient(ctx) {
                return Err(refusal);
            }
            warnings.push(Warning {
                field: "data",
                message: format!("{}, kept as its `value`", refusal.message),
            });
            return Ok(read::object_of(std::iter::once(("value", raw.get()))));
        }
        let lost = self.others.iter().map(|(key, _)| &**key);
        let lost: Vec<&str> = lost
            .filter(|key| !GIVEN_ANEW.contains(key))
            .take(8)
            .collect();
        if !lost.is_empty() {
            warnings.push(Warning {
                field: "data",
                message: format!("beside it, these fields are not kept: {}", lost.join(", ")),
            });
        }
        Ok(RawJson::from_trusted(raw.get()))
    }

    fn others_as_data(&self) -> RawJson {
        if self.others.is_empty() {
            return RawJson::empty_object();
        }
        read::object_of(self.others.iter().map(|(key, raw)| (&**key, raw.get())))
    }
}

/// Whether a payload is small enough.
pub(crate) fn bounded(data: &str, ctx: &DecodeContext) -> Result<(), Refusal> {
    if data.len() <= ctx.limits.data_bytes {
        return Ok(());
    }
    Err(Refusal::limit(
        Some("data"),
        format!("has {} bytes", data.len()),
        format!("{} bytes", ctx.limits.data_bytes),
    ))
}

/// The normal form of a name in a dialect.
fn kind(dialect: Dialect, name: &str) -> Kind {
    match dialect {
        Dialect::Loopscope => loopscope::kind(name),
        _ => orchestrator::borrowed(name).unwrap_or_else(|| convergence::kind(name)),
    }
}

/// A time as a number since the Unix epoch: seconds, milliseconds, microseconds or nanoseconds, told by its size.
fn epoch(raw: &RawValue) -> Option<Timestamp> {
    epoch_text(raw.get())
}

/// The same, from the number's text; `None` where it is none.
pub(crate) fn epoch_text(text: &str) -> Option<Timestamp> {
    let number: f64 = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())?;
    let micros = match number.abs() {
        size if size < 1e11 => number * 1e6,
        size if size < 1e14 => number * 1e3,
        size if size < 1e17 => number,
        size if size < 1e20 => number / 1e3,
        _ => return None,
    };
    Some(Timestamp::from_micros(micros as i64))
}
