//! Values of Python as JSON text, in one walk.
//!
//! In: any value. Out: text that every reader takes. What is no JSON value is asked of a function of Python (`plain`);
//! numbers that JSON has not become `null` and are remembered by their place, as the server does it.

use std::borrow::Cow;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyNone, PyString, PyTuple};

use crate::at::At;

/// The largest payload that a server takes, in bytes.
const MAX_DATA_BYTES: usize = 1 << 20;
/// How deep a payload may be nested.
const MAX_DEPTH: usize = 60;
/// How many numbers that are none are remembered.
const MAX_NON_FINITE: usize = 64;

/// See the module.
pub(crate) struct Walk<'a, 'py> {
    pub(crate) py: Python<'py>,
    pub(crate) plain: &'a Py<PyAny>,
    pub(crate) out: Vec<u8>,
    non_finite: Vec<(String, &'static str)>,
}

impl<'a, 'py> Walk<'a, 'py> {
    pub(crate) fn new(py: Python<'py>, plain: &'a Py<PyAny>) -> Self {
        Self {
            py,
            plain,
            out: Vec::with_capacity(160),
            non_finite: Vec::new(),
        }
    }

    /// A whole payload: a mapping, or what makes one.
    pub(crate) fn payload(mut self, data: &Bound<'py, PyAny>) -> PyResult<String> {
        let made;
        let data = if is_mapping(data) {
            data
        } else {
            made = self.py.get_type::<PyDict>().call1((data,))?;
            &made
        };
        self.value(data, At::Root, 0)?;
        if !self.non_finite.is_empty() && data.contains("_non_finite")? {
            // Ours takes the place of one that was given.
            let copied = self.py.get_type::<PyDict>().call1((data,))?;
            copied.del_item("_non_finite")?;
            return Self::new(self.py, self.plain).payload(&copied);
        }
        self.out.pop();
        self.close()
    }

    /// Ends the payload: says which numbers were none, and closes the object.
    pub(crate) fn close(mut self) -> PyResult<String> {
        if !self.non_finite.is_empty() {
            self.comma();
            self.out.extend(b"\"_non_finite\":{");
            for (at, word) in std::mem::take(&mut self.non_finite) {
                self.comma();
                self.text(&at);
                self.out.push(b':');
                self.text(word);
            }
            self.out.push(b'}');
        }
        self.out.push(b'}');
        self.finish()
    }

    /// The text.
    pub(crate) fn finish(self) -> PyResult<String> {
        String::from_utf8(self.out).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Any value.
    pub(crate) fn value(
        &mut self,
        value: &Bound<'py, PyAny>,
        at: At<'_>,
        depth: usize,
    ) -> PyResult<()> {
        if let Ok(number) = value.cast_exact::<PyFloat>() {
            self.float(number.value(), at);
            Ok(())
        } else if let Ok(text) = value.cast_exact::<PyString>() {
            self.string(text)
        } else if let Ok(flag) = value.cast_exact::<PyBool>() {
            self.out.extend(if flag.is_true() {
                &b"true"[..]
            } else {
                b"false"
            });
            Ok(())
        } else if let Ok(number) = value.cast_exact::<PyInt>() {
            self.int(number, at)
        } else if value.is_none() {
            self.out.extend(b"null");
            Ok(())
        } else if value.is_exact_instance_of::<PyDict>() {
            self.mapping(value, at, depth)
        } else if value.is_exact_instance_of::<PyList>() || value.is_exact_instance_of::<PyTuple>()
        {
            self.sequence(value, at, depth)
        } else {
            self.other(value, at, depth, false)
        }
    }

    /// A value whose type is none of JSON's own.
    fn other(
        &mut self,
        value: &Bound<'py, PyAny>,
        at: At<'_>,
        depth: usize,
        asked: bool,
    ) -> PyResult<()> {
        if let Ok(text) = value.cast::<PyString>() {
            self.string(text)
        } else if let Ok(number) = value.cast::<PyInt>() {
            self.int(number, at)
        } else if let Ok(number) = value.cast::<PyFloat>() {
            self.float(number.value(), at);
            Ok(())
        } else if is_mapping(value) {
            self.mapping(value, at, depth)
        } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            self.sequence(value, at, depth)
        } else if asked {
            let shown = value.str()?;
            self.string(&shown)
        } else {
            let told = self.plain.bind(self.py).call1((value,))?;
            if told.is_none() || told.is_instance_of::<PyBool>() {
                return self.value(&told, at, depth);
            }
            self.other(&told, at, depth, true)
        }
    }

    fn mapping(&mut self, value: &Bound<'py, PyAny>, at: At<'_>, depth: usize) -> PyResult<()> {
        bounded(depth, at)?;
        self.out.push(b'{');
        each(value, |key, item| {
            let key = name_of(key)?;
            self.key(&key)?;
            self.value(item, At::Key(&at, &key), depth + 1)
        })?;
        self.out.push(b'}');
        Ok(())
    }

