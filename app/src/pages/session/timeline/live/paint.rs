//! Painting rows of bars on a canvas. In: what is shown, where. Out: pixels of what is seen, and of nothing else: rows and
//! bars that are outside cost nothing, and bars narrower than a pixel are drawn once a pixel.

use loopscope_protocol::{Annotation, Span, SpanId};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::super::layout::Row;
use super::super::look::{bar_word, look};
use super::super::parts::ROW_PX;
use super::super::scale::{Stretch, Tick};
use super::theme::Theme;

const ROW: f64 = ROW_PX as f64;
/// More bars than this in view have no words.
const MOST_WORDS: usize = 600;
/// About the width of a letter, in pixels: to leave out what cannot fit without measuring it.
const LETTER_PX: f64 = 5.6;

/// What is painted.
pub(super) struct Scene<'a> {
    pub spans: &'a [Span],
    pub rows: &'a [Row],
    pub stretch: Stretch,
    pub now_us: i64,
    pub selected: Option<SpanId>,
    pub hovered: Option<usize>,
    /// How far down it is scrolled.
    pub top_px: f64,
    pub width_px: f64,
    pub height_px: f64,
}

/// Sizes a canvas for the device's pixels, and clears it.
pub(super) fn prepare(
    canvas: &HtmlCanvasElement,
    context: &CanvasRenderingContext2d,
    (width_px, height_px): (f64, f64),
    ratio: f64,
) -> Option<()> {
    let (width, height) = ((width_px * ratio).round(), (height_px * ratio).round());
    if (canvas.width(), canvas.height()) != (width as u32, height as u32) {
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
    }
    context
        .set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0)
        .ok()?;
    context.clear_rect(0.0, 0.0, width_px, height_px);
    Some(())
}

/// The bars of a row that may be seen.
fn seen<'a>(scene: &'a Scene<'_>, row: &'a Row) -> impl Iterator<Item = &'a Span> {
    let start = |bar: &u32| {
        let span = scene.spans.get(*bar as usize);
        span.map_or(i64::MAX, |span| span.start_us)
    };
    // What goes on may reach in from anywhere.
    let from = if row.going_us.is_empty() {
        let reach = scene.stretch.from_us.saturating_sub(row.longest_us);
        row.bars.partition_point(|bar| start(bar) < reach)
    } else {
        0
    };
    let bars = row.bars.get(from..).unwrap_or_default().iter();
    let spans = bars.filter_map(|bar| scene.spans.get(*bar as usize));
    spans
        .take_while(|span| span.start_us <= scene.stretch.to_us)
        .filter(|span| span.end_at(scene.now_us) >= scene.stretch.from_us)
}

/// The rows that are seen.
pub(super) fn rows_in_view(scene: &Scene<'_>) -> std::ops::Range<usize> {
    let first = (scene.top_px / ROW).floor().max(0.0) as usize;
    let last = ((scene.top_px + scene.height_px) / ROW).ceil() as usize;
    first.min(scene.rows.len())..last.min(scene.rows.len())
}

/// Where a span is, in pixels from the left.
pub(super) fn place(scene: &Scene<'_>, span: &Span) -> (f64, f64) {
    let x = scene.stretch.share(span.start_us) * scene.width_px;
    let end = scene.stretch.share(span.end_at(scene.now_us)) * scene.width_px;
    (x, end.max(x + 2.0))
}

/// The span at a place of the canvas.
pub(super) fn at(scene: &Scene<'_>, x: f64, y: f64) -> Option<SpanId> {
    let index = ((y + scene.top_px) / ROW).floor();
    let row = scene.rows.get(index.max(0.0) as usize)?;
    let near = seen(scene, row).filter(|span| {
        let (from, to) = place(scene, span);
        x >= from - 2.0 && x <= to + 2.0
    });
    near.last().map(|span| span.id)
}

