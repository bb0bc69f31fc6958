//! What was found: counted a pass, and listed once however often it is seen.

use loopscope_event::{Event, Fact, Finding, Phase, Severities, Severity, StepFact};

use crate::Board;
use crate::board::Look;
use crate::limits::MAX_FINDINGS;
use crate::lists::{FindingRow, Findings};
use crate::rows::add;

impl Board {
    /// What a look found.
    pub(crate) fn count_findings(&mut self, count: u64, step: &StepFact, event: &Event) {
        let row = self.rows.entry(self.pass_of(event), event.timestamp);
        add(&mut row.findings, Some(count));
        self.counted.total_findings = self.counted.total_findings.saturating_add(count);
        if let Some(severities) = &step.severities {
            row.add_severities(severities);
            self.severities.merge(severities);
        }
        let newest = self
            .look
            .is_none_or(|look| self.pass_of(event) >= look.iteration);
        if newest {
            self.look = Some(Look {
                iteration: self.pass_of(event),
                findings: count,
                severities: step.severities.unwrap_or_default(),
            });
        }
    }

    /// What an attack found in all; those that were announced one by one are among them.
    pub(crate) fn count_attack(&mut self, count: u64, step: &StepFact, event: &Event) {
        self.count_vulnerabilities(event, |found| {
            found.by_step = found.by_step.saturating_add(count);
        });
        if let Some(severities) = &step.severities {
            self.attack_severities.merge(severities);
        }
    }

    /// A finding that an event of its own announces.
    pub(crate) fn count_finding(&mut self, finding: &Finding, event: &Event) {
        let severity = finding.severity.unwrap_or(Severity::Info);
        if finding.attack {
            self.count_vulnerabilities(event, |found| {
                found.announced = found.announced.saturating_add(1);
            });
            self.attack_severities.add(severity, 1);
        } else {
            let mut step = StepFact::new(Phase::Completed, "");
            let mut severities = Severities::default();
            severities.add(severity, 1);
            step.severities = Some(severities);
            let look = self.look;
            self.count_findings(1, &step, event);
            self.look = look;
        }
    }

    fn count_vulnerabilities(&mut self, event: &Event, change: impl FnOnce(&mut Attack)) {
        if self.attack.iteration != self.pass_of(event) {
            self.attack = Attack {
                iteration: self.pass_of(event),
                ..Attack::default()
            };
        }
        let before = self.attack.total();
        change(&mut self.attack);
        let more = self.attack.total() - before;
        let row = self.rows.entry(self.pass_of(event), event.timestamp);
        add(&mut row.vulnerabilities, Some(more));
        let total = &mut self.counted.total_vulnerabilities;
        *total = total.saturating_add(more);
    }

    /// After a look that lists all it found: what it did not see any more is fixed.
    pub(crate) fn close_findings(&mut self, event: &Event, facts: &[Fact]) {
        let Some(Fact::Step(step)) = facts.first() else {
            return;
        };
        let attack = step.name == "attack";
        if step.phase != Phase::Completed || !(attack || step.name == "diagnose") {
            return;
        }
        let count = if attack {
            step.counts.vulnerabilities
        } else {
            step.counts.findings
        };
        let listed = facts
            .iter()
            .filter(|fact| matches!(fact, Fact::Finding(_)))
            .count();
        if count == Some(listed as u64) {
            self.findings.close(Some(attack), self.pass_of(event));
        }
    }
}

/// Findings by attack of one pass: announced one by one, and summed up by the step. The larger number counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Attack {
    iteration: u32,
    announced: u64,
    by_step: u64,
}

impl Attack {
    fn total(&self) -> u64 {
        self.announced.max(self.by_step)
    }
}

impl Findings {
    /// The listed findings: open ones first, the worst first, the oldest first.
    pub fn sorted(&self) -> Vec<&FindingRow> {
        let mut rows: Vec<&FindingRow> = self.open.values().chain(self.fixed.values()).collect();
        rows.sort_by_key(|row| (row.fixed_in.is_some(), row.rank, row.first_seen));
        rows
    }

