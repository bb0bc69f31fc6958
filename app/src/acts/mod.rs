//! What people ask of programs: commands, answers, their order. In: what is to be done. Out: the server's word on it.
//!
//! Nothing here changes what a page shows: that comes back as events, when the server and the program said so.

#[cfg(feature = "browser")]
#[path = "rest.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "none.rs"]
mod here;

use loopscope_event::{CommandId, CommandRecord};
use loopscope_protocol::{
    CommandsPoll, DecisionMade, DecisionRow, MakeDecision, NewCommand, NewOrder, ReplayCommands,
    Replayed, percent_encode,
};

use self::here::post;
use crate::asks::session_of;
use crate::source::{Loading, SessionKey};

/// Asks a session's program to do something. Out: the command as it is on record.
pub fn ask(session: &SessionKey, command: &NewCommand) -> Loading<CommandRecord> {
    post(session.api("/commands", ""), command)
}

/// Takes a command back, as long as the program has not taken it.
pub fn cancel(session: &SessionKey, command: &str) -> Loading<CommandRecord> {
    let mut rest = "/commands/".to_owned();
    percent_encode(command, &mut rest);
    rest.push_str("/cancel");
    post(session.api(&rest, ""), &serde_json::Map::new())
}

/// Puts the waiting commands in another order.
pub fn order(session: &SessionKey, command_ids: Vec<CommandId>) -> Loading<CommandsPoll> {
    let path = session.api("/commands/order", "");
    post(path, &NewOrder { command_ids })
}

/// Queues commands of another run once more, or says what would be queued.
pub fn replay(session: &SessionKey, asked: &ReplayCommands) -> Loading<Replayed> {
    post(session.api("/commands/replay", ""), asked)
}

/// Answers a question.
pub fn decide(row: &DecisionRow, made: &MakeDecision) -> Loading<DecisionMade> {
    let mut rest = "/decisions/".to_owned();
    percent_encode(&row.decision_id, &mut rest);
    post(session_of(row).api(&rest, ""), made)
}
