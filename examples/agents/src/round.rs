//! One round: all agents at once, the second look, the proposals. In: the tree as it is now. Out: events, and what the
//! next round remembers.

use std::collections::HashMap;
use std::io;
use std::thread;
use std::time::Instant;

use common::threads::Stop;
use serde_json::{Map, Value, json};

use crate::agents::{Agent, CREW, Report};
use crate::finding::Kind;
use crate::options::Options;
use crate::quality::{Quality, share};
use crate::shelf::Shelf;
use crate::synthesis::{self, Checked, Proposal};
use crate::teller::Teller;
use crate::tree::Tree;
use crate::verify::SecondLook;

/// What is remembered from round to round.
#[derive(Debug, Default)]
pub struct Memory {
    /// Rounds that were begun.
    pub rounds: u64,
    /// Proposals as they were told last.
    told: HashMap<String, Proposal>,
    /// Each agent's tasks and the sum of their quality, from 0 to 1 each.
    standing: HashMap<&'static str, (u64, f64)>,
}

/// Runs a round; an error when the tree itself cannot be listed.
pub fn run(options: &Options, teller: &Teller, stop: &Stop, memory: &mut Memory) -> io::Result<()> {
    memory.rounds += 1;
    let tree = Tree::list(&options.tree)?;
    for (path, why) in &tree.unlisted {
        teller.error("tree", "NotListed", &format!("{path}: {why}"));
    }
    let shelf = Shelf::new(&tree);
    let reports: Vec<(Agent, Report)> = thread::scope(|scope| {
        let started = CREW.map(|agent| {
            let shelf = &shelf;
            (
                agent,
                scope.spawn(move || agent.work(shelf, options, teller, stop)),
            )
        });
        let ended = started.into_iter();
        ended
            .map(|(agent, thread)| (agent, thread.join().unwrap_or_default()))
            .collect()
    });
    if stop.is_asked() {
        return Ok(());
    }
    let checked = second_look(options, teller, &reports);
    propose(options, teller, &checked, memory);
    standing(teller, &reports, &checked, memory);
    quality(teller, &reports, &checked, memory.rounds);
    Ok(())
}

fn second_look(options: &Options, teller: &Teller, reports: &[(Agent, Report)]) -> Vec<Checked> {
    let phase = "second look";
    teller.synthesis_started(
        phase,
        "Read the places of all findings again, and see whether they hold",
    );
    let started = Instant::now();
    let mut look = SecondLook::new(&options.tree, options.long);
    let mut checked = Vec::new();
    for (agent, report) in reports {
        for finding in &report.findings {
            let held = look.check(finding);
            if let Err(why) = &held {
                teller.error(agent.name, "FindingDoesNotHold", why);
            }
            checked.push(Checked {
                finding: finding.clone(),
                holds: held.is_ok(),
            });
        }
    }
    let kinds = Kind::ALL
        .iter()
        .filter(|kind| count(&checked, **kind).1 > 0);
    teller.synthesis_completed(phase, started.elapsed(), kinds.count());
    checked
}

fn propose(options: &Options, teller: &Teller, checked: &[Checked], memory: &mut Memory) {
    let phase = "proposals";
    teller.synthesis_started(
        phase,
        "Put together what belongs together, and propose what to do",
    );
    let started = Instant::now();
    let found = synthesis::propose(checked, options.proposals);
    teller.synthesis_completed(phase, started.elapsed(), found.patterns);
    for proposal in found.proposals {
        // What was told and is as it was is no discovery.
        if memory.told.get(&proposal.id) != Some(&proposal) {
            teller.opportunity(&proposal, memory.rounds);
            memory.told.insert(proposal.id.clone(), proposal);
        }
    }
}

fn standing(
    teller: &Teller,
    reports: &[(Agent, Report)],
    checked: &[Checked],
    memory: &mut Memory,
) {
    for (agent, report) in reports {
        let (found, held) = agent.finds.map_or((0, 0), |kind| count(checked, kind));
        let quality = report
            .quality()
            .map(|read| read * share(held, found) / 100.0);
        teller.outcome(agent, report, memory.rounds, quality);
        let Some(quality) = quality else { continue };
        let (tasks, sum) = memory.standing.entry(agent.id).or_default();
        let old = (*tasks > 0).then(|| *sum / *tasks as f64);
        *tasks += 1;
        *sum += quality / 100.0;
        let new = *sum / *tasks as f64;
        teller.reputation(agent, old.unwrap_or(new), new, *tasks);
    }
}

fn quality(teller: &Teller, reports: &[(Agent, Report)], checked: &[Checked], round: u64) {
    let of = |kind: Option<Kind>| {
        let mut reports = reports.iter();
        reports
            .find(|(agent, _)| agent.finds == kind)
            .map(|(_, report)| report)
    };
    // The one who looks at documentation reads the fewest languages.
    let Some((counter, deepest)) = of(None).zip(of(Some(Kind::Undocumented))) else {
        return;
    };
    let held = checked.iter().filter(|one| one.holds).count();
    let quality = Quality::measure(counter, deepest, checked.len(), held);
    let mut metrics = Map::new();
    let mut set = |name: &str, value: usize| metrics.insert(name.to_owned(), Value::from(value));
    set("lines", counter.lines);
    set("files", counter.read);
    set(
        "items",
        counter.counts.values().map(|count| count.items).sum(),
    );
    set("public_items", deepest.public);
    for kind in Kind::ALL {
        set(&format!("findings/{}", kind.name()), count(checked, kind).0);
    }
    let weight = |one: &&Checked| one.holds && one.finding.kind == Kind::Duplicate;
    let duplicates = checked.iter().filter(weight);
    set(
        "lines_to_save",
        duplicates.map(|one| one.finding.weight).sum(),
    );
    for (agent, report) in reports {
        let name = format!("duration_ms/{}", agent.id);
        metrics.insert(name, json!(report.took.as_secs_f64() * 1000.0));
    }
    teller.quality(&quality, round, &metrics);
}

/// How many of a kind were found, and how many of them held.
fn count(checked: &[Checked], kind: Kind) -> (usize, usize) {
    let mut of_kind = (0, 0);
    for one in checked.iter().filter(|one| one.finding.kind == kind) {
        of_kind.0 += 1;
        of_kind.1 += usize::from(one.holds);
    }
    of_kind
}
