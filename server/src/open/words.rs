//! What single parameters may be, where no type of the protocol says it: words, texts of a form, places.

use loopscope_protocol::MAX_COMPARED;
use utoipa::openapi::schema::{
    ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::{KnownFormat, Ref, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// An RFC 3339 time in UTC, of a day that every month has.
const TIME: &str = r"[0-9]{3}[1-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z";

/// A day that every month has.
const DAY: &str = "[0-9]{3}[1-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";

fn of(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(kind))
}

fn plain(builder: ObjectBuilder) -> RefOr<Schema> {
    RefOr::T(Schema::Object(builder.build()))
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident => $schema:expr;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema
            }
        }

        impl ToSchema for $name {}
    )+};
}

fn words<const N: usize>(about: &str, words: [&str; N]) -> RefOr<Schema> {
    let builder = of(Type::String).description(Some(about));
    plain(builder.enum_values(Some(words)))
}

fn text(about: &str, pattern: impl Into<String>, example: &str) -> RefOr<Schema> {
    let builder = of(Type::String).description(Some(about));
    plain(builder.pattern(Some(pattern)).examples([example]))
}

/// A number, or a time.
fn or_time(about: &str, number: ObjectBuilder) -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    let time = of(Type::String)
        .format(Some(format))
        .pattern(Some(format!("^{TIME}$")));
    let both = OneOfBuilder::new().item(number).item(time);
    RefOr::T(Schema::OneOf(both.description(Some(about)).build()))
}

shapes! {
    /// A yes or no in an address.
    Flag => words("A yes or no.", ["1", "0", "true", "false"]);
    /// Which end comes first.
    Order => words("Which end comes first: the smallest, or the largest.", ["asc", "desc"]);
    /// How a table is written.
    TableFormat => words("How the answer is written.", ["json", "csv"]);
    /// How a body is laid out.
    BodyFormat => words("One value, or one a line.", ["json", "ndjson", "jsonl"]);
    /// How an archive is packed.
    ArchiveFormat => words("Packed with Zstandard, or plain JSON Lines.", ["zst", "jsonl"]);
    /// A cursor in an address.
    CursorText => text(
        "A cursor: what was seen. `0` is before everything that is kept.",
        r"^([0-9]{1,9}-)?[0-9]{1,18}$",
        "1-1204",
    );
    /// A moment of a session.
    MomentText => text(
        "The `seq` of an event, from 1, or an RFC 3339 time.",
        format!("^([1-9][0-9]{{0,17}}|{TIME})$"),
        "1204",
    );
    /// A day, or a moment.
    DayOrMoment => text(
        "A date, or an RFC 3339 time.",
        format!("^({DAY}|{TIME})$"),
        "2026-01-05",
    );
    /// A place in a list of spans.
    SpanPlaceText => text(
        "The `next` of the page before.",
        r"^-?[0-9]{1,17}_[0-9]{1,18}(\.[0-9]{1,4})?$",
        "1767607200000000_12",
    );
    /// Sessions to compare.
    ComparedSessions => RefOr::T(Schema::Array(
        ArrayBuilder::new()
            .items(Ref::from_schema_name("SessionRef"))
            .min_items(Some(2))
            .max_items(Some(MAX_COMPARED))
            .unique_items(true)
            .build(),
    ));
    /// The place of an event in its session.
    SeqNumber => plain(
        of(Type::Integer)
            .description(Some("The `seq` of an event."))
            .minimum(Some(0))
            .maximum(Some(i64::MAX)),
    );
    /// The number of a pass.
    PassNumber => plain(of(Type::Integer).minimum(Some(0)).maximum(Some(u32::MAX)));
    /// The name of a metric.
    MetricName => plain(
        of(Type::String)
            .description(Some("The name of a metric, at most 512 bytes of UTF-8."))
            .min_length(Some(1))
            .max_length(Some(512))
            .examples(["ppo/entropy"]),
    );
    /// A name of events, or the beginning of names.
    NameWord => text(
        "A name, or the beginning of names with a `*` behind it; at most 256 bytes of UTF-8.",
        r"^[^*]{0,60}\*?$",
        "STEP_*",
    );
    /// A place on an axis.
    Place => or_time(
        "A place on the axis: a finite number, or an RFC 3339 time.",
        of(Type::Number),
    );
    /// A time, or milliseconds.
    TimeOrMillis => or_time(
        "Milliseconds since the Unix epoch, or an RFC 3339 time.",
        of(Type::Integer)
            .minimum(Some(-999_999_999_999_999_i64))
            .maximum(Some(999_999_999_999_999_i64)),
    );
}
