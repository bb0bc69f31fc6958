//! What was found: counted a pass, and listed once however often it is seen.

use loopscope_event::{Dialect, Event, Fact, Finding, Phase, Severities, Severity, StepFact};

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

    /// What an attack found in all.
    pub(crate) fn count_attack(&mut self, count: u64, step: &StepFact, event: &Event) {
        let pass = self.pass_of(event);
        let told = match event.dialect {
            Dialect::Generic => self.announced.in_pass(pass),
            _ => 0,
        };
        self.count_vulnerabilities(count.saturating_sub(told), event);
        if let Some(severities) = &step.severities {
            self.attack_severities.merge(severities);
        }
        if self.attack.is_none_or(|attack| pass >= attack.iteration) {
            self.attack = Some(Look {
                iteration: pass,
                findings: count,
                severities: step.severities.unwrap_or_default(),
            });
            self.announced.settle(pass);
            if event.dialect == Dialect::Generic {
                self.announced.count_in(pass);
            }
        }
    }

    /// A finding that an event of its own announces. A vulnerability is open from then on. Loops total what their attack
    /// steps found; who tells one by one has no other total.
    pub(crate) fn count_finding(&mut self, finding: &Finding, event: &Event) {
        let severity = finding.severity.unwrap_or(Severity::Info);
        if finding.attack {
            let pass = self.pass_of(event);
            if self.attack.is_none_or(|attack| pass >= attack.iteration) {
                self.announced.add(severity, pass);
            }
            if event.dialect == Dialect::Generic {
                self.count_vulnerabilities(1, event);
            }
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

    fn count_vulnerabilities(&mut self, count: u64, event: &Event) {
        let row = self.rows.entry(self.pass_of(event), event.timestamp);
        add(&mut row.vulnerabilities, Some(count));
        let total = &mut self.counted.total_vulnerabilities;
        *total = total.saturating_add(count);
    }

    /// Lists a finding. What was announced and is listed by a step as well is counted with the step.
    pub(crate) fn list_finding(&mut self, finding: &Finding, event: &Event, in_step: bool) {
        let pass = self.pass_of(event);
        let announced = u32::from(finding.attack && !in_step);
        if let Some((severity, count)) = self.findings.see(finding, pass, announced) {
            self.announced.take_back(severity, count);
        }
        if !in_step {
            self.count_finding(finding, event);
        }
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

/// Vulnerabilities that events of their own announced, and that no attack step has made out of date since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Announced {
    /// The newest pass that announced any.
    iteration: u32,
    /// In that pass.
    now: Severities,
    /// In passes before it.
    before: Severities,
}

impl Announced {
    /// All of them.
    pub(crate) fn all(&self) -> Severities {
        let mut all = self.before;
        all.merge(&self.now);
        all
    }

    /// How many this pass announced.
    fn in_pass(&self, pass: u32) -> u64 {
        if pass == self.iteration {
            self.now.total()
        } else {
            0
        }
    }

    fn add(&mut self, severity: Severity, pass: u32) {
        if pass > self.iteration {
            self.iteration = pass;
            self.before = self.all();
            self.now = Severities::default();
        }
        let place = if pass == self.iteration {
            &mut self.now
        } else {
            &mut self.before
        };
        place.add(severity, 1);
    }

    /// An attack of this pass has said what there is: what earlier passes announced is out of date.
    fn settle(&mut self, pass: u32) {
        self.before = Severities::default();
        if self.iteration < pass {
            self.now = Severities::default();
        }
    }

    /// An attack of this pass has counted what was announced in it.
    fn count_in(&mut self, pass: u32) {
        if self.iteration == pass {
            self.now = Severities::default();
        }
    }

    fn take_back(&mut self, severity: Severity, count: u32) {
        let count = u64::from(count);
        let left = count.saturating_sub(self.now.get(severity));
        self.now = without(&self.now, severity, count);
        self.before = without(&self.before, severity, left);
    }
}

/// The counts, less some of one severity.
fn without(counts: &Severities, severity: Severity, less: u64) -> Severities {
    let mut rest = Severities::default();
    for each in Severity::ALL {
        let less = if *each == severity { less } else { 0 };
        rest.add(*each, counts.get(*each).saturating_sub(less));
    }
    rest
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

    /// Notes a sighting; one that `announced` it says 1, one by a step 0. Gives back what was announced of it before a
    /// step saw it: its severity, and how often.
    pub(crate) fn see(
        &mut self,
        finding: &Finding,
        iteration: u32,
        announced: u32,
    ) -> Option<(Severity, u32)> {
        let key = fingerprint(finding);
        if let Some(row) = self.open.get_mut(&key) {
            let severity = row.finding.severity.unwrap_or(Severity::Info);
            let by_step = finding.attack && announced == 0;
            // What an earlier pass announced has been settled by this one's attack.
            let is_counted = row.last_seen >= iteration;
            let before = if by_step {
                std::mem::take(&mut row.announced)
            } else {
                0
            };
            row.see(finding, iteration);
            row.announced = row.announced.saturating_add(announced);
            return (is_counted && before > 0).then_some((severity, before));
        }
        if let Some(mut row) = self.fixed.remove(&key) {
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
            row.announced = announced;
            rows.insert(key, row);
        } else if self.len() < MAX_FINDINGS || self.make_room() {
            let mut row = FindingRow::new(finding, iteration);
            row.announced = announced;
            self.open.insert(key, row);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
        None
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
            announced: 0,
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
