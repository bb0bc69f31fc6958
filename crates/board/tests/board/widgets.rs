//! Widgets: what is refused, what is counted where, and that a fold goes on from wherever it was stored.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use loopscope_board::widgets::{
    MAX_BUCKETS, MAX_GROUPS, Picture, PictureAxis, Plan, WidgetFold, check, read_pushed,
};
use loopscope_event::{
    Dialect, Event, EventId, Kind, NewEvent, Offset, ProjectId, RawJson, Seq, SessionId, Severity,
    Timestamp,
};
use loopscope_protocol::{ErrorCode, WidgetSpec};
use proptest::prelude::*;
use serde_json::{Value, json};

fn spec(more: &Value) -> WidgetSpec {
    let mut whole = json!({ "name": "w", "select": { "events": ["STEP_*"] } });
    for (key, value) in more.as_object().unwrap() {
        whole[key] = value.clone();
    }
    serde_json::from_value(whole).unwrap()
}

fn plan(more: &Value) -> Plan {
    check(&spec(more)).unwrap()
}

fn event(seq: u64, name: &str, second: i64, data: &str) -> Event {
    let at = Timestamp::from_micros((1_700_000_000 + second) * 1_000_000);
    let new = NewEvent {
        event_id: EventId::mint(at),
        project: ProjectId::default(),
        session_id: SessionId::new("s").unwrap(),
        timestamp: at,
        received_at: at,
        name: name.to_owned(),
        kind: Kind::StepCompleted,
        dialect: Dialect::Convergence,
        iteration: (seq / 10) as u32,
        state: None,
        severity: None,
        data: RawJson::from_trusted(data),
    };
    new.placed(Offset(seq), Seq(seq))
}

fn picture(plan: &Plan, events: &[Event]) -> Picture {
    let mut fold = WidgetFold::default();
    for event in events {
        fold.apply(plan, event);
    }
    fold.picture(plan)
}

/// Label and points of each series.
pub(crate) fn series(picture: &Picture) -> Vec<(&str, Vec<(f64, f64)>)> {
    let one = |(x, y): &(f64, Option<f64>)| (*x, y.unwrap());
    let all = picture.series.iter();
    all.map(|own| (own.label.as_str(), own.points.iter().map(one).collect()))
        .collect()
}

#[test]
fn what_contradicts_itself_is_refused_at_its_field() {
    for (more, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "-a" }), "name"),
        (json!({ "name": "A" }), "name"),
        (json!({ "name": "a/b" }), "name"),
        (json!({ "name": "arrangement" }), "name"),
        (json!({ "title": "x".repeat(121) }), "title"),
        (json!({ "select": {} }), "select.events"),
        (
            json!({ "select": { "events": ["a", " "] } }),
            "select.events[1]",
        ),
        (
            json!({ "select": { "events": vec!["a"; 65] } }),
            "select.events",
        ),
        (
            json!({ "select": { "events": ["a"], "session": "" } }),
            "select.session",
        ),
        (json!({ "x": "when" }), "x"),
        (json!({ "x": "data." }), "x"),
        (json!({ "x": "data.a..b" }), "x"),
        (json!({ "x": "data.a.b.c.d.e.f.g.h.i" }), "x"),
        (json!({ "x": "group" }), "group"),
        (json!({ "x": "group", "group": "name" }), "chart"),
        (json!({ "y": "loss" }), "y"),
        (json!({ "y": "metric:" }), "y"),
        (json!({ "aggregate": "mean" }), "aggregate"),
        (json!({ "group": "metric" }), "group"),
        (json!({ "group": "colour" }), "group"),
        (json!({ "group": "name", "chart": "number" }), "group"),
        (json!({ "group": "name", "chart": "bars" }), "group"),
        (json!({ "chart": "stacked_bars" }), "group"),
        (
            json!({ "y": "data.n", "group": "name", "chart": "stacked_bars", "aggregate": "max" }),
            "aggregate",
        ),
        (json!({ "bucket_seconds": 0.5 }), "bucket_seconds"),
        (
            json!({ "bucket_seconds": 1, "x": "step" }),
            "bucket_seconds",
        ),
        (json!({ "window_seconds": 3e6 }), "window_seconds"),
        (
            json!({ "window_seconds": 3600, "bucket_seconds": 1 }),
            "bucket_seconds",
        ),
    ] {
        let refused = check(&spec(&more)).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{more}");
        assert_eq!(refused.code, ErrorCode::InvalidField, "{more}");
    }
    let unknown = json!({ "name": "w", "select": { "events": ["a"] }, "colour": "red" });
    assert!(serde_json::from_value::<WidgetSpec>(unknown).is_err());
}

