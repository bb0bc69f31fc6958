//! The synthesis: findings that belong together become proposals. In: findings, each with whether it held on a second
//! look. Out: patterns, and the best proposals, each with its evidence.
//!
//! A proposal's confidence is the share of its evidence that held, times how much there is of it: `n / (n + half)`,
//! where `half` is the amount that is worth a half (five lines that a duplicate would save, twenty lines beyond the
//! limit of a function, three items without documentation, one note).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::finding::{Finding, Kind, Place};

/// A finding after the second look.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The finding.
    pub finding: Finding,
    /// Whether it held.
    pub holds: bool,
}

/// A refactoring that somebody might do.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The same for the same place of the tree.
    pub id: String,
    /// What kind of finding it is made of.
    pub kind: Kind,
    /// What to do, in a few words.
    pub title: String,
    /// What was found.
    pub description: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// What it would bring.
    pub gain: String,
    /// Where it was seen.
    pub evidence: Vec<Place>,
    /// Lines that could go; 0 where none would.
    pub lines_saved: usize,
}

/// What a synthesis came to.
#[derive(Debug, Clone, Default)]
pub struct Synthesis {
    /// Groups of two findings or more, and duplicates.
    pub patterns: usize,
    /// Proposals, the best of each kind in turn.
    pub proposals: Vec<Proposal>,
}

/// Puts findings together; at most `most` proposals.
pub fn propose(checked: &[Checked], most: usize) -> Synthesis {
    let mut groups: BTreeMap<(Kind, String), Vec<&Checked>> = BTreeMap::new();
    for one in checked {
        groups
            .entry((one.finding.kind, key(&one.finding)))
            .or_default()
            .push(one);
    }
    let is_pattern = |(key, group): &(&(Kind, String), &Vec<&Checked>)| {
        key.0 == Kind::Duplicate || group.len() > 1
    };
    let patterns = groups.iter().filter(is_pattern).count();
    let mut by_kind: BTreeMap<Kind, Vec<Proposal>> = BTreeMap::new();
    for ((kind, key), group) in &groups {
        if let Some(proposal) = proposal(*kind, key, group) {
            by_kind.entry(*kind).or_default().push(proposal);
        }
    }
    Synthesis {
        patterns,
        proposals: in_turn(by_kind, most),
    }
}

/// The best of each kind, then the second of each, and so on.
fn in_turn(by_kind: BTreeMap<Kind, Vec<Proposal>>, most: usize) -> Vec<Proposal> {
    let mut queues: Vec<_> = by_kind.into_values().collect();
    for queue in &mut queues {
        queue.sort_by(|one, other| {
            let by_confidence = one.confidence.total_cmp(&other.confidence);
            // Taken from the end, so the best is last.
            by_confidence.then_with(|| other.id.cmp(&one.id))
        });
    }
    let mut proposals = Vec::new();
    while proposals.len() < most && queues.iter().any(|queue| !queue.is_empty()) {
        proposals.extend(queues.iter_mut().filter_map(Vec::pop));
    }
    proposals.truncate(most);
    proposals
}

/// What findings of a kind are put together by: their file; a duplicate stands for itself.
fn key(finding: &Finding) -> String {
    let mut paths: Vec<&str> = finding
        .places
        .iter()
        .map(|place| place.path.as_str())
        .collect();
    if finding.kind == Kind::Duplicate {
        paths.push(&finding.about);
    } else {
        paths.truncate(1);
    }
    paths.join("\n")
}

/// A proposal of a group; `None` where nothing of it held.
fn proposal(kind: Kind, key: &str, group: &[&Checked]) -> Option<Proposal> {
    let held: Vec<&Finding> = group
        .iter()
        .filter(|one| one.holds)
        .map(|one| &one.finding)
        .collect();
    let first = held.first()?;
    let weight: usize = held.iter().map(|finding| finding.weight).sum();
    let half = match kind {
        Kind::LongFunction => 20.0,
        Kind::Note => 1.0,
        Kind::Duplicate => 5.0,
        Kind::Undocumented => 3.0,
    };
    let share = held.len() as f64 / group.len() as f64;
    let path = first.places.first().map_or("", |place| &place.path);
    let (title, description, gain) = match kind {
        Kind::LongFunction => long_functions(path, &held, weight),
        Kind::Note => notes(path, &held),
        Kind::Duplicate => duplicate(first, weight),
        Kind::Undocumented => undocumented(path, &held),
    };
    Some(Proposal {
        id: format!("{}-{:016x}", kind.name(), number(key)),
        kind,
        title,
        description,
        confidence: share * weight as f64 / (weight as f64 + half),
        gain,
        evidence: held
            .iter()
            .flat_map(|one| one.places.iter().cloned())
            .collect(),
        lines_saved: if kind == Kind::Duplicate { weight } else { 0 },
    })
}

