//! How wide a text is, near enough, without a font: advance widths of a common grotesque in 1/1000 em.
//!
//! plotters' own measuring inserts styled elements into the page, which a strict Content-Security-Policy
//! blocks, and would say something else on the server. In: a text and a size in px. Out: a width in px, a
//! little on the safe side.

/// Axes, captions, labels in the plot: the smallest text of the house.
pub const TEXT_PX: f64 = 11.0;

/// The width of `text` at `size_px`, in px. Figures are tabular: equally wide.
pub fn width_px(text: &str, size_px: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size_px / 1000.0
}

/// As much of a text as fits, with an ellipsis where it was cut; nothing where not even one letter fits.
pub(crate) fn fit(text: &str, room_px: f64) -> String {
    if width_px(text, TEXT_PX) <= room_px {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut left = room_px - width_px("…", TEXT_PX);
    for c in text.chars() {
        left -= advance(c) * TEXT_PX / 1000.0;
        if left < 0.0 {
            break;
        }
        out.push(c);
    }
    let kept = out.trim_end();
    if kept.is_empty() {
        return String::new();
    }
    format!("{kept}…")
}

fn advance(c: char) -> f64 {
    match c {
        '0'..='9' | '$' | '–' | '+' | '=' | '<' | '>' | '≥' | '≤' | '~' => 620.0,
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 290.0,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' => 380.0,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' => 900.0,
        'A'..='Z' => 690.0,
        c if c.is_ascii() => 580.0,
        // East Asian and symbols: a full square; accented Latin, Greek, Cyrillic: a letter.
        c if u32::from(c) >= 0x1100 => 1000.0,
        _ => 650.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_is_wider_and_figures_are_tabular() {
        assert!(width_px("100%", TEXT_PX) > width_px("50%", TEXT_PX));
        assert!((width_px("111", TEXT_PX) - width_px("888", TEXT_PX)).abs() < 1e-9);
        assert!(width_px("", TEXT_PX).abs() < 1e-9);
        assert_eq!(fit("restarted", 200.0), "restarted");
        assert_eq!(fit("restarted by hand", 60.0), "restarted…");
        assert_eq!(fit("restarted", 3.0), "");
        // Inter at 11 px draws "Findings 3" 54 px wide.
        let width = width_px("Findings 3", TEXT_PX);
        assert!((50.0..62.0).contains(&width), "{width}");
    }
}
