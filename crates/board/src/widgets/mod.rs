//! Widgets: figures that somebody declares, evaluated by the same code on server and in browser; and what programs push.
//!
//! In: a [`WidgetSpec`](loopscope_protocol::WidgetSpec), and events by their offset. Out: a [`WidgetFold`], bounded and
//! storable at any event (`fold(all) == fold(snapshot(k)) + rest`), and from it a [`Picture`]: plain series that a page
//! draws and a script reads. A pushed state is read into the same picture.

mod check;
mod fold;
mod picture;
mod plan;
mod pushed;

pub use check::check;
pub use fold::{MAX_BUCKETS, MAX_GROUPS, MAX_NAMED, WidgetFold};
pub use picture::{Picture, PictureAxis, PictureSeries};
pub use plan::Plan;

use loopscope_event::{Cursor, Seq, Timestamp};
use loopscope_protocol::{ApiError, Widget};
use serde::{Deserialize, Serialize};

/// The widgets of a page: in the order and the width in which they are arranged, with what they show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetsShown {
    /// Those that are not hidden there.
    pub widgets: Vec<WidgetShown>,
    /// The newest event of the session that declared ones have seen.
    #[serde(default)]
    pub seq: Seq,
    /// What they have seen.
    pub cursor: Cursor,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// A widget as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetShown {
    /// Which.
    pub widget: Widget,
    /// How wide, in twelfths.
    pub width: u8,
    /// What it shows; none before its first event, or where nothing was pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// On the page of a session: what the picture of a declared one is made of, to go on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<WidgetFold>,
    /// When it was pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_at: Option<Timestamp>,
}

/// `GET /api/v1/widgets/{name}/state`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetState {
    /// Which.
    pub name: String,
    /// Its state as a chart, in the shape in which programs push theirs.
    pub state: serde_json::Value,
    /// The newest event that it has seen, of a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// What it has seen; where it is evaluated here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// When it was pushed; where a program does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_at: Option<Timestamp>,
}

/// Reads a state that a program pushes, in the shape of `render()`: `{"type":"chart","data":[…],"options":{…}}`.
///
/// # Errors
/// The field at fault, or the bound that is crossed.
pub fn read_pushed(text: &str, name: &str) -> Result<Picture, ApiError> {
    pushed::read(text, name)
}
