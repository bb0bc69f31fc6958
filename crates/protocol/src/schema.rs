//! JSON Schemas of the types whose JSON is not what their fields say, and of the frames of `/ws/v1`, by their `type`.

use utoipa::openapi::schema::{
    AllOfBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::{
    Ack, AlertsFrame, AskCommand, Attach, Attached, Closing, CommandCancelled, CommandFrame,
    CommandTaken, CursorFrame, DecisionsFrame, Detach, Detached, ErrorFrame, EventFrame, Events,
    GiveReceipt, Hello, MetricsFrame, Number, Ping, Pong, Preview, Publish, ReceiptTaken, Reset,
    SessionRef, SessionsFrame, SpanId, Subscribe, Subscribed, Unsubscribe, Unsubscribed, Watch,
    WidgetsFrame,
};

/// A frame of `/ws/v1`: its `type`, and the schema of the rest.
pub struct FrameSchema {
    /// The word in `type`.
    pub tag: &'static str,
    /// What the schema is called.
    pub name: String,
    /// The fields beside `type`.
    pub schema: RefOr<Schema>,
    /// The schemas that it refers to, by name.
    pub others: Vec<(String, RefOr<Schema>)>,
}

fn frame<T: ToSchema>(tag: &'static str) -> FrameSchema {
    let mut others = Vec::new();
    T::schemas(&mut others);
    FrameSchema {
        tag,
        name: T::name().into_owned(),
        schema: T::schema(),
        others,
    }
}

/// What a client sends.
pub fn client_frames() -> Vec<FrameSchema> {
    vec![
        frame::<Subscribe>("subscribe"),
        frame::<Unsubscribe>("unsubscribe"),
        frame::<Watch>("watch"),
        frame::<Publish>("publish"),
        frame::<Attach>("attach"),
        frame::<Detach>("detach"),
        frame::<GiveReceipt>("receipt"),
        frame::<AskCommand>("command"),
        frame::<Ping>("ping"),
    ]
}

/// What the server sends.
pub fn server_frames() -> Vec<FrameSchema> {
    vec![
        frame::<Hello>("hello"),
        frame::<Subscribed>("subscribed"),
        frame::<Unsubscribed>("unsubscribed"),
        frame::<EventFrame>("event"),
        frame::<Events>("events"),
        frame::<CursorFrame>("cursor"),
        frame::<Reset>("reset"),
        frame::<SessionsFrame>("sessions"),
        frame::<MetricsFrame>("metrics"),
        frame::<Preview>("preview"),
        frame::<DecisionsFrame>("decisions"),
        frame::<AlertsFrame>("alerts"),
        frame::<WidgetsFrame>("widgets"),
        frame::<Attached>("attached"),
        frame::<Detached>("detached"),
        frame::<CommandFrame>("command"),
        frame::<CommandCancelled>("command_cancelled"),
        frame::<ReceiptTaken>("receipt_taken"),
        frame::<CommandTaken>("command_taken"),
        frame::<Ack>("ack"),
        frame::<Pong>("pong"),
        frame::<ErrorFrame>("error"),
        frame::<Closing>("closing"),
    ]
}

/// A frame as it goes over the wire: the fields of a schema of that name, and its `type`.
pub fn tagged(tag: &str, name: &str) -> Schema {
    let word = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some([tag]));
    let head = ObjectBuilder::new().property("type", word).required("type");
    let all = AllOfBuilder::new()
        .item(head)
        .item(Ref::from_schema_name(name));
    Schema::AllOf(all.build())
}

fn text(about: &str, pattern: &str, example: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(about))
        .pattern(Some(pattern))
        .examples([example]);
    RefOr::T(Schema::Object(text.build()))
}

impl PartialSchema for SpanId {
    fn schema() -> RefOr<Schema> {
        let about = "The `seq` of the event that first told of the span; `41.1` is that event's second span.";
        text(about, r"^[0-9]{1,18}(\.[0-9]{1,5})?$", "41")
    }
}

impl ToSchema for SpanId {}

impl PartialSchema for SessionRef {
    fn schema() -> RefOr<Schema> {
        let about = "A session: its id, or `project/id` where its project is not the default one. A slash or a per \
                     cent sign within either is `%2F`, `%25`.";
        text(
            about,
            r"^[^/\u0000-\u001f\u007f-\u009f]+(/[^/\u0000-\u001f\u007f-\u009f]+)?$",
            "nightly-7",
        )
    }
}

impl ToSchema for SessionRef {}

impl PartialSchema for Number {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
        let word = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(["NaN", "Infinity", "-Infinity"]));
        let both = OneOfBuilder::new().item(number).item(word);
        let about = "A number; what JSON has no number for is a word.";
        RefOr::T(Schema::OneOf(both.description(Some(about)).build()))
    }
}

impl ToSchema for Number {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientMessage, ServerMessage};

    #[test]
    fn every_frame_has_its_schema() {
        let tags = |frames: Vec<FrameSchema>| -> Vec<&'static str> {
            frames.iter().map(|frame| frame.tag).collect()
        };
        assert_eq!(tags(client_frames()), ClientMessage::TAGS);
        assert_eq!(tags(server_frames()), ServerMessage::TAGS);
    }
}
