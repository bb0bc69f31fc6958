//! Rows of a few spans, written short.

use loopscope_event::Seq;
use loopscope_protocol::{Span, SpanId, SpanKind, SpanStatus};

use super::asked::Mode;
use super::layout::layout;

/// `id/parent kind name start end`; `-` for no parent, `…` for an open end.
pub(super) fn span(line: &str) -> Span {
    let words: Vec<&str> = line.split([' ', '/']).collect();
    let id = |seq: &str| SpanId {
        seq: Seq(seq.parse().unwrap()),
        nth: 0,
    };
    let end_us: Option<i64> = words[5].parse().ok();
    Span {
        id: id(words[0]),
        parent: (words[1] != "-").then(|| id(words[1])),
        depth: u8::from(words[1] != "-"),
        kind: words[2].parse().unwrap(),
        name: words[3].split('#').next().unwrap().to_owned(),
        start_us: words[4].parse().unwrap(),
        end_us,
        end_seq: end_us.map(|_| Seq(99)),
        status: end_us.map_or(SpanStatus::Running, |_| SpanStatus::Completed),
        iteration: words[3]
            .split('#')
            .nth(1)
            .map_or(0, |number| number.parse().unwrap()),
        label: None,
        note: None,
        by: None,
        merged: None,
    }
}

/// Rows as text: two spaces a level, the title, how many bars.
fn rows(lines: &[&str], mode: Mode, toggled: &[&str]) -> Vec<String> {
    let spans: Vec<Span> = lines.iter().map(|line| span(line)).collect();
    let toggled: Vec<String> = toggled.iter().map(|key| (*key).to_owned()).collect();
    let rows = layout(&spans, mode, &toggled);
    let text = |row: &super::layout::Row| {
        let mark = match &row.group {
            Some((_, true)) => "v ",
            Some((_, false)) => "> ",
            None => "",
        };
        format!(
            "{}{mark}{} {}",
            "  ".repeat(row.level.into()),
            row.title,
            row.bars.len()
        )
    };
    rows.iter().map(text).collect()
}

const LOOP: [&str; 12] = [
    "1/- iteration iteration#1 0 10",
    "2/1 step diagnose#1 0 4",
    "3/1 step fix#1 4 10",
    "4/- iteration iteration#2 10 20",
    "5/4 step diagnose#2 10 20",
    "6/- iteration iteration#3 20 30",
    "7/6 step diagnose#3 20 30",
    "8/- iteration iteration#4 30 …",
    "9/8 step diagnose#4 30 34",
    "10/8 step fix#4 34 38",
    "11/8 step fix#4 36 40",
    "12/8 step validate#4 40 …",
];

#[test]
fn passes_are_groups_and_the_last_is_open() {
    assert_eq!(
        rows(&LOOP, Mode::Lanes, &[]),
        [
            "> Iterations 1 to 2 3",
            "> Iteration 3 1",
            "v Iteration 4 4",
            "  Diagnose 1",
            "  Fix 1",
            "   1",
            "  Validate 1",
        ]
    );
    let open = rows(&LOOP, Mode::Lanes, &["earlier", "1", "4"]);
    assert_eq!(
        open[..4],
        [
            "v Iterations 1 to 2 3",
            "v Iteration 1 2",
            "  Diagnose 1",
            "  Fix 1"
        ]
    );
    assert_eq!(open.len(), 7, "{open:#?}");
}

#[test]
fn compact_needs_as_few_rows_as_there_is_room_for() {
    assert_eq!(
        rows(&LOOP, Mode::Compact, &[]),
        ["Iterations 4", "Steps 7", " 1"]
    );
    assert_eq!(rows(&LOOP, Mode::History, &[]).len(), 12);
}

#[test]
fn other_dialects_have_lanes_by_kind_and_name() {
    let skills = [
        "1/- wave wave-1 0 20",
        "2/1 skill lint 0 10",
        "3/1 skill test 10 20",
        "4/3 agent ada 11 19",
        "5/- skill lint 20 30",
        "6/- decision Go? 21 …",
    ];
    assert_eq!(
        rows(&skills, Mode::Lanes, &[]),
        [
            "v Waves 1",
            "  Wave-1 1",
            "    lint 1",
            "    test 1",
            "      ada 1",
            "lint 1",
            "Go? 1"
        ]
    );
    assert_eq!(rows(&skills[4..5], Mode::Lanes, &[]), ["lint 1"]);
    assert_eq!(rows(&[], Mode::Lanes, &[]), Vec::<String>::new());
}

#[test]
fn a_row_knows_its_time() {
    let spans: Vec<Span> = LOOP.iter().map(|line| span(line)).collect();
    let rows = layout(&spans, Mode::Lanes, &[]);
    let last = &rows[2];
    assert_eq!((last.busy_us, &last.going_us[..]), (0, &[30_i64][..]));
    let fix = &rows[4];
    assert_eq!((fix.busy_us, fix.longest_us), (4, 4));
    assert_eq!(spans[0].kind, SpanKind::Iteration);
}