fn long_functions(path: &str, held: &[&Finding], weight: usize) -> (String, String, String) {
    let names = listed(held, |one| {
        let lines = one.places.first().map_or(0, Place::lines);
        format!("`{}` ({lines} lines)", one.about)
    });
    (
        format!("Part {} of {path}", counted(held.len(), "long function")),
        names,
        format!("{} less to hold in one's head", counted(weight, "line")),
    )
}

fn notes(path: &str, held: &[&Finding]) -> (String, String, String) {
    (
        format!("Settle {} in {path}", counted(held.len(), "note")),
        listed(held, |one| one.about.clone()),
        format!("settles {}", counted(held.len(), "note")),
    )
}

fn duplicate(first: &Finding, weight: usize) -> (String, String, String) {
    let files: std::collections::BTreeSet<&str> = first
        .places
        .iter()
        .map(|place| place.path.as_str())
        .collect();
    let lines = weight / first.places.len().saturating_sub(1).max(1) + 1;
    let places = first.places.len();
    let title = match files.iter().collect::<Vec<_>>().as_slice() {
        [one] => format!("Share {lines} lines that stand {places} times in {one}"),
        [one, other] => format!("Share {lines} lines of {one} and {other}"),
        _ => format!("Share {lines} lines that stand in {} files", files.len()),
    };
    let description = format!(
        "The same {lines} lines, from `{}` on, stand in {places} places",
        first.about
    );
    (
        title,
        description,
        format!("saves {}", counted(weight, "line")),
    )
}

fn undocumented(path: &str, held: &[&Finding]) -> (String, String, String) {
    (
        format!("Document {} of {path}", counted(held.len(), "public item")),
        listed(held, |one| format!("`{}`", one.about)),
        format!("documents {}", counted(held.len(), "item")),
    )
}

/// The first few, and how many more there are.
fn listed(held: &[&Finding], text: impl Fn(&Finding) -> String) -> String {
    const FEW: usize = 5;
    let mut list: Vec<String> = held.iter().take(FEW).map(|one| text(one)).collect();
    if held.len() > FEW {
        list.push(format!("{} more", held.len() - FEW));
    }
    list.join(", ")
}

/// `1 line`, `2 lines`.
pub fn counted(number: usize, thing: &str) -> String {
    let mut text = format!("{number} {thing}");
    if number != 1 {
        // Writing to a string cannot fail.
        let _ = write!(text, "s");
    }
    text
}

/// The same number for the same text, on every machine (FNV-1a).
fn number(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(kind: Kind, places: &[(&str, usize, usize)], weight: usize, holds: bool) -> Checked {
        let place = |(path, first, last): &(&str, usize, usize)| Place {
            path: (*path).to_owned(),
            first: *first,
            last: *last,
        };
        let finding = Finding {
            kind,
            places: places.iter().map(place).collect(),
            about: "x".to_owned(),
            weight,
        };
        Checked { finding, holds }
    }

    #[test]
    fn confidence_is_the_share_that_held_times_how_much_there_is() {
        let found = [
            checked(Kind::Note, &[("a.rs", 1, 1)], 1, true),
            checked(Kind::Note, &[("a.rs", 2, 2)], 1, false),
            checked(
                Kind::Duplicate,
                &[("a.rs", 1, 11), ("b.rs", 1, 11)],
                10,
                true,
            ),
            checked(Kind::LongFunction, &[("c.rs", 1, 80)], 20, false),
        ];
        let synthesis = propose(&found, 10);
        assert_eq!(synthesis.patterns, 2);
        let [note, duplicate] = synthesis.proposals.as_slice() else {
            panic!("{synthesis:?}")
        };
        assert!((note.confidence - 0.25).abs() < 1e-9);
        assert_eq!(note.evidence.len(), 1, "what did not hold is no evidence");
        assert!((duplicate.confidence - 10.0 / 15.0).abs() < 1e-9);
        assert_eq!(duplicate.title, "Share 11 lines of a.rs and b.rs");
        assert_eq!(duplicate.gain, "saves 10 lines");
        assert_eq!(duplicate.lines_saved, 10);
    }

    #[test]
    fn the_best_of_each_kind_come_first_and_ids_stay() {
        let mut found: Vec<Checked> = (1..9)
            .map(|size| {
                let path = format!("{size}.rs");
                checked(Kind::LongFunction, &[(&path, 1, 60 + size)], size, true)
            })
            .collect();
        found.push(checked(Kind::Note, &[("a.rs", 1, 1)], 1, true));
        let first = propose(&found, 3).proposals;
        let kinds: Vec<Kind> = first.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [Kind::LongFunction, Kind::Note, Kind::LongFunction]);
        assert!(first[0].title.contains("8.rs"), "{}", first[0].title);
        found.reverse();
        assert_eq!(propose(&found, 3).proposals, first);
    }
}
