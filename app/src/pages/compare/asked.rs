//! What the address asks of the comparison. In: its fields; what is odd is passed over. Out: the same, and addresses
//! that change one thing.

use leptos_router::params::ParamsMap;
use loopscope_protocol::{CompareQuery, SeriesAxis};

use crate::address;

/// How many metrics are shown at first.
pub(super) const SHOWN: usize = 6;

/// The most that are shown.
const MOST_SHOWN: usize = 192;

/// What the runs are lined up by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Align {
    /// The first pass (step, epoch) of each above the first of the others.
    #[default]
    Iteration,
    /// Their starts.
    Relative,
    /// As they were.
    Wall,
}

impl Align {
    pub(super) const ALL: [(Self, &'static str); 3] = [
        (Self::Iteration, "Iteration"),
        (Self::Relative, "Relative time"),
        (Self::Wall, "Wall time"),
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Iteration => "iteration",
            Self::Relative => "relative",
            Self::Wall => "wall",
        }
    }

    fn read(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter().map(|(align, _)| align);
        all.find(|align| align.word() == word)
    }

    /// Along what metrics are asked for: the first that a metric has.
    pub(super) const fn axes(self) -> &'static [SeriesAxis] {
        match self {
            Self::Iteration => &[SeriesAxis::Step, SeriesAxis::Epoch, SeriesAxis::Index],
            Self::Relative | Self::Wall => &[SeriesAxis::Time],
        }
    }
}

/// A stretch of an axis, which is named as the charts name it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Zoomed {
    pub axis: String,
    pub from: f64,
    pub to: f64,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Asked {
    pub runs: CompareQuery,
    pub align: Align,
    /// Metrics whose name holds this, in any case.
    pub text: String,
    /// How many metrics are shown beyond [`SHOWN`].
    pub more: usize,
    pub zoom: Option<Zoomed>,
    /// Whether keys are shown in which the runs are alike.
    pub all_keys: bool,
    /// Whether another session is being looked for, and by what words.
    pub adds: bool,
    pub find: String,
}

impl Asked {
    pub(super) fn read(params: &ParamsMap) -> Self {
        let sessions = params.get_all("session").unwrap_or_default();
        let pairs = sessions.iter().map(|session| ("session", session.as_str()));
        let zoom = params.get("on").zip(address::from_to(params));
        let is_set = |name: &str| params.get(name).as_deref() == Some("1");
        let more = params
            .get("more")
            .and_then(|more| more.parse().ok())
            .unwrap_or(0);
        Self {
            runs: CompareQuery::read(pairs).0,
            align: params
                .get("align")
                .and_then(|word| Align::read(&word))
                .unwrap_or_default(),
            text: params.get("q").unwrap_or_default(),
            more: more.min(MOST_SHOWN),
            zoom: zoom.map(|(axis, (from, to))| Zoomed { axis, from, to }),
            all_keys: is_set("all"),
            adds: is_set("add"),
            find: params.get("find").unwrap_or_default(),
        }
    }

    /// What has to be loaded anew where it changes; the rest only says how it is shown.
    pub(super) fn wanted(&self) -> Self {
        Self {
            runs: self.runs.clone(),
            align: self.align,
            text: self.text.clone(),
            more: self.more,
            ..Self::default()
        }
    }

    /// The address that asks for this.
    pub(super) fn href(&self) -> String {
        address::with_fields("/compare".to_owned(), &self.fields())
    }

    /// What is not as it is by itself, as the address says it.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let runs = self.runs.sessions.iter();
        let mut fields: Vec<_> = runs
            .map(|session| ("session", session.to_string()))
            .collect();
        let mut set = |name, value: Option<String>| fields.extend(value.map(|value| (name, value)));
        let one = |is_set: bool| is_set.then(|| "1".to_owned());
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        set(
            "align",
            (self.align != Align::default()).then(|| self.align.word().to_owned()),
        );
        set("q", text(&self.text));
        set("more", (self.more > 0).then(|| self.more.to_string()));
        if let Some(zoom) = &self.zoom {
            set("on", Some(zoom.axis.clone()));
            set("from", Some(zoom.from.to_string()));
            set("to", Some(zoom.to.to_string()));
        }
        set("all", one(self.all_keys));
        set("add", one(self.adds));
        set("find", text(&self.find).filter(|_| self.adds));
        fields
    }

    /// The same with one thing changed.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut asked = self.clone();
        change(&mut asked);
        asked
    }

    /// The metrics that are shown, of all: those whose name fits, and not too many of them.
    pub(super) fn shown<'a>(&self, names: impl Iterator<Item = &'a str>) -> (Vec<String>, usize) {
        let text = self.text.to_lowercase();
        let fits = |name: &&str| text.is_empty() || name.to_lowercase().contains(&text);
        let mut all: Vec<String> = names.filter(fits).map(str::to_owned).collect();
        let left = all.len().saturating_sub(SHOWN + self.more);
        all.truncate(SHOWN + self.more);
        (all, left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&'static str, &str)]) -> Asked {
        let mut params = ParamsMap::new();
        for (name, value) in fields {
            params.insert(*name, (*value).to_owned());
        }
        Asked::read(&params)
    }

    #[test]
    fn an_address_restores_what_was_looked_at() {
        let fields = [
            ("session", "a b"),
            ("session", "lab/c"),
            ("align", "relative"),
            ("q", "loss"),
            ("on", "Elapsed"),
            ("from", "10"),
            ("to", "2e3"),
            ("all", "1"),
        ];
        assert_eq!(
            read(&fields).href(),
            "/compare?session=a%20b&session=lab%2Fc&align=relative&q=loss&on=Elapsed&from=10&to=2000&all=1"
        );
        let odd = [
            ("align", "sideways"),
            ("from", "2"),
            ("to", "1"),
            ("on", "Step"),
            ("more", "x"),
        ];
        assert_eq!(read(&odd), Asked::default());
    }

    #[test]
    fn metrics_are_found_by_a_part_of_their_name() {
        let names = [
            "val/accuracy",
            "train/loss",
            "val/loss",
            "a",
            "b",
            "c",
            "d",
            "e",
        ];
        let (shown, left) = Asked::default().shown(names.into_iter());
        assert_eq!((shown.len(), left), (SHOWN, 2));
        let (shown, left) = read(&[("q", "LOSS")]).shown(names.into_iter());
        assert_eq!((shown.join(" ").as_str(), left), ("train/loss val/loss", 0));
    }
}
