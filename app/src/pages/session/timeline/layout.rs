//! Spans in rows. In: spans, by start; how they are put in rows; which groups are open. Out: rows, each with its bars in
//! order of their start.

use std::collections::{HashMap, HashSet};

use loopscope_protocol::{Span, SpanKind};

use super::asked::Mode;
use super::look::{is_mono, kind_title, look, title};
use crate::ui::title_word;

/// Iterations before the last so many share one group.
const APART: usize = 2;
/// A kind with more lanes than this is closed at first.
const OPEN_LANES: usize = 60;

/// A row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub title: String,
    pub tone: &'static str,
    /// Empty for none.
    pub icon: &'static str,
    pub is_mono: bool,
    /// How far it is to the right: 0, 1, 2 …
    pub level: u8,
    /// The group that it opens and closes, and whether that is open.
    pub group: Option<(String, bool)>,
    /// Whether its bars stand for what is in a group.
    pub is_rolled: bool,
    /// Bars, as indices of spans.
    pub bars: Vec<u32>,
    /// The time of its bars that ended.
    pub busy_us: i64,
    /// When those began that go on.
    pub going_us: Vec<i64>,
    /// The longest bar that ended: how far back one must look for what reaches into a stretch.
    pub longest_us: i64,
}

/// The rows of spans.
pub(super) fn layout(spans: &[Span], mode: Mode, toggled: &[String]) -> Vec<Row> {
    let mut plan = Plan {
        spans,
        toggled: toggled.iter().map(String::as_str).collect(),
        parts: HashMap::new(),
        rows: Vec::new(),
    };
    match mode {
        Mode::Compact => plan.compact(),
        Mode::History => plan.history(),
        Mode::Lanes => plan.lanes(),
    }
    plan.rows
}

struct Plan<'a> {
    spans: &'a [Span],
    toggled: HashSet<&'a str>,
    /// What is part of a span.
    parts: HashMap<u32, Vec<u32>>,
    rows: Vec<Row>,
}