    fn sequence(&mut self, value: &Bound<'py, PyAny>, at: At<'_>, depth: usize) -> PyResult<()> {
        bounded(depth, at)?;
        self.out.push(b'[');
        for (index, item) in value.try_iter()?.enumerate() {
            self.comma();
            self.room()?;
            self.value(&item?, At::Index(&at, index), depth + 1)?;
        }
        self.out.push(b']');
        Ok(())
    }

    /// A member's name and the colon behind it.
    pub(crate) fn key(&mut self, key: &str) -> PyResult<()> {
        self.comma();
        self.room()?;
        self.text(key);
        self.out.push(b':');
        Ok(())
    }

    /// A comma, unless this is the first.
    pub(crate) fn comma(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    fn string(&mut self, text: &Bound<'py, PyString>) -> PyResult<()> {
        let text = lenient(text)?;
        self.text(&text);
        Ok(())
    }

    fn text(&mut self, text: &str) {
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut self.out, text);
    }

    fn int(&mut self, number: &Bound<'py, PyInt>, at: At<'_>) -> PyResult<()> {
        if let Ok(small) = number.extract::<i64>() {
            let _ = serde_json::to_writer(&mut self.out, &small);
            return Ok(());
        }
        // As a plain number: members of enums say something else of themselves.
        let plain = self.py.get_type::<PyInt>().call1((number,))?;
        let digits = plain.str();
        let digits = digits.map_err(|error| PyValueError::new_err(format!("data{at}: {error}")))?;
        self.out.extend(lenient(&digits)?.bytes());
        Ok(())
    }

    fn float(&mut self, number: f64, at: At<'_>) {
        if number.is_finite() {
            let _ = serde_json::to_writer(&mut self.out, &number);
            return;
        }
        self.out.extend(b"null");
        if self.non_finite.len() < MAX_NON_FINITE {
            let word = if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            };
            self.non_finite.push((at.to_string(), word));
        }
    }

    /// What is far too large is not written to its end.
    fn room(&self) -> PyResult<()> {
        if self.out.len() <= MAX_DATA_BYTES {
            return Ok(());
        }
        Err(PyValueError::new_err(format!(
            "data has more than {MAX_DATA_BYTES} bytes; the limit is {MAX_DATA_BYTES}. Send it in parts, or send where it lies"
        )))
    }
}

/// Calls a function for each member of a mapping. What calls Python between two members gets a copy of them: the mapping
/// may be another one by then.
pub(crate) fn each<'py>(
    mapping: &Bound<'py, PyAny>,
    mut look: impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let items = match mapping.cast_exact::<PyDict>() {
        Ok(dict) if is_flat(dict) => {
            for (key, value) in dict {
                look(&key, &value)?;
            }
            return Ok(());
        }
        Ok(dict) => dict.items().into_any(),
        Err(_) => mapping.call_method0("items")?,
    };
    for pair in items.try_iter()? {
        let (key, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = pair?.extract()?;
        look(&key, &value)?;
    }
    Ok(())
}

/// Whether its keys are texts and its values of JSON's own types, so that looking at them runs nothing of Python.
fn is_flat(dict: &Bound<'_, PyDict>) -> bool {
    dict.iter().all(|(key, value)| {
        key.is_exact_instance_of::<PyString>()
            && (value.is_exact_instance_of::<PyFloat>()
                || value.is_exact_instance_of::<PyString>()
                || value.is_exact_instance_of::<PyInt>()
                || value.is_exact_instance_of::<PyBool>()
                || value.is_exact_instance_of::<PyNone>())
    })
}

/// Whether it is a mapping.
pub(crate) fn is_mapping(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyDict>() || value.cast::<PyMapping>().is_ok()
}

/// A member's name: a text, or how JSON says what is none.
pub(crate) fn name_of<'a>(key: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    if let Ok(text) = key.cast::<PyString>() {
        lenient(text)
    } else if key.is_none() {
        Ok(Cow::Borrowed("null"))
    } else if let Ok(flag) = key.cast_exact::<PyBool>() {
        Ok(Cow::Borrowed(if flag.is_true() { "true" } else { "false" }))
    } else {
        Ok(Cow::Owned(lenient(&key.str()?)?.into_owned()))
    }
}

/// A text without lone surrogates.
pub(crate) fn lenient<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    if let Ok(text) = text.to_str() {
        return Ok(Cow::Borrowed(text));
    }
    let bytes = text.call_method1("encode", ("utf-8", "replace"))?;
    let bytes: Vec<u8> = bytes.extract()?;
    Ok(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}

fn bounded(depth: usize, at: At<'_>) -> PyResult<()> {
    if depth < MAX_DEPTH {
        return Ok(());
    }
    let place: String = at.to_string().chars().take(80).collect();
    Err(PyValueError::new_err(format!(
        "data{place}…: nested deeper than {MAX_DEPTH} levels; does it hold itself?"
    )))
}