/// Paints all of it. Out: how many bars.
pub(super) fn paint(
    context: &CanvasRenderingContext2d,
    theme: &mut Theme,
    scene: &Scene<'_>,
    ticks: &[Tick],
) -> usize {
    context.set_font(&theme.font);
    context.set_text_baseline("middle");
    let now_x = scene.stretch.share(scene.now_us) * scene.width_px;
    if now_x < scene.width_px {
        context.set_fill_style_str(&theme.shade);
        let x = now_x.max(0.0);
        context.fill_rect(x, 0.0, scene.width_px - x, scene.height_px);
    }
    let view = rows_in_view(scene);
    let chosen = scene
        .rows
        .iter()
        .enumerate()
        .skip(view.start)
        .take(view.len());
    for (index, row) in chosen {
        let has = scene
            .selected
            .is_some_and(|id| !row.is_rolled && seen(scene, row).any(|span| span.id == id));
        if has || scene.hovered == Some(index) {
            context.set_fill_style_str(&theme.row);
            context.fill_rect(0.0, index as f64 * ROW - scene.top_px, scene.width_px, ROW);
        }
    }
    context.set_fill_style_str(&theme.grid);
    for tick in ticks {
        let x = (tick.share * scene.width_px).round();
        context.fill_rect(x, 0.0, 1.0, scene.height_px);
    }
    let mut bars = 0;
    for index in view.clone() {
        let Some(row) = scene.rows.get(index) else {
            continue;
        };
        let y = index as f64 * ROW - scene.top_px;
        bars += row_of(context, theme, scene, row, y);
    }
    if bars <= MOST_WORDS {
        for index in view {
            if let Some(row) = scene.rows.get(index).filter(|row| !row.is_rolled) {
                let y = index as f64 * ROW - scene.top_px;
                words(context, theme, scene, row, y);
            }
        }
    }
    if (0.0..=scene.width_px).contains(&now_x) {
        context.set_fill_style_str(&theme.text);
        context.fill_rect(now_x.round(), 0.0, 1.0, scene.height_px);
    }
    bars
}

