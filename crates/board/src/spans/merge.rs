//! Fewer spans for the same picture. In: spans. Out: at most so many, where short neighbours of one lane are one span
//! that says how many they are, the shortest and the longest. What is long stays by itself.

use std::collections::HashMap;

use loopscope_protocol::{MergedSpans, Span, SpanKind, SpanStatus};

/// At most `most` spans, by start. What goes on is never merged.
pub fn merge(mut spans: Vec<Span>, most: usize) -> Vec<Span> {
    let by_start = |span: &Span| (span.start_us, span.id);
    spans.sort_by_key(by_start);
    if spans.len() <= most {
        return spans;
    }
    let (going, ended): (Vec<_>, Vec<_>) =
        spans.into_iter().partition(|span| span.end_us.is_none());
    let most = most.saturating_sub(going.len()).max(1);
    let mut merged = lanes(ended, most);
    merged.extend(going);
    merged.sort_by_key(by_start);
    merged
}

fn lanes(spans: Vec<Span>, most: usize) -> Vec<Span> {
    let first = spans.first().map_or(0, |span| span.start_us);
    let last = spans.iter().filter_map(|span| span.end_us).max();
    let whole = last.unwrap_or(first).saturating_sub(first).max(1);
    let mut by_lane: HashMap<(SpanKind, &str), usize> = HashMap::new();
    let lanes: Vec<usize> = spans
        .iter()
        .map(|span| {
            let next = by_lane.len();
            *by_lane.entry((span.kind, &span.name)).or_insert(next)
        })
        .collect();
    let count = by_lane.len();
    // More lanes than spans: those of a kind share one.
    let (lanes, count) = if count > most {
        (
            spans.iter().map(|span| span.kind as usize).collect(),
            SpanKind::ALL.len(),
        )
    } else {
        (lanes, count)
    };
    let mut near = (whole / most as i64).max(1);
    loop {
        let found = count_at(&spans, &lanes, count, near);
        if found <= most || near > whole.saturating_mul(2) {
            return at(spans, &lanes, count, near);
        }
        near = near.saturating_mul(2);
    }
}

/// Whether a span joins the one before it in its lane.
fn joins(before: (i64, bool), span: &Span, near: i64) -> bool {
    let (end, is_short) = before;
    let length = span.end_us.unwrap_or(span.start_us) - span.start_us;
    is_short && length <= near && span.start_us.saturating_sub(end) <= near
}

fn length(span: &Span) -> i64 {
    span.end_us.unwrap_or(span.start_us) - span.start_us
}

/// How many are left where neighbours are as near as this.
fn count_at(spans: &[Span], lanes: &[usize], count: usize, near: i64) -> usize {
    let mut last: Vec<Option<(i64, bool)>> = vec![None; count];
    let mut left = 0;
    for (span, lane) in spans.iter().zip(lanes) {
        let end = span.end_us.unwrap_or(span.start_us);
        let Some(last) = last.get_mut(*lane) else {
            continue;
        };
        match last {
            Some(before) if joins(*before, span, near) => before.0 = before.0.max(end),
            _ => {
                left += 1;
                *last = Some((end, length(span) <= near));
            }
        }
    }
    left
}

fn at(spans: Vec<Span>, lanes: &[usize], count: usize, near: i64) -> Vec<Span> {
    let mut last: Vec<Option<(usize, bool)>> = vec![None; count];
    let mut out: Vec<Span> = Vec::new();
    for (span, lane) in spans.into_iter().zip(lanes) {
        let is_short = length(&span) <= near;
        let before = last.get(*lane).copied().flatten();
        let before =
            before.and_then(|(place, is_short)| Some((place, out.get_mut(place)?, is_short)));
        match before {
            Some((_, into, was_short))
                if joins(
                    (into.end_us.unwrap_or(into.start_us), was_short),
                    &span,
                    near,
                ) =>
            {
                join(into, &span);
            }
            _ => {
                if let Some(last) = last.get_mut(*lane) {
                    *last = Some((out.len(), is_short));
                }
                out.push(span);
            }
        }
    }
    out
}

/// One more of the same lane.
fn join(into: &mut Span, span: &Span) {
    let mut sum = sum_of(into);
    let more = sum_of(span);
    sum.count = sum.count.saturating_add(more.count);
    sum.failed = sum.failed.saturating_add(more.failed);
    sum.busy_us = sum.busy_us.saturating_add(more.busy_us);
    sum.min_us = sum.min_us.min(more.min_us);
    sum.max_us = sum.max_us.max(more.max_us);
    into.end_us = into.end_us.max(span.end_us);
    into.end_seq = into.end_seq.max(span.end_seq);
    into.status = into.status.max(span.status);
    if into.name != span.name {
        into.name = format!("other {}s", into.kind.as_str());
    }
    (into.label, into.note, into.by) = (None, None, None);
    into.merged = Some(Box::new(sum));
}

fn sum_of(span: &Span) -> MergedSpans {
    let own = length(span);
    span.merged.as_deref().copied().unwrap_or(MergedSpans {
        count: 1,
        failed: u64::from(span.status == SpanStatus::Failed),
        busy_us: own,
        min_us: own,
        max_us: own,
    })
}
