//! Sparklines. In: values. Out: an SVG of 100 × 24 that stretches, with geometry in attributes only.

use std::fmt::Write as _;

use leptos::prelude::*;

use crate::part::{IntoPart as _, Part};

const WIDTH: f64 = 100.0;
const TOP: f64 = 2.0;
const BOTTOM: f64 = 22.0;

/// A sparkline of counts; grey unless a tone is given. Nothing below two values.
pub fn spark(values: &[u64], tone: Option<&'static str>) -> Option<Part> {
    let values: Vec<f64> = values.iter().map(|value| *value as f64).collect();
    spark_f64(&values, tone)
}

/// A sparkline of any finite numbers.
pub fn spark_f64(values: &[f64], tone: Option<&'static str>) -> Option<Part> {
    let line = path(values)?;
    let area = format!("{line}L100 24L0 24Z");
    let class = tone.map_or_else(|| "spark".to_owned(), |tone| format!("spark tone {tone}"));
    Some(
        view! {
            <svg class=class viewBox="0 0 100 24" width="100%" height="24" preserveAspectRatio="none" aria-hidden="true">
                <path class="area" d=area></path>
                <path d=line></path>
            </svg>
        }
        .part(),
    )
}

/// The line through the values, from the least at the bottom to the most at the top; level where all are equal.
fn path(values: &[f64]) -> Option<String> {
    if values.len() < 2 || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = most - least;
    let mut line = String::with_capacity(values.len() * 10);
    for (index, value) in values.iter().enumerate() {
        let x = WIDTH * index as f64 / (values.len() - 1) as f64;
        let share = if range > 0.0 {
            (value - least) / range
        } else {
            0.0
        };
        let y = BOTTOM - (BOTTOM - TOP) * share;
        let command = if index == 0 { 'M' } else { 'L' };
        // Writing into a string cannot fail.
        let _ = write!(line, "{command}{} {}", round(x), round(y));
    }
    Some(line)
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_spans_the_box_and_is_level_without_change() {
        assert_eq!(
            path(&[0.0, 5.0, 10.0]).as_deref(),
            Some("M0 22L50 12L100 2")
        );
        assert_eq!(path(&[3.0, 3.0]).as_deref(), Some("M0 22L100 22"));
        assert_eq!(path(&[1.0]), None);
        assert_eq!(path(&[1.0, f64::NAN]), None);
    }
}
