//! A chart as figures: the table behind its button, and the same as CSV. In: the chart. Out: a table that scrolls in
//! the plot's place, a copy, a file.

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _, Table};

use super::surface;

/// The newest rows that are shown; the CSV has all.
const MOST_ROWS: usize = 500;

/// See the module.
#[component]
pub(super) fn DataTable(chart: Signal<AnyChart>) -> impl IntoView {
    let table = Memo::new(move |_| chart.with(AnyChart::table));
    let name = move || chart.with_untracked(|chart| chart.name().to_owned());
    let head = move || table.with(|table| cells(&table.headers, true));
    let rows = move || {
        table.with(|table| {
            let skip = table.rows.len().saturating_sub(MOST_ROWS);
            let rows = table.rows.iter().skip(skip).rev();
            rows.map(|row| view! { <tr>{cells(row, false)}</tr> })
                .collect_view()
        })
    };
    let download = move |_| surface::save(&file_name(&name()), &table.with_untracked(Table::csv));
    let copy = move |_| surface::copy(&table.with_untracked(Table::csv));
    view! {
        <div class="chart-data" role="region" aria-label=move || format!("{}: data", name()) tabindex="0">
            <table>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <div class="chart-data-acts">
                <button type="button" class="btn tiny" on:click=copy>
                    "Copy CSV"
                </button>
                <button type="button" class="btn tiny" on:click=download>
                    "Save CSV"
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// A row's cells; the first of each row heads it.
fn cells(texts: &[String], head: bool) -> Vec<AnyView> {
    texts
        .iter()
        .enumerate()
        .map(|(i, text)| {
            let text = if text.is_empty() { "–" } else { text }.to_owned();
            match (head, i) {
                (true, _) => view! { <th scope="col">{text}</th> }.into_any(),
                (false, 0) => view! { <th scope="row">{text}</th> }.into_any(),
                (false, _) => view! { <td>{text}</td> }.into_any(),
            }
        })
        .collect()
}

/// `findings-and-fixes.csv`: nothing in it but letters, figures and dashes.
fn file_name(name: &str) -> String {
    let words: Vec<_> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let stem = words.join("-");
    format!("{}.csv", if stem.is_empty() { "chart" } else { &stem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_chart() {
        assert_eq!(file_name("Findings and fixes"), "findings-and-fixes.csv");
        assert_eq!(file_name("../../etc"), "etc.csv");
        assert_eq!(file_name("–"), "chart.csv");
    }
}
