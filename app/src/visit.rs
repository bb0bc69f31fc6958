//! Who looks: the preferences of a visitor, kept in cookies so that the first HTML is already right.
//!
//! In: a `Cookie` header (or `document.cookie`, which has the same form). Out: theme, zone, and the address under
//! which the visitor reaches this server.

use leptos::prelude::*;

use crate::text::Zone;
use crate::world;

/// The look of the pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the visitor's system is set.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl Theme {
    /// As the cookie and the `data-theme` attribute say it; `None` for the system's.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Dark => Some("dark"),
            Self::Light => Some("light"),
        }
    }

    #[must_use]
    /// The next one when the button is pressed.
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::System,
        }
    }
}

/// Who looks. The server provides it as context to every page that it renders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    /// The look chosen.
    pub theme: Theme,
    /// The zone chosen.
    pub zone: Zone,
    /// Scheme, host and port under which the visitor reaches the server: `http://localhost:8766`.
    pub origin: String,
    /// Whether the visitor may steer programs and answer their questions.
    pub may_steer: bool,
    /// Whether the visitor may change how the server works.
    pub may_admin: bool,
    /// Alerts that fired when the page was made.
    pub firing: u64,
    /// Questions that waited for an answer when the page was made.
    pub waiting: u64,
}

impl Visitor {
    /// Reads a `Cookie` header. What is not understood stays at its default.
    pub fn read(cookies: &str, origin: String) -> Self {
        let value = |wanted: &str| {
            cookies
                .split(';')
                .filter_map(|pair| pair.trim().split_once('='))
                .find_map(|(name, value)| (name == wanted).then_some(value))
                .unwrap_or_default()
        };
        let theme = match value("theme") {
            "dark" => Theme::Dark,
            "light" => Theme::Light,
            _ => Theme::System,
        };
        let zone = Zone::from_cookie(value("zone"));
        Self {
            theme,
            zone,
            origin,
            ..Self::default()
        }
    }

    /// The visitor of this page, in either world.
    pub fn here() -> Self {
        // What the server knows of the visitor stands on `<html>`.
        use_context().unwrap_or_else(|| Self {
            may_steer: world::root_data("steer").is_some(),
            may_admin: world::root_data("admin").is_some(),
            firing: world::root_data("firing")
                .and_then(|count| count.parse().ok())
                .unwrap_or_default(),
            waiting: world::root_data("waiting")
                .and_then(|count| count.parse().ok())
                .unwrap_or_default(),
            ..Self::read(&world::cookies(), world::origin())
        })
    }
}

/// The preferences as signals, for every component.
#[derive(Debug, Clone, Copy)]
pub struct Prefs {
    /// The look.
    pub theme: RwSignal<Theme>,
    /// The zone.
    pub zone: RwSignal<Zone>,
    /// The address of the server as the visitor knows it.
    pub origin: StoredValue<String>,
    /// Whether the visitor may steer programs and answer their questions.
    pub may_steer: bool,
    /// Whether the visitor may change how the server works.
    pub may_admin: bool,
}

impl Prefs {
    /// Takes over what the visitor chose, and provides it to all components.
    pub fn provide(visitor: Visitor) -> Self {
        let prefs = Self {
            theme: RwSignal::new(visitor.theme),
            zone: RwSignal::new(visitor.zone),
            origin: StoredValue::new(visitor.origin),
            may_steer: visitor.may_steer,
            may_admin: visitor.may_admin,
        };
        provide_context(prefs);
        // The page was rendered with the offset in the cookie; from here on each instant has its own.
        Effect::new(move || {
            if matches!(prefs.zone.get_untracked(), Zone::Fixed(_)) {
                prefs.zone.set(Zone::Local);
                world::set_cookie("zone", &Zone::Local.to_cookie());
            }
        });
        prefs
    }

    /// Changes the look and keeps it.
    pub fn set_theme(self, theme: Theme) {
        self.theme.set(theme);
        world::set_theme(theme.word());
        world::set_cookie("theme", theme.word().unwrap_or("system"));
    }

    /// Changes the zone and keeps it.
    pub fn set_zone(self, zone: Zone) {
        self.zone.set(zone);
        world::set_cookie("zone", &zone.to_cookie());
    }
}

/// The preferences of this page.
pub fn prefs() -> Prefs {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_and_distrusted() {
        let visitor = Visitor::read("a=b; theme=dark;zone=-210 ;x", String::new());
        assert_eq!(visitor.theme, Theme::Dark);
        assert_eq!(visitor.zone, Zone::Fixed(-210));
        assert_eq!(
            Visitor::read("theme=<script>", String::new()),
            Visitor::default()
        );
    }
}
