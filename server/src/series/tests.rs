//! Series against what they were made of: whatever the points, the pieces they were written in and the stretch that is
//! asked for, columns tell the truth and hide nothing.

use std::sync::Arc;

use loopscope_event::{Event, ProjectId, RawJson, Seq, SessionId};
use loopscope_journal::{Journal, JournalConfig, SeriesWrite};
use loopscope_protocol::{SeriesAxis, SeriesQuery};
use proptest::prelude::*;

use super::chunk::chunks;
use super::columns::{Shown, Stretch};
use super::point::Point;
use super::stretch::{self, Tail};
use super::total::Total;
use super::{AllSeries, Found, built};
use crate::testing::event;

/// A journal with one session.
async fn journal() -> (tempfile::TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let config = JournalConfig::new(folder.path().join("journal.db"));
    let journal = Journal::open(config, |_| {}).await.unwrap();
    (folder, journal)
}

fn session() -> (ProjectId, SessionId) {
    (ProjectId::default(), SessionId::new("s").unwrap())
}

fn new_event(n: u64, data: String) -> loopscope_event::NewEvent {
    let Event {
        event_id,
        project,
        session_id,
        timestamp,
        received_at,
        name,
        kind,
        dialect,
        iteration,
        ..
    } = Arc::unwrap_or_clone(event(n, "s", n));
    loopscope_event::NewEvent {
        event_id,
        project,
        session_id,
        timestamp,
        received_at,
        name,
        kind,
        dialect,
        iteration,
        state: None,
        severity: None,
        data: RawJson::from_trusted(data),
    }
}

/// Writes points in pieces, keeps the last one in memory, and reads a stretch.
async fn read(points: &[Point], pieces: &[usize], stretch: Stretch) -> Shown {
    let (_folder, journal) = journal().await;
    let (project, id) = session();
    journal
        .append(vec![new_event(1, "{}".to_owned())])
        .await
        .unwrap();
    let mut first = 0;
    for piece in pieces {
        let upto = (first + piece).min(points.len());
        let write = SeriesWrite {
            version: built::VERSION,
            after: Seq(first as u64),
            upto: Seq(upto as u64),
            left_out: 0,
            metrics: Vec::new(),
            chunks: chunks(0, first as u64, &points[first..upto]),
        };
        if upto > first {
            assert!(journal.put_series(&project, &id, write).await.unwrap());
        }
        first = upto;
    }
    // As after a flush that came in between: the tail begins before the end of what is on disk.
    let begin = first.saturating_sub(5);
    let tail = Tail {
        first: begin as u64,
        points: points[begin..].to_vec(),
    };
    let mut reader = journal.series_reader(&project, &id).await.unwrap().unwrap();
    let found = Found {
        number: 0,
        total: Total::NONE,
        tail,
        disk: u64::MAX,
    };
    let shown = stretch::read(&mut reader, &found, stretch).await.unwrap();
    drop(reader);
    journal.close().await.unwrap();
    shown
}

/// What holds of any answer.
fn check(points: &[Point], stretch: Stretch, shown: &Shown) {
    let placed = points.iter().enumerate().filter_map(|(n, point)| {
        let place = point.place(stretch.axis, n as u64)?;
        (stretch.from..=stretch.to)
            .contains(&place)
            .then_some((place, point.value))
    });
    let placed: Vec<(f64, f64)> = placed.collect();
    assert_eq!(shown.points, placed.len() as u64);
    let finite: Vec<_> = placed
        .iter()
        .filter(|(_, value)| value.is_finite())
        .collect();
    let columns = &shown.columns;
    assert_eq!(columns.count.iter().sum::<u64>(), finite.len() as u64);
    assert_eq!(columns.exact, finite.len() <= 2 * stretch.columns);
    let marks: u64 = shown.non_finite.iter().map(|mark| mark.count).sum();
    assert_eq!(marks, (placed.len() - finite.len()) as u64);
    if columns.exact {
        let mut sorted: Vec<_> = finite
            .iter()
            .map(|(place, value)| (*place, *value))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let told = columns
            .at
            .iter()
            .copied()
            .zip(columns.first.iter().copied());
        assert_eq!(told.collect::<Vec<_>>(), sorted);
        return;
    }
    assert!(columns.at.is_sorted());
    let is_point = |place: f64, value: f64| finite.contains(&&(place, value));
    for n in 0..columns.at.len() {
        let (from, to) = (columns.at[n], columns.last_at[n]);
        assert!(is_point(from, columns.first[n]) && is_point(to, columns.last[n]));
        assert!(is_point(columns.min_at[n], columns.min[n]));
        assert!(is_point(columns.max_at[n], columns.max[n]));
        // Its extremes are those of the points that it says it has: as many, and none beyond.
        let own = finite
            .iter()
            .filter(|(place, _)| (from..=to).contains(place));
        let own: Vec<f64> = own.map(|(_, value)| *value).collect();
        assert!(own.len() as u64 >= columns.count[n]);
        let mean = columns.mean[n];
        let slack = 1e-9 * columns.max[n].abs().max(columns.min[n].abs());
        assert!(columns.min[n] - slack <= mean && mean <= columns.max[n] + slack);
        assert!(to - from <= (stretch.to - stretch.from) / stretch.columns as f64 * 1.26 + 1e-6);
    }
    // No point is hidden: each lies in a column that reaches as low and as high as it does.
    for (place, value) in finite {
        let is_seen = (0..columns.at.len()).any(|n| {
            (columns.at[n]..=columns.last_at[n]).contains(place)
                && (columns.min[n]..=columns.max[n]).contains(value)
        });
        assert!(is_seen, "({place}, {value})");
    }
}

