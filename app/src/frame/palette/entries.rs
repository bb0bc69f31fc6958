//! What the palette lists. In: what is typed, what pages offer, sessions, zones. Out: entries, the best group first.

use loopscope_protocol::SessionSummary;

use super::super::{keys, zones};
use super::{Command, Does};
use crate::source::SessionKey;
use crate::text::Zone;
use crate::ui::status_look;
use crate::visit::Theme;
use crate::world;

/// The most sessions, and the most zones, that are listed.
pub(super) const MOST: usize = 8;

/// Pages: name, address, icon.
const PAGES: [(&str, &str, &str); 8] = [
    ("Overview", "/", "overview"),
    ("Sessions", "/sessions", "sessions"),
    ("Compare", "/compare", "compare"),
    ("Decisions", "/decisions", "decisions"),
    ("Agents", "/systems", "agents"),
    ("Alerts", "/alerts", "alerts"),
    ("Widgets", "/widgets", "widgets"),
    ("Settings", "/settings", "settings"),
];

/// Pages that only a server has: over files they stand empty.
const OF_A_SERVER: [&str; 4] = ["/decisions", "/alerts", "/widgets", "/settings"];

/// What has a key of its own where the page has it: its selector, icon, words, key.
const PRESSED: [(&str, &str, &str, &str); 4] = [
    ("[data-annotate]", "flag", "Add a note at this moment", "a"),
    ("[data-play]", "running", "Play or pause", "Space"),
    ("[data-live]", "skip", "Back to the latest moment", "l"),
    (
        "[data-pause]",
        "halted",
        "Pause or resume the live stream",
        "p",
    ),
];

/// What can be done with the page as it is: what its parts offer, and what stands on it.
pub(super) fn of_page(offered: Vec<Command>) -> Vec<Command> {
    let pressed = PRESSED.into_iter().filter(|(selector, ..)| {
        // What is switched off or not shown is not offered either.
        world::has(&format!("{selector}:not(:disabled, .hidden)"))
    });
    let pressed = pressed.map(|(selector, icon, title, key)| {
        entry("This page", icon, title, key, Does::Press(selector))
    });
    offered.into_iter().chain(pressed).collect()
}

/// What can be done from everywhere: pages first, then looks and the rest.
pub(super) fn everywhere() -> (Vec<Command>, Vec<Command>) {
    let is_of_files = world::root_data("files").is_some();
    let pages = PAGES.into_iter();
    let pages = pages.filter(|(_, href, _)| !(is_of_files && OF_A_SERVER.contains(href)));
    let pages =
        pages.map(|(name, href, icon)| entry("Go to", icon, name, "", Does::Go(href.to_owned())));
    let looks = [
        ("Theme: system", "system", Does::Theme(Theme::System)),
        ("Theme: dark", "moon", Does::Theme(Theme::Dark)),
        ("Theme: light", "sun", Does::Theme(Theme::Light)),
        ("Times in UTC", "clock", Does::Zone(Zone::Utc)),
        ("Times in local time", "clock", Does::Zone(Zone::Local)),
        ("Times in another zone…", "clock", Does::OtherZone),
    ];
    let looks = looks.map(|(title, icon, does)| entry("Appearance", icon, title, "", does));
    let more = [
        ("Copy a link to this view", "copy", "", Does::CopyLink),
        ("Keyboard shortcuts", "keys", "?", Does::Open(keys::DIALOG)),
    ];
    let more = more.map(|(title, icon, key, does)| entry("More", icon, title, key, does));
    (pages.collect(), looks.into_iter().chain(more).collect())
}

/// A session.
pub(super) fn session(row: &SessionSummary) -> Command {
    Command {
        group: "Sessions",
        icon: status_look(row.status).0.icon,
        title: row.name.clone(),
        hint: hint(row),
        does: Does::Go(SessionKey::of(row).page("")),
    }
}

