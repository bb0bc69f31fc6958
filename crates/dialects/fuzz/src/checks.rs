//! What must hold for any bytes, whoever sends them. In: bytes, and what their producer is said to speak. Out: nothing,
//! or a panic that says what does not hold.
//!
//! The fuzz targets call it, and a test of `board` calls it with every kept input, so that stable Rust covers it too.

use loopscope_board::Board;
use loopscope_dialects::{
    DecodeContext, DecodeError, Decoded, Format, Warning, agents, decode, facts, message, training,
};
use loopscope_event::{Dialect, Event, NewEvent, Offset, ProjectId, Seq, SessionId, Timestamp};

/// Checks the bytes as one JSON text and as JSON Lines.
pub fn check(dialect: Option<Dialect>, bytes: &[u8]) {
    for format in [Format::Json, Format::Ndjson] {
        let context = context(dialect, format);
        match decode(bytes, &context) {
            Err(error) => is_in_range(&error, bytes),
            Ok(decoded) => {
                let again = decode(bytes, &context).map(|again| again.items.len());
                assert_eq!(again, Ok(decoded.items.len()), "read twice, read otherwise");
                holds(decoded, &context);
            }
        }
    }
}

fn context(dialect: Option<Dialect>, format: Format) -> DecodeContext {
    let mut context = DecodeContext::new(Timestamp::from_micros(1_767_600_000_000_000));
    context.dialect = dialect;
    context.format = format;
    context
}

/// An error speaks of a place that is there.
fn is_in_range(error: &DecodeError, bytes: &[u8]) {
    assert!(!error.to_string().is_empty());
    let lines = bytes.split(|byte| *byte == b'\n').count();
    match error {
        DecodeError::InvalidUtf8 { offset } | DecodeError::TooDeep { offset, .. } => {
            assert!(*offset < bytes.len(), "{error}: {} bytes", bytes.len());
        }
        DecodeError::Syntax { line, column, .. } => {
            // `NaN` is read as `null`, so that a column may be a little beyond the text as sent.
            let most = 2 * bytes.len() + 16;
            assert!(
                (1..=lines).contains(line) && (1..=most).contains(column),
                "{error}"
            );
        }
        _ => {}
    }
}

fn holds(decoded: Decoded, context: &DecodeContext) {
    let mut whole = Board::new(ProjectId::default(), session());
    let mut parted = whole.clone();
    let mut events = Vec::new();
    for (index, item) in decoded.items.into_iter().enumerate() {
        match item {
            Err(error) => {
                assert_eq!(error.index, index);
                assert!(!error.to_string().is_empty());
            }
            Ok((event, warnings)) => {
                let seq = events.len() as u64 + 1;
                events.push(event_holds(event, &warnings, seq, context));
            }
        }
    }
    for event in &events {
        whole.apply(event);
    }
    views(&whole, &events);
    // A board that was put away in the middle and taken up again is the same board.
    let half = events.len() / 2;
    for (index, event) in events.iter().enumerate() {
        if index == half {
            parted = again(&parted);
        }
        parted.apply(event);
    }
    assert_eq!(
        parted,
        again(&whole),
        "put away in the middle, and other than whole"
    );
}

fn again(board: &Board) -> Board {
    let stored = serde_json::to_string(board);
    let stored = stored.unwrap_or_else(|error| panic!("a board that cannot be stored: {error}"));
    serde_json::from_str(&stored)
        .unwrap_or_else(|error| panic!("a board that cannot be read back: {error}: {stored}"))
}

/// One event is within its bounds, can be stored and read back, and says the same each time.
fn event_holds(event: NewEvent, warnings: &[Warning], seq: u64, context: &DecodeContext) -> Event {
    let limits = &context.limits;
    assert!(event.name.len() <= limits.name_bytes);
    assert!(event.iteration <= limits.iteration);
    for warning in warnings {
        assert!(!warning.to_string().is_empty());
    }
    let event = event.placed(Offset(seq), Seq(seq));
    let data = event.data.as_str();
    // By its grammar: a number may be greater than any that a machine holds.
    let is_json = serde_json::from_str::<Box<serde_json::value::RawValue>>(data).is_ok();
    assert!(is_json, "payload: {data}");
    let said = facts(&event);
    let _ = message(&event);
    let stored = serde_json::to_string(&event)
        .unwrap_or_else(|error| panic!("an event that cannot be stored: {error}"));
    let read: Event = serde_json::from_str(&stored)
        .unwrap_or_else(|error| panic!("an event that cannot be read back: {error}: {stored}"));
    assert_eq!(read, event, "stored and read back");
    assert_eq!(format!("{:?}", facts(&read)), format!("{said:?}"));
    frame_holds(&event, context);
    event
}

/// The contract's frame of an event, decoded, is an event with that same frame.
fn frame_holds(event: &Event, context: &DecodeContext) {
    let frame: fn(&Event) -> String = match event.dialect {
        Dialect::Agents => {
            let sentence = agents::sentence(event);
            assert!(sentence.is_none_or(|sentence| !sentence.is_empty()));
            agents::frame
        }
        Dialect::Training => training::frame,
        _ => return,
    };
    let first = frame(event);
    let context = DecodeContext {
        dialect: Some(event.dialect),
        format: Format::Json,
        ..context.clone()
    };
    let decoded = decode(first.as_bytes(), &context)
        .unwrap_or_else(|error| panic!("a frame that is none: {error}: {first}"));
    let [Ok((event, _))] = decoded.items.as_slice() else {
        // What is kept beside the payload may push a frame over a bound that its event was just within.
        let refused = decoded.items.iter().filter_map(|item| item.as_ref().err());
        let over = refused.clone().any(|error| error.limit.is_some());
        assert!(over, "a frame that is no event: {decoded:?}: {first}");
        return;
    };
    let second = frame(&event.clone().placed(Offset(1), Seq(1)));
    assert_eq!(second, first, "a frame that changes");
}

/// Every view of a board can be had.
fn views(board: &Board, events: &[Event]) {
    let summary = board.summary();
    assert!(serde_json::to_string(&summary).is_ok());
    let _ = (
        board.totals(),
        board.open_by_severity(),
        board.final_state(),
    );
    let _ = (
        board.iteration_numbers(),
        board.step_durations(),
        board.display_name(),
    );
    for event in events {
        let _ = board.describe(event);
    }
}

fn session() -> SessionId {
    SessionId::new("fuzzed").unwrap_or_else(|error| panic!("{error}"))
}
