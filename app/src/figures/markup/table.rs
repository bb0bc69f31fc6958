//! A chart as figures: the table behind its button. In: the chart's table. Out: its newest rows, and buttons for all of
//! them as CSV.

use std::fmt::Write as _;

use loopscope_chart::Table;

use super::escape;

/// The newest rows that are shown; the CSV has all.
const MOST_ROWS: usize = 500;

/// The table and its buttons.
pub(in super::super) fn html(table: &Table) -> String {
    let mut out = String::from("<table><thead><tr>");
    for header in &table.headers {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(header));
    }
    out.push_str("</tr></thead><tbody>");
    let older = table.rows.len().saturating_sub(MOST_ROWS);
    for row in table.rows.iter().skip(older).rev() {
        out.push_str("<tr>");
        for (i, cell) in row.iter().enumerate() {
            let cell = if cell.is_empty() { "–" } else { cell };
            let (open, close) = if i == 0 {
                ("<th scope=\"row\">", "</th>")
            } else {
                ("<td>", "</td>")
            };
            let _ = write!(out, "{open}{}{close}", escape(cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table><div class=\"chart-data-acts\">");
    for (act, word) in [("copy", "Copy CSV"), ("save", "Save CSV")] {
        let _ = write!(
            out,
            "<button type=\"button\" class=\"btn tiny\" data-act=\"{act}\">{word}</button>"
        );
    }
    if older > 0 {
        let _ = write!(out, "<span>{older} older rows are in the CSV</span>");
    }
    out.push_str("</div>");
    out
}
