//! Colours as a browser computes them. In: the value of `color` that `getComputedStyle` gives. Out: a colour.

use loopscope_chart::Rgba;

/// Reads `rgb(r, g, b)`, `rgba(r, g, b, a)` and `color(srgb r g b / a)`; `None` for anything else.
pub(super) fn parse(text: &str) -> Option<Rgba> {
    let (function, rest) = text.trim().split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    let (inside, scale) = match function {
        "rgb" | "rgba" => (inside, 1.0),
        "color" => (inside.strip_prefix("srgb ")?, 255.0),
        _ => return None,
    };
    let parts: Vec<f64> = inside
        .split([' ', ',', '/'])
        .filter(|part| !part.is_empty())
        .map(|part| match part.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().map(|value| value / 100.0),
            None => part.parse(),
        })
        .collect::<Result<_, _>>()
        .ok()?;
    let channel = |value: f64| (value * scale).round().clamp(0.0, 255.0) as u8;
    match parts[..] {
        [r, g, b] => Some(Rgba {
            rgb: (channel(r), channel(g), channel(b)),
            alpha: 1.0,
        }),
        [r, g, b, alpha] => Some(Rgba {
            rgb: (channel(r), channel(g), channel(b)),
            alpha: alpha.clamp(0.0, 1.0),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_say() {
        for (text, rgb, alpha) in [
            ("rgb(76, 142, 239)", (76, 142, 239), 1.0),
            ("rgba(0, 0, 0, 0.56)", (0, 0, 0), 0.56),
            ("rgb(19 22 28 / 32%)", (19, 22, 28), 0.32),
            ("color(srgb 1 0.5 0)", (255, 128, 0), 1.0),
        ] {
            assert_eq!(parse(text), Some(Rgba { rgb, alpha }), "{text}");
        }
        for text in [
            "",
            "red",
            "rgb(1, 2)",
            "color(display-p3 1 0 0)",
            "rgb(a, b, c)",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
