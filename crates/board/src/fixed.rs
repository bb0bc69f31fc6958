//! How far a loop has come, a pass. In: its findings. Out: per cent.

use crate::Board;

impl Board {
    /// The share of all findings seen up to each pass that were fixed by then, from the list of findings. `None` where
    /// the list is not the whole.
    pub fn fixed_of_found(&self) -> Option<Vec<Option<f64>>> {
        let findings = self.findings();
        if findings.is_empty() || findings.left_out() > 0 || self.rows().stride() > 1 {
            return None;
        }
        let looked = self.per_iteration(|row| row.findings);
        let (mut seen, mut fixed) = (vec![0_u32; looked.len()], vec![0_u32; looked.len()]);
        for row in findings.sorted() {
            // What was found before the first pass counts from the first on.
            let first = row.first_seen.saturating_sub(1) as usize;
            let fix = row.fixed_in.map(|pass| pass.saturating_sub(1) as usize);
            seen.get_mut(first).into_iter().for_each(|n| *n += 1);
            fix.and_then(|fix| fixed.get_mut(fix))
                .into_iter()
                .for_each(|n| *n += 1);
        }
        let (mut all, mut done) = (0, 0);
        let share = |(slot, found): (usize, Option<u64>)| {
            (all, done) = (all + seen[slot], done + fixed[slot]);
            found?;
            (all > 0).then(|| f64::from(done) * 100.0 / f64::from(all))
        };
        Some(looked.into_iter().enumerate().map(share).collect())
    }

    /// How many of the most findings that there ever were at once are gone, from the counts alone.
    pub fn gone_since_peak(&self) -> Vec<Option<f64>> {
        let mut peak = 0.0_f64;
        self.per_iteration(|row| row.findings)
            .into_iter()
            .map(|found| {
                let found = found? as f64;
                peak = peak.max(found);
                Some(if peak > 0.0 {
                    (1.0 - found / peak) * 100.0
                } else {
                    100.0
                })
            })
            .collect()
    }
}
