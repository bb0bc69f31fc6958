//! The messages of `/ws/v1`, in JSON text frames with a `type`. The prose is `docs/protocol.md`.
//!
//! Read them with `from_json`: payloads stay raw text on the way through, which serde's own tagged enums cannot do.

use serde::{Deserialize, Serialize};

use crate::alert::AlertsFrame;
use crate::frames::{
    Ack, Closing, CursorFrame, ErrorFrame, EventFrame, Events, Hello, MetricsFrame, Ping, Pong,
    Preview, Publish, Reset, SessionsFrame, Subscribe, Subscribed, Unsubscribe, Unsubscribed,
    Watch,
};
use crate::steering::{
    AskCommand, Attach, Attached, CommandCancelled, CommandFrame, CommandTaken, DecisionsFrame,
    Detach, Detached, GiveReceipt, ReceiptTaken,
};
use crate::widget::WidgetsFrame;

/// The `type` of a frame, looked at before the rest.
#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(rename = "type", borrow)]
    tag: std::borrow::Cow<'a, str>,
}

/// Why a frame is no message.
#[derive(Debug)]
pub enum MessageError {
    /// Not JSON, not an object, without a `type`, or with fields of a wrong shape.
    Json(serde_json::Error),
    /// A `type` that is not known.
    UnknownType(String),
}

macro_rules! messages {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident($content:ty) = $tag:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "type")]
        pub enum $name {
            $($(#[$member_doc])* #[serde(rename = $tag)] $member($content),)+
        }

        impl $name {
            /// Every `type`, in order.
            pub const TAGS: &'static [&'static str] = &[$($tag,)+];

            /// Reads one frame.
            pub fn from_json(text: &str) -> Result<Self, MessageError> {
                let tag: Tag<'_> = serde_json::from_str(text).map_err(MessageError::Json)?;
                match &*tag.tag {
                    $($tag => serde_json::from_str(text).map(Self::$member).map_err(MessageError::Json),)+
                    other => Err(MessageError::UnknownType(other.chars().take(64).collect())),
                }
            }

            /// Writes one frame.
            pub fn to_json(&self) -> String {
                // Plain data: there is nothing in it that JSON cannot say.
                serde_json::to_string(self).unwrap_or_default()
            }
        }
    };
}

messages! {
    /// What a client sends.
    ClientMessage {
        /// Start, or replace, a stream of events.
        Subscribe(Subscribe) = "subscribe",
        /// End a stream.
        Unsubscribe(Unsubscribe) = "unsubscribe",
        /// Be told of session rows, metrics and a stream preview, at most ten times a second.
        Watch(Watch) = "watch",
        /// Store events.
        Publish(Publish) = "publish",
        /// Take a session's commands from now on.
        Attach(Attach) = "attach",
        /// Take a session's commands no longer.
        Detach(Detach) = "detach",
        /// What the program says of a command.
        Receipt(GiveReceipt) = "receipt",
        /// Ask a session's program to do something.
        Command(AskCommand) = "command",
        /// Ask for a `pong`.
        Ping(Ping) = "ping",
    }
}

messages! {
    /// What the server sends.
    ServerMessage {
        /// The first frame.
        Hello(Hello) = "hello",
        /// A stream stands; it goes on after `cursor`.
        Subscribed(Subscribed) = "subscribed",
        /// A stream has ended.
        Unsubscribed(Unsubscribed) = "unsubscribed",
        /// One event.
        Event(EventFrame) = "event",
        /// Events, gathered.
        Events(Events) = "events",
        /// Nothing matched for a while: everything up to here was looked at. Resume from here.
        Cursor(CursorFrame) = "cursor",
        /// The stream cannot go on without a gap. Throw away what you have, load a snapshot, subscribe from it.
        /// The stream itself goes on after `cursor`.
        Reset(Reset) = "reset",
        /// Session rows that changed. Later rows replace earlier ones of the same session.
        Sessions(SessionsFrame) = "sessions",
        /// The Overview's numbers.
        Metrics(MetricsFrame) = "metrics",
        /// A preview of the stream.
        Preview(Preview) = "preview",
        /// Questions to people that changed.
        Decisions(DecisionsFrame) = "decisions",
        /// Alerts that changed.
        Alerts(AlertsFrame) = "alerts",
        /// Widgets, what they show, or how they are arranged changed.
        Widgets(WidgetsFrame) = "widgets",
        /// The connection is the session's runner.
        Attached(Attached) = "attached",
        /// The connection is the session's runner no longer.
        Detached(Detached) = "detached",
        /// To the runner: do this.
        Command(CommandFrame) = "command",
        /// To the runner: do not begin this.
        CommandCancelled(CommandCancelled) = "command_cancelled",
        /// The answer to `receipt`.
        ReceiptTaken(ReceiptTaken) = "receipt_taken",
        /// The answer to `command`.
        CommandTaken(CommandTaken) = "command_taken",
        /// The answer to `publish`, after the fsync.
        Ack(Ack) = "ack",
        /// The answer to `ping`.
        Pong(Pong) = "pong",
        /// A message was refused; the connection stays open.
        Error(ErrorFrame) = "error",
        /// The server is about to close the connection.
        Closing(Closing) = "closing",
    }
}

