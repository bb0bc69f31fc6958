//! Every row of the table of names, and who is told by looking.

use loopscope_dialects::{detect, training};
use loopscope_event::{Dialect, Kind, Severity};

use super::{read, read_as};

#[test]
fn every_row_reads_in_any_case_under_its_name_as_sent() {
    for (name, kind) in training::NAMES {
        for spelling in [(*name).to_owned(), name.to_lowercase()] {
            let text = format!(r#"{{"event_type":"{spelling}","epoch":null,"data":null}}"#);
            let event = read(&text);
            assert_eq!(event.name, spelling);
            assert_eq!(event.kind, *kind, "{name}");
            assert_eq!(event.dialect, Dialect::Training);
        }
    }
    assert_eq!(training::kind("SOMETHING_NEW"), Kind::Generic);
}

#[test]
fn every_row_is_told_by_looking_and_takes_no_other_dialects_names() {
    for (name, _) in training::NAMES {
        assert_eq!(detect(name, true, false), Dialect::Training, "{name}");
        assert_eq!(loopscope_dialects::convergence::lookup(name), None);
    }
    for (name, _) in loopscope_dialects::convergence::NAMES {
        assert_ne!(detect(name, true, false), Dialect::Training, "{name}");
    }
    for (name, _) in loopscope_dialects::agents::NAMES {
        assert_ne!(detect(name, true, false), Dialect::Training, "{name}");
    }
    for (name, _) in loopscope_dialects::orchestrator::NAMES {
        assert_ne!(detect(name, true, false), Dialect::Training, "{name}");
    }
    let told = read_as(
        r#"{"event_type":"EPOCH_COMPLETED","epoch":3,"data":{}}"#,
        None,
    );
    assert_eq!(told.dialect, Dialect::Training);
    assert_eq!(detect("CHECKPOINT_SAVED", false, false), Dialect::Generic);
}

#[test]
fn severities_are_the_word_sent_else_implied() {
    let rows = [
        (r#""event_type":"EPOCH_COMPLETED""#, Severity::Info),
        (
            r#""event_type":"EPOCH_COMPLETED","severity":"debug""#,
            Severity::Info,
        ),
        (
            r#""event_type":"EPOCH_COMPLETED","severity":"warning""#,
            Severity::Medium,
        ),
        (
            r#""event_type":"EPOCH_COMPLETED","severity":"error""#,
            Severity::High,
        ),
        (
            r#""event_type":"EPOCH_COMPLETED","severity":"critical""#,
            Severity::Critical,
        ),
        (r#""event_type":"GOVERNOR_ROLLBACK""#, Severity::Critical),
        (
            r#""event_type":"MEMORY_WARNING","severity":"mauve""#,
            Severity::Medium,
        ),
        (r#""event_type":"GRADIENT_ANOMALY""#, Severity::Medium),
    ];
    for (fields, expected) in rows {
        let event = read(&format!("{{{fields},\"data\":{{}}}}"));
        assert_eq!(event.severity, Some(expected), "{fields}");
    }
}

#[test]
fn control_frames_are_no_events() {
    for text in [
        r#"{"type":"connected","message":"Connected to Karn telemetry stream"}"#,
        r#"{"type":"ping"}"#,
        r#"{"type":"snapshot","primary_group_id":"default","data":{}}"#,
    ] {
        let mut ctx = loopscope_dialects::DecodeContext::new(loopscope_event::Timestamp::default());
        ctx.dialect = Some(Dialect::Training);
        let decoded = loopscope_dialects::decode(text.as_bytes(), &ctx).unwrap();
        assert_eq!(
            (decoded.items.len(), decoded.control_frames),
            (0, 1),
            "{text}"
        );
    }
}
