//! What people ask of programs: commands, answers, their order. In: what is to be done. Out: the server's word on it.
//!
//! Nothing here changes what a page shows: that comes back as events, when the server and the program said so.

#[cfg(feature = "browser")]
#[path = "rest.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "none.rs"]
mod here;
mod may;

use loopscope_board::widgets::Picture;
use loopscope_event::{CommandId, CommandRecord};
use loopscope_protocol::{
    AlertRow, AlertRule, Annotation, Backup, Backups, ChannelMade, CommandsPoll, DecisionMade,
    DecisionRow, DeleteSessions, DeletedSessions, Delivery, ImportAnswer, MakeDecision, MuteAlert,
    NewAnnotation, NewChannel, NewCommand, NewOrder, NewView, ReplayCommands, Replayed, SavedView,
    SessionRef, TagSessions, TaggedSessions, Widget, WidgetArrangement, percent_encode,
};

use self::here::{get, post, put, remove, upload};
pub use self::may::{EARLIER, may_act, provide_newest};
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

/// Leaves a note in a session.
pub fn annotate(session: &SessionKey, note: &NewAnnotation) -> Loading<Annotation> {
    post(session.api("/annotations", ""), note)
}

/// Changes what a note says.
pub fn change_note(session: &SessionKey, id: &str, note: &NewAnnotation) -> Loading<Annotation> {
    put(of_note(session, id), note)
}

/// Takes a note away.
pub fn remove_note(session: &SessionKey, id: &str) -> Loading<()> {
    remove(of_note(session, id))
}

fn of_note(session: &SessionKey, id: &str) -> String {
    let mut rest = "/annotations/".to_owned();
    percent_encode(id, &mut rest);
    session.api(&rest, "")
}

/// Adds tags to sessions and removes others.
pub fn tag_sessions(asked: &TagSessions) -> Loading<TaggedSessions> {
    post("/api/v1/tags".to_owned(), asked)
}

/// Deletes sessions with everything of them.
pub fn delete_sessions(sessions: Vec<SessionRef>) -> Loading<DeletedSessions> {
    post("/api/v1/deletions".to_owned(), &DeleteSessions { sessions })
}

/// Keeps a list of sessions under a name.
pub fn keep_view(new: &NewView) -> Loading<SavedView> {
    post("/api/v1/views".to_owned(), new)
}

/// Removes such a list.
pub fn remove_view(view_id: &str) -> Loading<()> {
    let mut path = "/api/v1/views/".to_owned();
    percent_encode(view_id, &mut path);
    remove(path)
}

/// Says that an alert is known.
pub fn ack_alert(alert_id: &str) -> Loading<AlertRow> {
    post(of_alerts("/", alert_id, "/ack"), &serde_json::Map::new())
}

/// Mutes an alert, or, for no seconds, not any more.
pub fn mute_alert(alert_id: &str, seconds: f64) -> Loading<AlertRow> {
    post(of_alerts("/", alert_id, "/mute"), &muting(seconds))
}

/// The same for a rule.
pub fn mute_rule(rule_id: &str, seconds: f64) -> Loading<AlertRule> {
    post(of_alerts("/rules/", rule_id, "/mute"), &muting(seconds))
}

fn muting(seconds: f64) -> MuteAlert {
    MuteAlert {
        seconds: Some(seconds),
        until: None,
    }
}

/// Keeps a rule, a new one where there is no id.
pub fn keep_rule(rule_id: Option<&str>, body: &impl serde::Serialize) -> Loading<AlertRule> {
    match rule_id {
        Some(id) => put(of_alerts("/rules/", id, ""), body),
        None => post("/api/v1/alerts/rules".to_owned(), body),
    }
}

/// Removes a rule.
pub fn remove_rule(rule_id: &str) -> Loading<()> {
    remove(of_alerts("/rules/", rule_id, ""))
}

/// Makes a channel.
pub fn add_channel(new: &NewChannel) -> Loading<ChannelMade> {
    post("/api/v1/alerts/channels".to_owned(), new)
}

/// Changes a channel; an address that is left out stays as it was, and so does its secret.
pub fn change_channel(channel_id: &str, new: &NewChannel) -> Loading<ChannelMade> {
    put(of_alerts("/channels/", channel_id, ""), new)
}

/// Gives a channel a new secret; the old one signs nothing from then on.
pub fn new_secret(channel_id: &str) -> Loading<ChannelMade> {
    post(
        of_alerts("/channels/", channel_id, "/secret"),
        &serde_json::json!({}),
    )
}

/// Removes a channel.
pub fn remove_channel(channel_id: &str) -> Loading<()> {
    remove(of_alerts("/channels/", channel_id, ""))
}

/// Sends a test through a channel.
pub fn test_channel(channel_id: &str) -> Loading<Delivery> {
    let path = of_alerts("/channels/", channel_id, "/test");
    post(path, &serde_json::Map::new())
}

/// Declares a widget, or, under a name, changes one.
pub fn declare_widget(name: Option<&str>, spec: &impl serde::Serialize) -> Loading<Widget> {
    match name {
        Some(name) => put(of_widgets(name), spec),
        None => post("/api/v1/widgets".to_owned(), spec),
    }
}

/// What a declaration would show of the newest events.
pub fn try_widget(spec: &impl serde::Serialize) -> Loading<Picture> {
    post("/api/v1/widgets/preview".to_owned(), spec)
}

/// Removes a widget.
pub fn remove_widget(name: &str) -> Loading<()> {
    remove(of_widgets(name))
}

/// Arranges widgets.
pub fn arrange_widgets(arrangement: &WidgetArrangement) -> Loading<WidgetArrangement> {
    put(of_widgets("arrangement"), arrangement)
}

fn of_widgets(name: &str) -> String {
    let mut path = "/api/v1/widgets/".to_owned();
    percent_encode(name, &mut path);
    path
}

/// Begins a backup of the whole store.
pub fn begin_backup() -> Loading<Backup> {
    post("/api/v1/backups".to_owned(), &serde_json::Map::new())
}

/// Asks how far it is.
pub fn backups() -> Loading<Backups> {
    get("/api/v1/backups".to_owned())
}

/// Sends the file that was chosen in a field of the page.
pub fn import_file(field: &str) -> Loading<ImportAnswer> {
    upload("/api/v1/import?name=", field)
}

fn of_alerts(of: &str, id: &str, rest: &str) -> String {
    let mut path = format!("/api/v1/alerts{of}");
    percent_encode(id, &mut path);
    path + rest
}

/// Answers a question.
pub fn decide(row: &DecisionRow, made: &MakeDecision) -> Loading<DecisionMade> {
    let mut rest = "/decisions/".to_owned();
    percent_encode(&row.decision_id, &mut rest);
    post(session_of(row).api(&rest, ""), made)
}