#[test]
fn events_are_counted_where_they_fall() {
    let counted = plan(&json!({ "bucket_seconds": 10 }));
    let events = [
        event(1, "STEP_START", 0, "{}"),
        event(2, "step_complete", 9, "{}"),
        event(3, "OTHER", 9, "{}"),
        event(4, "STEP_START", 40, "{}"),
    ];
    let shown = picture(&counted, &events);
    let at = |tens: i64| ((1_700_000_000 + tens * 10) * 1_000) as f64;
    // Where nothing fell is zero, not a slope from one to the other.
    let wanted = vec![(at(0), 2.0), (at(1), 0.0), (at(3), 0.0), (at(4), 1.0)];
    assert_eq!(series(&shown), [("", wanted)]);
    assert_eq!((shown.axis, shown.number), (PictureAxis::Time, Some(3.0)));
    assert_eq!(shown.title, "w");
}

#[test]
fn values_are_put_together_as_is_asked() {
    let data = |n: &str| format!("{{\"n\":{n}}}");
    let events: Vec<Event> = ["4", "\"2\"", "[1,2,3]", "true", "{}", "null"]
        .iter()
        .enumerate()
        .map(|(nth, n)| event(nth as u64 + 1, "STEP_X", nth as i64, &data(n)))
        .collect();
    for (aggregate, wanted) in [
        ("count", 4.0),
        ("sum", 10.0),
        ("mean", 2.5),
        ("min", 1.0),
        ("max", 4.0),
        ("last", 1.0),
    ] {
        let own = plan(
            &json!({ "x": "iteration", "y": "data.n", "aggregate": aggregate, "chart": "number" }),
        );
        let shown = picture(&own, &events);
        assert_eq!(shown.number, Some(wanted), "{aggregate}");
        let mut fold = WidgetFold::default();
        for event in &events {
            fold.apply(&own, event);
        }
        assert_eq!((fold.taken, fold.without), (4, 2), "{aggregate}");
    }
}

#[test]
fn groups_are_told_apart_up_to_a_bound() {
    let own = plan(&json!({ "x": "iteration", "group": "data.step", "chart": "stacked_bars" }));
    let events: Vec<Event> = (0..20)
        .map(|n| event(n + 1, "STEP_X", 0, &format!("{{\"step\":\"s{n}\"}}")))
        .collect();
    let shown = picture(&own, &events);
    assert_eq!(shown.series.len(), MAX_GROUPS + 1);
    assert_eq!(shown.series[MAX_GROUPS].label, "other");
    let all: f64 = series(&shown)
        .iter()
        .flat_map(|(_, points)| points.iter().map(|point| point.1))
        .sum();
    assert!((all - 20.0).abs() < 1e-9, "{all}");
    let without = picture(&own, &[event(1, "STEP_X", 0, "{}")]);
    assert_eq!(without.series[0].label, "(none)");
}

