//! Widgets: figures that somebody declares, or that a program pushes; and how they are arranged.

use loopscope_event::{Dialect, Kind, ProjectId, SessionId, Severity, Timestamp};
use serde::{Deserialize, Serialize};

/// The most widgets of a project, declared and pushed ones together.
pub const MAX_WIDGETS: usize = 60;
/// The most widgets that programs push for one session.
pub const MAX_PUSHED_OF_SESSION: usize = 32;
/// The largest state that a program pushes, in bytes.
pub const MAX_PUSHED_BYTES: usize = 64 * 1024;

/// What a declared widget shows: which events, and what is made of them. As JSON and as TOML.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WidgetSpec {
    /// Its name in addresses: lower-case letters, digits and hyphens, 1 to 64, a letter or digit first.
    #[cfg_attr(
        feature = "schema",
        schema(pattern = "^[a-z0-9][a-z0-9-]{0,63}$", example = "fixes-by-step")
    )]
    pub name: String,
    /// What stands over it; the name where it is left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_length = 120))]
    pub title: String,
    /// Which events.
    pub select: WidgetSelect,
    /// What stands on the horizontal axis: `time`, `step`, `iteration`, `group` (a bar or row a group), or a path into
    /// the event's payload, such as `data.epoch`.
    #[serde(default = "time", skip_serializing_if = "is_time")]
    #[cfg_attr(feature = "schema", schema(max_length = 256, default = "time"))]
    pub x: String,
    /// What is measured: `count` (each event is one), `metric:NAME` (`*` stands for anything), or a path into the
    /// payload. Of an array it is the length, of true and false 1 and 0.
    #[serde(default = "count", skip_serializing_if = "is_count")]
    #[cfg_attr(feature = "schema", schema(max_length = 256, default = "count"))]
    pub y: String,
    /// What tells the lines or parts apart: `name`, `kind`, `dialect`, `severity`, `state`, `iteration`, `session`,
    /// `metric`, or a path into the payload. The first groups have a part of their own, the rest is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 256))]
    pub group: Option<String>,
    /// What becomes of the values that fall into one place.
    #[serde(default, skip_serializing_if = "is_default")]
    pub aggregate: WidgetAggregate,
    /// How it is drawn.
    #[serde(default, skip_serializing_if = "is_default")]
    pub chart: WidgetChart,
    /// What the values count.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unit: WidgetUnit,
    /// How long a place of the time axis is; where left out, as short as fits. It doubles where there are too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 2_678_400))]
    pub bucket_seconds: Option<f64>,
    /// How far back from the newest event of it is looked; everything where left out. Of the time axis only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 2_678_400))]
    pub window_seconds: Option<f64>,
}

/// Which events: those that fit everything that is said; names or kinds must be.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WidgetSelect {
    /// Names; `*` stands for anything, letter case does not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        feature = "schema",
        schema(max_items = 64, example = json!(["STEP_COMPLETE"]))
    )]
    pub events: Vec<String>,
    /// Normal forms of names, the same in every dialect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 64))]
    pub kinds: Vec<Kind>,
    /// What the program speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// The session, by its id; `*` stands for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 256))]
    pub session: Option<String>,
    /// The least severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$member_doc])* $member,)+
        }

        impl $name {
            /// Every word, with its member.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$member),)+];

            /// Its word on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }
        }
    };
}

words! {
    /// What becomes of the values that fall into one place.
    WidgetAggregate {
        /// How many there are.
        #[default]
        Count = "count",
        /// Their sum.
        Sum = "sum",
        /// Their mean.
        Mean = "mean",
        /// The least.
        Min = "min",
        /// The most.
        Max = "max",
        /// The newest.
        Last = "last",
    }
}

words! {
    /// How a widget is drawn.
    WidgetChart {
        /// A line a group.
        #[default]
        Line = "line",
        /// A bar a place.
        Bars = "bars",
        /// A bar a place, a part a group.
        StackedBars = "stacked_bars",
        /// One number, and where it came from.
        Number = "number",
        /// A row a place.
        Table = "table",
    }
}

words! {
    /// What values count.
    WidgetUnit {
        /// Nothing in particular.
        #[default]
        Number = "number",
        /// Per cent: 50 is half.
        Percent = "percent",
        /// Milliseconds.
        Milliseconds = "milliseconds",
    }
}

words! {
    /// Where a widget comes from.
    WidgetSource {
        /// Somebody declared it; it is evaluated here.
        #[default]
        Declared = "declared",
        /// A program pushes what it shows.
        Pushed = "pushed",
    }
}

words! {
    /// Where widgets are shown.
    WidgetPlace {
        /// On the Overview.
        #[default]
        Overview = "overview",
        /// On the page of each session.
        Session = "session",
    }
}

/// A widget.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Widget {
    /// Its name.
    pub name: String,
    /// Its project.
    #[serde(default)]
    pub project: ProjectId,
    /// What stands over it.
    pub title: String,
    /// Where it comes from.
    pub source: WidgetSource,
    /// What it shows, where it is a declared one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<WidgetSpec>,
    /// Who declared or changed it last, or pushed it first.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// `GET /api/v1/widgets`: all of a project, by name.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Widgets {
    /// The widgets.
    pub widgets: Vec<Widget>,
    /// How they are arranged.
    pub arrangement: WidgetArrangement,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// How a project's widgets are arranged. What is not named stands behind what is, as wide as its chart needs.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WidgetArrangement {
    /// On the Overview, from the first to the last.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 200))]
    pub overview: Vec<WidgetSlot>,
    /// On the page of each session.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 200))]
    pub session: Vec<WidgetSlot>,
}

/// A widget's place.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WidgetSlot {
    /// Which.
    #[cfg_attr(feature = "schema", schema(pattern = "^[a-z0-9][a-z0-9-]{0,63}$"))]
    pub name: String,
    /// How wide, in twelfths of the page: 3, 4, 6, 8 or 12. As its chart needs where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(minimum = 3, maximum = 12))]
    pub width: Option<u8>,
    /// Whether it is not shown there.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hidden: bool,
}

/// Something about widgets changed: read them anew.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetsFrame {
    /// What changed.
    pub changes: Vec<WidgetChange>,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// A change.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WidgetChange {
    /// Of which project.
    pub project: ProjectId,
    /// What.
    pub what: WidgetNews,
    /// Of which session, where a program pushed for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
}

words! {
    /// What may change about widgets.
    WidgetNews {
        /// One was declared, changed or deleted, or they were arranged.
        #[default]
        Definitions = "definitions",
        /// New events moved what the Overview shows.
        Figures = "figures",
        /// A program pushed a state.
        Pushed = "pushed",
    }
}

impl WidgetArrangement {
    /// Of a place.
    pub fn of(&self, place: WidgetPlace) -> &Vec<WidgetSlot> {
        match place {
            WidgetPlace::Overview => &self.overview,
            WidgetPlace::Session => &self.session,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, place: WidgetPlace) -> &mut Vec<WidgetSlot> {
        match place {
            WidgetPlace::Overview => &mut self.overview,
            WidgetPlace::Session => &mut self.session,
        }
    }
}

fn time() -> String {
    "time".to_owned()
}

fn count() -> String {
    "count".to_owned()
}

fn is_time(word: &str) -> bool {
    word == "time"
}

fn is_count(word: &str) -> bool {
    word == "count"
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
