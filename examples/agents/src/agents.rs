//! The agents, each with one task. In: the shelf. Out: what each found and how much of its reading it could do.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use common::threads::Stop;

use crate::find::count::{self, Count};
use crate::find::{docs, long, notes, twins};
use crate::finding::{Finding, Kind};
use crate::options::Options;
use crate::scan::Language;
use crate::shelf::{Book, Shelf};
use crate::teller::Teller;

/// An agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agent {
    /// Its id, the same in every round.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Its task, as a sentence.
    pub task: &'static str,
    /// What it finds; the one who counts finds nothing.
    pub finds: Option<Kind>,
    /// What it reads; all languages where nothing is named.
    pub reads: &'static [Language],
}

/// The crew.
pub const CREW: [Agent; 5] = [
    Agent {
        id: "counter",
        name: "Counter",
        task: "Count lines and items",
        finds: None,
        reads: &[],
    },
    Agent {
        id: "yardstick",
        name: "Yardstick",
        task: "Find long functions",
        finds: Some(Kind::LongFunction),
        reads: long::LANGUAGES,
    },
    Agent {
        id: "notebook",
        name: "Notebook",
        task: "Find notes that something is left to do",
        finds: Some(Kind::Note),
        reads: &[],
    },
    Agent {
        id: "twins",
        name: "Twins",
        task: "Find the same lines in several places",
        finds: Some(Kind::Duplicate),
        reads: twins::LANGUAGES,
    },
    Agent {
        id: "librarian",
        name: "Librarian",
        task: "Find public items without documentation",
        finds: Some(Kind::Undocumented),
        reads: docs::LANGUAGES,
    },
];

/// What came of a task.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Files that were to be read.
    pub meant: usize,
    /// Those of them that were read whole.
    pub read: usize,
    /// Lines of those.
    pub lines: usize,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What was counted, by language.
    pub counts: BTreeMap<Language, Count>,
    /// Public items that were looked at.
    pub public: usize,
    /// Whether it was done to its end.
    pub is_whole: bool,
    /// How long it took.
    pub took: Duration,
}

impl Report {
    /// The share of the files that were read whole, in percent; `None` where there was nothing to read.
    pub fn quality(&self) -> Option<f64> {
        (self.meant > 0).then(|| 100.0 * self.read as f64 / self.meant as f64)
    }
}

impl Agent {
    /// Does its task, and tells its beginning, its errors and its end.
    pub fn work(&self, books: &Shelf, options: &Options, teller: &Teller, stop: &Stop) -> Report {
        teller.agent_started(self);
        let started = Instant::now();
        let mut report = self.read(books, options, teller, stop);
        report.took = started.elapsed();
        teller.agent_completed(self, &report);
        report
    }

    fn read(&self, books: &Shelf, options: &Options, teller: &Teller, stop: &Stop) -> Report {
        let mut report = Report::default();
        let mut held = Vec::new();
        for (place, file) in books.tree().files.iter().enumerate() {
            if !self.reads.is_empty() && !self.reads.contains(&file.language) {
                continue;
            }
            report.meant += 1;
            if stop.is_asked() {
                continue;
            }
            match books.take(place) {
                (Ok(book), _) => {
                    report.read += 1;
                    report.lines += book.lines.len();
                    self.look(&book, options, &mut report);
                    held.push(book);
                }
                (Err(unread), true) => teller.error(self.name, unread.kind, &unread.why),
                (Err(_), false) => {}
            }
            stop.rest(options.pace);
        }
        if self.finds == Some(Kind::Duplicate) {
            let books: Vec<&Book> = held.iter().map(AsRef::as_ref).collect();
            report.findings = twins::find(&books, usize::from(options.twins));
        }
        report.is_whole = !stop.is_asked();
        report
    }

    fn look(&self, book: &Book, options: &Options, report: &mut Report) {
        match self.finds {
            None => *report.counts.entry(book.file.language).or_default() += count::count(book),
            Some(Kind::LongFunction) => report.findings.extend(long::find(book, options.long)),
            Some(Kind::Note) => report.findings.extend(notes::find(book)),
            Some(Kind::Undocumented) => {
                let (findings, public) = docs::find(book);
                report.findings.extend(findings);
                report.public += public;
            }
            // Needs all books at once.
            Some(Kind::Duplicate) => {}
        }
    }
}
