//! The catalogue of defects. In: the text files of `defects/`. Out: [`Defect`]s, how to plant one and how to undo
//! it, and a selection for a run.
//!
//! A file holds blocks: a line `=== id`, lines `key: value` (`title`, `file`, `found-by`), then pairs of the text as
//! it is right and as it is wrong, between lines `--- right`, `--- wrong` and `--- end`.

use anyhow::{Context, bail};

use crate::edits::{self, Edit};
use crate::finding::{Finding, Source};
use crate::random::Random;

/// One planted mistake and its prepared patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Its name in the catalogue.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The file it is in, relative to the crate.
    pub file: String,
    /// The lints, tests and properties that find it; its own kind first.
    pub found_by: Vec<(Source, String)>,
    /// The right and the wrong text of every place.
    pub places: Vec<(String, String)>,
}

impl Defect {
    /// The text with the defect in it; `None` where a place is not there exactly once.
    pub fn planted(&self, text: &str) -> Option<String> {
        let edits = self.edits(text, |(right, wrong)| (right, wrong))?;
        edits::apply(text, &edits)
    }

    /// The edits that undo the defect in a text; `None` where it is not in there.
    pub fn patch(&self, text: &str) -> Option<Vec<Edit>> {
        self.edits(text, |(right, wrong)| (wrong, right))
    }

    /// Whether the finding is what this defect looks like from outside.
    pub fn explains(&self, finding: &Finding) -> bool {
        self.found_by
            .iter()
            .any(|(source, name)| *source == finding.source && *name == finding.kind)
    }

    /// The tool that its own kind of finding comes from.
    pub fn source(&self) -> Option<Source> {
        self.found_by.first().map(|(source, _)| *source)
    }

    fn edits<'a>(
        &'a self,
        text: &str,
        direction: impl Fn(&'a (String, String)) -> (&'a String, &'a String),
    ) -> Option<Vec<Edit>> {
        self.places
            .iter()
            .map(|place| {
                let (from, to) = direction(place);
                let mut found = places(text, from, to);
                let start = found.next()?;
                found.next().is_none().then(|| Edit {
                    file: self.file.clone(),
                    start,
                    end: start + from.len(),
                    replacement: to.clone(),
                })
            })
            .collect()
    }
}

/// Where `from` stands in a text, but for where it is only a part of `to`: a defect that leaves something out is not
/// present where nothing was left out.
fn places<'a>(text: &'a str, from: &'a str, to: &'a str) -> impl Iterator<Item = usize> {
    let whole: Vec<usize> = if to.contains(from) {
        text.match_indices(to).map(|(at, _)| at).collect()
    } else {
        Vec::new()
    };
    text.match_indices(from)
        .map(|(at, _)| at)
        .filter(move |at| {
            !whole
                .iter()
                .any(|start| (*start..start + to.len()).contains(at))
        })
}

/// Reads one file of the catalogue. An error names the defect.
pub fn parse(text: &str) -> anyhow::Result<Vec<Defect>> {
    format!("\n{text}")
        .split("\n=== ")
        .skip(1)
        .map(|block| {
            let id = block.lines().next().unwrap_or_default();
            parse_block(block).with_context(|| format!("defect {id:?}"))
        })
        .collect()
}

fn parse_block(block: &str) -> anyhow::Result<Defect> {
    let (head, body) = block
        .split_once("\n--- right\n")
        .context("no `--- right`")?;
    let mut lines = head.lines();
    let mut defect = Defect {
        id: lines.next().unwrap_or_default().trim().to_owned(),
        title: String::new(),
        file: String::new(),
        found_by: Vec::new(),
        places: Vec::new(),
    };
    for line in lines {
        match line.split_once(": ") {
            Some(("title", value)) => value.clone_into(&mut defect.title),
            Some(("file", value)) => value.clone_into(&mut defect.file),
            Some(("found-by", value)) => defect.found_by.push(found_by(value)?),
            _ => bail!("line {line:?} is not understood"),
        }
    }
    let (body, _) = body.split_once("\n--- end").context("no `--- end`")?;
    for place in body.split("\n--- right\n") {
        let (right, wrong) = place
            .split_once("\n--- wrong\n")
            .context("no `--- wrong`")?;
        defect.places.push((right.to_owned(), wrong.to_owned()));
    }
    if defect.title.is_empty() || defect.file.is_empty() || defect.found_by.is_empty() {
        bail!("it needs a title, a file and a found-by");
    }
    Ok(defect)
}

fn found_by(value: &str) -> anyhow::Result<(Source, String)> {
    let (source, name) = value.split_once(' ').context("found-by: source and name")?;
    let source = match source {
        "lint" => Source::Lint,
        "test" => Source::Test,
        "attack" => Source::Attack,
        other => bail!("unknown source {other:?}"),
    };
    Ok((source, name.to_owned()))
}

/// The whole catalogue that the program carries.
pub fn load() -> anyhow::Result<Vec<Defect>> {
    let mut all = Vec::new();
    for (path, text) in crate::embedded::DEFECTS {
        all.extend(parse(text).with_context(|| (*path).to_owned())?);
    }
    Ok(all)
}

