//! The payload of `log`: numbers of series under `metrics`, and what is no number beside them.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use crate::at::At;
use crate::walk::{Walk, each, name_of};

/// What stands beside the numbers.
#[derive(Default)]
struct Rest {
    text: Vec<u8>,
    /// Whether it has a name that we would use.
    metrics: bool,
    step: bool,
    epoch: bool,
}

/// The payload of a mapping.
pub(crate) fn points<'py>(
    mut walk: Walk<'_, 'py>,
    told: &Bound<'py, PyAny>,
    step: Option<&Bound<'py, PyAny>>,
    epoch: Option<&Bound<'py, PyAny>>,
) -> PyResult<String> {
    let mut rest = Rest::default();
    let metrics = At::Key(&At::Root, "metrics");
    walk.out.extend(b"{\"metrics\":{");
    each(told, |key, value| {
        let key = name_of(key)?;
        let asked;
        let value = if is_plain(value) {
            value
        } else {
            asked = walk.plain.bind(walk.py).call1((value,))?;
            &asked
        };
        if is_number(value) {
            walk.key(&key)?;
            return walk.value(value, At::Key(&metrics, &key), 2);
        }
        rest.metrics |= key == "metrics";
        rest.step |= key == "step";
        rest.epoch |= key == "epoch";
        std::mem::swap(&mut walk.out, &mut rest.text);
        let written = walk.key(&key);
        let written = written.and_then(|()| walk.value(value, At::Key(&At::Root, &key), 1));
        std::mem::swap(&mut walk.out, &mut rest.text);
        written
    })?;
    if rest.metrics {
        walk.out.truncate(1);
    } else {
        walk.out.push(b'}');
    }
    for (name, value, said) in [("step", step, rest.step), ("epoch", epoch, rest.epoch)] {
        if let (Some(value), false) = (value, said) {
            walk.key(name)?;
            walk.value(value, At::Key(&At::Root, name), 1)?;
        }
    }
    if !rest.text.is_empty() {
        walk.comma();
        walk.out.append(&mut rest.text);
    }
    walk.close()
}

/// Whether it is a value that needs no word of Python's.
fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyFloat>()
        || value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyString>()
        || value.is_none()
}

fn is_number(value: &Bound<'_, PyAny>) -> bool {
    (value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyInt>())
        && !value.is_exact_instance_of::<PyBool>()
}
