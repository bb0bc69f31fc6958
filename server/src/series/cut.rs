//! A series as it was after an earlier event: which chunks hold only its points, and those of the one in between.
//!
//! A chunk does not tell the events of its points, so the chunk in question is found by halving.

use loopscope_event::Seq;
use loopscope_journal::{SeriesPart, SeriesReader};

use super::point::{OWN_AXES, Point};
use super::stretch::{Place, Tail, places};
use super::total::Total;
use super::{Found, SeriesError, codec};

/// Lets go of the points of later events.
pub(super) async fn cut(
    reader: &mut SeriesReader,
    found: &mut Found,
    upto: Seq,
) -> Result<(), SeriesError> {
    if found.total.is_of_no_later(upto) {
        return Ok(());
    }
    let places = places(reader, found.number).await?;
    let (mut before, mut after) = (0, places.len());
    let mut kept = Vec::new();
    while before < after {
        let middle = before + (after - before) / 2;
        let points = points(reader, found.number, places[middle].first).await?;
        if points.first().is_some_and(|point| point.seq <= upto.0) {
            before = middle + 1;
            kept = points;
        } else {
            after = middle;
        }
    }
    let whole = kept.len();
    kept.retain(|point| point.seq <= upto.0);
    if before == places.len() && kept.len() == whole {
        found.tail.points.retain(|point| point.seq <= upto.0);
    } else {
        let first = before.checked_sub(1).map_or(0, |last| places[last].first);
        found.disk = first;
        found.tail = Tail {
            first,
            points: kept,
        };
    }
    found.total = total(&places, found);
    Ok(())
}

async fn points(
    reader: &mut SeriesReader,
    metric: u32,
    first: u64,
) -> Result<Vec<Point>, SeriesError> {
    let rows = reader
        .chunks(metric, SeriesPart::Points, first..first + 1, 1)
        .await?;
    let (_, _, bytes) = rows.first().ok_or(SeriesError::Unreadable)?;
    codec::read(bytes).ok_or(SeriesError::Unreadable)
}

/// What is known of what is left.
fn total(places: &[Place], found: &Found) -> Total {
    let kept = places.iter().filter(|place| place.first < found.disk);
    let on_disk: u64 = kept.clone().map(|place| u64::from(place.count)).sum();
    let skip = on_disk.saturating_sub(found.tail.first) as usize;
    let tail = found.tail.points.get(skip..).unwrap_or_default();
    let ranges = OWN_AXES.map(|axis| {
        let sums = kept.clone().map(|place| {
            let at = place.sum.places(axis, place.first);
            (at.low, at.high)
        });
        let points = tail.iter().filter_map(|point| point.place(axis, 0));
        let all = sums.chain(points.map(|place| (place, place)));
        let known = all.filter(|(low, high)| low <= high);
        known.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    });
    Total::of_part(on_disk + tail.len() as u64, ranges)
}
