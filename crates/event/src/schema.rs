//! JSON Schemas of the types whose JSON is not what their fields say: ids, words, times, cursors, raw JSON.
//!
//! The schemas of plain structs are derived beside them. All of it is compiled only where somebody asks for schemas.

use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use crate::{
    CommandId, CommandState, Cursor, Dialect, EventId, Kind, MAX_ID_BYTES, ProjectId, RawJson,
    SessionId, Severity, Timestamp,
};

/// No control character, by Unicode: what an id may consist of.
const NO_CONTROL: &str = r"^[^\u0000-\u001f\u007f-\u009f]+$";

/// A text, told of.
fn text(about: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(about))
}

fn plain(builder: ObjectBuilder) -> RefOr<Schema> {
    RefOr::T(Schema::Object(builder.build()))
}

macro_rules! ids {
    ($($name:ident: $about:literal),+ $(,)?) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                plain(
                    text($about)
                        .min_length(Some(1))
                        .max_length(Some(MAX_ID_BYTES))
                        .pattern(Some(NO_CONTROL))
                        .examples([$name::EXAMPLE]),
                )
            }
        }
        impl ToSchema for $name {}
    )+};
}

trait Example {
    const EXAMPLE: &'static str;
}

impl Example for SessionId {
    const EXAMPLE: &'static str = "nightly-7";
}

impl Example for EventId {
    const EXAMPLE: &'static str = "01a20cf8-b6cb-76f3-896a-429f7b837267";
}

impl Example for CommandId {
    const EXAMPLE: &'static str = "01a20d3c-5a51-7c02-8f2e-0d9b5b1f7d11";
}

impl Example for ProjectId {
    const EXAMPLE: &'static str = "default";
}

ids! {
    SessionId: "A run of a program, as its producer names it; unique in its project. At most 512 bytes of UTF-8.",
    EventId: "One event. Sending the same id again is safe. At most 512 bytes of UTF-8.",
    CommandId: "One command to a program.",
    ProjectId: "The namespace of sessions and of tokens. At most 512 bytes of UTF-8.",
}

macro_rules! words {
    ($($name:ident: $about:literal),+ $(,)?) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = Self::ALL.iter().map(|word| word.as_str());
                plain(text($about).enum_values(Some(words)))
            }
        }
        impl ToSchema for $name {}
    )+};
}

words! {
    Dialect: "What a producer speaks.",
    Kind: "The normal form of an event's name: what it is about, whatever the dialect.",
    Severity: "How much it matters.",
    CommandState: "Where a command stands. Forward only: queued, delivered, acknowledged, then one of the ends.",
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let about = "An instant, RFC 3339. Answers are UTC, to the microsecond.";
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        plain(
            text(about)
                .format(Some(format))
                .examples(["2026-01-05T10:00:00.000000Z"]),
        )
    }
}

impl ToSchema for Timestamp {}

/// A cursor is written as text. A bare number is read too.
impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        let about =
            "What a reader has seen: everything up to an offset, in an epoch of the journal.";
        let text =
            text("`epoch-offset`, or an offset alone. `0` is before everything that is kept.")
                .pattern(Some(r"^([0-9]{1,9}-)?[0-9]{1,18}$"))
                .examples(["1-1204"])
                .build();
        let number: Object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(0))
            .maximum(Some(i64::MAX))
            .description(Some(
                "An offset of whatever epoch; only read, never written.",
            ))
            .build();
        let both = OneOfBuilder::new().item(text).item(number);
        RefOr::T(Schema::OneOf(both.description(Some(about)).build()))
    }
}

impl ToSchema for Cursor {}

impl PartialSchema for RawJson {
    fn schema() -> RefOr<Schema> {
        let about = "Any JSON, kept as it was sent.";
        plain(
            ObjectBuilder::new()
                .schema_type(SchemaType::AnyValue)
                .description(Some(about)),
        )
    }
}

impl ToSchema for RawJson {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    /// The schema of a type as JSON.
    fn of<T: PartialSchema>() -> serde_json::Value {
        serde_json::to_value(T::schema()).unwrap()
    }

    #[test]
    fn words_and_ids_say_what_is_taken() {
        let severity = of::<Severity>();
        assert_eq!(
            severity["enum"].as_array().unwrap().len(),
            Severity::ALL.len()
        );
        let id = of::<SessionId>();
        assert_eq!(id["maxLength"], MAX_ID_BYTES);
        assert_eq!(of::<RawJson>().get("type"), None);
    }

    #[test]
    fn an_event_requires_what_is_always_written() {
        let event = of::<Event>();
        let required: Vec<&str> = event["required"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|name| name.as_str())
            .collect();
        assert!(required.contains(&"offset") && required.contains(&"session_id"));
        assert!(!required.contains(&"severity"));
    }
}
