//! What people ask of programs: commands, answers, their order. In: what is to be done. Out: the server's word on it.
//!
//! Nothing here changes what a page shows: that comes back as events, when the server and the program said so.

#[cfg(feature = "browser")]
#[path = "rest.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "none.rs"]
mod here;

use loopscope_event::{CommandId, CommandRecord, SessionId};
use loopscope_protocol::{
    CommandsPoll, DecisionMade, DecisionRow, MakeDecision, NewCommand, NewOrder, ReplayCommands,
    Replayed, percent_encode,
};

use self::here::post;
use crate::source::Loading;

/// Asks a session's program to do something. Out: the command as it is on record.
pub fn ask(session: &SessionId, command: &NewCommand) -> Loading<CommandRecord> {
    post(path(session, "/commands"), command)
}

/// Takes a command back, as long as the program has not taken it.
pub fn cancel(session: &SessionId, command: &str) -> Loading<CommandRecord> {
    let mut path = path(session, "/commands/");
    percent_encode(command, &mut path);
    path.push_str("/cancel");
    post(path, &serde_json::Map::new())
}

/// Puts the waiting commands in another order.
pub fn order(session: &SessionId, command_ids: Vec<CommandId>) -> Loading<CommandsPoll> {
    post(path(session, "/commands/order"), &NewOrder { command_ids })
}

/// Queues commands of another run once more, or says what would be queued.
pub fn replay(session: &SessionId, asked: &ReplayCommands) -> Loading<Replayed> {
    post(path(session, "/commands/replay"), asked)
}

/// Answers a question.
pub fn decide(row: &DecisionRow, made: &MakeDecision) -> Loading<DecisionMade> {
    let mut path = path(&row.session_id, "/decisions/");
    percent_encode(&row.decision_id, &mut path);
    post(path, made)
}

fn path(session: &SessionId, rest: &str) -> String {
    let mut path = "/api/v1/sessions/".to_owned();
    percent_encode(session.as_str(), &mut path);
    path + rest
}
