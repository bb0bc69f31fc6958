//! The life of a command in words: its steps, and the time between them.

use loopscope_board::CommandRow;
use loopscope_event::{CommandStep, Timestamp};

use crate::text;
use crate::ui::Look;

/// Where a command stands: its look and its word.
pub(in crate::pages::session) const fn command_look(step: CommandStep) -> (Look, &'static str) {
    let (tone, icon, word) = match step {
        CommandStep::Queued | CommandStep::Moved => ("tone-halted", "clock", "queued"),
        CommandStep::Delivered => ("tone-plain", "send", "delivered"),
        CommandStep::Acknowledged => ("tone-running", "running", "acknowledged"),
        CommandStep::Succeeded => ("tone-success", "success", "succeeded"),
        CommandStep::Failed => ("tone-failed", "failed", "failed"),
        CommandStep::Cancelled => ("tone-idle", "error", "cancelled"),
        CommandStep::Expired => ("tone-idle", "clock", "expired"),
    };
    (Look { tone, icon }, word)
}

/// The steps that a command made, each with its time.
pub(in crate::pages::session) fn life(row: &CommandRow) -> Vec<(&'static str, Timestamp)> {
    let ended = row.ended_at.filter(|_| row.state.is_over());
    let steps = [
        ("queued", Some(row.queued_at)),
        ("delivered", row.delivered_at),
        ("acknowledged", row.acknowledged_at),
        (command_look(row.state).1, ended),
    ];
    let made = steps.into_iter().filter_map(|(word, at)| Some((word, at?)));
    let mut made: Vec<_> = made.collect();
    // A command that was handed over again was delivered after it was taken.
    made.sort_by_key(|(_, at)| *at);
    made
}

/// `delivered 9 ms → acknowledged 29 ms → succeeded 82 ms`: each with the time since the one before.
pub(in crate::pages::session) fn life_line(row: &CommandRow) -> String {
    let steps = life(row);
    let later = steps.windows(2).map(|pair| {
        let (word, at) = pair[1];
        format!("{word} {}", text::span(at.since(pair[0].1)))
    });
    later.collect::<Vec<_>>().join(" → ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> CommandRow {
        let base = r#"{"command_id":"c","type":"HALT","queued_at":"2026-01-01T00:00:00.000Z","#;
        serde_json::from_str(&format!("{base}{json}}}")).unwrap()
    }

    #[test]
    fn each_step_has_the_time_since_the_one_before() {
        for (json, line) in [
            (r#""state":"queued""#, ""),
            (
                r#""state":"delivered","delivered_at":"2026-01-01T00:00:00.009Z""#,
                "delivered 9 ms",
            ),
            (
                r#""state":"succeeded","delivered_at":"2026-01-01T00:00:00.009Z",
                "acknowledged_at":"2026-01-01T00:00:00.038Z","ended_at":"2026-01-01T00:00:01.238Z""#,
                "delivered 9 ms → acknowledged 29 ms → succeeded 1.2 s",
            ),
            (
                r#""state":"cancelled","ended_at":"2026-01-01T00:02:00Z""#,
                "cancelled 2m 00s",
            ),
        ] {
            assert_eq!(life_line(&row(json)), line);
        }
    }
}
