//! Reads what the crate's attack program prints: a line in, a [`Line`] out.

use crate::finding::{Finding, Severity, Source, shorten};

/// The longest input that is shown, in characters.
const MAX_INPUT: usize = 160;
/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 300;

/// One line of the attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<'a> {
    /// What it is going to try.
    Plan {
        /// Inputs in all.
        inputs: u64,
        /// Properties that are held against them.
        properties: u64,
    },
    /// How far it is.
    Progress {
        /// Inputs so far.
        done: u64,
        /// The property under attack.
        property: &'a str,
    },
    /// A property that fell.
    Failure(Failure<'a>),
}

/// A property that does not stand, and the shortest input that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure<'a> {
    property: &'a str,
    severity: &'a str,
    seed: &'a str,
    case: &'a str,
    file: &'a str,
    /// The line of the panic, or the name of the function that broke its promise.
    place: &'a str,
    input: &'a str,
    message: &'a str,
}

/// Reads a line; `None` for anything else that the program may print.
pub fn parse(line: &str) -> Option<Line<'_>> {
    let fields: Vec<&str> = line.split('\t').collect();
    match fields.as_slice() {
        ["plan", inputs, properties] => Some(Line::Plan {
            inputs: inputs.parse().ok()?,
            properties: properties.parse().ok()?,
        }),
        ["progress", done, property] => Some(Line::Progress {
            done: done.parse().ok()?,
            property,
        }),
        [
            "failure",
            property,
            severity,
            seed,
            case,
            file,
            place,
            input,
            message,
        ] => Some(Line::Failure(Failure {
            property,
            severity,
            seed,
            case,
            file,
            place,
            input,
            message,
        })),
        _ => None,
    }
}

impl Failure<'_> {
    /// The finding. `line_of` tells where a function is defined.
    pub fn finding(&self, line_of: impl Fn(&str, &str) -> Option<u32>) -> Finding {
        let line = self.place.parse().ok();
        let input = shorten(self.input, MAX_INPUT);
        let description = format!("{}: {} — on input {input}", self.property, self.message);
        Finding {
            severity: Severity::from_word(self.severity),
            description: shorten(&description, MAX_DESCRIPTION),
            file: Some(self.file.to_owned()),
            line: line.or_else(|| line_of(self.file, self.place)),
            kind: self.property.to_owned(),
            source: Source::Attack,
            details: Some(format!("input: {input}")),
            suggestion: Vec::new(),
            replay: Some(format!("{}:{}:{}", self.property, self.seed, self.case)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANIC: &str =
        "failure\ttext_elide_fits\thigh\t7\t41\tsrc/text.rs\t17\t\"é\", 0\tpanicked: overflow";
    const BROKEN: &str =
        "failure\thtml_is_inert\tcritical\t7\t2\tsrc/html.rs\tescape\t\"'\"\twrote \"'\"";

    fn finding(line: &str) -> Finding {
        match parse(line) {
            Some(Line::Failure(failure)) => failure.finding(|file, function| {
                assert_eq!((file, function), ("src/html.rs", "escape"));
                Some(4)
            }),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_panic_is_found_at_its_line() {
        let found = finding(PANIC);
        assert_eq!((found.severity, found.line), (Severity::High, Some(17)));
        assert_eq!(found.kind, "text_elide_fits");
        assert_eq!(found.details.as_deref(), Some("input: \"é\", 0"));
        assert_eq!(found.replay.as_deref(), Some("text_elide_fits:7:41"));
    }

    #[test]
    fn a_broken_promise_is_found_at_its_function() {
        let found = finding(BROKEN);
        assert_eq!((found.severity, found.line), (Severity::Critical, Some(4)));
        assert_eq!(found.file.as_deref(), Some("src/html.rs"));
    }

    #[test]
    fn other_lines_are_read_or_passed_over() {
        let plan = Line::Plan {
            inputs: 350,
            properties: 35,
        };
        let progress = Line::Progress {
            done: 10,
            property: "hex_round_trip",
        };
        assert_eq!(parse("plan\t350\t35"), Some(plan));
        assert_eq!(parse("progress\t10\thex_round_trip"), Some(progress));
        for line in [
            "",
            "plan",
            "plan\tmany\t35",
            "progress\t-1\tx",
            "failure\tx",
            "hello",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