/// What tells sessions of one name apart: the target, the id.
fn hint(row: &SessionSummary) -> String {
    let id = row.session_id.as_str();
    let told = row.target.as_deref().into_iter().chain([id]);
    let others: Vec<&str> = told.filter(|text| *text != row.name).collect();
    match others[..] {
        [target, id] if target == id => id.to_owned(),
        _ => others.join(" · "),
    }
}

/// Zones of whose names every word that is typed begins a part.
pub(super) fn zones_named(names: &[String], words: &[String]) -> Vec<Command> {
    let holds = |name: &&String| {
        let name = name.to_lowercase();
        let begins = |word: &String| {
            let mut parts = name.split(|sign: char| !sign.is_alphanumeric());
            parts.any(|part| part.starts_with(word.as_str()))
        };
        words.iter().all(begins)
    };
    let found = names.iter().filter(holds).take(MOST);
    let found = found.filter_map(|name| {
        let title = format!("Times in {}", zones::spoken(name));
        Some(entry(
            "Time zones",
            "clock",
            &title,
            "",
            Does::Zone(Zone::named(name)?),
        ))
    });
    found.collect()
}

fn entry(group: &'static str, icon: &'static str, title: &str, hint: &str, does: Does) -> Command {
    Command {
        group,
        icon,
        title: title.to_owned(),
        hint: hint.to_owned(),
        does,
    }
}

/// The words that are typed, in small letters.
pub(super) fn words(typed: &str) -> Vec<String> {
    let words = typed.split_whitespace();
    words.map(str::to_lowercase).collect()
}

/// How well an entry fits. The first is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Its title begins with what is typed.
    Begins,
    /// Every word that is typed begins one of its title's.
    Title,
    /// Every word begins one of its title's, its group's or its hint's.
    Around,
    /// Every word stands somewhere in it.
    Holds,
}

/// How well an entry fits; `None` where it does not.
fn fit(entry: &Command, words: &[String]) -> Option<Fit> {
    let title = entry.title.to_lowercase();
    let all = format!("{title} {} {}", entry.group, entry.hint).to_lowercase();
    let has_beginning = |text: &str, word: &str| {
        let mut own = text.split(|sign: char| !sign.is_alphanumeric());
        own.any(|own| own.starts_with(word))
    };
    let all_begin = |text: &str| words.iter().all(|word| has_beginning(text, word));
    if !words.iter().all(|word| all.contains(word.as_str())) {
        return None;
    }
    Some(if title.starts_with(&words.join(" ")) {
        Fit::Begins
    } else if all_begin(&title) {
        Fit::Title
    } else if all_begin(&all) {
        Fit::Around
    } else {
        Fit::Holds
    })
}

