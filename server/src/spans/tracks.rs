//! Tracks of a trace: spans on one track are apart from each other, or one is part of the other.
//!
//! In: ended spans, parts before what they are part of. Out: a track each. Two that ran at the same time are never on one
//! track, unless one is part of the other: programs that open traces read nesting from time alone.

use loopscope_protocol::{Span, SpanId, SpanKind};

/// The most tracks; beyond, spans share the last.
const MOST: usize = 4_096;

/// How many spans that are part of none are remembered of a track.
const KEPT: usize = 256;

/// All tracks.
#[derive(Debug, Default)]
pub(super) struct Tracks(Vec<Track>);

/// One track.
#[derive(Debug)]
struct Track {
    group: &'static str,
    /// Spans that are part of none so far: start, end, and of what they are to be part.
    tops: Vec<(i64, i64, Option<SpanId>)>,
    /// Before this nothing is known any more.
    known_us: i64,
}

/// A track that is new.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub group: &'static str,
    /// Which of its group, from 1.
    pub nth: usize,
}

/// What spans of a kind stand under.
const fn group(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Iteration | SpanKind::Step => "Steps",
        SpanKind::Wave | SpanKind::Skill => "Skills",
        SpanKind::Phase => "Phases",
        SpanKind::Agent => "Agents",
        SpanKind::Seed => "Seeds",
        SpanKind::Validation => "Validation",
        SpanKind::Decision => "Decisions",
        SpanKind::Halt => "Halts",
        SpanKind::Outage => "Outages",
    }
}

impl Tracks {
    /// The track of a span, from 1, and whether it is new.
    pub(super) fn place(&mut self, span: &Span) -> (usize, Option<Made>) {
        let group = group(span.kind);
        let (start, end) = (span.start_us, span.end_at(span.start_us));
        let found = self
            .0
            .iter()
            .position(|track| track.group == group && track.has_room(span.id, start, end));
        let (place, made) = match found {
            Some(place) => (place, None),
            None if self.0.len() < MOST => {
                let nth = 1 + self.0.iter().filter(|track| track.group == group).count();
                self.0.push(Track {
                    group,
                    tops: Vec::new(),
                    known_us: i64::MIN,
                });
                (self.0.len() - 1, Some(Made { group, nth }))
            }
            None => (MOST - 1, None),
        };
        if let Some(track) = self.0.get_mut(place) {
            track.put(start, end, span.parent);
        }
        (place + 1, made)
    }
}

impl Track {
    /// Whether a span fits: it begins in none, and holds only its own parts.
    fn has_room(&self, id: SpanId, start: i64, end: i64) -> bool {
        let apart = |(top_start, top_end, parent): &(i64, i64, Option<SpanId>)| {
            let before = *top_end <= start;
            let behind = *top_start >= end && *top_start > start;
            let own_part = *top_start >= start && *top_end <= end && *parent == Some(id);
            before || behind || own_part
        };
        start >= self.known_us && self.tops.iter().rev().all(apart)
    }

    fn put(&mut self, start: i64, end: i64, parent: Option<SpanId>) {
        // What it holds is part of it now.
        self.tops
            .retain(|(top_start, top_end, _)| *top_end <= start || *top_start >= end);
        self.tops.push((start, end, parent));
        if self.tops.len() > KEPT {
            let (_, end, _) = self.tops.remove(0);
            self.known_us = self.known_us.max(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use loopscope_event::Seq;
    use loopscope_protocol::SpanStatus;

    use super::*;

    /// The tracks of spans, written `id/parent start end`; parts come first, as they end.
    fn tracks(lines: &[&str]) -> Vec<usize> {
        let id = |seq: &str| SpanId {
            seq: Seq(seq.parse().unwrap()),
            nth: 0,
        };
        let mut tracks = Tracks::default();
        let spans = lines.iter().map(|line| {
            let mut words = line.split([' ', '/']);
            let mut word = || words.next().unwrap();
            let (own, parent) = (word(), word());
            Span {
                id: id(own),
                parent: (parent != "-").then(|| id(parent)),
                depth: 0,
                kind: SpanKind::Step,
                name: "s".to_owned(),
                start_us: word().parse().unwrap(),
                end_us: word().parse().ok(),
                end_seq: None,
                status: SpanStatus::Completed,
                iteration: 0,
                label: None,
                note: None,
                by: None,
                merged: None,
            }
        });
        spans.map(|span| tracks.place(&span).0).collect()
    }

    #[test]
    fn parts_stand_on_the_track_of_the_whole() {
        assert_eq!(
            tracks(&["2/1 0 5", "3/1 5 9", "1/- 0 10", "4/- 10 12"]),
            [1, 1, 1, 1]
        );
        assert_eq!(tracks(&["3/2 1 2", "2/1 0 5", "1/- 0 10"]), [1, 1, 1]);
    }

    #[test]
    fn what_ran_at_the_same_time_has_a_track_of_its_own() {
        // Partly at the same time; and one within the other, which is no part of it.
        assert_eq!(tracks(&["1/- 0 5", "2/- 3 8"]), [1, 2]);
        assert_eq!(tracks(&["1/- 2 5", "2/- 0 10", "3/- 10 11"]), [1, 2, 1]);
        // A part that outlives the whole.
        assert_eq!(tracks(&["1/- 0 5", "2/1 3 8"]), [1, 2]);
    }

    #[test]
    fn what_is_no_longer_known_takes_no_span() {
        let lines: Vec<String> = (1..=300).map(|n| format!("{n}/- {n} {}", n + 1)).collect();
        let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        lines.push("900/- 3 4");
        assert_eq!(tracks(&lines).last(), Some(&2));
    }
}
