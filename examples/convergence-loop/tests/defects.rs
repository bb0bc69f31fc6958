//! The catalogue against the real tools: every planted defect is found, and undoing it leaves the crate clean.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::time::Duration;

use clap::Parser;
use convergence_loop::bus::Bus;
use convergence_loop::cargo::Cargo;
use convergence_loop::catalogue::{self, Defect};
use convergence_loop::finding::Source;
use convergence_loop::helm::Helm;
use convergence_loop::options::Options;
use convergence_loop::session::{Outcome, Session};
use convergence_loop::steps::Bench;
use convergence_loop::teller::Teller;
use convergence_loop::workshop::Workshop;
use serde_json::Value;

/// A bench of its own for a test.
struct Bay {
    workshop: Workshop,
    cargo: Cargo,
    catalogue: Vec<Defect>,
}

impl Bay {
    async fn open() -> Self {
        let workshop = Workshop::open().unwrap();
        std::fs::create_dir_all(workshop.build_folder()).unwrap();
        let limit = Duration::from_mins(5);
        let cargo = Cargo::find(workshop.crate_folder(), workshop.build_folder(), limit);
        Self {
            cargo: cargo.await.unwrap(),
            catalogue: catalogue::load().unwrap(),
            workshop,
        }
    }

    /// Plants the defects, runs a session, and checks that it converged and that nothing of them is left. Gives the
    /// sources and types of all that was found.
    async fn heal(&self, defects: &[&Defect], flags: &[&str]) -> BTreeSet<(String, String)> {
        let (outcome, found) = self.session(defects, flags).await;
        assert_eq!(outcome, Outcome::Converged);
        for defect in defects {
            let text = self.workshop.read(&defect.file).unwrap();
            assert_eq!(defect.patch(&text), None, "{} was never found", defect.id);
        }
        found
    }

    async fn session(
        &self,
        defects: &[&Defect],
        flags: &[&str],
    ) -> (Outcome, BTreeSet<(String, String)>) {
        self.workshop.prepare(defects).unwrap();
        let flags = [&["loop", "--pace", "0", "--cases", "2000"], flags].concat();
        let options = Options::parse_from(flags);
        let bus = Bus::new();
        let mut frames = bus.listen();
        let teller = Teller::new(bus, "test");
        let bench = Bench {
            cargo: &self.cargo,
            workshop: &self.workshop,
            catalogue: &self.catalogue,
            teller: &teller,
            helm: &Helm::new(),
            options: &options,
        };
        let outcome = Session::new(bench, 11, 1).run().await;
        let mut found = BTreeSet::new();
        while let Ok(frame) = frames.try_recv() {
            let event: Value = serde_json::from_str(&frame.text).unwrap();
            for finding in event["data"]["findings"].as_array().into_iter().flatten() {
                let word = |key: &str| finding[key].as_str().unwrap().to_owned();
                found.insert((word("source"), word("type")));
            }
        }
        (outcome, found)
    }
}

fn explained(defect: &Defect, found: &BTreeSet<(String, String)>) -> bool {
    defect
        .found_by
        .iter()
        .any(|finder| found.contains(&named(finder)))
}

/// A finder as the feed names it.
fn named((source, name): &(Source, String)) -> (String, String) {
    (format!("{source:?}").to_lowercase(), name.clone())
}

#[tokio::test]
async fn the_clean_crate_converges_at_once() {
    let bay = Bay::open().await;
    let found = bay.heal(&[], &["--max-iterations", "1"]).await;
    assert_eq!(found, BTreeSet::new());
}

#[tokio::test]
async fn every_defect_is_found_and_healed_among_all_others() {
    let bay = Bay::open().await;
    let all: Vec<&Defect> = bay.catalogue.iter().collect();
    let flags = ["--fixes-per-iteration", "24", "--max-iterations", "30"];
    let found = bay.heal(&all, &flags).await;
    for defect in all {
        assert!(
            explained(defect, &found),
            "{} is found by nothing of its own",
            defect.id
        );
    }
}

#[tokio::test]
async fn a_selection_as_in_a_run_is_healed() {
    let bay = Bay::open().await;
    let chosen = catalogue::select(&bay.catalogue, 5, 1);
    let found = bay.heal(&chosen, &[]).await;
    for defect in chosen {
        assert!(
            explained(defect, &found),
            "{} is found by nothing of its own",
            defect.id
        );
    }
}

/// The catalogue names everything that shows a defect, and nothing else: otherwise a finding could be left without
/// a fix, or be answered by the wrong one.
#[tokio::test]
#[ignore = "takes minutes; for those who add to the catalogue"]
async fn every_defect_shows_as_the_catalogue_says() {
    let bay = Bay::open().await;
    for defect in &bay.catalogue {
        let flags = ["--max-iterations", "1", "--fixes-per-iteration", "0"];
        let (_, found) = bay.session(&[defect], &flags).await;
        let known: BTreeSet<_> = defect.found_by.iter().map(named).collect();
        let compiles = !found.iter().any(|(_, name)| name.starts_with('E'));
        if compiles {
            assert_eq!(found, known, "{}", defect.id);
        } else {
            assert!(explained(defect, &found), "{}", defect.id);
        }
    }
}