#[test]
fn a_bar_a_group_stands_by_height_and_the_rest_last() {
    let own = plan(
        &json!({ "x": "group", "group": "data.k", "chart": "bars", "y": "data.n", "aggregate": "sum" }),
    );
    let mut events: Vec<Event> = (0..24)
        .map(|n| event(n + 1, "STEP_X", 0, &format!("{{\"k\":\"k{n}\",\"n\":{n}}}")))
        .collect();
    events.push(event(25, "STEP_X", 0, r#"{"k":"late","n":99}"#));
    let shown = picture(&own, &events);
    assert_eq!(shown.axis, PictureAxis::Names);
    assert_eq!(shown.names[0], "k23");
    assert_eq!(shown.names[24], "other");
    assert_eq!(shown.series[0].points[24], (24.0, Some(99.0)));
}

#[test]
fn metrics_are_found_by_name_and_stand_at_their_step() {
    let own = plan(&json!({
        "select": { "events": ["*"] }, "x": "step", "y": "metric:*loss", "group": "metric", "aggregate": "last",
    }));
    let events = [
        event(
            1,
            "METRICS",
            0,
            r#"{"step":5,"metrics":{"loss":2.5,"accuracy":0.5}}"#,
        ),
        event(
            2,
            "METRICS",
            1,
            r#"{"step":6,"metrics":{"loss":1.5,"val_loss":"NaN"}}"#,
        ),
        event(3, "METRICS", 1, r#"{"metrics":{"loss":9}}"#),
    ];
    let shown = picture(&own, &events);
    assert_eq!(series(&shown), [("loss", vec![(5.0, 2.5), (6.0, 1.5)])]);
    assert_eq!(
        shown.not_finite, 1,
        "what is no number is in no sum, and is told"
    );
}

#[test]
fn only_what_is_selected_is_taken() {
    let own = plan(&json!({
        "select": { "kinds": ["step_completed"], "dialect": "convergence", "session": "S*", "severity": "high" },
    }));
    let fits = Event {
        severity: Some(Severity::Critical),
        ..event(1, "X", 0, "{}")
    };
    assert!(own.selects(&fits));
    for other in [
        Event {
            kind: Kind::Metric,
            ..fits.clone()
        },
        Event {
            dialect: Dialect::Training,
            ..fits.clone()
        },
        Event {
            session_id: SessionId::new("t").unwrap(),
            ..fits.clone()
        },
        Event {
            severity: Some(Severity::Medium),
            ..fits.clone()
        },
        Event {
            severity: None,
            ..fits
        },
    ] {
        assert!(!own.selects(&other), "{other:?}");
    }
    let ours = Event {
        dialect: Dialect::Loopscope,
        ..event(1, "loopscope:annotated", 0, "{}")
    };
    assert!(!plan(&json!({ "select": { "events": ["*"] } })).selects(&ours));
    assert!(plan(&json!({ "select": { "events": ["loopscope:*"] } })).selects(&ours));
}

#[test]
fn a_window_lets_go_what_is_older() {
    let own = plan(&json!({ "bucket_seconds": 10, "window_seconds": 60, "chart": "number" }));
    let events: Vec<Event> = (0..100)
        .map(|n| event(n + 1, "STEP_X", n as i64 * 10, "{}"))
        .collect();
    assert_eq!(picture(&own, &events).number, Some(6.0));
}

#[test]
fn a_fold_stays_small_whatever_comes() {
    let own = plan(&json!({ "group": "data.g" }));
    let mut fold = WidgetFold::default();
    for n in 0..5_000_u64 {
        let far = if n % 7 == 0 {
            -1_600_000_000
        } else {
            n as i64 * 977
        };
        fold.apply(
            &own,
            &event(n + 1, "STEP_X", far, &format!("{{\"g\":{n}}}")),
        );
    }
    let shown = fold.picture(&own);
    assert_eq!(shown.number, Some(5_000.0));
    assert!(serde_json::to_string(&fold).unwrap().len() < 64 * 1024);
    let longest = shown.series.iter().map(|own| own.points.len()).max();
    assert!(longest.unwrap() <= 3 * MAX_BUCKETS + 2, "{longest:?}");
}

#[test]
fn what_is_evaluated_here_is_told_as_programs_tell_theirs() {
    let own =
        plan(&json!({ "x": "iteration", "group": "data.k", "y": "data.n", "aggregate": "sum" }));
    let events = [event(1, "STEP_X", 0, r#"{"k":"<b>","n":2.5}"#)];
    let shown = picture(&own, &events);
    let again = read_pushed(&shown.to_state().to_string(), "w").unwrap();
    assert_eq!(again.series, shown.series);
}

/// Any plan that is let through.
fn any_plan() -> impl Strategy<Value = Plan> {
    let x = prop::sample::select(vec!["time", "step", "iteration", "data.x"]);
    let y = prop::sample::select(vec!["data.y", "metric:*"]);
    let group = prop::sample::select(vec![None, Some("data.g"), Some("severity")]);
    let aggregate = prop::sample::select(vec!["count", "sum", "mean", "min", "max", "last"]);
    let window = prop::option::of(60.0..600.0);
    (x, y, group, aggregate, window).prop_map(|(x, y, group, aggregate, window)| {
        plan(&json!({
            "select": { "events": ["*"] }, "x": x, "y": y, "group": group, "aggregate": aggregate,
            "window_seconds": window.filter(|_| x == "time"),
        }))
    })
}

fn any_event() -> impl Strategy<Value = (i64, String)> {
    let number = prop_oneof![
        any::<f64>().prop_map(|n| if n.is_finite() {
            n.to_string()
        } else {
            "null".to_owned()
        }),
        (-50..50_i32).prop_map(|n| n.to_string()),
        Just("\"NaN\"".to_owned()),
        Just("1e308".to_owned()),
    ];
    let x = prop_oneof![
        (-1e6..1e6_f64).prop_map(|n| n.to_string()),
        Just("\"?\"".to_owned())
    ];
    (0..200_000_i64, number, x, 0..12_u8).prop_map(|(second, y, x, g)| {
        let metrics = format!("{{\"m{g}\":{y}}}");
        (
            second,
            format!("{{\"x\":{x},\"step\":{x},\"y\":{y},\"g\":{g},\"metrics\":{metrics}}}"),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_fold_goes_on_from_wherever_it_was_stored(
        own in any_plan(),
        told in prop::collection::vec(any_event(), 0..400),
        at in any::<prop::sample::Index>(),
    ) {
        let events: Vec<Event> = told
            .iter()
            .enumerate()
            .map(|(nth, (second, data))| event(nth as u64 + 1, "STEP_X", *second, data))
            .collect();
        let mut whole = WidgetFold::default();
        for event in &events {
            whole.apply(&own, event);
        }
        let cut = if events.is_empty() { 0 } else { at.index(events.len()) };
        let mut first = WidgetFold::default();
        for event in &events[..cut] {
            first.apply(&own, event);
        }
        let stored = serde_json::to_string(&first).unwrap();
        let mut rest: WidgetFold = serde_json::from_str(&stored).unwrap();
        // Told once more, what it has seen changes nothing.
        for event in &events {
            rest.apply(&own, event);
        }
        prop_assert_eq!(&rest, &whole);
        let shown = whole.picture(&own);
        let again: Picture = serde_json::from_str(&serde_json::to_string(&shown).unwrap()).unwrap();
        prop_assert_eq!(again, shown);
    }
}
