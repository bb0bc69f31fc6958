//! Metric series of several runs. In: names, and how the runs are lined up. Out: each metric's series, a run each, all
//! along the same axis.

use futures::future::join_all;
use loopscope_event::Timestamp;
use loopscope_protocol::{ApiError, Comparison, Series, SeriesAxis, SeriesQuery};

use super::asked::{Align, Zoomed};
use super::data::axis_word;
use crate::source::{SessionKey, Source};

/// The most series that are asked for at once.
const AT_ONCE: usize = loopscope_protocol::MAX_SERIES_NAMES;

/// One metric of all runs.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Overlay {
    pub name: String,
    pub axis: SeriesAxis,
    /// A series a run; `None` where it has none.
    pub runs: Vec<Option<Series>>,
}

/// What is asked for.
pub(super) struct Wanted {
    pub source: Source,
    /// The runs, and when each began.
    pub runs: Vec<(SessionKey, Timestamp)>,
    pub names: Vec<String>,
    pub align: Align,
    pub zoom: Option<Zoomed>,
    pub columns: u32,
}

impl Wanted {
    pub(super) fn of(
        source: Source,
        comparison: &Comparison,
        names: Vec<String>,
        align: Align,
    ) -> Self {
        let runs = comparison
            .runs
            .iter()
            .map(|run| (SessionKey::of(&run.summary), run.summary.started_at));
        Self {
            source,
            runs: runs.collect(),
            names,
            align,
            zoom: None,
            columns: 160,
        }
    }
}

/// Asks for them: of each metric along the first axis on which all of its runs have a place.
pub(super) async fn load(wanted: Wanted) -> Result<Vec<Overlay>, ApiError> {
    let mut overlays = Vec::new();
    let mut left = wanted.names.clone();
    for axis in wanted.align.axes() {
        let is_last = wanted.align.axes().last() == Some(axis);
        for names in std::mem::take(&mut left).chunks(AT_ONCE) {
            let loading = wanted.runs.iter().map(|(key, began)| {
                let query = wanted.query(names, *axis, *began);
                wanted.source.series(key.clone(), query)
            });
            let answers: Result<Vec<_>, ApiError> = join_all(loading).await.into_iter().collect();
            let mut answers: Vec<_> = answers?.into_iter().map(|answer| answer.series).collect();
            for (n, name) in names.iter().enumerate() {
                let runs: Vec<Series> = answers
                    .iter_mut()
                    .filter_map(|answer| answer.get_mut(n).map(std::mem::take))
                    .collect();
                let has_no_place = |series: &Series| {
                    series.total > 0 && series.range.is_none() && series.non_finite.is_empty()
                };
                if !is_last && runs.iter().any(has_no_place) {
                    left.push(name.clone());
                } else {
                    let told = runs
                        .into_iter()
                        .map(|series| Some(series).filter(|series| series.total > 0));
                    overlays.push(Overlay {
                        name: name.clone(),
                        axis: *axis,
                        runs: told.collect(),
                    });
                }
            }
        }
    }
    // As they were asked for, whatever their axes.
    let place = |name: &String| wanted.names.iter().position(|known| known == name);
    overlays.sort_by_key(|overlay| place(&overlay.name));
    Ok(overlays)
}

impl Wanted {
    fn query(&self, names: &[String], axis: SeriesAxis, began: Timestamp) -> SeriesQuery {
        let word = axis_word(self.align, axis);
        let zoom = self.zoom.as_ref().filter(|zoom| zoom.axis == word);
        let shift = if self.align == Align::Relative {
            millis(began)
        } else {
            0.0
        };
        SeriesQuery {
            names: names.to_vec(),
            axis,
            from: zoom.map(|zoom| zoom.from + shift),
            to: zoom.map(|zoom| zoom.to + shift),
            columns: self.columns,
            upto: None,
        }
    }
}

/// An instant in milliseconds since the epoch.
pub(super) fn millis(at: Timestamp) -> f64 {
    at.as_micros() as f64 / 1_000.0
}
