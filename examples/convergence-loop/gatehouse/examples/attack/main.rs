//! Attacks the crate: every property of `properties.rs` is held against many hostile inputs.
//!
//! In: `--seed N --cases N`, or `--replay PROPERTY:SEED:CASE` (repeatable) to try known inputs again.
//! Out, one line each on stdout, fields separated by tabs:
//! `plan <inputs> <properties>`, `progress <done> <property>`,
//! `failure <property> <severity> <seed> <case> <file> <line or function> <input> <what happened>`.
//! A property that fails on several inputs is reported once, with its shortest one. The same seed makes the
//! same inputs everywhere.

mod hostile;
mod properties;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

use hostile::Hostile;
use properties::{PROPERTIES, Property};

/// Where the last panic came from (file, line) and what it said.
static LAST_PANIC: Mutex<Option<(String, u32, String)>> = Mutex::new(None);

struct Failure {
    seed: u64,
    case: u64,
    input: String,
    /// File, and the line of the panic or the name of the function that broke its promise.
    place: (String, String),
    message: String,
    panicked: bool,
}

fn main() {
    panic::set_hook(Box::new(|info| {
        let place = info.location();
        let text = info.payload_as_str().unwrap_or("panicked").to_string();
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = place.map(|place| (place.file().to_string(), place.line(), text));
        }
    }));
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (mut seed, mut cases, mut replays) = (1, 1_000, Vec::new());
    for pair in words.chunks(2) {
        match pair {
            [name, value] if name == "--seed" => seed = value.parse().unwrap_or(seed),
            [name, value] if name == "--cases" => cases = value.parse().unwrap_or(cases),
            [name, value] if name == "--replay" => replays.push(value.clone()),
            other => eprintln!("not understood: {}", other.join(" ")),
        }
    }
    if replays.is_empty() {
        attack(seed, cases);
    } else {
        replay(&replays);
    }
}

fn attack(seed: u64, cases: u64) {
    println!(
        "plan\t{}\t{}",
        cases * PROPERTIES.len() as u64,
        PROPERTIES.len()
    );
    for (number, property) in PROPERTIES.iter().enumerate() {
        let mut shortest: Option<Failure> = None;
        for case in 0..cases {
            if let Some(failure) = attempt(property, seed, case)
                && shortest
                    .as_ref()
                    .is_none_or(|known| failure.input.len() < known.input.len())
            {
                shortest = Some(failure);
            }
            if (case + 1) % (cases / 4).max(1) == 0 {
                println!(
                    "progress\t{}\t{}",
                    number as u64 * cases + case + 1,
                    property.name
                );
            }
        }
        if let Some(failure) = shortest {
            report(property, &failure);
        }
    }
}

fn replay(wanted: &[String]) {
    println!("plan\t{0}\t{0}", wanted.len());
    for (number, text) in wanted.iter().enumerate() {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let mut next = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
        let (seed, case) = (next(), next());
        if let Some(property) = PROPERTIES.iter().find(|property| property.name == name)
            && let Some(failure) = attempt(property, seed, case)
        {
            report(property, &failure);
        }
        println!("progress\t{}\t{name}", number + 1);
    }
}

/// Holds a property against one input. `None` when it stands.
fn attempt(property: &Property, seed: u64, case: u64) -> Option<Failure> {
    let mut hostile = Hostile::new(property.name, seed, case);
    let result = panic::catch_unwind(AssertUnwindSafe(|| (property.check)(&mut hostile)));
    let stated = (property.file.to_string(), property.function.to_string());
    let (message, place, panicked) = match result {
        Ok(Ok(())) => return None,
        Ok(Err(message)) => (message, stated, false),
        Err(_) => {
            let last = LAST_PANIC.lock().ok().and_then(|mut last| last.take());
            let (file, line, text) = last.unwrap_or_default();
            let inside = file.starts_with("src/");
            let place = if inside {
                (file, line.to_string())
            } else {
                stated
            };
            (format!("panicked: {text}"), place, true)
        }
    };
    Some(Failure {
        seed,
        case,
        input: hostile.shown().to_string(),
        place,
        message,
        panicked,
    })
}

fn report(property: &Property, failure: &Failure) {
    let severity = if failure.panicked {
        "high"
    } else {
        property.severity
    };
    println!(
        "failure\t{}\t{severity}\t{}\t{}\t{}\t{}\t{}\t{}",
        property.name,
        failure.seed,
        failure.case,
        failure.place.0,
        failure.place.1,
        failure.input.replace(['\t', '\n', '\r'], " "),
        failure.message.replace(['\t', '\n', '\r'], " "),
    );
}
