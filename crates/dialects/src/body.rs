//! Bytes to events: the layouts of a body, and its bounds.
//!
//! In: one body or frame. Out: its events in the order sent, each taken or refused on its own. A frame is one event,
//! an array of them, `{"events":[…]}`, or `{"session_id":…,"events":[…]}`; greetings and pongs hold no event.

use loopscope_event::{EventId, NewEvent, SessionId};
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::envelope::Envelope;
use crate::json::{self, Clean, NonFinite};
use crate::non_finite;
use crate::read::type_name;
use crate::refusal::Refusal;
use crate::{DecodeContext, DecodeError, Format, ItemError, Warning};

/// What a body holds.
#[derive(Debug, Default)]
pub struct Decoded {
    /// Its events in the order sent: taken, with what was odd, or refused, with why.
    pub items: Vec<Result<(NewEvent, Vec<Warning>), ItemError>>,
    /// Frames that hold no event: greetings, pongs.
    pub control_frames: usize,
}

/// Turns the bytes of one body or frame into events.
///
/// An error means that nothing of the body could be read. What is wrong with one event is an [`ItemError`] in its
/// place; the others are kept.
pub fn decode(bytes: &[u8], ctx: &DecodeContext) -> Result<Decoded, DecodeError> {
    let mut decoded = Decoded::default();
    match ctx.format {
        Format::Json => value(bytes, ctx, &mut decoded)?,
        Format::Ndjson => lines(bytes, ctx, &mut decoded)?,
    }
    if decoded.items.is_empty() && bytes.trim_ascii().is_empty() {
        return Err(DecodeError::Empty);
    }
    Ok(decoded)
}

fn lines(bytes: &[u8], ctx: &DecodeContext, decoded: &mut Decoded) -> Result<(), DecodeError> {
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match value(line, ctx, decoded) {
            Ok(()) => {}
            Err(error @ DecodeError::TooManyEvents { .. }) => return Err(error),
            Err(error) => decoded.items.push(Err(ItemError {
                index: decoded.items.len(),
                event_id: None,
                field: error.field(),
                limit: error.limit(),
                message: format!("line {} of the body: {error}", number + 1),
            })),
        }
        if decoded.items.len() > ctx.limits.events {
            return Err(DecodeError::TooManyEvents {
                limit: ctx.limits.events,
            });
        }
    }
    Ok(())
}

/// One JSON value: an event or a batch.
fn value(bytes: &[u8], ctx: &DecodeContext, decoded: &mut Decoded) -> Result<(), DecodeError> {
    let clean = json::clean(bytes, NonFinite::Null)
        .map_err(|offset| DecodeError::InvalidUtf8 { offset })?;
    let text = clean.text.trim();
    match text.bytes().next() {
        None => Err(DecodeError::Empty),
        Some(b'[') => array(text, &clean, None, ctx, decoded),
        Some(b'{') => object(text, &clean, ctx, decoded),
        Some(_) => {
            let raw: &RawValue =
                serde_json::from_str(text).map_err(|error| unreadable(&error, &clean, ctx))?;
            Err(DecodeError::Shape {
                got: type_name(raw.get()),
            })
        }
    }
}

fn object(
    text: &str,
    clean: &Clean<'_>,
    ctx: &DecodeContext,
    decoded: &mut Decoded,
) -> Result<(), DecodeError> {
    let envelope = Envelope::read(text).map_err(|error| unreadable(&error, clean, ctx))?;
    let Some(events) = envelope.batch() else {
        item(text, Some(envelope), clean, None, ctx, decoded);
        return Ok(());
    };
    let session = envelope.session_id();
    match events.get().bytes().next() {
        Some(b'[') => array(events.get(), clean, session.as_ref(), ctx, decoded),
        _ => Err(DecodeError::EventsShape {
            got: type_name(events.get()),
        }),
    }
}

fn array(
    text: &str,
    clean: &Clean<'_>,
    session: Option<&SessionId>,
    ctx: &DecodeContext,
    decoded: &mut Decoded,
) -> Result<(), DecodeError> {
    let most = ctx.limits.events.saturating_sub(decoded.items.len());
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Items { most }
        .deserialize(&mut reader)
        .and_then(|items| reader.end().map(|()| items));
    let items = read.map_err(|error| unreadable(&error, clean, ctx))?;
    let items = items.ok_or(DecodeError::TooManyEvents {
        limit: ctx.limits.events,
    })?;
    for raw in items {
        item(raw.get(), None, clean, session, ctx, decoded);
    }
    Ok(())
}

/// One event of a body.
fn item<'a>(
    text: &'a str,
    envelope: Option<Envelope<'a>>,
    clean: &Clean<'_>,
    session: Option<&SessionId>,
    ctx: &DecodeContext,
    decoded: &mut Decoded,
) {
    let refuse = |event_id, refusal: Refusal| ItemError {
        index: decoded.items.len(),
        event_id,
        field: refusal.field,
        message: refusal.message,
        limit: refusal.limit,
    };
    let envelope = match envelope.map_or_else(|| Envelope::of_item(text), Ok) {
        Ok(envelope) => envelope.unwrapped(),
        Err(refusal) => return decoded.items.push(Err(refuse(None, refusal))),
    };
    if envelope.is_control(ctx.dialect) {
        decoded.control_frames += 1;
        return;
    }
    let outcome = bounds(text, clean, ctx)
        .and_then(|()| envelope.event(session, ctx))
        .map(|(mut event, warnings)| {
            non_finite::remember(&mut event.data, envelope.source(), clean);
            (event, warnings)
        });
    let event_id = || EventId::new(envelope.event_id_text()?).ok();
    let outcome = outcome.map_err(|refusal| refuse(event_id(), refusal));
    decoded.items.push(outcome);
}

/// The bounds that hold for each event. The whole body was measured: most often that is all there is to do.
fn bounds(text: &str, clean: &Clean<'_>, ctx: &DecodeContext) -> Result<(), Refusal> {
    let limits = &ctx.limits;
    let whole = &clean.measure;
    if whole.depth <= limits.depth && whole.longest_string <= limits.string_bytes {
        return Ok(());
    }
    let own = json::measure(text);
    if own.depth > limits.depth {
        return Err(Refusal::limit(
            None,
            format!("is nested {} deep", own.depth),
            format!("{} levels", limits.depth),
        ));
    }
    if own.longest_string > limits.string_bytes {
        return Err(Refusal::limit(
            None,
            format!("holds a string of {} bytes", own.longest_string),
            format!("{} bytes a string", limits.string_bytes),
        ));
    }
    Ok(())
}

/// A text that cannot be read: because it is too deep, or is no JSON.
fn unreadable(error: &serde_json::Error, clean: &Clean<'_>, ctx: &DecodeContext) -> DecodeError {
    // An event may stand two levels deep in its batch.
    if clean.measure.depth > ctx.limits.depth + 2 {
        return DecodeError::TooDeep {
            limit: ctx.limits.depth,
            offset: clean.measure.deepest_at,
        };
    }
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or_default();
    DecodeError::Syntax {
        line: error.line().max(1),
        column: error.column().max(1),
        message: message.to_owned(),
    }
}

/// Reads an array of raw values; `None` where there are more than `most`.
struct Items {
    most: usize,
}

impl<'de> DeserializeSeed<'de> for Items {
    type Value = Option<Vec<&'de RawValue>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items {
    type Value = Option<Vec<&'de RawValue>>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<&RawValue>()? {
            if items.len() >= self.most {
                // The rest is read over, so that it is known to be JSON before it is said to be too long.
                while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                return Ok(None);
            }
            items.push(item);
        }
        Ok(Some(items))
    }
}
