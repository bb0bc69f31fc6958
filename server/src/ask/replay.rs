//! `loopscope replay`: a session's events once more, as another session, in the rhythm in which they came.

use std::time::Duration;

use loopscope_event::Timestamp;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{PATIENCE, Refusal, Server, part};
use crate::say;

/// Events a page.
const PAGE: usize = 500;

/// What is replayed, and how fast.
#[derive(Debug)]
pub struct Rhythm {
    /// The session.
    pub session: String,
    /// The new one's id.
    pub into: String,
    /// So many times as fast as it was; infinite for all at once.
    pub speed: f64,
    /// The longest pause that is kept, before it is divided by the speed.
    pub longest_pause: Duration,
}

/// Sends every event of the session again; the server's own are left out. Prints how many.
pub async fn replay(server: &Server, rhythm: &Rhythm) -> Result<(), Refusal> {
    if rhythm.session == rhythm.into {
        return Err(Refusal::Failed(
            "a session cannot be replayed into itself; name another with --into".to_owned(),
        ));
    }
    let at = format!("sessions/{}/events", part(&rhythm.session));
    let (mut after, mut sent, mut last) = (0_u64, 0_u64, None);
    loop {
        let page = server
            .get(&format!("{at}?after={after}&limit={PAGE}"), PATIENCE)
            .await?;
        let events = page["events"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let Some(newest) = events.last().and_then(|event| event["seq"].as_u64()) else {
            break;
        };
        after = newest;
        for group in groups(events, rhythm, &mut last) {
            sleep(group.pause).await;
            let answer = server.post("events", &Value::from(group.events)).await?;
            sent += answer["accepted"].as_u64().unwrap_or(0);
        }
    }
    if server.json {
        say!("{}", json!({"session_id": rhythm.into, "sent": sent}));
    } else {
        say!(
            "{sent} events of {} sent as {}",
            rhythm.session,
            rhythm.into
        );
    }
    Ok(())
}

/// Events that go out together, after a pause.
struct Group {
    pause: Duration,
    events: Vec<Value>,
}

/// Pauses below this are not worth one.
const LEAST_PAUSE: Duration = Duration::from_millis(5);

fn groups(events: &[Value], rhythm: &Rhythm, last: &mut Option<Timestamp>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for event in events
        .iter()
        .filter(|event| event["dialect"] != "loopscope")
    {
        let at: Option<Timestamp> = serde_json::from_value(event["timestamp"].clone()).ok();
        let gap = at
            .zip(*last)
            .map_or(0.0, |(at, last)| at.since(last).as_secs_f64());
        let kept = gap.clamp(0.0, rhythm.longest_pause.as_secs_f64());
        let pause = Duration::try_from_secs_f64(kept / rhythm.speed).unwrap_or_default();
        *last = at.or(*last);
        let mut again = event.clone();
        if let Some(fields) = again.as_object_mut() {
            for own in [
                "offset",
                "seq",
                "event_id",
                "received_at",
                "timestamp",
                "kind",
                "project",
            ] {
                fields.remove(own);
            }
            fields.insert("session_id".to_owned(), Value::from(rhythm.into.as_str()));
            if let Some(name) = fields.remove("name") {
                fields.insert("event_type".to_owned(), name);
            }
        }
        match groups.last_mut() {
            Some(group) if pause < LEAST_PAUSE => group.events.push(again),
            _ => groups.push(Group {
                pause,
                events: vec![again],
            }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_together_goes_together_and_long_pauses_are_cut() {
        let event = |second: f64, dialect: &str| {
            let at = Timestamp::from_micros(1_767_607_200_000_000 + (second * 1e6) as i64);
            json!({"seq": 1, "event_id": "x", "session_id": "old", "timestamp": at, "name": "A", "dialect": dialect, "data": {}})
        };
        let rhythm = Rhythm {
            session: "old".to_owned(),
            into: "new".to_owned(),
            speed: 2.0,
            longest_pause: Duration::from_secs(10),
        };
        let events = [
            event(0.0, "generic"),
            event(0.001, "generic"),
            event(1.0, "loopscope"),
            event(4.001, "generic"),
            event(400.0, "generic"),
        ];
        let groups = groups(&events, &rhythm, &mut None);
        let shape: Vec<(u64, usize)> = groups
            .iter()
            .map(|group| (group.pause.as_millis() as u64, group.events.len()))
            .collect();
        assert_eq!(shape, [(0, 2), (2000, 1), (5000, 1)]);
        let again = &groups[0].events[0];
        assert_eq!(
            again,
            &json!({"session_id": "new", "event_type": "A", "dialect": "generic", "data": {}})
        );
    }
}
