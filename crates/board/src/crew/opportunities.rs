//! Proposals worth a person's time. One that is found again, by its id, is the same: the newest word of it counts.

use std::collections::VecDeque;

use loopscope_event::{Event, Opportunity};
use loopscope_protocol::OpportunityRow;
use serde::{Deserialize, Serialize};

use crate::limits::{MAX_OPPORTUNITIES, MAX_OPPORTUNITY_TEXTS_BYTES};

/// The proposals, in the order of their finding.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Opportunities {
    rows: VecDeque<OpportunityRow>,
    discovered: u64,
    left_out: u64,
    /// Bytes of the descriptions that are kept.
    texts_bytes: usize,
}

impl Opportunities {
    /// The newest thousand, oldest first. Older ones are without their description where all of them are long.
    pub const fn rows(&self) -> &VecDeque<OpportunityRow> {
        &self.rows
    }

    /// The newest so many, newest first.
    pub fn newest(&self, most: usize) -> impl Iterator<Item = &OpportunityRow> {
        self.rows.iter().rev().take(most)
    }

    /// How often one was found, the same again included.
    pub const fn discovered(&self) -> u64 {
        self.discovered
    }

    /// Those that are no longer listed.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) fn take(&mut self, fact: &Opportunity, event: &Event) {
        self.discovered = self.discovered.saturating_add(1);
        let mut row = OpportunityRow {
            opportunity: fact.clone(),
            found_at: event.timestamp,
            seq: event.seq,
        };
        let known = self
            .rows
            .iter()
            .rposition(|row| row.opportunity.id == fact.id);
        if let Some(former) = known.and_then(|index| self.rows.remove(index)) {
            self.texts_bytes = self.texts_bytes.saturating_sub(text_bytes(&former));
            row.found_at = former.found_at;
        } else if self.rows.len() >= MAX_OPPORTUNITIES
            && let Some(oldest) = self.rows.pop_front()
        {
            self.texts_bytes = self.texts_bytes.saturating_sub(text_bytes(&oldest));
            self.left_out = self.left_out.saturating_add(1);
        }
        self.texts_bytes = self.texts_bytes.saturating_add(text_bytes(&row));
        self.rows.push_back(row);
        for row in &mut self.rows {
            if self.texts_bytes <= MAX_OPPORTUNITY_TEXTS_BYTES {
                break;
            }
            self.texts_bytes = self.texts_bytes.saturating_sub(text_bytes(row));
            row.opportunity.description = None;
        }
    }
}

fn text_bytes(row: &OpportunityRow) -> usize {
    row.opportunity.description.as_ref().map_or(0, String::len)
}
