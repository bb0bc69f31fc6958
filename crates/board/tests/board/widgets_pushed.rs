//! States that programs push: every shape that is read, and what is refused at its field.

use loopscope_board::widgets::{Picture, PictureAxis, read_pushed};
use loopscope_protocol::{ErrorCode, WidgetChart};
use serde_json::{Value, json};

use crate::widgets::series;

#[test]
fn a_pushed_state_is_read_in_every_shape() {
    let read = |data: Value, options: Value| {
        let state = json!({ "type": "chart", "data": data, "options": options });
        read_pushed(&state.to_string(), "pushed").unwrap()
    };
    let none = || json!({});
    assert_eq!(
        series(&read(json!([3, 1]), none())),
        [("", vec![(0.0, 3.0), (1.0, 1.0)])]
    );
    assert_eq!(
        series(&read(json!([[5, 3], [4, 1]]), none())),
        [("", vec![(4.0, 1.0), (5.0, 3.0)])]
    );
    let named = read(
        json!([{ "pass": 1, "found": 4 }, { "pass": 2, "found": 2 }]),
        json!({ "title": " T ", "x": "pass", "y": "found" }),
    );
    assert_eq!((named.title.as_str(), named.x.as_str()), ("T", "pass"));
    assert_eq!(series(&named), [("", vec![(1.0, 4.0), (2.0, 2.0)])]);
    let grouped = read(
        json!([{ "x": 1, "y": 4, "group": "a" }, { "x": 1, "y": 2, "group": "b" }]),
        none(),
    );
    assert_eq!(grouped.series.len(), 2);
    let bars = read(json!({ "fix": 2, "attack": 5 }), none());
    assert_eq!(
        (bars.chart, bars.axis),
        (WidgetChart::Bars, PictureAxis::Names)
    );
    let timed = read(json!([{ "x": "2026-01-05T10:00:00Z", "y": 1 }]), none());
    assert_eq!(timed.axis, PictureAxis::Time);
    let gap = read(json!([1, null, 3]), none());
    assert_eq!(gap.series[0].points[1], (1.0, None));
    let again: Picture = serde_json::from_str(&serde_json::to_string(&gap).unwrap()).unwrap();
    assert_eq!(again, gap);
    assert!(read(json!([]), none()).is_empty());
}

#[test]
fn a_pushed_state_that_is_none_is_refused_at_its_field() {
    let many: Vec<Value> = (0..9)
        .map(|n| json!({ "y": 1, "group": n.to_string() }))
        .collect();
    for (state, field) in [
        (json!([]), None),
        (json!({ "data": [] }), Some("type")),
        (json!({ "type": "table", "data": [] }), Some("type")),
        (json!({ "type": "chart" }), Some("data")),
        (json!({ "type": "chart", "data": [[1]] }), Some("data[0]")),
        (
            json!({ "type": "chart", "data": [1, "x"] }),
            Some("data[1]"),
        ),
        (
            json!({ "type": "chart", "data": [{ "x": 1 }] }),
            Some("data[0].y"),
        ),
        (
            json!({ "type": "chart", "data": [{ "x": [], "y": 1 }] }),
            Some("data[0].x"),
        ),
        (
            json!({ "type": "chart", "data": vec![1; 2_001] }),
            Some("data"),
        ),
        (json!({ "type": "chart", "data": many }), Some("data[8]")),
        (
            json!({ "type": "chart", "data": [], "options": 3 }),
            Some("options"),
        ),
        (
            json!({ "type": "chart", "data": [], "options": { "title": 3 } }),
            Some("options.title"),
        ),
        (
            json!({ "type": "chart", "data": [], "options": { "chart": "pie" } }),
            Some("options.chart"),
        ),
    ] {
        let refused = read_pushed(&state.to_string(), "w").unwrap_err();
        assert_eq!(refused.field.as_deref(), field, "{state}");
    }
    assert_eq!(
        read_pushed("{", "w").unwrap_err().code,
        ErrorCode::Malformed
    );
}