fn any_points() -> impl Strategy<Value = Vec<Point>> {
    let value = prop_oneof![
        40 => -1e3..1e3_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(1e12),
    ];
    // How a step follows the one before it: on, again, far back, none.
    let follows =
        prop_oneof![30 => Just(1_i64), 2 => Just(0), 1 => -900..0_i64, 1 => Just(i64::MIN)];
    let odd = prop_oneof![3 => Just(false), 1 => Just(true)];
    (odd, proptest::collection::vec((value, follows), 1..9_000)).prop_map(|(odd, all)| {
        let mut step = 0;
        let points = all.into_iter().enumerate().map(|(n, (value, by))| {
            let by = if odd || by == 0 { by } else { 1 };
            step += if by == i64::MIN { 1 } else { by };
            Point {
                seq: n as u64 + 1,
                at: 1_767_600_000_000_000 + n as i64 * 250,
                step: if by == i64::MIN {
                    f64::NAN
                } else {
                    step as f64
                },
                epoch: if odd { (n / 100) as f64 } else { f64::NAN },
                value: if odd || value.is_finite() { value } else { 0.0 },
            }
        });
        points.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn columns_tell_the_truth_and_hide_nothing(
        points in any_points(),
        pieces in proptest::collection::vec(prop_oneof![1..300_usize, 2_000..9_000_usize], 0..6),
        axis in proptest::sample::select(SeriesAxis::ALL.to_vec()),
        window in (0.0..1.0_f64, 0.0..1.0_f64),
        columns in prop_oneof![1..40_usize, 200..900_usize],
        is_whole in any::<bool>(),
    ) {
        let places = points.iter().enumerate().filter_map(|(n, point)| point.place(axis, n as u64));
        let range = places.map(|place| (place, place)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let Some((low, high)) = range else { return Ok(()) };
        let at = |share: f64| low + share * (high - low);
        let (from, to) = if is_whole {
            (low, high)
        } else {
            (at(window.0.min(window.1)), at(window.0.max(window.1)))
        };
        let columns = if to > from { columns } else { 1 };
        let stretch = Stretch { axis, from, to, columns };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let shown = runtime.block_on(read(&points, &pieces, stretch));
        check(&points, stretch, &shown);
    }
}

#[tokio::test]
async fn a_spike_of_one_point_is_seen_at_every_zoom() {
    const SPIKE: usize = 131_071;
    let points: Vec<Point> = (0..200_000)
        .map(|n| Point {
            seq: n as u64 + 1,
            at: n as i64 * 1_000,
            step: n as f64,
            epoch: f64::NAN,
            value: if n == SPIKE {
                -40.0
            } else {
                (n as f64 / 9e3).sin()
            },
        })
        .collect();
    let pieces = [60_000, 300, 300, 100_000, 12];
    let (mut from, mut to) = (0.0, 199_999.0);
    while to - from > 2.0 {
        let stretch = Stretch {
            axis: SeriesAxis::Step,
            from,
            to,
            columns: 300,
        };
        let shown = read(&points, &pieces, stretch).await;
        check(&points, stretch, &shown);
        let columns = &shown.columns;
        let lowest = if columns.exact {
            &columns.first
        } else {
            &columns.min
        };
        assert!(lowest.contains(&-40.0), "{from} to {to}");
        // Half as wide, the spike a third from the left.
        let width = (to - from) / 2.0;
        from = (SPIKE as f64 - width / 3.0).max(0.0);
        to = (from + width).min(199_999.0);
    }
}

#[tokio::test]
async fn series_dropped_and_made_anew_are_the_same_and_small_chunks_become_few() {
    let (_folder, journal) = journal().await;
    let key = session();
    let series = AllSeries::new(journal.clone());
    let query = SeriesQuery {
        names: vec!["loss".to_owned(), "rare".to_owned()],
        columns: 50,
        ..SeriesQuery::default()
    };
    let mut n = 0_u64;
    for _ in 0..80 {
        let events = (0..40).map(|_| {
            n += 1;
            let rare = if n.is_multiple_of(500) {
                r#","rare":1"#
            } else {
                ""
            };
            new_event(
                n,
                format!(r#"{{"metrics":{{"loss":{}{rare}}},"step":{n}}}"#, n % 13),
            )
        });
        journal.append(events.collect()).await.unwrap();
        series.bring_up(&key).await.unwrap();
        series.save(&key).await.unwrap();
    }
    let answer = series.stretches(&key.0, &key.1, &query).await.unwrap();
    assert_eq!((answer.series[0].total, answer.series[1].total), (3_200, 6));
    assert_eq!(answer.series[0].range, Some((1.0, 3_200.0)));
    let state = journal.series_state(&key.0, &key.1).await.unwrap().unwrap();
    let of_loss = state
        .chunks
        .iter()
        .filter(|(metric, ..)| *metric == 0)
        .count();
    assert!(of_loss <= 24, "{of_loss}");
    assert_eq!(state.seq, Seq(3_200));

    // As it was after earlier events.
    for upto in [1, 39, 40, 41, 127, 1_500, 3_199, 3_200, 9_999] {
        let query = SeriesQuery {
            upto: Some(Seq(upto)),
            ..query.clone()
        };
        let cut = series.stretches(&key.0, &key.1, &query).await.unwrap();
        let n = upto.min(3_200);
        assert_eq!(cut.seq, Seq(n));
        let [loss, rare] = &cut.series[..] else {
            panic!("two were asked for");
        };
        assert_eq!((loss.total, rare.total), (n, n / 500), "{upto}");
        assert_eq!(loss.range, Some((1.0, n as f64)), "{upto}");
        let shown: u64 = if loss.columns.exact {
            loss.columns.at.len() as u64
        } else {
            loss.columns.count.iter().sum()
        };
        assert_eq!(shown, n, "{upto}");
        let last = loss.columns.last.last().or(loss.columns.first.last());
        assert_eq!(last, Some(&((n % 13) as f64)), "{upto}");
    }

    // Another process finds it as it is; and without it, makes it anew.
    let again = AllSeries::new(journal.clone());
    assert_eq!(
        again.stretches(&key.0, &key.1, &query).await.unwrap(),
        answer
    );
    journal.drop_series(&key.0, &key.1).await.unwrap();
    let anew = AllSeries::new(journal.clone());
    assert_eq!(
        anew.stretches(&key.0, &key.1, &query).await.unwrap(),
        answer
    );
    // The one that knew the old ones notices, and loses nothing.
    journal
        .append(vec![new_event(
            3_201,
            r#"{"metrics":{"loss":5},"step":1}"#.to_owned(),
        )])
        .await
        .unwrap();
    series.bring_up(&key).await.unwrap();
    series.save(&key).await.unwrap();
    let last = series.stretches(&key.0, &key.1, &query).await.unwrap();
    assert_eq!(
        (last.series[0].total, last.series[0].out_of_order),
        (3_201, 1)
    );
    // What is not on disk is cut likewise.
    let newer = (3_202..3_210).map(|n| new_event(n, format!(r#"{{"metrics":{{"loss":{n}}}}}"#)));
    journal.append(newer.collect()).await.unwrap();
    let query = SeriesQuery {
        axis: SeriesAxis::Index,
        upto: Some(Seq(3_204)),
        ..query
    };
    let cut = series.stretches(&key.0, &key.1, &query).await.unwrap();
    assert_eq!(cut.series[0].total, 3_204);
    assert_eq!(cut.series[0].range, Some((0.0, 3_203.0)));
    journal.close().await.unwrap();
}
