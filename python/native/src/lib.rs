//! `loopscope._core`: the native part of the package for Python. In: what a program says. Out: events on a server.
//!
//! It binds the Rust SDK's emitting half: queue, file, batches, receipts. Values of Python become JSON text on the
//! thread of who says them, which is all that he waits for. Nothing here calls Python from a thread of the SDK, so
//! neither a busy interpreter nor one that ends holds up what is sent.

mod at;
mod cell;
mod client;
mod emitter;
mod points;
mod walk;
mod words;

/// The module. It counts on the interpreter's lock: an interpreter without one turns it on when this is imported.
#[pyo3::pymodule(gil_used = true)]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::emitter::Emitter;

    /// Says that this process was forked: called in the child, before anything else.
    #[pyfunction]
    fn forked() {
        crate::cell::forked();
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