    /// Distinct findings that are listed and open.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// The same by severity; one that says none is for information.
    pub fn open_by_severity(&self) -> Severities {
        let mut open = Severities::default();
        for row in self.open.values() {
            open.add(row.finding.severity.unwrap_or(Severity::Info), 1);
        }
        open
    }

    /// Distinct findings that are listed and fixed.
    pub fn fixed(&self) -> usize {
        self.fixed.len()
    }

    /// Distinct findings that are listed.
    pub fn len(&self) -> usize {
        self.open.len() + self.fixed.len()
    }

    /// Whether none is listed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sightings of findings that there was no room for, and fixed findings that had to leave.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(crate) fn see(&mut self, finding: &Finding, iteration: u32) {
        let key = fingerprint(finding);
        if let Some(row) = self.open.get_mut(&key) {
            row.see(finding, iteration);
        } else if let Some(mut row) = self.fixed.remove(&key) {
            row.see(finding, iteration);
            let back = row.last_seen >= row.fixed_in.unwrap_or(0);
            if back {
                row.fixed_in = None;
            }
            let rows = if back {
                &mut self.open
            } else {
                &mut self.fixed
            };
            rows.insert(key, row);
        } else if self.len() < MAX_FINDINGS || self.make_room() {
            self.open.insert(key, FindingRow::new(finding, iteration));
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// Takes out an eighth of the fixed findings, those that were fixed first. `false` where none is fixed.
    fn make_room(&mut self) -> bool {
        let fixed = self.fixed.iter();
        let mut oldest: Vec<(Option<u32>, u64)> =
            fixed.map(|(key, row)| (row.fixed_in, *key)).collect();
        oldest.sort_unstable();
        oldest.truncate(oldest.len().div_ceil(8));
        for (_, key) in &oldest {
            self.fixed.remove(key);
        }
        self.left_out = self.left_out.saturating_add(oldest.len() as u64);
        !oldest.is_empty()
    }

    /// What was last seen before this pass is fixed in it; `attack` says which kind, `None`: all that is open.
    pub(crate) fn close(&mut self, attack: Option<bool>, iteration: u32) {
        let gone = |row: &FindingRow| {
            attack.is_none_or(|attack| attack == row.seen_by_attack && row.last_seen < iteration)
        };
        let open = self.open.iter();
        let keys: Vec<u64> = open
            .filter(|(_, row)| gone(row))
            .map(|(key, _)| *key)
            .collect();
        for key in keys {
            if let Some(mut row) = self.open.remove(&key) {
                row.fixed_in = Some(iteration);
                self.fixed.insert(key, row);
            }
        }
    }
}

impl FindingRow {
    fn new(finding: &Finding, iteration: u32) -> Self {
        Self {
            finding: finding.clone(),
            rank: rank(finding),
            first_seen: iteration,
            last_seen: iteration,
            fixed_in: None,
            times: 1,
            seen_by_attack: finding.attack,
        }
    }

    fn see(&mut self, finding: &Finding, iteration: u32) {
        self.times = self.times.saturating_add(1);
        self.first_seen = self.first_seen.min(iteration);
        if iteration >= self.last_seen {
            self.last_seen = iteration;
            self.seen_by_attack = finding.attack;
            let ever = self.finding.attack || finding.attack;
            self.finding.clone_from(finding);
            self.finding.attack = ever;
            self.rank = rank(&self.finding);
        }
    }
}

fn rank(finding: &Finding) -> Severity {
    finding.severity.unwrap_or(if finding.attack {
        Severity::Critical
    } else {
        Severity::Info
    })
}

/// FNV-1a over what makes a finding the same: not its line, which moves, not its severity, and not
/// whether it was found by looking or by attacking.
fn fingerprint(finding: &Finding) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |text: &str| {
        for byte in text.bytes().chain(std::iter::once(0)) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    take(finding.file.as_deref().unwrap_or_default());
    take(finding.category.as_deref().unwrap_or_default());
    take(&finding.description);
    hash
}