impl Plan<'_> {
    fn span(&self, index: u32) -> Option<&Span> {
        self.spans.get(index as usize)
    }

    fn all(&self) -> impl Iterator<Item = (u32, &Span)> {
        (0_u32..).zip(self.spans)
    }

    /// Whether a group is open, given what it is by itself.
    fn is_open(&self, key: &str, habit: bool) -> bool {
        habit != self.toggled.contains(key)
    }

    /// A row with these bars.
    fn push(&mut self, mut row: Row, mut bars: Vec<u32>) {
        bars.sort_by_key(|bar| self.span(*bar).map(|span| (span.start_us, span.id)));
        let spans: Vec<&Span> = bars.iter().filter_map(|bar| self.span(*bar)).collect();
        for span in spans {
            match (span.end_us, &span.merged) {
                (None, _) => row.going_us.push(span.start_us),
                (Some(end), merged) => {
                    let length = end - span.start_us;
                    row.busy_us += merged.as_ref().map_or(length, |merged| merged.busy_us);
                    row.longest_us = row.longest_us.max(length);
                }
            }
        }
        row.bars = bars;
        self.rows.push(row);
    }

    fn history(&mut self) {
        for index in 0..self.spans.len() as u32 {
            let Some(span) = self.span(index) else {
                continue;
            };
            let looks = look(span);
            let row = Row {
                title: title(span),
                tone: looks.tone,
                icon: looks.icon,
                is_mono: is_mono(span.kind),
                level: span.depth.min(4),
                ..Row::default()
            };
            self.push(row, vec![index]);
        }
    }

    fn compact(&mut self) {
        for kind in SpanKind::ALL {
            let own: Vec<u32> = self
                .all()
                .filter(|(_, span)| span.kind == kind)
                .map(|(index, _)| index)
                .collect();
            for (n, bars) in self.pack(&own).into_iter().enumerate() {
                let title = if n == 0 { kind_title(kind) } else { "" };
                let row = Row {
                    title: title.to_owned(),
                    ..Row::default()
                };
                self.push(row, bars);
            }
        }
    }

    /// Spans in as few rows as there is room for; each by start.
    fn pack(&self, own: &[u32]) -> Vec<Vec<u32>> {
        let mut rows: Vec<(i64, Vec<u32>)> = Vec::new();
        for index in own {
            let Some(span) = self.span(*index) else {
                continue;
            };
            let end = span.end_us.unwrap_or(i64::MAX);
            match rows.iter_mut().find(|(free, _)| *free <= span.start_us) {
                Some((free, row)) => {
                    *free = end.max(span.start_us + 1);
                    row.push(*index);
                }
                None => rows.push((end.max(span.start_us + 1), vec![*index])),
            }
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn lanes(&mut self) {
        let places: HashMap<_, u32> = self.all().map(|(index, span)| (span.id, index)).collect();
        let mut roots = Vec::new();
        let mut parts: HashMap<u32, Vec<u32>> = HashMap::new();
        for (index, span) in self.all() {
            match span.parent.and_then(|parent| places.get(&parent)) {
                Some(parent) => parts.entry(*parent).or_default().push(index),
                None => roots.push(index),
            }
        }
        self.parts = parts;
        let is_pass = |index: &u32| {
            self.span(*index).is_some_and(|span| {
                span.kind == SpanKind::Iteration
                    && span.name == "iteration"
                    && span.merged.is_none()
            })
        };
        let is_whole = self.spans.iter().all(|span| span.merged.is_none());
        let (passes, rest): (Vec<u32>, Vec<u32>) = if is_whole {
            roots.into_iter().partition(is_pass)
        } else {
            // Of many passes what is short is merged: the lanes go through all of them.
            (Vec::new(), (0..self.spans.len() as u32).collect())
        };
        self.passes(&passes);
        self.kinds(&rest, !passes.is_empty());
    }

    /// A row a pass; the ones before the last share a group.
    fn passes(&mut self, passes: &[u32]) {
        let earlier = match passes.len() {
            len if len > APART + 1 => len - APART,
            _ => 0,
        };
        if let (Some(first), Some(last)) = (passes.first(), earlier.checked_sub(1)) {
            let number = |index: Option<&u32>| {
                let span = index.and_then(|index| self.span(*index));
                span.map_or(0, |span| span.iteration)
            };
            let (first, last) = (number(Some(first)), number(passes.get(last)));
            let is_open = self.is_open("earlier", false);
            let row = Row {
                title: format!("Iterations {first} to {last}"),
                group: Some(("earlier".to_owned(), is_open)),
                is_rolled: true,
                ..Row::default()
            };
            let before = passes.iter().take(earlier);
            let rolled: Vec<u32> = before.flat_map(|pass| self.within(*pass)).collect();
            self.push(row, rolled);
            if is_open {
                for pass in passes.iter().take(earlier) {
                    self.pass(*pass, false);
                }
            }
        }
        for (n, pass) in passes.iter().enumerate().skip(earlier) {
            self.pass(*pass, n + 1 == passes.len());
        }
    }

    /// What stands for a pass while it is closed: its parts, else itself.
    fn within(&self, pass: u32) -> Vec<u32> {
        self.parts.get(&pass).cloned().unwrap_or_else(|| vec![pass])
    }

    fn pass(&mut self, pass: u32, is_last: bool) {
        let Some(span) = self.span(pass) else {
            return;
        };
        let key = span.iteration.to_string();
        let is_open = self.is_open(&key, is_last);
        let row = Row {
            title: title(span),
            group: Some((key, is_open)),
            is_rolled: true,
            ..Row::default()
        };
        let parts = self.parts.get(&pass).cloned().unwrap_or_default();
        let mut rolled = Row::default();
        let (busy, going) = (span.end_us.map(|end| end - span.start_us), span.start_us);
        rolled.busy_us = busy.unwrap_or(0);
        rolled.going_us.extend(busy.is_none().then_some(going));
        self.push(row, self.within(pass));
        // Its time is its own, not that of its parts.
        if let Some(row) = self.rows.last_mut() {
            (row.busy_us, row.going_us) = (rolled.busy_us, rolled.going_us);
        }
        if is_open {
            self.names(&parts, 1);
        }
    }

    /// Lanes, under the kinds where there are several.
    fn kinds(&mut self, own: &[u32], is_among: bool) {
        let of = |kind: SpanKind| -> Vec<u32> {
            let own = own.iter().copied();
            own.filter(|index| self.span(*index).is_some_and(|span| span.kind == kind))
                .collect()
        };
        let kinds: Vec<(SpanKind, Vec<u32>)> = SpanKind::ALL
            .into_iter()
            .map(|kind| (kind, of(kind)))
            .filter(|(_, own)| !own.is_empty())
            .collect();
        let is_grouped = is_among || kinds.len() > 1;
        for (kind, own) in kinds {
            if !is_grouped {
                self.names(&own, 0);
                continue;
            }
            let lanes: HashSet<&str> = own
                .iter()
                .filter_map(|index| self.span(*index).map(|span| &*span.name))
                .collect();
            if lanes.len() == 1 && own.iter().all(|index| !self.parts.contains_key(index)) {
                self.names(&own, 0);
                continue;
            }
            let is_open = self.is_open(kind.as_str(), lanes.len() <= OPEN_LANES);
            let row = Row {
                title: kind_title(kind).to_owned(),
                group: Some((kind.as_str().to_owned(), is_open)),
                is_rolled: true,
                ..Row::default()
            };
            self.push(row, own.clone());
            if is_open {
                self.names(&own, 1);
            }
        }
    }

    /// A lane a name, in the order in which they come first; what is part of them below.
    fn names(&mut self, own: &[u32], level: u8) {
        let mut lanes: Vec<Vec<u32>> = Vec::new();
        let mut known: HashMap<(SpanKind, &str), usize> = HashMap::new();
        for index in own {
            let Some(span) = self.span(*index) else {
                continue;
            };
            let lane = *known.entry((span.kind, &*span.name)).or_insert_with(|| {
                lanes.push(Vec::new());
                lanes.len() - 1
            });
            if let Some(lane) = lanes.get_mut(lane) {
                lane.push(*index);
            }
        }
        for lane in lanes {
            let Some(span) = lane.first().and_then(|first| self.span(*first)) else {
                continue;
            };
            let looks = look(span);
            let named = Row {
                title: if is_mono(span.kind) {
                    span.name.clone()
                } else {
                    title_word(&span.name)
                },
                tone: looks.tone,
                icon: if is_mono(span.kind) { "" } else { looks.icon },
                is_mono: is_mono(span.kind),
                level,
                ..Row::default()
            };
            for (n, bars) in self.pack(&lane).into_iter().enumerate() {
                let row = if n == 0 {
                    named.clone()
                } else {
                    Row {
                        level,
                        ..Row::default()
                    }
                };
                self.push(row, bars);
            }
            let parts = lane.iter().filter_map(|index| self.parts.get(index));
            let mut parts: Vec<u32> = parts.flatten().copied().collect();
            parts.sort_unstable();
            if !parts.is_empty() {
                self.names(&parts, level.saturating_add(1).min(4));
            }
        }
    }
}
