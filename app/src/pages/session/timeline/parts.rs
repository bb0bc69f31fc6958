//! Parts of the timeline that are HTML in both worlds: the name of a row, the rows of the table. In: rows, spans. Out: HTML,
//! in which what a producer sent is text.

use std::fmt::Write as _;

use loopscope_protocol::{Annotation, Span};

use super::layout::Row;
use super::look::{spent, status_word, title};
use super::scale::Stretch;
use crate::text::{self, Zone};

/// The height of a row, in pixels; as in `style/timeline.css`.
pub(super) const ROW_PX: usize = 28;
/// What the table lists.
pub(super) struct Listed<'a> {
    pub spans: &'a [Span],
    pub stretch: Stretch,
    pub now_us: i64,
    pub zone: Zone,
}

/// Text as HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The name of a row; where it opens a group, a link that does so: the panel listens to it, and without scripts it leads
/// there.
pub(super) fn name(
    row: &Row,
    index: usize,
    now_us: i64,
    href: impl FnOnce(&str) -> String,
) -> String {
    let going: i64 = row
        .going_us
        .iter()
        .map(|start| (now_us - start).max(0))
        .sum();
    let took = loopscope_event::Duration::from_micros(row.busy_us + going);
    let took = match (row.title.is_empty(), row.going_us.is_empty()) {
        (true, _) => String::new(),
        (_, true) => text::span(took),
        (_, false) => text::clock_span(took),
    };
    let icon = match row.icon {
        "" => String::new(),
        icon => format!(
            "<svg class=\"i\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#i-{icon}\"/></svg>"
        ),
    };
    let (turn, attributes, tag) = match &row.group {
        Some((group, is_open)) => (
            "<svg class=\"i tw\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#i-chev\"/></svg>",
            format!(
                " href=\"{}\" data-open=\"{is_open}\"",
                escaped(&href(group))
            ),
            "a",
        ),
        None => ("", String::new(), "span"),
    };
    let said = match &row.group {
        Some((_, true)) => "<span class=\"sr\">, open</span>",
        Some((_, false)) => "<span class=\"sr\">, closed</span>",
        None => "",
    };
    let mono = if row.is_mono { " mono" } else { "" };
    format!(
        "<li class=\"l{} {}\"><{tag} class=\"gl\" data-row=\"{index}\"{attributes}>{turn}{icon}<span class=\"cut{mono}\">{}</span>{said}<span class=\"dur\">{took}</span></{tag}></li>",
        row.level,
        row.tone,
        escaped(&row.title),
    )
}

/// What the flag of a note says.
pub(super) fn noted(note: &Annotation, zone: Zone) -> String {
    format!("Note at {}: {}", text::second(note.at, zone), note.text)
}

/// The spans of a stretch as the rows of a table, at most so many.
pub(super) fn table(listed: &Listed<'_>, most: usize) -> String {
    let mut out = String::new();
    let is_seen = |span: &&Span| {
        span.end_at(listed.now_us) >= listed.stretch.from_us
            && span.start_us <= listed.stretch.to_us
    };
    let seen = listed.spans.iter().filter(is_seen);
    let count = seen.clone().count();
    for span in seen.take(most) {
        let start = loopscope_event::Timestamp::from_micros(span.start_us);
        let (second, millis) = text::stamp_parts(start, listed.zone);
        let part = if span.iteration > 0 {
            span.iteration.to_string()
        } else {
            "–".to_owned()
        };
        let _ = write!(
            out,
            "<tr><td>{}</td><td>{}</td><td class=\"num\">{part}</td><td class=\"num\">{second}{millis}</td><td class=\"num\">{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&title(span)),
            span.kind.as_str(),
            spent(span, listed.now_us),
            status_word(span),
            escaped(span.label.as_deref().unwrap_or("–")),
        );
    }
    let more = count.saturating_sub(most) as u64;
    if more > 0 {
        let more = text::count(more);
        let _ = write!(
            out,
            "<tr><td colspan=\"7\" class=\"t3\">and {more} more in this stretch</td></tr>"
        );
    }
    out
}
