//! Who looks: the preferences of a visitor, kept in cookies so that the first HTML is already right.
//!
//! In: a `Cookie` header (or `document.cookie`, which has the same form), and what stands behind the `?` of the address:
//! a link may name a zone. Out: theme, density, zone, and the address under which the visitor reaches this server.

use leptos::prelude::*;

use crate::lasting::Lasting;
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

/// How close rows stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Density {
    /// With room for a finger or a tired eye.
    #[default]
    Roomy,
    /// More of them at once.
    Compact,
}

impl Density {
    /// As the cookie and the `data-density` attribute say it; `None` for the usual one.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Roomy => None,
            Self::Compact => Some("compact"),
        }
    }
}

/// Who looks. The server provides it as context to every page that it renders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    /// The look chosen.
    pub theme: Theme,
    /// How close rows stand.
    pub density: Density,
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
    /// Reads a `Cookie` header and the query of an address. What is not understood stays at its default.
    pub fn read(cookies: &str, query: &str, origin: String) -> Self {
        let value = |wanted: &str| value_of(cookies, ';', wanted).unwrap_or_default();
        let theme = match value("theme") {
            "dark" => Theme::Dark,
            "light" => Theme::Light,
            _ => Theme::System,
        };
        let density = match value("density") {
            "compact" => Density::Compact,
            _ => Density::Roomy,
        };
        let zone = zone_of_link(query).or_else(|| Zone::read(value("zone")));
        Self {
            theme,
            density,
            zone: zone.unwrap_or_default(),
            origin,
            ..Self::default()
        }
    }

    /// What the browser knows; the zone as the server rendered the page with it.
    fn in_browser() -> Self {
        let visitor = Self::read(&world::cookies(), &world::query(), world::origin());
        let rendered = world::root_data("zone");
        let rendered = rendered.map(|zone| Zone::read(&zone).unwrap_or_default());
        Self {
            zone: rendered.unwrap_or(visitor.zone),
            ..visitor
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
            ..Self::in_browser()
        })
    }
}

/// The value of a pair: `name=value`.
fn value_of<'a>(pairs: &'a str, between: char, wanted: &str) -> Option<&'a str> {
    pairs
        .split(between)
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

/// The zone that a link names.
fn zone_of_link(query: &str) -> Option<Zone> {
    let name = value_of(query, '&', "zone")?;
    Zone::read(&name.replace("%2F", "/").replace("%2f", "/"))
}

/// The preferences as signals, for every component.
#[derive(Debug, Clone, Copy)]
pub struct Prefs {
    /// The look.
    pub theme: RwSignal<Theme>,
    /// How close rows stand.
    pub density: RwSignal<Density>,
    /// The zone.
    pub zone: Lasting<Zone>,
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
            density: RwSignal::new(visitor.density),
            zone: Lasting::new(visitor.zone),
            origin: StoredValue::new(visitor.origin),
            may_steer: visitor.may_steer,
            may_admin: visitor.may_admin,
        };
        provide_context(prefs);
        // The page was rendered with what the server knew. From here on it is what was asked for, and the reader's own
        // zone is where the reader is now.
        Effect::new(move || {
            let link = zone_of_link(&world::query());
            let cookies = world::cookies();
            let kept = Zone::read(value_of(&cookies, ';', "zone").unwrap_or_default());
            let wanted = link.or(kept).unwrap_or_default();
            let wanted = if wanted.is_own() { Zone::own() } else { wanted };
            if wanted == prefs.zone.get_untracked() {
                return;
            }
            prefs.zone.set(wanted);
            if link.is_none() {
                world::set_cookie("zone", &wanted.to_cookie());
            }
        });
        prefs
    }

    /// Changes the look and keeps it.
    pub fn set_theme(self, theme: Theme) {
        self.theme.set(theme);
        world::set_root_data("theme", theme.word());
        world::set_cookie("theme", theme.word().unwrap_or("system"));
    }

    /// Changes how close rows stand, and keeps it.
    pub fn set_density(self, density: Density) {
        self.density.set(density);
        world::set_root_data("density", density.word());
        world::set_cookie("density", density.word().unwrap_or("roomy"));
    }

    /// Changes the zone and keeps it.
    pub fn set_zone(self, zone: Zone) {
        self.zone.set(zone);
        world::set_cookie("zone", &zone.to_cookie());
    }

    /// The address of the view that is open, with the zone of its times, for any reader.
    pub fn link_here(self) -> String {
        link_with(&world::href(), self.zone.get_untracked())
    }
}

/// An address with a zone instead of the one that it may name.
fn link_with(href: &str, zone: Zone) -> String {
    let (address, mark) = href
        .split_once('#')
        .map_or((href, None), |(address, mark)| (address, Some(mark)));
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let kept = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("zone="));
    let named = zone.to_link().map(|name| format!("zone={name}"));
    let pairs: Vec<String> = kept.map(str::to_owned).chain(named).collect();
    let mut link = path.to_owned();
    if !pairs.is_empty() {
        link.push('?');
        link.push_str(&pairs.join("&"));
    }
    if let Some(mark) = mark {
        link.push('#');
        link.push_str(mark);
    }
    link
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
        let read = |cookies: &str, query: &str| Visitor::read(cookies, query, String::new());
        let visitor = read("a=b; theme=dark;zone=-210 ;x; density=compact", "");
        assert_eq!(visitor.theme, Theme::Dark);
        assert_eq!(visitor.density, Density::Compact);
        assert_eq!(visitor.zone, Zone::Fixed(-210));
        assert_eq!(
            read("theme=<script>; zone=<script>", ""),
            Visitor::default()
        );
    }

    #[test]
    fn a_link_may_name_the_zone() {
        let zone = |cookies: &str, query: &str| Visitor::read(cookies, query, String::new()).zone;
        let berlin = Zone::named("Europe/Berlin").unwrap();
        assert_eq!(zone("zone=utc", "tab=events&zone=Europe%2FBerlin"), berlin);
        assert_eq!(zone("zone=Europe/Berlin", "zone=utc"), Zone::Utc);
        assert_eq!(zone("zone=Europe/Berlin", "zone=Atlantis/Port"), berlin);
    }

    #[test]
    fn a_copied_link_names_the_zone_once() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        for (href, zone, link) in [
            ("http://h/a", berlin, "http://h/a?zone=Europe/Berlin"),
            (
                "http://h/a?zone=utc&b=1#c",
                berlin,
                "http://h/a?b=1&zone=Europe/Berlin#c",
            ),
            ("http://h/a?b=1", Zone::Utc, "http://h/a?b=1&zone=utc"),
            ("http://h/a?zone=utc", Zone::Fixed(60), "http://h/a"),
        ] {
            assert_eq!(link_with(href, zone), link);
        }
    }
}