fn row_of(
    context: &CanvasRenderingContext2d,
    theme: &mut Theme,
    scene: &Scene<'_>,
    row: &Row,
    y: f64,
) -> usize {
    let mut count = 0;
    // Where the last thin bar was, and in which tone.
    let mut last: Option<(f64, &'static str)> = None;
    for span in seen(scene, row) {
        count += 1;
        let tone = look(span).tone;
        let (x, end) = place(scene, span);
        let is_chosen = scene.selected == Some(span.id);
        let is_thin = end - x <= 3.0;
        if is_thin && !is_chosen {
            let pixel = x.floor();
            if last == Some((pixel, tone)) {
                continue;
            }
            last = Some((pixel, tone));
        }
        let (x, end) = (x.max(-6.0), end.min(scene.width_px + 6.0));
        let colours = theme.tone(tone);
        if row.is_rolled {
            context.set_fill_style_str(&colours.mark);
            context.fill_rect(x, y + 10.0, (end - x - 0.5).max(1.0), 8.0);
            continue;
        }
        if is_thin {
            context.set_fill_style_str(&colours.mark);
            context.fill_rect(x, y + 5.0, 2.0, 18.0);
        } else {
            bar(context, colours, (x, end), y, span.end_us.is_none());
        }
        if is_chosen {
            context.set_stroke_style_str(&theme.ring);
            context.set_line_width(1.5);
            outline(context, x - 2.0, y + 3.0, end - x + 4.0, 22.0, 5.0);
            context.stroke();
        }
    }
    count
}

fn bar(
    context: &CanvasRenderingContext2d,
    colours: &super::theme::Tone,
    (x, end): (f64, f64),
    y: f64,
    is_open: bool,
) {
    outline(context, x + 0.5, y + 5.5, end - x - 1.0, 17.0, 3.0);
    context.set_fill_style_str(&colours.tint);
    context.fill();
    context.set_stroke_style_str(&colours.edge);
    context.set_line_width(1.0);
    context.stroke();
    context.set_fill_style_str(&colours.mark);
    context.fill_rect(x, y + 5.0, 3.0, 18.0);
    if is_open {
        context.fill_rect(end - 2.0, y + 5.0, 2.0, 18.0);
    }
}

/// A rectangle with round corners.
fn outline(
    context: &CanvasRenderingContext2d,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    round: f64,
) {
    let round = round.min(width / 2.0).max(0.0);
    let (right, foot) = (x + width, y + height);
    context.begin_path();
    context.move_to(x + round, y);
    // The corners are where it said: none of these can be refused.
    let _ = context.arc_to(right, y, right, foot, round);
    let _ = context.arc_to(right, foot, x, foot, round);
    let _ = context.arc_to(x, foot, x, y, round);
    let _ = context.arc_to(x, y, right, y, round);
    context.close_path();
}

/// Words in bars where they fit, else beside them where there is room before the next.
fn words(context: &CanvasRenderingContext2d, theme: &Theme, scene: &Scene<'_>, row: &Row, y: f64) {
    let mut spans = seen(scene, row).peekable();
    while let Some(span) = spans.next() {
        let (x, end) = place(scene, span);
        let next = spans
            .peek()
            .map_or(scene.width_px, |next| place(scene, next).0);
        let (inside, beside) = (
            end.min(scene.width_px) - x.max(0.0) - 16.0,
            next - end - 12.0,
        );
        let word = bar_word(span);
        let about = word.chars().count() as f64 * LETTER_PX;
        if about > inside.max(beside) * 1.3 {
            continue;
        }
        let width = context
            .measure_text(&word)
            .map_or(f64::MAX, |text| text.width());
        if width <= inside {
            context.set_fill_style_str(&theme.text);
            let _ = context.fill_text(&word, x.max(0.0) + 10.0, y + 14.5);
        } else if width <= beside && end >= 0.0 {
            context.set_fill_style_str(&theme.quiet);
            let _ = context.fill_text(&word, end + 6.0, y + 14.5);
        }
    }
}

/// Lines down from the flags of notes, dashed, so that they are no ticks. What they stand on is cut out of the bars, whose
/// tones may be as bright as the line.
pub(super) fn notes(
    context: &CanvasRenderingContext2d,
    theme: &Theme,
    scene: &Scene<'_>,
    notes: &[Annotation],
) {
    for note in notes {
        let x = (scene.stretch.share(note.at.as_micros()) * scene.width_px).round();
        if !(0.0..=scene.width_px).contains(&x) {
            continue;
        }
        context.set_fill_style_str(&theme.ground);
        context.fill_rect(x - 1.0, 0.0, 3.0, scene.height_px);
        context.set_fill_style_str(&theme.text);
        let dashes = (scene.height_px / 6.0).ceil() as usize;
        for dash in 0..dashes {
            context.fill_rect(x, dash as f64 * 6.0, 1.0, 4.0);
        }
    }
}

/// Flags on the whole.
pub(super) fn map_notes(
    context: &CanvasRenderingContext2d,
    theme: &Theme,
    notes: &[Annotation],
    whole: Stretch,
    width_px: f64,
) {
    for note in notes {
        let x = (whole.share(note.at.as_micros()) * width_px).round();
        context.set_fill_style_str(&theme.ground);
        context.fill_rect(x - 1.0, 0.0, 3.0, 32.0);
        context.fill_rect(x - 1.0, 0.0, 8.0, 6.0);
        context.set_fill_style_str(&theme.text);
        context.fill_rect(x, 0.0, 1.0, 32.0);
        context.fill_rect(x, 0.0, 6.0, 5.0);
    }
}

/// The words of ticks, over the lanes.
pub(super) fn ruler(
    context: &CanvasRenderingContext2d,
    theme: &Theme,
    ticks: &[Tick],
    (width_px, height_px): (f64, f64),
) {
    context.set_font(&theme.font);
    context.set_text_align("center");
    context.set_text_baseline("middle");
    for tick in ticks {
        let x = (tick.share * width_px).round();
        context.set_fill_style_str(&theme.grid);
        context.fill_rect(x, height_px - 8.0, 1.0, 8.0);
        let half = tick.word.chars().count() as f64 * LETTER_PX / 2.0;
        if x >= half && x + half <= width_px {
            context.set_fill_style_str(&theme.quiet);
            let _ = context.fill_text(&tick.word, x, height_px / 2.0 - 2.0);
        }
    }
}

/// The whole, small: a line a tone, so that the rhythm of the run is seen.
pub(super) fn map(
    context: &CanvasRenderingContext2d,
    theme: &mut Theme,
    spans: &[Span],
    (whole, now_us): (Stretch, i64),
    width_px: f64,
) {
    let has_parts = spans.iter().any(|span| span.depth > 0);
    let mut tones: Vec<&'static str> = Vec::new();
    // The end of what was drawn last of a tone.
    let mut drawn: Vec<f64> = Vec::new();
    for span in spans
        .iter()
        .filter(|span| !has_parts || span.depth == 1 || span.end_us.is_none())
    {
        let tone = look(span).tone;
        let line = tones
            .iter()
            .position(|own| *own == tone)
            .unwrap_or_else(|| {
                tones.push(tone);
                drawn.push(-1.0);
                tones.len() - 1
            });
        let x = whole.share(span.start_us) * width_px;
        let end = (whole.share(span.end_at(now_us)) * width_px).max(x + 1.0);
        let Some(last) = drawn.get_mut(line).filter(|last| end.floor() > **last) else {
            continue;
        };
        *last = end.floor();
        context.set_fill_style_str(&theme.tone(tone).mark);
        context.fill_rect(
            x,
            4.0 + (line % 4) as f64 * 6.0,
            (end - x - 0.5).max(1.0),
            5.0,
        );
    }
}
