//! One event as one line: time, mark, name, sentence, figures.

use leptos::prelude::*;
use loopscope_event::SessionId;
use loopscope_protocol::EventLine;

use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, line_look, sentence, short_id};
use crate::visit::prefs;

/// Finds the name of an event's session and the address of its page.
pub type Names = Callback<SessionId, Option<(String, String)>>;

/// The line; `names` finds the session's name where several are mixed, `fresh` lets it slide in.
pub fn event_line(line: &EventLine, names: Option<Names>, fresh: bool) -> Part {
    let zone = prefs().zone;
    let (look, word) = line_look(line);
    let at = line.timestamp;
    let class = if fresh {
        format!("{} fresh", look.tone)
    } else {
        look.tone.to_owned()
    };
    let who = names.map(|names| {
        let id = &line.session_id;
        let (name, href) = names.run(id.clone()).unwrap_or_else(|| {
            let mut href = "/sessions/".to_owned();
            loopscope_protocol::percent_encode(id.as_str(), &mut href);
            (short_id(id), href)
        });
        view! { <a class="who" href=href>{name}</a>": " }
    });
    let time = move || {
        let (seconds, fraction) = text::stamp_parts(at, zone.get());
        format!("{seconds}{fraction}")
    };
    view! {
        <li class=class>
            <span class="time mono">{time}</span>
            {icon(look.icon)}
            <span class="sr">{word}</span>
            <span class="kind mono cut" title=line.name.clone()>{line.name.clone()}</span>
            <span class="say cut">{who}{sentence(&line.sentence)}</span>
            <span class="fig">{line.figures.clone()}</span>
        </li>
    }
    .part()
}
