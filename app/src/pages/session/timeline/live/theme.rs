//! The theme's colours as a canvas takes them. In: the page's style sheets. Out: four colours a tone, asked for once.

use std::collections::HashMap;

use crate::canvas::{computed, font};

/// Four uses of a tone.
#[derive(Debug, Clone, Default)]
pub(super) struct Tone {
    pub mark: String,
    pub tint: String,
    pub edge: String,
}

/// The colours that are not a tone's.
#[derive(Debug, Clone, Default)]
pub(super) struct Theme {
    pub text: String,
    pub quiet: String,
    pub grid: String,
    pub ring: String,
    pub row: String,
    pub shade: String,
    pub ground: String,
    pub font: String,
    tones: HashMap<&'static str, Tone>,
}

impl Theme {
    /// Asks the style sheets.
    pub(super) fn read() -> Self {
        let [text, quiet, grid, row] = probe("tl-ink-text");
        let [ring, shade, ground, _] = probe("tl-ink-more");
        Self {
            text,
            quiet,
            grid,
            ring,
            row,
            shade,
            ground,
            font: format!("11px {}", font()),
            tones: HashMap::new(),
        }
    }

    /// A tone's colours.
    pub(super) fn tone(&mut self, class: &'static str) -> &Tone {
        self.tones.entry(class).or_insert_with(|| {
            let [mark, tint, edge, _] = probe(&format!("tl-ink {class}"));
            Tone { mark, tint, edge }
        })
    }
}

/// What an element of a class has as colour, ground, border and outline.
fn probe(class: &str) -> [String; 4] {
    let uses = [
        "color",
        "background-color",
        "border-top-color",
        "outline-color",
    ];
    computed(class, uses).unwrap_or_default()
}
