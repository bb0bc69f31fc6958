//! What one session says, without its beginning and its end. In: names, and payloads that are JSON text already. Out:
//! items in the client's queue. A [`crate::Session`] is one with a beginning and an end.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use loopscope_event::{Dialect, SessionId, Severity};
use serde::Serialize;
use serde_json::Value;

use crate::queue::{Beside, Item, What};
use crate::{Client, Error};

/// The largest payload that a server takes, in bytes.
const MAX_DATA_BYTES: usize = 1 << 20;
/// The longest name of an event, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// Emits events of a session that somebody else begins and ends: a program that joins it, or a binding of another
/// language, which says both itself. Cheap to clone; the clones are one.
#[derive(Clone)]
pub struct Emitter {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    told: Arc<Told>,
    iteration: AtomicU32,
}

/// What stands in every event of the session, as JSON text.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) session_id: SessionId,
    pub(crate) session_text: String,
    pub(crate) dialect: Dialect,
}

impl Told {
    pub(crate) fn new(session_id: SessionId, dialect: Dialect) -> Self {
        Self {
            session_text: Value::from(session_id.as_str()).to_string(),
            session_id,
            dialect,
        }
    }
}

impl Client {
    /// Emits events of a session that is begun and ended elsewhere. An error says why that is no session's id.
    pub fn emitter(&self, session_id: &str, dialect: Dialect) -> Result<Emitter, Error> {
        let session_id = SessionId::new(session_id);
        let session_id =
            session_id.map_err(|error| Error::invalid("session", error.to_string()))?;
        Ok(Emitter::new(self.clone(), session_id, dialect))
    }
}

impl Emitter {
    pub(crate) fn new(client: Client, session_id: SessionId, dialect: Dialect) -> Self {
        Self {
            inner: Arc::new(Inner {
                client,
                told: Arc::new(Told::new(session_id, dialect)),
                iteration: AtomicU32::new(0),
            }),
        }
    }

    /// The session's id.
    pub fn session_id(&self) -> &str {
        self.id().as_str()
    }

    /// What sends it.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Any event: its name, and its payload as JSON text that is known to be a valid object.
    pub fn emit_text(
        &self,
        name: impl Into<Cow<'static, str>>,
        data: String,
        severity: Option<Severity>,
    ) -> Result<(), Error> {
        let name = name.into();
        checked(&name, &data)?;
        self.push(severity, What::Named(name, data));
        Ok(())
    }

    /// The same, with what stands beside the payload: an object as JSON text. An `event_id`, `timestamp`, `iteration`
    /// or `severity` in it takes the place of ours. One that is no object is found when it is to be sent; the event is
    /// counted as rejected then, and told.
    pub fn emit_beside(
        &self,
        name: impl Into<Cow<'static, str>>,
        data: String,
        fields: String,
    ) -> Result<(), Error> {
        let name = name.into();
        checked(&name, &data)?;
        let event = Beside { name, data, fields };
        self.push(None, What::Beside(Box::new(event)));
        Ok(())
    }

    /// Which pass later events belong to; 0 for none.
    pub fn set_iteration(&self, number: u32) {
        self.inner.iteration.store(number, Relaxed);
    }

    pub(crate) fn id(&self) -> &SessionId {
        &self.inner.told.session_id
    }

    /// An event whose payload is ours.
    pub(crate) fn put(
        &self,
        name: &'static str,
        severity: Option<Severity>,
        data: &impl Serialize,
    ) {
        // Our own payloads are plain data, which JSON can always say.
        let data = serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned());
        self.push(severity, What::Named(Cow::Borrowed(name), data));
    }

    pub(crate) fn push(&self, severity: Option<Severity>, what: What) {
        self.inner.client.push(Item {
            told: Some(Arc::clone(&self.inner.told)),
            at: crate::wait::now(),
            iteration: self.inner.iteration.load(Relaxed),
            severity,
            what,
        });
    }
}

impl fmt::Debug for Emitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter")
            .field("session_id", &self.session_id())
            .finish_non_exhaustive()
    }
}

/// What a server would refuse is refused here, where the caller sees it.
fn checked(name: &str, data: &str) -> Result<(), Error> {
    if name.trim().is_empty() {
        return Err(Error::invalid("name", "must be a text that is not empty"));
    }
    if name.len() > MAX_NAME_BYTES {
        let why = format!("has {} bytes; the limit is {MAX_NAME_BYTES}", name.len());
        return Err(Error::invalid("name", why));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "holds a control character"));
    }
    if !data.trim_start().starts_with('{') {
        let why = "is no object; give a struct or a map";
        return Err(Error::invalid("data", why));
    }
    if data.len() > MAX_DATA_BYTES {
        let why = format!(
            "has {} bytes; the limit is {MAX_DATA_BYTES}. Send it in parts, or send where it lies",
            data.len()
        );
        return Err(Error::invalid("data", why));
    }
    Ok(())
}
