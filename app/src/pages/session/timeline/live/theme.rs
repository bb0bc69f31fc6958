//! The theme's colours as a canvas takes them. In: the page's style sheets. Out: four colours a tone, asked for once.

use std::collections::HashMap;

use leptos::prelude::{document, window};

use crate::canvas::font;

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
    pub font: String,
    tones: HashMap<&'static str, Tone>,
}

impl Theme {
    /// Asks the style sheets.
    pub(super) fn read() -> Self {
        let ask = |class: &str| probe(class).unwrap_or_default();
        let (text, quiet, grid, row) = ask("tl-ink-text");
        let (ring, shade, ..) = ask("tl-ink-more");
        Self {
            text,
            quiet,
            grid,
            ring,
            row,
            shade,
            font: format!("11px {}", font()),
            tones: HashMap::new(),
        }
    }

    /// A tone's colours.
    pub(super) fn tone(&mut self, class: &'static str) -> &Tone {
        self.tones.entry(class).or_insert_with(|| {
            let (mark, tint, edge, _) = probe(&format!("tl-ink {class}")).unwrap_or_default();
            Tone { mark, tint, edge }
        })
    }
}

/// What an element of a class has as colour, ground, border and outline.
fn probe(class: &str) -> Option<(String, String, String, String)> {
    let probe = document().create_element("span").ok()?;
    probe.set_class_name(class);
    document().body()?.append_child(&probe).ok()?;
    let style = window().get_computed_style(&probe).ok().flatten();
    let value = |name: &str| {
        let style = style.as_ref()?;
        style.get_property_value(name).ok()
    };
    let found = (
        value("color"),
        value("background-color"),
        value("border-top-color"),
        value("outline-color"),
    );
    probe.remove();
    Some((found.0?, found.1?, found.2?, found.3?))
}
