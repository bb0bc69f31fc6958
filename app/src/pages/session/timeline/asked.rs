//! What the address asks of the timeline. In: the address's fields; what is odd is passed over. Out: the same, and
//! addresses that change one thing.

use leptos_router::params::ParamsMap;
use loopscope_protocol::{SpanId, SpanKind};

use super::scale::Stretch;
use crate::address;
use crate::source::SessionKey;

/// The most groups that are told apart in an address.
const MOST_TOGGLED: usize = 200;

/// How spans are put in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// As few rows as there is room for.
    Compact,
    /// A row a name, nested, pass by pass.
    #[default]
    Lanes,
    /// A row a span, in order of their start.
    History,
}

impl Mode {
    pub(super) const ALL: [Self; 3] = [Self::Compact, Self::Lanes, Self::History];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Lanes => "lanes",
            Self::History => "history",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Compact => "Compact",
            Self::Lanes => "By lane",
            Self::History => "History",
        }
    }
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Asked {
    pub mode: Mode,
    /// Groups that are open or closed against their habit.
    pub toggled: Vec<String>,
    /// Spans of these kinds only; none for all.
    pub kinds: Vec<SpanKind>,
    /// The span whose details are shown.
    pub span: Option<SpanId>,
    /// From when to when; all of it where it is not said.
    pub stretch: Option<Stretch>,
    /// The moment that the page shows, as it stands in the address.
    pub at: Option<String>,
}

impl Asked {
    pub(super) fn read(params: &ParamsMap) -> Self {
        let mode = params.get("mode").unwrap_or_default();
        let mode = Mode::ALL.into_iter().find(|own| own.word() == mode);
        let toggled = params.get("open").unwrap_or_default();
        let toggled = toggled.split(',').filter(|key| !key.is_empty());
        let kinds = params.get_all("show").unwrap_or_default();
        Self {
            mode: mode.unwrap_or_default(),
            toggled: toggled.take(MOST_TOGGLED).map(str::to_owned).collect(),
            kinds: kinds.iter().filter_map(|kind| kind.parse().ok()).collect(),
            span: params.get("span").and_then(|span| span.parse().ok()),
            stretch: params.get("t").and_then(|text| stretch(&text)),
            at: params.get("at").filter(|at| !at.is_empty()),
        }
    }

    /// The address that asks for this.
    pub(super) fn href(&self, key: &SessionKey) -> String {
        address::with_fields(key.page("timeline"), &self.fields())
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        let mut set = |name, value: Option<String>| {
            fields.extend(value.map(|value| (name, value)));
        };
        let mode = (self.mode != Mode::default()).then(|| self.mode.word().to_owned());
        set("mode", mode);
        for kind in &self.kinds {
            set("show", Some(kind.as_str().to_owned()));
        }
        set("t", self.stretch.map(millis));
        set(
            "open",
            (!self.toggled.is_empty()).then(|| self.toggled.join(",")),
        );
        set("span", self.span.map(|span| span.to_string()));
        set("at", self.at.clone());
        fields
    }

    /// The same with one thing changed.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut asked = self.clone();
        change(&mut asked);
        asked
    }

    /// Opens a group that is closed, and the other way.
    pub(super) fn toggle(&mut self, key: &str) {
        match self.toggled.iter().position(|own| own == key) {
            Some(place) => drop(self.toggled.remove(place)),
            None => self.toggled.push(key.to_owned()),
        }
    }

    /// Shows spans of a kind, or no longer; where all are shown, only these.
    pub(super) fn toggle_kind(&mut self, kind: SpanKind) {
        match self.kinds.iter().position(|own| *own == kind) {
            Some(place) => drop(self.kinds.remove(place)),
            None => self.kinds.push(kind),
        }
    }
}

/// `a..b` in milliseconds since the Unix epoch.
fn stretch(text: &str) -> Option<Stretch> {
    let (from, to) = address::stretch(text)?;
    let micros = |millis: f64| (millis.abs() < 1e14).then(|| (millis * 1e3).round() as i64);
    let stretch = Stretch {
        from_us: micros(from)?,
        to_us: micros(to)?,
    };
    (stretch.from_us < stretch.to_us).then_some(stretch)
}

fn millis(stretch: Stretch) -> String {
    let millis = |at_us: i64| (at_us as f64 / 1e3).to_string();
    format!("{}..{}", millis(stretch.from_us), millis(stretch.to_us))
}

#[cfg(test)]
mod tests {
    use loopscope_event::{ProjectId, SessionId};

    use super::*;

    #[test]
    fn an_address_restores_what_was_looked_at() {
        let mut params = ParamsMap::new();
        for (name, value) in [
            ("mode", "history"),
            ("show", "step"),
            ("show", "agent"),
            ("show", "<script>"),
            ("t", "1767607200000..1767607260000.5"),
            ("open", "3,earlier"),
            ("span", "12.1"),
            ("at", "40"),
        ] {
            params.insert(name, value.to_owned());
        }
        let key = SessionKey {
            project: ProjectId::default(),
            id: SessionId::new("s").unwrap(),
        };
        let asked = Asked::read(&params);
        assert_eq!(
            asked.href(&key),
            "/sessions/s?tab=timeline&mode=history&show=step&show=agent&t=1767607200000..1767607260000.5&open=3%2Cearlier&span=12.1&at=40"
        );
        let mut odd = ParamsMap::new();
        for (name, value) in [("mode", "x"), ("t", "5..1"), ("span", "-"), ("open", ",")] {
            odd.insert(name, value.to_owned());
        }
        assert_eq!(Asked::read(&odd), Asked::default());
    }
}
