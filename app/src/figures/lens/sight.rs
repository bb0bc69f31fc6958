//! What is looked at of a page's charts, and how, as the address says it. In: the address's fields; what is odd is passed
//! over, and there is a bound to how many are read. Out: stretches of axes, the look of each chart, and the same fields.
//!
//! ```text
//! zoom=2.5..7.5:Iteration      a stretch of an axis, for every chart that has it
//! look=log,log-x,smooth-60:Loss    how a chart is drawn
//! hide=By severity:Medium      a series that was put away
//! ```

use leptos_router::params::ParamsMap;

use crate::address;

/// The names of the fields.
pub(super) const FIELDS: [&str; 3] = ["zoom", "look", "hide"];

/// So many of each field are read.
const MOST: usize = 64;

/// How one chart is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Its values by powers of ten.
    pub log_y: bool,
    /// Its horizontal axis by powers of ten.
    pub log_x: bool,
    /// How smooth its lines are, in per cent: 0 to 99.
    pub smooth: u8,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sight {
    /// An axis' word, from where to where.
    zooms: Vec<(String, (f64, f64))>,
    /// By a chart's name.
    looks: Vec<(String, Look)>,
    /// `chart:series`: a chart looks for those that begin with its own name.
    hidden: Vec<String>,
}

impl Sight {
    pub(super) fn read(params: &ParamsMap) -> Self {
        let all = |name: &str| {
            let mut all = params.get_all(name).unwrap_or_default();
            all.truncate(MOST);
            all
        };
        let of = |text: &String| {
            let (what, name) = text.split_once(':')?;
            Some((what.to_owned(), name.to_owned()))
        };
        let zoom = |(stretch, axis): (String, String)| Some((axis, address::stretch(&stretch)?));
        let look = |(words, chart): (String, String)| (chart, read_look(&words));
        Self {
            zooms: all("zoom").iter().filter_map(of).filter_map(zoom).collect(),
            looks: all("look").iter().filter_map(of).map(look).collect(),
            hidden: all("hide"),
        }
    }

    /// The fields that say it.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        for (axis, (from, to)) in &self.zooms {
            fields.push(("zoom", format!("{from}..{to}:{axis}")));
        }
        for (chart, look) in &self.looks {
            fields.push(("look", format!("{}:{chart}", write_look(*look))));
        }
        fields.extend(self.hidden.iter().map(|name| ("hide", name.clone())));
        fields
    }

    /// The stretch of an axis that is looked at.
    pub(super) fn zoom(&self, axis: &str) -> Option<(f64, f64)> {
        let found = self.zooms.iter().find(|(word, _)| word == axis);
        found.map(|(_, stretch)| *stretch)
    }

    /// How a chart is drawn.
    pub(super) fn look(&self, chart: &str) -> Look {
        let found = self.looks.iter().find(|(name, _)| name == chart);
        found.map_or_else(Look::default, |(_, look)| *look)
    }

    /// The series of a chart that were put away.
    pub(super) fn hidden(&self, chart: &str) -> Vec<String> {
        let series = |name: &String| {
            let rest = name.strip_prefix(chart)?.strip_prefix(':')?;
            Some(rest.to_owned())
        };
        self.hidden.iter().filter_map(series).collect()
    }

    pub(super) fn set_zoom(&mut self, axis: &str, stretch: Option<(f64, f64)>) {
        self.zooms.retain(|(word, _)| word != axis);
        self.zooms
            .extend(stretch.map(|stretch| (axis.to_owned(), stretch)));
    }

    pub(super) fn set_look(&mut self, chart: &str, look: Look) {
        self.looks.retain(|(name, _)| name != chart);
        if look != Look::default() {
            self.looks.push((chart.to_owned(), look));
        }
    }

    pub(super) fn set_hidden(&mut self, chart: &str, series: &[String]) {
        let own = self.hidden(chart);
        self.hidden.retain(|name| {
            let rest = name
                .strip_prefix(chart)
                .and_then(|rest| rest.strip_prefix(':'));
            rest.is_none_or(|rest| !own.iter().any(|series| series == rest))
        });
        self.hidden
            .extend(series.iter().map(|series| format!("{chart}:{series}")));
    }
}