/// Entries that hold every word, in any case and order; those that hold one only in the middle of another word, where no
/// other fits. Groups stay together; the one that fits best comes first.
pub(super) fn matching(all: Vec<Command>, words: &[String]) -> Vec<Command> {
    let mut fitting: Vec<(Fit, Command)> = all
        .into_iter()
        .filter_map(|entry| Some((fit(&entry, words)?, entry)))
        .collect();
    if fitting.iter().any(|(fit, _)| *fit < Fit::Holds) {
        fitting.retain(|(fit, _)| *fit < Fit::Holds);
    }
    let mut groups: Vec<Vec<(Fit, Command)>> = Vec::new();
    for (fit, entry) in fitting {
        match groups
            .iter_mut()
            .find(|group| group[0].1.group == entry.group)
        {
            Some(group) => group.push((fit, entry)),
            None => groups.push(vec![(fit, entry)]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(|(fit, _)| *fit);
    }
    groups.sort_by_key(|group| group[0].0);
    groups
        .into_iter()
        .flatten()
        .map(|(_, entry)| entry)
        .collect()
}

/// A title in parts: what is typed, and what is not.
pub(super) fn marked(title: &str, words: &[String]) -> Vec<(String, bool)> {
    let signs: Vec<char> = title.chars().collect();
    let small = |sign: char| sign.to_lowercase().next().unwrap_or(sign);
    let mut is_typed = vec![false; signs.len()];
    for word in words {
        let word: Vec<char> = word.chars().collect();
        let fits = |from: &usize| {
            let own = signs[*from..].iter().map(|sign| small(*sign));
            own.take(word.len()).eq(word.iter().copied())
        };
        let last = (signs.len() + 1).saturating_sub(word.len());
        if let Some(from) = (0..last).find(fits) {
            is_typed[from..from + word.len()].fill(true);
        }
    }
    let mut parts: Vec<(String, bool)> = Vec::new();
    for (sign, typed) in signs.into_iter().zip(is_typed) {
        match parts.last_mut() {
            Some((text, own)) if *own == typed => text.push(sign),
            _ => parts.push((sign.to_string(), typed)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Command> {
        let (pages, rest) = everywhere();
        let halt = entry("Act", "halted", "Halt harbour lights", "", Does::OtherZone);
        [vec![halt], pages, rest].concat()
    }

    fn titles(typed: &str) -> Vec<String> {
        let found = matching(all(), &words(typed));
        found.into_iter().map(|entry| entry.title).collect()
    }

    #[test]
    fn every_word_counts_in_any_order_and_case() {
        assert_eq!(titles("DARK theme"), ["Theme: dark"]);
        assert_eq!(titles("zone"), ["Times in another zone…"]);
        assert_eq!(titles("go to"), PAGES.map(|(name, ..)| name.to_owned()));
        assert!(titles("no such thing").is_empty());
        assert_eq!(titles("").len(), all().len());
        assert_eq!(titles("")[0], "Halt harbour lights");
    }

    #[test]
    fn what_begins_with_it_comes_before_what_holds_it() {
        assert_eq!(titles("ar")[..2], ["Halt harbour lights", "Compare"]);
        assert_eq!(titles("co")[0], "Compare");
        assert_eq!(titles("li")[..2], ["Halt harbour lights", "Theme: light"]);
        assert_eq!(titles("sess")[0], "Sessions");
        assert_eq!(titles("come"), Vec::<String>::new());
        assert_eq!(titles("go al")[0], "Alerts");
        assert!(
            !titles("ti").contains(&"Settings".to_owned()),
            "in the middle of a word"
        );
        assert_eq!(titles("ttin"), ["Settings"], "nothing begins with it");
    }

    #[test]
    fn groups_stay_together() {
        let groups: Vec<&str> = matching(all(), &words("t"))
            .iter()
            .map(|entry| entry.group)
            .collect();
        let mut once = groups.clone();
        once.dedup();
        let mut sorted = once.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(once.len(), sorted.len(), "{groups:?}");
    }

    #[test]
    fn zones_are_found_as_people_write_them() {
        let names = ["America/New_York", "Asia/Tokyo", "Europe/Berlin"].map(str::to_owned);
        let found = |typed: &str| -> Vec<String> {
            let found = zones_named(&names, &words(typed)).into_iter();
            found.map(|entry| entry.title).collect()
        };
        assert_eq!(found("new york"), ["Times in America/New York"]);
        assert_eq!(found("berl"), ["Times in Europe/Berlin"]);
        assert!(found("atlantis").is_empty() && found("rope").is_empty());
    }

    #[test]
    fn what_is_typed_is_marked_once_a_word() {
        let parts = |title: &str, typed: &str| -> String {
            let parts = marked(title, &words(typed)).into_iter();
            let part =
                |(text, typed): (String, bool)| if typed { format!("[{text}]") } else { text };
            parts.map(part).collect()
        };
        assert_eq!(parts("Halt payments", "pay HALT"), "[Halt] [pay]ments");
        assert_eq!(parts("Ünïcode", "ïc"), "Ün[ïc]ode");
        assert_eq!(parts("İstanbul", "i"), "[İ]stanbul");
        assert_eq!(parts("short", "much longer than it"), "short");
        assert_eq!(parts("", "a"), "");
    }
}
