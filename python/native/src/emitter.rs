//! `Emitter`: what one run says. In: names and values of Python. Out: events in the queue of the Rust SDK.

use std::borrow::Cow;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_client::{Dialect, Emitter as Native};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::at::At;
use crate::cell::{Cell, forks};
use crate::client::wrong;
use crate::points::points;
use crate::walk::{Walk, each, is_mapping, lenient, name_of};

const OVER: &str = "the run is over; begin another with loopscope.init()";
/// Fields that are not taken from those beside the payload: they are given elsewhere.
const GIVEN: [&str; 4] = ["event_type", "session_id", "data", "dialect"];

/// What one run says.
#[pyclass(frozen, module = "loopscope._core")]
pub(crate) struct Emitter {
    cell: Arc<Cell>,
    plain: Py<PyAny>,
    session: String,
    dialect: Dialect,
    iteration: AtomicU32,
    over: AtomicBool,
    /// The SDK's emitter, and under which count of forks it was made. Its lock is held as the cell's is.
    live: Mutex<Option<(u64, Native)>>,
}

#[pymethods]
impl Emitter {
    /// Numbers of series, or a line of the log.
    #[pyo3(signature = (values, step=None, epoch=None))]
    fn log<'py>(
        &self,
        values: &Bound<'py, PyAny>,
        step: Option<&Bound<'py, PyAny>>,
        epoch: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let py = values.py();
        let mut walk = Walk::new(py, &self.plain);
        if values.is_instance_of::<PyString>() {
            walk.out.push(b'{');
            walk.key("message")?;
            walk.value(values, At::Root, 1)?;
            return self.emit(py, Cow::Borrowed("LOG"), walk.close()?, None);
        }
        let asked;
        let told = if is_mapping(values) {
            values
        } else {
            asked = self.plain.bind(py).call1((values,))?;
            if !is_mapping(&asked) {
                return Err(PyTypeError::new_err(format!(
                    "log() takes a mapping of names to numbers, such as {{\"loss\": 0.3}}, or a text; got {}",
                    values.get_type().name()?
                )));
            }
            &asked
        };
        let data = points(walk, told, step, epoch)?;
        self.emit(py, Cow::Borrowed("METRICS"), data, None)
    }

    /// Any event.
    #[pyo3(signature = (name, data=None, *, severity=None, iteration=None, event_id=None, timestamp=None, fields=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "they are keywords of Python's, each with its own word"
    )]
    fn send<'py>(
        &self,
        name: &Bound<'py, PyAny>,
        data: Option<&Bound<'py, PyAny>>,
        severity: Option<&Bound<'py, PyAny>>,
        iteration: Option<&Bound<'py, PyAny>>,
        event_id: Option<&Bound<'py, PyAny>>,
        timestamp: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let py = name.py();
        let name = name.str()?;
        let name = lenient(&name)?.into_owned();
        let data = match data {
            Some(data) => Walk::new(py, &self.plain).payload(data)?,
            None => "{}".to_owned(),
        };
        let said = [
            ("severity", severity),
            ("iteration", iteration),
            ("event_id", event_id),
            ("timestamp", timestamp),
        ];
        let beside = if fields.is_some() || said.iter().any(|(_, value)| value.is_some()) {
            Some(self.beside(py, &said, fields)?)
        } else {
            None
        };
        self.emit(py, Cow::Owned(name), data, beside)
    }

    /// Which pass later events belong to.
    fn set_iteration(&self, number: u32) {
        self.iteration.store(number, Relaxed);
        if let Some((made, native)) = &*self.live()
            && *made == forks()
        {
            native.set_iteration(number);
        }
    }

    /// Nothing more is taken.
    fn close(&self, py: Python<'_>) {
        self.over.store(true, Relaxed);
        let live = self.live().take();
        py.detach(|| let_go(live));
    }
}

impl Emitter {
    pub(crate) fn new(
        cell: Arc<Cell>,
        plain: Py<PyAny>,
        session: String,
        dialect: Dialect,
    ) -> PyResult<Self> {
        let emitter = Self {
            cell,
            plain,
            session,
            dialect,
            iteration: AtomicU32::new(0),
            over: AtomicBool::new(false),
            live: Mutex::new(None),
        };
        emitter.native()?;
        Ok(emitter)
    }

    /// What stands beside the payload, as an object. What is said by a word of its own goes before a field.
    fn beside<'py>(
        &self,
        py: Python<'py>,
        said: &[(&str, Option<&Bound<'py, PyAny>>)],
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<String> {
        let mut walk = Walk::new(py, &self.plain);
        walk.out.push(b'{');
        for (key, value) in said {
            if let Some(value) = value {
                walk.key(key)?;
                walk.value(value, At::Root, 1)?;
            }
        }
        if let Some(fields) = fields {
            if !is_mapping(fields) {
                let kind = fields.get_type().name()?;
                return Err(PyTypeError::new_err(format!(
                    "fields must be a mapping, got {kind}"
                )));
            }
            each(fields, |key, value| {
                let key = name_of(key)?;
                let is_said = |(word, value): &(&str, Option<_>)| *word == key && value.is_some();
                if GIVEN.contains(&&*key) || said.iter().any(is_said) {
                    return Ok(());
                }
                walk.key(&key)?;
                walk.value(value, At::Key(&At::Root, &key), 1)
            })?;
        }
        walk.out.push(b'}');
        walk.finish()
    }

    fn emit(
        &self,
        py: Python<'_>,
        name: Cow<'static, str>,
        data: String,
        beside: Option<String>,
    ) -> PyResult<()> {
        if self.over.load(Relaxed) {
            return Err(PyRuntimeError::new_err(OVER));
        }
        let native = self.native()?;
        let has_room = native.client().has_room();
        let push = move || match beside {
            Some(beside) => native.emit_beside(name, data, beside),
            None => native.emit_text(name, data, None),
        };
        let told = if has_room { push() } else { py.detach(push) };
        told.map_err(|error| wrong(&error))
    }

    /// The SDK's emitter of this process.
    fn native(&self) -> PyResult<Native> {
        let mut live = self.live();
        if let Some((made, native)) = &*live
            && *made == forks()
        {
            return Ok(native.clone());
        }
        // A parent's is not dropped: see `cell`.
        mem::forget(live.take());
        let client = self.cell.client().map_err(|error| wrong(&error))?;
        let client = client.ok_or_else(|| PyRuntimeError::new_err(OVER))?;
        let native = client.emitter(&self.session, self.dialect);
        let native = native.map_err(|error| PyValueError::new_err(error.to_string()))?;
        native.set_iteration(self.iteration.load(Relaxed));
        *live = Some((forks(), native.clone()));
        Ok(native)
    }

    fn live(&self) -> MutexGuard<'_, Option<(u64, Native)>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Emitter {
    fn drop(&mut self) {
        let live = self.live.get_mut().unwrap_or_else(PoisonError::into_inner);
        let_go(live.take());
    }
}

/// Drops it, unless it is a parent's.
fn let_go(live: Option<(u64, Native)>) {
    if live.as_ref().is_some_and(|(made, _)| *made != forks()) {
        mem::forget(live);
    }
}
