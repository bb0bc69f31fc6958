//! The timeline without scripts: rows beside bars, geometry in attributes. In: rows, spans, the stretch. Out: HTML.

use std::fmt::Write as _;

use loopscope_event::Seq;
use loopscope_protocol::{Annotation, Span, SpanId};

use super::layout::Row;
use super::look::{bar_word, look, say};
use super::parts::{ROW_PX, escaped, name, noted};
use super::scale::Stretch;
use crate::text::{self, Zone};

/// The most rows of a page without scripts.
const MOST_ROWS: usize = 150;
/// The most bars of one row.
const MOST_BARS: usize = 400;

/// What is drawn.
pub(super) struct Still<'a> {
    pub spans: &'a [Span],
    pub rows: &'a [Row],
    pub notes: &'a [Annotation],
    pub stretch: Stretch,
    pub now_us: i64,
    pub zone: Zone,
    pub selected: Option<SpanId>,
}

/// All of it. `href`: the address that shows a span's details; `open`: the one that opens or closes a group; `moment`: the
/// one that shows a moment.
pub(super) fn html(
    still: &Still<'_>,
    href: impl Fn(SpanId) -> String,
    open: impl Fn(&str) -> String,
    moment: impl Fn(Seq) -> String,
) -> String {
    let rows = still.rows.iter().take(MOST_ROWS);
    let mut out = String::new();
    out.push_str("<ol class=\"tl-names\">");
    for (index, row) in rows.clone().enumerate() {
        out.push_str(&name(row, index, still.now_us, &open));
    }
    let height = rows.len() * ROW_PX;
    // Writing into a string cannot fail.
    let _ = write!(
        out,
        "</ol><div class=\"tl-lanes\"><svg class=\"tl-svg\" width=\"100%\" height=\"{}\" aria-label=\"Bars\">",
        height + 20
    );
    for tick in still.stretch.ticks(6, still.zone) {
        let x = tick.share * 100.0;
        let _ = write!(
            out,
            "<line class=\"tick\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{height}\"/><text class=\"ax\" x=\"{x:.2}%\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            height + 14,
            tick.word
        );
    }
    for (index, row) in rows.enumerate() {
        write_row(&mut out, still, row, index * ROW_PX, &href);
    }
    for note in still.notes {
        let share = still.stretch.share(note.at.as_micros());
        if (0.0..=1.0).contains(&share) {
            let (x, said) = (share * 100.0, escaped(&noted(note, still.zone)));
            let _ = write!(
                out,
                "<line class=\"nt\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{height}\"/><svg x=\"{x:.2}%\" overflow=\"visible\"><a class=\"flag\" href=\"{}\" aria-label=\"{said}\"><title>{said}</title><path d=\"M0 0h9l-2.500 3.500 2.500 3.500H0z\"/></a></svg>",
                escaped(&moment(note.seq)),
            );
        }
    }
    out.push_str("</svg></div>");
    let more = still.rows.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        let _ = write!(
            out,
            "<p class=\"t3 small tl-more\">and {}</p>",
            text::plural(more as u64, "row")
        );
    }
    out
}

