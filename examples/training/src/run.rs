//! One run: batches of episodes, in each of which every plot grows under the policy, which then learns. In: options and
//! a seed. Out: the run as events; what the policy came to.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use common::threads::Stop;
use jiff::Timestamp;

use crate::contribution;
use crate::field::{Field, SLOTS};
use crate::frame::Frames;
use crate::hub::Hub;
use crate::options::Options;
use crate::plot::Plot;
use crate::policy::Policy;
use crate::ppo::{self, Spread, Step};
use crate::random::Random;
use crate::teller::{Batch, Teller};

/// Batches over which the accuracy is averaged.
const ROLLING: usize = 5;

/// A run.
#[derive(Debug)]
pub struct Run<'a> {
    options: &'a Options,
    seed: u64,
    id: String,
    teller: Teller<'a>,
    policy: Policy,
    random: Random,
    rolling: VecDeque<f64>,
    updates: u32,
}

impl<'a> Run<'a> {
    /// A run from a seed, told to a hub.
    pub fn new(options: &'a Options, seed: u64, hub: &'a Hub) -> Self {
        let mut random = Random::new(seed, 0);
        let now = Timestamp::now().strftime("%Y%m%dT%H%M%S%.3f");
        let id = format!("graft-{seed}-{now}");
        let frames = Frames::new(options.group.clone(), options.python_json, id.clone());
        Self {
            options,
            seed,
            id,
            teller: Teller::new(hub, frames),
            policy: Policy::new(&mut random),
            random,
            rolling: VecDeque::new(),
            updates: 0,
        }
    }

    /// Runs it to its end, or until it is asked to stop; gives the mean accuracy of each batch, in percent.
    pub fn go(mut self, stop: &Stop) -> Vec<f64> {
        let host = Field::new(Random::new(self.seed, 1)).host.parameters();
        self.teller.started(self.options, self.seed, &self.id, host);
        let mut means = Vec::new();
        for number in 1..=self.options.batches {
            let Some(accuracy) = self.batch(number, stop) else {
                break;
            };
            eprintln!("seed {}, batch {number}: {accuracy:.1} %", self.seed);
            means.push(accuracy);
        }
        means
    }

    /// One batch; `None` where it was broken off.
    fn batch(&mut self, number: u32, stop: &Stop) -> Option<f64> {
        let envs = usize::from(self.options.envs);
        let first = (number - 1) * u32::from(self.options.envs);
        let seeds: Vec<u64> = (0..envs).map(|_| self.random.number()).collect();
        let plot =
            |(env, seed): (usize, &u64)| Plot::new(env, self.options.epochs, Random::new(*seed, 0));
        let mut plots: Vec<Plot> = seeds.iter().enumerate().map(plot).collect();
        let mut steps: Vec<Vec<Step>> = vec![Vec::new(); envs];
        let mut batch = Batch {
            number,
            episodes: first + u32::from(self.options.envs),
            ..Batch::default()
        };
        let mut worked = Duration::ZERO;
        for _ in 0..self.options.epochs {
            let started = Instant::now();
            for (env, (plot, steps)) in (0_u32..).zip(plots.iter_mut().zip(&mut steps)) {
                self.epoch(first, env, plot, steps, &mut batch);
            }
            worked += started.elapsed();
            if stop.rest(self.options.pace) {
                return None;
            }
        }
        for (env, plot) in (0_u32..).zip(&plots) {
            let started = Instant::now();
            let rows = contribution::matrix(&plot.field);
            let took_ms = started.elapsed().as_secs_f64() * 1e3;
            self.teller
                .contributions(env as usize, number, &rows, took_ms);
            self.teller.outcome(env as usize, first + env, plot);
        }
        let epochs = f64::from(self.options.epochs) * envs as f64;
        let seconds = worked.as_secs_f64();
        batch.speed = (
            Field::points() as f64 * epochs / seconds,
            1e3 * seconds / epochs,
        );
        self.close(batch, &plots, &steps)
    }

    /// An epoch of one plot, and what the policy does after it.
    fn epoch(
        &mut self,
        first: u32,
        env: u32,
        plot: &mut Plot,
        steps: &mut Vec<Step>,
        batch: &mut Batch,
    ) {
        let id = env as usize;
        let (rollback, opened) = plot.grow();
        if let Some(rollback) = &rollback {
            batch.rollbacks += 1;
            self.teller.rollback(id, plot, rollback);
        }
        let (_, host) = plot.field.judge([false; SLOTS.len()]);
        self.teller.epoch(id, first + env, plot, host);
        self.teller.happenings(id, plot);
        if opened {
            self.teller.stable(id, plot);
        }
        let earned = plot.earned();
        if let Some(last) = steps.last_mut() {
            last.reward += earned;
        }
        let action = self
            .policy
            .act(plot.features(), plot.allowed(), &mut self.random);
        batch.ops[action.op()] += 1;
        let (is_done, reward) = plot.act(&action);
        self.teller.action(id, plot, &action, is_done);
        self.teller.happenings(id, plot);
        steps.push(Step { action, reward });
    }

    /// The policy learns, and the batch is told.
    fn close(&mut self, mut batch: Batch, plots: &[Plot], steps: &[Vec<Step>]) -> Option<f64> {
        batch.accuracies = plots.iter().map(|plot| plot.epoch.accuracy).collect();
        batch.rewards = plots.iter().map(|plot| plot.reward).collect();
        batch.seeds = [0, 1].map(|which| plots.iter().map(|plot| plot.counts[which]).sum());
        let accuracy = Spread::of(&batch.accuracies).mean;
        batch.rolling_before = self.mean();
        self.rolling.push_back(accuracy);
        if self.rolling.len() > ROLLING {
            self.rolling.pop_front();
        }
        batch.rolling = self.mean()?;
        let update = ppo::update(&mut self.policy, steps);
        self.updates += u32::from(update.skipped.is_none());
        self.teller
            .update(&batch, self.options, &update, self.updates);
        self.teller.batch(&batch, self.options, &update);
        Some(accuracy)
    }

    fn mean(&self) -> Option<f64> {
        let count = self.rolling.len() as f64;
        (count > 0.0).then(|| self.rolling.iter().sum::<f64>() / count)
    }
}