/// Four to nine defects for a run, of every kind at least one; another choice for every run.
pub fn select(catalogue: &[Defect], seed: u64, run: u64) -> Vec<&Defect> {
    let mut random = Random::new(seed, run);
    let wanted = 4 + random.below(6);
    let mut rest: Vec<&Defect> = catalogue.iter().collect();
    random.shuffle(&mut rest);
    let mut chosen = Vec::new();
    for source in [Source::Lint, Source::Test, Source::Attack] {
        if let Some(place) = rest
            .iter()
            .position(|defect| defect.source() == Some(source))
        {
            chosen.push(rest.remove(place));
        }
    }
    chosen.extend(rest.into_iter().take(wanted.saturating_sub(chosen.len())));
    chosen
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn clean(file: &str) -> &'static str {
        let found = crate::embedded::crate_files().find(|(path, _)| *path == file);
        found.unwrap_or_else(|| panic!("no {file}")).1
    }

    #[test]
    fn every_defect_can_be_planted_and_undone() {
        for defect in load().unwrap() {
            let right = clean(&defect.file);
            let id = &defect.id;
            assert_eq!(
                defect.patch(right),
                None,
                "{id} is said to be in the clean crate"
            );
            let wrong = defect
                .planted(right)
                .unwrap_or_else(|| panic!("{id} does not apply"));
            assert_ne!(wrong, right, "{id} changes nothing");
            let edits = defect
                .patch(&wrong)
                .unwrap_or_else(|| panic!("{id} cannot be undone"));
            assert_eq!(edits::apply(&wrong, &edits).as_deref(), Some(right), "{id}");
        }
    }

    /// Whichever are chosen together: planting them never hides one from another.
    #[test]
    fn all_defects_fit_into_the_crate_together() {
        let all = load().unwrap();
        let files: BTreeSet<&str> = all.iter().map(|defect| defect.file.as_str()).collect();
        for file in files {
            let here: Vec<&Defect> = all.iter().filter(|defect| defect.file == file).collect();
            let mut text = clean(file).to_owned();
            for defect in &here {
                text = defect
                    .planted(&text)
                    .unwrap_or_else(|| panic!("{}", defect.id));
            }
            for defect in &here {
                let edits = defect
                    .patch(&text)
                    .unwrap_or_else(|| panic!("{}", defect.id));
                text = edits::apply(&text, &edits).unwrap_or_else(|| panic!("{}", defect.id));
            }
            assert_eq!(text, clean(file), "{file}");
        }
    }

    #[test]
    fn every_finder_is_a_test_or_property_of_the_crate() {
        let sources: String = crate::embedded::crate_files()
            .map(|(_, text)| text)
            .collect();
        for defect in load().unwrap() {
            for (source, name) in &defect.found_by {
                let function = name.rsplit("::").next().unwrap_or_default();
                let known = match source {
                    Source::Lint => true,
                    Source::Test => sources.contains(&format!("fn {function}()")),
                    Source::Attack => ["critical", "high", "medium"]
                        .iter()
                        .any(|severity| sources.contains(&format!("{name} {severity} \""))),
                };
                assert!(known, "{}: {name}", defect.id);
            }
        }
    }

    #[test]
    fn ids_are_unique() {
        let all = load().unwrap();
        let ids: BTreeSet<&str> = all.iter().map(|defect| defect.id.as_str()).collect();
        assert_eq!(ids.len(), all.len());
    }

    #[test]
    fn selections_differ_and_hold_every_kind() {
        let all = load().unwrap();
        let mut seen = BTreeSet::new();
        for run in 1..=200 {
            let chosen = select(&all, 7, run);
            assert!((4..=9).contains(&chosen.len()), "{}", chosen.len());
            for source in [Source::Lint, Source::Test, Source::Attack] {
                assert!(
                    chosen.iter().any(|defect| defect.source() == Some(source)),
                    "run {run}: {source:?}"
                );
            }
            let ids: BTreeSet<&str> = chosen.iter().map(|defect| defect.id.as_str()).collect();
            assert_eq!(ids.len(), chosen.len(), "one twice in run {run}");
            assert!(seen.insert(ids), "run {run} repeats another");
        }
        assert_eq!(select(&all, 7, 1), select(&all, 7, 1));
    }

    #[test]
    fn what_cannot_be_read_names_the_defect() {
        let rows = [
            ("=== one\ntitle: a\n", "one"),
            (
                "=== two\ntitle: a\nfile: b\nfound-by: lint x\n--- right\na\n--- end\n",
                "two",
            ),
            (
                "=== three\nfile: b\nfound-by: lint x\n--- right\na\n--- wrong\nb\n--- end\n",
                "three",
            ),
            (
                "=== four\nfound-by: rumour x\n--- right\na\n--- wrong\nb\n--- end\n",
                "four",
            ),
            (
                "=== five\nwhat is this\n--- right\na\n--- wrong\nb\n--- end\n",
                "five",
            ),
        ];
        for (text, id) in rows {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(id), "{error}");
        }
    }
}
