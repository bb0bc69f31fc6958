//! What is said of a question: its default, its answer, the time left. In: rows. Out: words.

use loopscope_board::Board;
use loopscope_event::{ProjectId, RawJson, Timestamp};
use loopscope_protocol::{DecisionChoice, DecisionRow, DecisionState, percent_encode};

use crate::source::SessionKey;
use crate::text;
use crate::ui::Look;

/// The address of a question in the inbox.
pub fn ask_href(row: &DecisionRow) -> String {
    let mut href = "/decisions?session=".to_owned();
    percent_encode(row.session_id.as_str(), &mut href);
    href.push_str("&decision=");
    percent_encode(&row.decision_id, &mut href);
    href
}

/// The session whose program asks.
pub fn session_of(row: &DecisionRow) -> SessionKey {
    SessionKey {
        project: row.project.clone(),
        id: row.session_id.clone(),
    }
}

/// Whether it waits for a person.
pub fn waits(row: &DecisionRow) -> bool {
    row.state == DecisionState::Pending
}

/// The option that a choice means: by its value, its label, or its place from 0.
fn option_of(row: &DecisionRow, choice: &RawJson) -> Option<usize> {
    let value = choice.value();
    let same = |option: &DecisionChoice| {
        option.choice.value() == value || value.as_str() == Some(option.label.as_str())
    };
    let place = || {
        let place = usize::try_from(value.as_u64()?).ok()?;
        (place < row.options.len()).then_some(place)
    };
    row.options.iter().position(same).or_else(place)
}

/// The option that stands when nobody answers.
pub fn default_index(row: &DecisionRow) -> Option<usize> {
    option_of(row, row.default.as_ref()?)
}

/// A choice as people read it: the option's label, else the value as sent.
pub fn choice_words(row: &DecisionRow, choice: &RawJson) -> String {
    let option = option_of(row, choice).and_then(|index| row.options.get(index));
    match (option, choice.value().as_str()) {
        (Some(option), _) => option.label.clone(),
        (None, Some(word)) => word.to_owned(),
        (None, None) => choice.as_str().to_owned(),
    }
}

/// How long it waits still: `1:48 left`; nothing where it waits for ever.
pub fn left(row: &DecisionRow, now: Timestamp) -> Option<String> {
    let micros = row.expires_at?.since(now).as_micros();
    let seconds = (micros.max(0) as u64).div_ceil(1_000_000);
    Some(match seconds {
        0 => "time is up".to_owned(),
        1..3600 => format!("{}:{:02} left", seconds / 60, seconds % 60),
        _ => format!("{} left", text::clock_span(row.expires_at?.since(now))),
    })
}

/// What came of it, in a line, and how that looks.
pub fn answer_line(row: &DecisionRow) -> (Look, String) {
    let words = row.choice.as_ref().map(|choice| choice_words(row, choice));
    let (tone, icon, line) = match (row.state, words, row.by.as_deref()) {
        (DecisionState::Pending, ..) => (
            "tone-halted",
            "decisions",
            "waiting for an answer".to_owned(),
        ),
        (_, Some(words), Some("timeout")) => ("tone-idle", "clock", format!("{words}, by default")),
        (DecisionState::Answered, Some(words), _) => {
            ("tone-plain", "running", format!("{words}, on its way"))
        }
        (_, Some(words), _) => ("tone-success", "success", words),
        (DecisionState::Dropped, None, _) => {
            ("tone-idle", "idle", "the session ended first".to_owned())
        }
        (_, None, _) => ("tone-idle", "idle", "answered".to_owned()),
    };
    (Look { tone, icon }, line)
}

/// A session's own questions as the inbox has them, newest first.
pub fn of_board(board: &Board) -> Vec<DecisionRow> {
    let ended = board.status().is_ended();
    let rows = board.decisions().rows().iter().rev().map(|row| {
        let answer = board.commands().rows().iter().rev().find_map(|command| {
            let parameters = command.parameters.as_ref()?.value();
            let is_answer = command.kind.eq_ignore_ascii_case("DECISION")
                && !command.state.is_over()
                && parameters.get("decision_id")?.as_str() == Some(row.id.as_str());
            let choice = is_answer
                .then(|| parameters.get("choice").cloned())
                .flatten()?;
            Some((command, RawJson::from_trusted(choice.to_string())))
        });
        let state = match (row.is_pending(), &answer) {
            (false, _) => DecisionState::Made,
            (true, Some(_)) => DecisionState::Answered,
            (true, None) if ended => DecisionState::Dropped,
            (true, None) => DecisionState::Pending,
        };
        let (by, choice, made_at) = match (&answer, row.is_pending()) {
            (Some((command, choice)), true) => (
                command.by.clone(),
                Some(choice.clone()),
                Some(command.queued_at),
            ),
            _ => (row.by.clone(), row.choice.clone(), row.resolved_at),
        };
        let options: Vec<DecisionChoice> = row.options.iter().cloned().map(Into::into).collect();
        let fallback = row.default_option().and_then(|index| options.get(index));
        DecisionRow {
            project: ProjectId::default(),
            session_id: board.session_id().clone(),
            session_name: board.display_name().to_owned(),
            decision_id: row.id.clone(),
            state,
            question: row.question.clone(),
            description: row.description.clone(),
            priority: row.priority.clone(),
            default: row
                .default
                .clone()
                .or_else(|| fallback.map(|option| option.choice.clone())),
            options,
            context: row.context.clone(),
            asked_at: row.asked_at,
            expires_at: row.deadline,
            choice,
            by,
            reason: row.reason.clone(),
            made_at,
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> DecisionRow {
        let base = r#"{"session_id":"s","session_name":"s","decision_id":"d","state":"pending","question":"?",
            "asked_at":"2026-01-01T00:00:00Z","options":[{"choice":"a","label":"Go on"},{"choice":"b","label":"Stop"}],"#;
        serde_json::from_str(&format!("{base}{json}}}")).unwrap()
    }

    #[test]
    fn a_default_is_found_however_it_was_written() {
        for (default, index) in [
            (r#""b""#, Some(1)),
            (r#""Stop""#, Some(1)),
            ("1", Some(1)),
            ("0", Some(0)),
            ("2", None),
            (r#""c""#, None),
            ("null", None),
        ] {
            let row = row(&format!(r#""default":{default}"#));
            assert_eq!(default_index(&row), index, "{default}");
        }
    }

    #[test]
    fn the_time_left_is_never_negative_and_counts_whole_seconds() {
        let row = row(r#""expires_at":"2026-01-01T00:02:00Z""#);
        let at = |text: &str| left(&row, Timestamp::parse_utc(text).unwrap()).unwrap();
        assert_eq!(at("2026-01-01T00:00:12Z"), "1:48 left");
        assert_eq!(at("2026-01-01T00:01:59.5Z"), "0:01 left");
        assert_eq!(at("2026-01-01T00:03:00Z"), "time is up");
        assert_eq!(at("2025-12-31T22:00:00Z"), "2h 02m left");
    }

    #[test]
    fn an_answer_says_whether_a_person_gave_it() {
        for (json, line) in [
            (r#""choice":"b","by":"ops""#, "Stop"),
            (r#""choice":"b","by":"timeout""#, "Stop, by default"),
            (r#""choice":{"x":1},"by":"ops""#, r#"{"x":1}"#),
        ] {
            let mut row = row(json);
            row.state = DecisionState::Made;
            assert_eq!(answer_line(&row).1, line);
        }
    }
}
