//! What a viewer begins with (section 2.1): the greeting, the newest events, the numbers. In: who asks for what. Out:
//! the frames, and the cursor from which live events follow without a gap or a repetition.

use bytes::Bytes;
use loopscope_event::{Offset, ProjectId, SessionId};

use super::history;
use super::stats::Stats;
use super::{frames, systems};
use crate::facades::detail::Detail;
use crate::life::now;
use crate::socket::frame;
use crate::state::AppState;

/// How many events are replayed, oldest first.
const REPLAYED: usize = 50;

/// The frames of a viewer that comes now, and what they account for.
pub(super) async fn begin(
    state: &AppState,
    project: &ProjectId,
    system: Option<&SessionId>,
) -> Result<(Bytes, Offset), Detail> {
    let moment = systems::at_this_moment(state, project, system).await?;
    let sessions: Vec<SessionId> = moment.boards.keys().cloned().collect();
    let events = history::newest(state, project, &sessions, moment.offset, REPLAYED).await?;
    let numbers = Stats::of(
        moment.boards.values().map(|board| &**board),
        state.life.uptime(),
    );
    let mut wire = Vec::new();
    let mut put = |text: &str| wire.extend_from_slice(&frame::text_frame(text.as_bytes()));
    put(&frames::established(now()));
    for event in events.iter().rev() {
        put(&loopscope_dialects::agents::frame(event));
    }
    put(&frames::metrics(&numbers, now()));
    Ok((Bytes::from(wire), moment.offset))
}