fn write_row(
    out: &mut String,
    still: &Still<'_>,
    row: &Row,
    top: usize,
    href: &impl Fn(SpanId) -> String,
) {
    let bars = row
        .bars
        .iter()
        .filter_map(|bar| still.spans.get(*bar as usize));
    let is_seen = |span: &&Span| {
        span.end_at(still.now_us) >= still.stretch.from_us && span.start_us <= still.stretch.to_us
    };
    let share = |at: i64| (still.stretch.share(at) * 100.0).clamp(-1.0, 101.0);
    for span in bars.filter(is_seen).take(MOST_BARS) {
        let tone = look(span).tone;
        let (x, end) = (share(span.start_us), share(span.end_at(still.now_us)));
        let width = (end - x).max(0.15);
        if row.is_rolled {
            let _ = write!(
                out,
                "<rect class=\"roll {tone}\" x=\"{x:.2}%\" y=\"{}\" width=\"{width:.2}%\" height=\"8\"/>",
                top + 10
            );
            continue;
        }
        let open = if span.end_us.is_none() { " open" } else { "" };
        let ring = if still.selected == Some(span.id) {
            " on"
        } else {
            ""
        };
        let _ = write!(
            out,
            "<a class=\"bar {tone}{open}{ring}\" href=\"{}\" aria-label=\"{}\"><rect class=\"b\" x=\"{x:.2}%\" y=\"{}\" width=\"{width:.2}%\" height=\"18\" rx=\"3\"/><rect class=\"e\" x=\"{x:.2}%\" y=\"{}\" width=\"3\" height=\"18\"/>",
            escaped(&href(span.id)),
            escaped(&say(span, still.now_us)),
            top + 5,
            top + 5,
        );
        let word = bar_word(span);
        // Text of unknown width stands beside short bars, and inside of long ones.
        let (at, dx, anchor) = match (width > 14.0, end < 80.0) {
            (true, _) => (x.max(0.0), 9, "start"),
            (_, true) => (end, 6, "start"),
            _ => (x, -6, "end"),
        };
        if row.bars.len() < 30 {
            let _ = write!(
                out,
                "<text x=\"{at:.2}%\" dx=\"{dx}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
                top + 18,
                escaped(&word)
            );
        }
        out.push_str("</a>");
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::Mode;
    use super::super::layout::layout;
    use super::super::layout_tests::span;
    use super::*;

    #[test]
    fn what_a_producer_sent_is_text() {
        let mut spans = vec![span("1/- skill x 0 100"), span("2/- skill y 20 …")];
        spans[0].name = "<script>\"".to_owned();
        spans[0].label = Some("<b>".to_owned());
        let rows = layout(&spans, Mode::Lanes, &[]);
        let note = |at: i64| Annotation {
            annotation_id: "n".to_owned(),
            seq: Seq(at as u64),
            at: loopscope_event::Timestamp::from_micros(at),
            iteration: 1,
            text: "\"><script>".to_owned(),
            by: "me".to_owned(),
            made_at: loopscope_event::Timestamp::default(),
            edited_by: None,
            edited_at: None,
        };
        let notes = [note(50), note(500)];
        let still = Still {
            spans: &spans,
            rows: &rows,
            notes: &notes,
            stretch: Stretch {
                from_us: 0,
                to_us: 200,
            },
            now_us: 100,
            zone: Zone::Utc,
            selected: None,
        };
        let html = html(
            &still,
            |id| format!("/s?span={id}"),
            |key| format!("/s?open={key}"),
            |seq| format!("/s?at={seq}"),
        );
        // Of two notes the one in the stretch, at its moment, with the way to it.
        assert_eq!(html.matches("class=\"nt\" x1=\"25.00%\"").count(), 1);
        assert_eq!(html.matches("class=\"flag\"").count(), 1);
        assert!(html.contains("href=\"/s?at=50\" aria-label=\"Note at 00:00:00: &quot;&gt;"));
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(
            html.contains("x=\"0.00%\" y=\"5\" width=\"50.00%\""),
            "{html}"
        );
        assert!(
            html.contains("class=\"bar tone-work-1 open\" href=\"/s?span=2\""),
            "{html}"
        );
        assert!(
            html.contains("x=\"10.00%\" y=\"33\" width=\"40.00%\""),
            "{html}"
        );
        let listed = super::super::parts::Listed {
            spans: &spans,
            stretch: still.stretch,
            now_us: 100,
            zone: Zone::Utc,
        };
        let table = super::super::parts::table(&listed, 1);
        assert!(
            table.matches("<tr>").count() == 2 && table.contains("and 1 more"),
            "{table}"
        );
        assert!(!table.contains("<script"));
    }
}
