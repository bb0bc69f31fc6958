//! `Client`: one server, and everything that is sent to it. In: an address, bounds. Out: emitters; flush, counters.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use loopscope_client::{Client as Native, Dialect, Error};
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::cell::Cell;
use crate::emitter::Emitter;

/// How long a wait goes on before the interpreter may deliver a signal, such as that of Ctrl-C.
const TURN: Duration = Duration::from_millis(50);

/// One server, and everything that is sent to it.
#[pyclass(frozen, module = "loopscope._core")]
pub(crate) struct Client {
    cell: Arc<Cell>,
    plain: Py<PyAny>,
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (url, *, plain, on_trouble, token=None, project=None, spill=true, spill_dir=None,
                        spill_bytes=None, memory_bytes=None, linger_ms=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "they are keywords of Python's, each with its own word"
    )]
    fn new(
        py: Python<'_>,
        url: &str,
        plain: Py<PyAny>,
        on_trouble: Py<PyAny>,
        token: Option<&str>,
        project: Option<&str>,
        spill: bool,
        spill_dir: Option<PathBuf>,
        spill_bytes: Option<u64>,
        memory_bytes: Option<u64>,
        linger_ms: Option<u64>,
    ) -> PyResult<Self> {
        // The end waits for nothing of its own: who closes has flushed, as long as he wanted to wait.
        let mut builder = Native::builder().url(url).shut_within(Duration::ZERO);
        if let Some(token) = token {
            builder = builder.token(token);
        }
        if let Some(project) = project {
            builder = builder.project(project);
        }
        if let Some(bytes) = spill_bytes {
            builder = builder.spill_bytes(bytes);
        }
        if let Some(bytes) = memory_bytes {
            builder = builder.memory_bytes(bytes);
        }
        if let Some(millis) = linger_ms {
            builder = builder.linger(Duration::from_millis(millis));
        }
        if !spill {
            builder = builder.no_spill();
        } else if let Some(dir) = spill_dir {
            builder = builder.spill_dir(dir);
        }
        let cell = Cell::open(py, builder, on_trouble).map_err(|error| wrong(&error))?;
        Ok(Self {
            cell: Arc::new(cell),
            plain,
        })
    }

    /// What a run emits to.
    fn emitter(&self, py: Python<'_>, session_id: String, dialect: &str) -> PyResult<Emitter> {
        let dialect: Dialect = dialect
            .parse()
            .map_err(|_| PyValueError::new_err(format!("dialect {dialect:?} is not known")))?;
        let plain = self.plain.clone_ref(py);
        Emitter::new(Arc::clone(&self.cell), plain, session_id, dialect)
    }

    /// Waits until everything so far is on the server's disk. Other threads run meanwhile, and signals are heeded.
    fn flush(&self, py: Python<'_>, within_s: f64) -> PyResult<bool> {
        let Some(client) = self.cell.client().map_err(|error| wrong(&error))? else {
            return Ok(self.counted()?.waiting == 0);
        };
        let within = Duration::try_from_secs_f64(within_s.max(0.0)).unwrap_or(Duration::MAX);
        let (began, flushing) = (Instant::now(), client.flushing());
        // Its last clone may be this one: it is dropped where nobody else must wait for that.
        py.detach(|| drop(client));
        let flushing = std::sync::Mutex::new(flushing);
        loop {
            let left = within.saturating_sub(began.elapsed());
            let settled = py.detach(|| {
                let flushing = flushing.lock();
                flushing.is_ok_and(|flushing| flushing.wait(left.min(TURN)))
            });
            if settled || left.is_zero() {
                return Ok(settled);
            }
            py.check_signals()?;
        }
    }

    /// Why the server takes no events at present.
    fn trouble(&self) -> PyResult<Option<String>> {
        let client = self.cell.client().map_err(|error| wrong(&error))?;
        Ok(client.and_then(|client| client.trouble()))
    }

    /// What became of the events so far.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counted = self.counted()?;
        let found = PyDict::new(py);
        for (name, value) in [
            ("emitted", counted.emitted),
            ("recovered", counted.recovered),
            ("sent", counted.sent),
            ("acknowledged", counted.acknowledged),
            ("duplicates", counted.duplicates),
            ("rejected", counted.rejected),
            ("dropped", counted.dropped),
            ("waiting", counted.waiting),
            ("queued", counted.queued),
            ("spilled_bytes", counted.spilled_bytes),
        ] {
            found.set_item(name, value)?;
        }
        Ok(found)
    }

    /// Ends its thread; what waits stays on disk, for the next program.
    fn close(&self, py: Python<'_>) {
        self.cell.close(py);
    }
}

impl Client {
    fn counted(&self) -> PyResult<loopscope_client::Counters> {
        self.cell.counters().map_err(|error| wrong(&error))
    }
}

/// An error of the Rust SDK as one of Python's own.
pub(crate) fn wrong(error: &Error) -> PyErr {
    match error {
        Error::Invalid { field, why } => PyValueError::new_err(format!("{field} {why}")),
        Error::Spill { .. } => PyOSError::new_err(error.to_string()),
        Error::Url { .. } => PyValueError::new_err(error.to_string()),
        _ => PyRuntimeError::new_err(error.to_string()),
    }
}
