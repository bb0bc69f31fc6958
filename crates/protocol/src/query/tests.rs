//! Lists in addresses: read as written, written as read.

use super::*;

#[test]
fn a_sessions_query_reads_back_what_it_writes() {
    let pairs = [
        ("q", "a b&c"),
        ("status", "running"),
        ("status", "failed"),
        ("kind", "convergence"),
        ("target", "services/ü"),
        ("errors", "1"),
        ("sort", "started"),
        ("order", "asc"),
        ("limit", "1000"),
        ("after", ""),
        ("tab", "x"),
        ("tag", "nightly"),
        ("since", "2026-01-05"),
        ("until", "2026-01-06"),
    ];
    let (query, errors) = SessionsQuery::read(pairs);
    assert_eq!(errors, []);
    assert_eq!(query.limit, MAX_LIMIT);
    assert_eq!(
        query.to_query_string(),
        "q=a%20b%26c&status=running&status=failed&kind=convergence&target=services%2F%C3%BC&tag=nightly\
         &since=2026-01-05&until=2026-01-06&errors=1\
         &sort=started&order=asc&limit=1000"
    );
    assert!(query.is_filtered());
    assert!(!SessionsQuery::read([("sort", "name")]).0.is_filtered());
    let (by_dialect, _) = SessionsQuery::read([("dialect", "agents")]);
    assert_eq!(by_dialect.to_query_string(), "kind=agents", "as elsewhere");
}

#[test]
fn a_date_is_all_of_its_day_and_a_moment_stays_one() {
    let (query, _) = SessionsQuery::read([("since", "2026-01-05"), ("until", "2026-01-05")]);
    let micros = |at: Option<Timestamp>| at.unwrap().as_micros();
    assert_eq!(micros(query.until) - micros(query.since), DAY_US);
    let (query, errors) =
        SessionsQuery::read([("since", "2026-01-05T10:30:00Z"), ("until", "soon")]);
    assert_eq!(
        query.to_query_string(),
        "since=2026-01-05T10%3A30%3A00.000000Z"
    );
    assert_eq!(errors[0].field.as_deref(), Some("until"));
}

#[test]
fn what_cannot_be_read_names_its_field_and_the_rest_stands() {
    let long = "x".repeat(MAX_QUESTION_CHARS + 1);
    let (query, errors) = SessionsQuery::read([("q", long.as_str())]);
    assert_eq!((query.text, errors.len()), (None, 1));
    let pairs = [
        ("status", "happy"),
        ("status", "halted"),
        ("limit", "5000"),
        ("errors", "perhaps"),
        ("order", "up"),
    ];
    let (query, errors) = SessionsQuery::read(pairs);
    assert_eq!(query.status, [SessionStatus::Halted]);
    let fields: Vec<_> = errors.iter().filter_map(|e| e.field.as_deref()).collect();
    assert_eq!(fields, ["status", "limit", "errors", "order"]);
}

#[test]
fn an_events_query_reads_back_what_it_writes() {
    let text = "before=40&at=2026-01-05T10%3A00%3A00.000000Z&kind=finding&severity=high&step=fix&iteration=3&q=x";
    let (query, errors) = EventsQuery::read([
        ("before", "40"),
        ("at", "2026-01-05T10:00:00Z"),
        ("kind", "finding"),
        ("severity", "high"),
        ("step", "fix"),
        ("iteration", "3"),
        ("q", "x"),
    ]);
    assert_eq!(errors, []);
    assert_eq!(query.to_query_string(), text);
    let (_, errors) = EventsQuery::read([("at", "noon"), ("kind", "?"), ("after", "-1")]);
    assert_eq!(errors.len(), 3);
}
