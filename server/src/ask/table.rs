//! What people read of an answer. In: values, rows below a head. Out: a line a field, columns that stand below each other.

use serde_json::Value;

use crate::say;

/// The widest cell, in characters.
const WIDEST: usize = 48;

/// Rows below a head, a blank between columns two wide. What programs chose is shown without control characters.
pub(super) fn table<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) -> String {
    let head = head.map(str::to_owned);
    let lines: Vec<[String; COLUMNS]> = std::iter::once(&head)
        .chain(rows)
        .map(|row| row.clone().map(|cell| plain(&cell)))
        .collect();
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(widths);
        let padded: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// A field on a line of its own; nothing where it has no value.
pub(super) fn field(label: &str, value: &Value) {
    if let Some(text) = words(value) {
        say!("{label:<12} {}", plain(&text));
    }
}

/// A value as people read it; nothing where there is none.
pub(super) fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => {
            let all: Vec<String> = values.iter().filter_map(words).collect();
            Some(all.join(", "))
        }
        other => Some(other.to_string()),
    }
}

/// One line without what would move a terminal's cursor.
pub(super) fn plain(text: &str) -> String {
    let mut cell: String = text
        .chars()
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .take(WIDEST + 1)
        .collect();
    if cell.chars().count() > WIDEST {
        cell = cell.chars().take(WIDEST - 1).collect();
        cell.push('…');
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_nothing_reaches_the_terminal() {
        let rows = [
            ["a".to_owned(), "\u{1b}[2Jx\ny".to_owned()],
            ["long".to_owned(), "z".repeat(90)],
        ];
        let expected = format!("ID    NAME\na      [2Jx y\nlong  {}…\n", "z".repeat(47));
        assert_eq!(table(["ID", "NAME"], &rows), expected);
    }
}
