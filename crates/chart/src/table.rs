//! A chart as figures. In: heads and rows. Out: a data table, and the same as CSV.

/// A table of plain figures, unrounded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// One a column.
    pub headers: Vec<String>,
    /// As many cells each as there are headers; an unknown value is empty.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// RFC 4180, lines ended by CR LF. A text that a spreadsheet would run as a formula is defused by a
    /// leading apostrophe.
    pub fn csv(&self) -> String {
        let mut out = String::new();
        for row in std::iter::once(&self.headers).chain(&self.rows) {
            for (i, cell) in row.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push_cell(&mut out, cell);
            }
            out.push_str("\r\n");
        }
        out
    }
}

/// A figure as a table holds it: empty where there is none.
pub(crate) fn cell(value: Option<f64>) -> String {
    value
        .filter(|v| v.is_finite())
        .map_or_else(String::new, |v| (v + 0.0).to_string())
}

fn push_cell(out: &mut String, cell: &str) {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if !runs && !cell.contains([',', '"', '\r', '\n']) {
        out.push_str(cell);
        return;
    }
    out.push('"');
    if runs {
        out.push('\'');
    }
    out.push_str(&cell.replace('"', "\"\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        let table = Table {
            headers: vec!["Step".to_owned(), "loss, \"raw\"".to_owned()],
            rows: vec![
                vec!["1".to_owned(), "-0.5".to_owned()],
                vec!["=1+1".to_owned(), String::new()],
            ],
        };
        assert_eq!(
            table.csv(),
            "Step,\"loss, \"\"raw\"\"\"\r\n1,-0.5\r\n\"'=1+1\",\r\n"
        );
    }
}