/// A stretch whose edges are no longer than they need to be: what stands in the address is what is shown.
pub(super) fn tidy((from, to): (f64, f64)) -> (f64, f64) {
    let span = (to - from).abs();
    if !(span.is_finite() && span > 0.0) {
        return (from, to);
    }
    // A ten thousandth of the stretch is less than a pixel.
    let decimals = (4.0 - span.log10().floor()).clamp(0.0, 15.0) as usize;
    let short = |value: f64| format!("{value:.decimals$}").parse().unwrap_or(value);
    (short(from), short(to))
}

fn read_look(words: &str) -> Look {
    let mut look = Look::default();
    for word in words.split(',') {
        match word {
            "log" => look.log_y = true,
            "log-x" => look.log_x = true,
            word => {
                let percent = word.strip_prefix("smooth-").and_then(|n| n.parse().ok());
                look.smooth = percent.unwrap_or(look.smooth).min(99);
            }
        }
    }
    look
}

fn write_look(look: Look) -> String {
    let smooth = (look.smooth > 0).then(|| format!("smooth-{}", look.smooth));
    let words = [
        look.log_y.then(|| "log".to_owned()),
        look.log_x.then(|| "log-x".to_owned()),
        smooth,
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(fields: &[(&'static str, &str)]) -> ParamsMap {
        let mut params = ParamsMap::new();
        for (name, value) in fields {
            params.insert(*name, (*value).to_owned());
        }
        params
    }

    #[test]
    fn an_address_says_what_is_looked_at_and_back() {
        let fields = [
            ("zoom", "2.5..7.5:Iteration"),
            ("zoom", "-1..1e3:Epoch: inner"),
            ("look", "log,log-x,smooth-60:Loss"),
            ("hide", "By severity:Medium"),
            ("hide", "By severity:a:b"),
        ];
        let sight = Sight::read(&params(&fields));
        assert_eq!(sight.zoom("Iteration"), Some((2.5, 7.5)));
        assert_eq!(sight.zoom("Epoch: inner"), Some((-1.0, 1000.0)));
        assert_eq!(sight.hidden("By severity"), ["Medium", "a:b"]);
        assert_eq!(sight.hidden("By"), [""; 0]);
        let look = sight.look("Loss");
        assert!(look.log_y && look.log_x && look.smooth == 60);
        let written: Vec<_> = sight.fields();
        let written: Vec<_> = written
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(Sight::read(&params(&written)), sight);
    }

    #[test]
    fn what_is_odd_is_passed_over_and_bounded() {
        for odd in [
            "",
            ":",
            "5..1:Step",
            "NaN..2:Step",
            "1..inf:Step",
            "1:Step",
            "a..b:Step",
        ] {
            assert_eq!(
                Sight::read(&params(&[("zoom", odd)])).zoom("Step"),
                None,
                "{odd}"
            );
        }
        let look =
            Sight::read(&params(&[("look", "smooth-250,<script>,smooth-x:Loss")])).look("Loss");
        assert_eq!(
            look,
            Look {
                smooth: 99,
                ..Look::default()
            }
        );
        let many: Vec<_> = (0..500).map(|_| ("hide", "a:b")).collect();
        assert_eq!(Sight::read(&params(&many)).hidden.len(), MOST);
    }

    #[test]
    fn changes_replace_what_was_and_leave_no_trace() {
        let mut sight = Sight::default();
        sight.set_zoom("Step", Some((1.0, 2.0)));
        sight.set_zoom("Step", Some((1.5, 2.0)));
        sight.set_look(
            "Loss",
            Look {
                log_y: true,
                ..Look::default()
            },
        );
        sight.set_hidden("Loss", &["raw".to_owned(), "mean".to_owned()]);
        sight.set_hidden("Loss", &["raw".to_owned()]);
        assert_eq!(sight.fields().len(), 3);
        sight.set_zoom("Step", None);
        sight.set_look("Loss", Look::default());
        sight.set_hidden("Loss", &[]);
        assert_eq!(sight, Sight::default());
    }

    #[test]
    fn edges_are_as_long_as_they_need_to_be() {
        assert_eq!(tidy((0.123_456_789, 0.323_456_789)), (0.123_46, 0.323_46));
        assert_eq!(tidy((1_234.567_89, 9_876.543_21)), (1_234.6, 9_876.5));
        assert_eq!(
            tidy((1_767_607_200_123.4, 1_767_607_260_123.4)),
            (1_767_607_200_123.0, 1_767_607_260_123.0)
        );
    }
}
