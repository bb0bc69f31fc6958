//! The table. In: figures with their goals. Out: `what | measured | goal | verdict`.

use std::fmt;

/// How a figure is held against its goal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// Good when it is no more than this.
    AtMost(f64),
    /// Good when it is no less than this.
    AtLeast(f64),
    /// Only told.
    None,
}

/// The rows so far.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<[String; 4]>,
}

impl Report {
    /// Adds a figure in `unit`.
    pub(crate) fn figure(&mut self, what: &str, value: f64, unit: &str, goal: Goal) {
        let (goal_text, verdict) = match goal {
            Goal::AtMost(goal) => (
                format!("≤ {} {unit}", number(goal)),
                verdict(value <= goal, value / goal),
            ),
            Goal::AtLeast(goal) => (
                format!("≥ {} {unit}", number(goal)),
                verdict(value >= goal, value / goal),
            ),
            Goal::None => ("–".to_owned(), String::new()),
        };
        let measured = format!("{} {unit}", number(value));
        eprintln!("bench:   {what}: {measured} (goal {goal_text}) {verdict}");
        self.rows
            .push([what.to_owned(), measured, goal_text, verdict]);
    }

    /// Adds a line that could not be measured.
    pub(crate) fn broken(&mut self, what: &str, error: &anyhow::Error) {
        self.rows.push([
            what.to_owned(),
            format!(
                "not measured: {}",
                error.to_string().lines().next().unwrap_or_default()
            ),
            "–".to_owned(),
            "FAILED".to_owned(),
        ]);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["what", "measured", "goal", "verdict"].map(str::to_owned);
        let rows: Vec<&[String; 4]> = std::iter::once(&head).chain(&self.rows).collect();
        let widths: Vec<usize> = (0..4)
            .map(|column| {
                rows.iter()
                    .map(|row| row[column].chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        writeln!(f)?;
        for (index, row) in rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                write!(f, "| {cell:width$} ")?;
            }
            writeln!(f, "|")?;
            if index == 0 {
                for width in &widths {
                    write!(f, "|{}", "-".repeat(width + 2))?;
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// Met, or by how much not.
fn verdict(met: bool, ratio: f64) -> String {
    if met {
        "met".to_owned()
    } else {
        format!("missed ({ratio:.2} of goal)")
    }
}

/// A figure with three or so significant digits and separators for thousands.
fn number(value: f64) -> String {
    if value.abs() < 100.0 {
        let text = format!("{value:.2}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 {
        format!("-{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_readable() {
        for (value, text) in [
            (0.5, "0.5"),
            (3.0, "3"),
            (12.345, "12.35"),
            (1234.5, "1,234"),
            (2_200_000.0, "2,200,000"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_missed_goal_says_by_how_much() {
        let mut report = Report::default();
        report.figure("start", 400.0, "ms", Goal::AtMost(200.0));
        report.figure("intake", 40_000.0, "ev/s", Goal::AtLeast(30_000.0));
        let text = report.to_string();
        assert!(
            text.contains("missed (2.00 of goal)") && text.contains("40,000 ev/s"),
            "{text}"
        );
    }
}