impl ServerMessage {
    /// Reads one frame of those that a page listens to. A page brings nothing that reads the others: it neither
    /// publishes nor runs commands.
    pub fn for_page(text: &str) -> Result<Self, MessageError> {
        let tag: Tag<'_> = serde_json::from_str(text).map_err(MessageError::Json)?;
        match &*tag.tag {
            "hello" => read(text, Self::Hello),
            "event" => read(text, Self::Event),
            "events" => read(text, Self::Events),
            "cursor" => read(text, Self::Cursor),
            "reset" => read(text, Self::Reset),
            "sessions" => read(text, Self::Sessions),
            "metrics" => read(text, Self::Metrics),
            "preview" => read(text, Self::Preview),
            "decisions" => read(text, Self::Decisions),
            "alerts" => read(text, Self::Alerts),
            "widgets" => read(text, Self::Widgets),
            "pong" => read(text, Self::Pong),
            "closing" => read(text, Self::Closing),
            other => Err(MessageError::UnknownType(other.to_owned())),
        }
    }
}

fn read<'a, T: Deserialize<'a>>(
    text: &'a str,
    of: fn(T) -> ServerMessage,
) -> Result<ServerMessage, MessageError> {
    serde_json::from_str(text)
        .map(of)
        .map_err(MessageError::Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_what_it_listens_to_as_everybody_does() {
        for text in [
            r#"{"type":"sessions","sessions":[],"server_time":"2026-01-05T10:00:00.000000Z"}"#,
            r#"{"type":"preview","events":[],"left_out":3}"#,
            r#"{"type":"widgets","changes":[{"project":"p","what":"figures"}],"server_time":"2026-01-05T10:00:00.000000Z"}"#,
            r#"{"type":"cursor","id":"1.1","cursor":"1-7"}"#,
            r#"{"type":"events","events":[],"cursor":"1-7"}"#,
            r#"{"type":"pong","server_time":"2026-01-05T10:00:00.000000Z","cursor":"1-7"}"#,
        ] {
            let (page, all) = (
                ServerMessage::for_page(text),
                ServerMessage::from_json(text),
            );
            assert_eq!(page.unwrap(), all.unwrap(), "{text}");
        }
        let not_for_pages = ServerMessage::for_page(r#"{"type":"ack"}"#);
        assert!(matches!(not_for_pages, Err(MessageError::UnknownType(_))));
    }

    #[test]
    fn payloads_pass_through_a_frame_untouched() {
        let text = r#"{"type":"event","event":{"offset":1,"seq":1,"event_id":"e","session_id":"s","timestamp":"2026-01-05T10:00:00.000000Z","received_at":"2026-01-05T10:00:00.000000Z","name":"X","kind":"generic","dialect":"generic","iteration":0,"data":{"a" : 1.50e3}}}"#;
        let message = ServerMessage::from_json(text).unwrap();
        assert_eq!(message.to_json(), text);
    }

    #[test]
    fn a_subscription_reads_its_filter_beside_its_fields() {
        let text = r#"{"type":"subscribe","since":12,"names":["skill:*"],"batch":true}"#;
        let Ok(ClientMessage::Subscribe(subscribe)) = ClientMessage::from_json(text) else {
            panic!("not read as a subscribe")
        };
        assert_eq!(subscribe.since.map(|cursor| cursor.offset.0), Some(12));
        assert_eq!(subscribe.filter.names.len(), 1);
        assert!(subscribe.batch);
    }

    #[test]
    fn steering_frames_read_what_they_carry_beside_their_own_fields() {
        let text = r#"{"type":"receipt","session_id":"s","command_id":"c","status":"failed","result":{"a":[1.50]}}"#;
        let Ok(ClientMessage::Receipt(given)) = ClientMessage::from_json(text) else {
            panic!("not read as a receipt")
        };
        assert_eq!(given.status, crate::ReceiptWord::Failed);
        assert_eq!(given.receipt().result.unwrap().as_str(), r#"{"a":[1.50]}"#);
        let wrong = ClientMessage::from_json(&text.replace("failed", "expired"));
        assert!(matches!(wrong, Err(MessageError::Json(_))));
        let text =
            r#"{"type":"attach","session_id":"s","commands":[{"type":"HALT"}],"take_over":true}"#;
        let Ok(ClientMessage::Attach(attach)) = ClientMessage::from_json(text) else {
            panic!("not read as an attach")
        };
        assert!(attach.take_over && attach.commands[0].kind == "HALT");
    }

    #[test]
    fn a_command_stands_in_its_frame_with_a_type_of_its_own() {
        let text = r#"{"type":"command","id":"1","session_id":"s","command":{"type":"HALT","parameters":{"a":[1.50]}}}"#;
        let Ok(ClientMessage::Command(asked)) = ClientMessage::from_json(text) else {
            panic!("not read as a command")
        };
        assert_eq!(asked.command.kind, "HALT");
        assert_eq!(ClientMessage::Command(asked.clone()).to_json(), text);
        assert_eq!(
            asked.command.parameters.unwrap().as_str(),
            r#"{"a":[1.50]}"#
        );
    }

    #[test]
    fn what_is_no_message_says_so() {
        assert!(matches!(
            ClientMessage::from_json("[]"),
            Err(MessageError::Json(_))
        ));
        assert!(matches!(
            ClientMessage::from_json("{}"),
            Err(MessageError::Json(_))
        ));
        let unknown = ClientMessage::from_json(r#"{"type":"dance"}"#);
        assert!(matches!(unknown, Err(MessageError::UnknownType(name)) if name == "dance"));
        let wrong = ClientMessage::from_json(r#"{"type":"subscribe","names":"x"}"#);
        assert!(matches!(wrong, Err(MessageError::Json(_))));
    }
}
