//! The list of sessions. In: a query. Out: what `GET /api/v1/sessions` answers.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use loopscope_protocol::{Facets, SessionSort, SessionSummary, SessionsPage, SessionsQuery};

use crate::Shelf;

/// Rows of a page where nothing is said.
const PAGE: usize = 50;

/// Values of one kind that can be chosen, as many as a server gives.
const CHOICES: usize = 10;

/// One page.
pub(crate) fn page(shelf: &Shelf, query: &SessionsQuery) -> SessionsPage {
    let all: Vec<&SessionSummary> = shelf.all().iter().map(|held| &held.row).collect();
    let mut rows: Vec<&SessionSummary> = all
        .iter()
        .copied()
        .filter(|row| fits(shelf, row, query, Facet::None))
        .collect();
    rows.sort_by(|a, b| {
        let order = compare(a, b, query.sort).then(a.last_offset.cmp(&b.last_offset));
        if query.ascending {
            order
        } else {
            order.reverse()
        }
    });
    let skip = query.after.as_ref().and_then(|after| after.parse().ok());
    let skip: usize = skip.unwrap_or_default();
    let limit = match query.limit {
        0 => PAGE,
        limit => limit as usize,
    };
    let total = rows.len();
    let next = (skip + limit < total).then(|| (skip + limit).to_string());
    let shown = rows.into_iter().skip(skip).take(limit);
    SessionsPage {
        tags: shown.clone().map(|row| tags_of(shelf, row)).collect(),
        sessions: shown.cloned().collect(),
        next,
        total: total as u64,
        facets: facets(shelf, &all, query),
        cursor: shelf.cursor(),
        server_time: shelf.newest(),
    }
}

/// Which of the conditions is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Facet {
    None,
    Project,
    Tag,
    Status,
    Kind,
    Target,
    Errors,
    Open,
}

fn fits(shelf: &Shelf, row: &SessionSummary, query: &SessionsQuery, without: Facet) -> bool {
    let is_left_out = |facet| without == facet;
    let words = query.text.iter().flat_map(|text| text.split_whitespace());
    let mut words = words.map(str::to_lowercase);
    let has_tag = |tag: &String| tags_of(shelf, row).contains(tag);
    (is_left_out(Facet::Project)
        || query
            .project
            .as_ref()
            .is_none_or(|project| *project == row.project))
        && (is_left_out(Facet::Tag) || query.tag.is_empty() || query.tag.iter().any(has_tag))
        && query.since.is_none_or(|since| row.started_at >= since)
        && query.until.is_none_or(|until| row.started_at < until)
        && (is_left_out(Facet::Status)
            || query.status.is_empty()
            || query.status.contains(&row.status))
        && (is_left_out(Facet::Kind) || query.kind.is_empty() || query.kind.contains(&row.dialect))
        && (is_left_out(Facet::Target)
            || query.target.is_empty()
            || row
                .target
                .as_ref()
                .is_some_and(|target| query.target.contains(target)))
        && (is_left_out(Facet::Errors) || !query.with_errors || row.errors > 0)
        && (is_left_out(Facet::Open) || !query.with_open_findings || has_open(row))
        && words.all(|word| {
            let holds = |text: &str| text.to_lowercase().contains(&word);
            holds(&row.name)
                || holds(row.session_id.as_str())
                || row.target.as_deref().is_some_and(holds)
        })
}

fn tags_of(shelf: &Shelf, row: &SessionSummary) -> Vec<String> {
    let held = shelf.find(&row.project, &row.session_id);
    held.map(|held| held.tags.clone()).unwrap_or_default()
}

fn has_open(row: &SessionSummary) -> bool {
    row.findings_open.is_some_and(|open| open > 0)
}

fn compare(a: &SessionSummary, b: &SessionSummary, sort: SessionSort) -> Ordering {
    // Those without one count as the least, as on the server.
    let quality = |row: &SessionSummary| row.quality_percent.unwrap_or(-1.0);
    let span = |row: &SessionSummary| {
        let ended = row.ended_at.unwrap_or(row.last_event_at);
        ended.since(row.started_at).as_micros()
    };
    if sort == SessionSort::Kind {
        return a.dialect.as_str().cmp(b.dialect.as_str());
    }
    match sort {
        SessionSort::Started => a.started_at.cmp(&b.started_at),
        SessionSort::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        SessionSort::Duration => span(a).cmp(&span(b)),
        SessionSort::Iteration => a.iteration.cmp(&b.iteration),
        SessionSort::Findings => a.findings_open.cmp(&b.findings_open),
        SessionSort::Fixes => a.fixes_total.cmp(&b.fixes_total),
        SessionSort::Status => a.status.as_str().cmp(b.status.as_str()),
        SessionSort::Quality => quality(a).total_cmp(&quality(b)),
        _ => a.last_event_at.cmp(&b.last_event_at),
    }
}

fn facets(shelf: &Shelf, all: &[&SessionSummary], query: &SessionsQuery) -> Facets {
    let count = |without: Facet, words: &dyn Fn(&SessionSummary) -> Vec<String>| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for row in all.iter().filter(|row| fits(shelf, row, query, without)) {
            for word in words(row) {
                *counts.entry(word).or_default() += 1;
            }
        }
        let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.truncate(CHOICES);
        counts
    };
    let some = |without: Facet, has: &dyn Fn(&SessionSummary) -> bool| {
        let rows = all.iter().filter(|row| fits(shelf, row, query, without));
        rows.filter(|row| has(row)).count() as u64
    };
    Facets {
        status: count(Facet::Status, &|row| vec![row.status.as_str().to_owned()]),
        kind: count(Facet::Kind, &|row| vec![row.dialect.as_str().to_owned()]),
        project: count(Facet::Project, &|row| vec![row.project.to_string()]),
        target: count(Facet::Target, &|row| row.target.iter().cloned().collect()),
        tag: count(Facet::Tag, &|row| tags_of(shelf, row)),
        with_errors: some(Facet::Errors, &|row| row.errors > 0),
        with_open_findings: some(Facet::Open, &has_open),
    }
}
