//! A training run's first tab, a panel a file: how it performs, its charts, its seeds and their life, what it did.

mod cards;
mod charts;
mod lanes;
mod overview;
mod recent;
mod seeds;
mod words;

pub(super) use overview::TrainingOverview;
pub(super) use words::epoch;
