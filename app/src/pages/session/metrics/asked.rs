//! What the address asks of the Metrics tab: which metrics, along what, how smooth, which stretch. In: the address's
//! fields; what is odd is passed over. Out: the same, and addresses that change one thing.

use leptos_router::params::ParamsMap;
use loopscope_protocol::SeriesAxis;

use crate::address;
use crate::source::SessionKey;

/// How many charts are shown at first.
pub(super) const SHOWN: usize = 24;

/// The most metrics that are pinned.
const MOST_PINS: usize = 32;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Asked {
    /// Metrics of this prefix only; `pinned` is written as [`PINNED`].
    pub group: Option<String>,
    /// Metrics whose name holds this, in any case.
    pub text: String,
    /// Metrics that come first.
    pub pins: Vec<String>,
    /// Along what; where it is not said, whatever the metric has.
    pub axis: Option<SeriesAxis>,
    /// Whether the scale goes by powers of ten.
    pub log: bool,
    /// Whether the axis does.
    pub log_x: bool,
    /// How smooth, in per cent: 0 to 99.
    pub smooth: u32,
    /// From where to where.
    pub zoom: Option<(f64, f64)>,
    /// How many charts are shown beyond [`SHOWN`].
    pub more: usize,
}

/// The group of what is pinned. No prefix has a `*`: it stands for itself only in a name.
pub(super) const PINNED: &str = "*pinned";

/// The prefix of a metric's name, with its slash; empty where there is none.
pub(super) fn prefix(name: &str) -> &str {
    name.find('/').map_or("", |end| &name[..=end])
}

impl Asked {
    pub(super) fn read(params: &ParamsMap) -> Self {
        let whole = |name: &str| params.get(name).and_then(|value| value.parse().ok());
        let mut pins = params.get_all("pin").unwrap_or_default();
        pins.truncate(MOST_PINS);
        Self {
            group: params.get("group").filter(|group| !group.is_empty()),
            text: params.get("q").unwrap_or_default(),
            pins,
            axis: params.get("axis").and_then(|axis| axis.parse().ok()),
            log: params.get("log").as_deref() == Some("1"),
            log_x: params.get("logx").as_deref() == Some("1"),
            smooth: whole("smooth").unwrap_or(0).min(99),
            zoom: address::from_to(params),
            more: whole("more").unwrap_or(0).min(512) as usize,
        }
    }

    /// The address that asks for this.
    pub(super) fn href(&self, key: &SessionKey) -> String {
        address::with_fields(key.page("metrics"), &self.fields())
    }

    /// What is not as it is by itself, as the address says it.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        let mut set = |name, value: Option<String>| {
            fields.extend(value.map(|value| (name, value)));
        };
        set("group", self.group.clone());
        set("q", (!self.text.is_empty()).then(|| self.text.clone()));
        for pin in &self.pins {
            set("pin", Some(pin.clone()));
        }
        set("axis", self.axis.map(|axis| axis.as_str().to_owned()));
        set("log", self.log.then(|| "1".to_owned()));
        set("logx", self.log_x.then(|| "1".to_owned()));
        set("smooth", (self.smooth > 0).then(|| self.smooth.to_string()));
        set("from", self.zoom.map(|(from, _)| from.to_string()));
        set("to", self.zoom.map(|(_, to)| to.to_string()));
        set("more", (self.more > 0).then(|| self.more.to_string()));
        fields
    }

    /// The same with one thing changed.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut asked = self.clone();
        change(&mut asked);
        asked
    }

    /// The same with a metric pinned, or no longer.
    pub(super) fn toggle_pin(&self, name: &str) -> Self {
        self.with(
            |asked| match asked.pins.iter().position(|pin| pin == name) {
                Some(place) => drop(asked.pins.remove(place)),
                None => asked.pins.push(name.to_owned()),
            },
        )
    }

    /// The metrics that are asked for, of all names: what is pinned first.
    pub(super) fn pick(&self, names: &[String]) -> Vec<String> {
        let text = self.text.to_lowercase();
        let is_pinned = |name: &String| self.pins.contains(name);
        let is_asked = |name: &&String| {
            let in_group = match self.group.as_deref() {
                None => true,
                Some(PINNED) => is_pinned(name),
                Some("/") => prefix(name).is_empty(),
                Some(group) => prefix(name) == group,
            };
            in_group && (text.is_empty() || name.to_lowercase().contains(&text))
        };
        let asked: Vec<&String> = names.iter().filter(is_asked).collect();
        let (first, rest): (Vec<_>, Vec<_>) = asked.into_iter().partition(|name| is_pinned(name));
        first.into_iter().chain(rest).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use loopscope_event::{ProjectId, SessionId};

    use super::*;

    #[test]
    fn an_address_restores_what_was_looked_at() {
        let mut params = ParamsMap::new();
        for (name, value) in [
            ("group", "ppo/"),
            ("pin", "a b"),
            ("pin", "c"),
            ("axis", "time"),
            ("log", "1"),
            ("logx", "1"),
            ("smooth", "250"),
            ("from", "-1.5"),
            ("to", "1e3"),
        ] {
            params.insert(name, value.to_owned());
        }
        let asked = Asked::read(&params);
        let key = SessionKey {
            project: ProjectId::default(),
            id: SessionId::new("s").unwrap(),
        };
        assert_eq!(
            asked.href(&key),
            "/sessions/s?tab=metrics&group=ppo%2F&pin=a%20b&pin=c&axis=time&log=1&logx=1&smooth=99&from=-1.5&to=1000"
        );
        let odd = [
            ("from", "5"),
            ("to", "1"),
            ("axis", "<script>"),
            ("smooth", "x"),
        ];
        let mut params = ParamsMap::new();
        for (name, value) in odd {
            params.insert(name, value.to_owned());
        }
        assert_eq!(Asked::read(&params), Asked::default());
    }

    #[test]
    fn what_is_pinned_comes_first_and_groups_go_by_prefix() {
        let names = ["a/x", "a/y", "b/x", "loss"].map(str::to_owned);
        let pick = |asked: Asked| asked.pick(&names).join(" ");
        let asked = Asked::default().toggle_pin("b/x");
        assert_eq!(pick(asked.clone()), "b/x a/x a/y loss");
        let group = |group: &str| asked.with(|asked| asked.group = Some(group.to_owned()));
        assert_eq!(pick(group("a/")), "a/x a/y");
        assert_eq!(pick(group("/")), "loss");
        assert_eq!(pick(group(PINNED)), "b/x");
        assert_eq!(
            pick(asked.with(|asked| asked.text = "X".to_owned())),
            "b/x a/x"
        );
        assert_eq!(asked.toggle_pin("b/x"), Asked::default());
    }
}
