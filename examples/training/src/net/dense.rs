//! A layer: weights, their gradients, and what Adam remembers of them. In: numbers. Out: weighted sums.

use crate::random::Random;

/// A layer in which everything is joined to everything. The bias is the last weight of each row.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    pub(super) inputs: usize,
    pub(super) weights: Vec<f64>,
    pub(super) slopes: Vec<f64>,
    means: Vec<f64>,
    squares: Vec<f64>,
}

impl Dense {
    pub(super) fn new(inputs: usize, outputs: usize, scale: f64, random: &mut Random) -> Self {
        let spread = scale / (inputs as f64).sqrt();
        let count = (inputs + 1) * outputs;
        Self {
            inputs,
            weights: (0..count).map(|_| random.normal() * spread).collect(),
            slopes: vec![0.0; count],
            means: vec![0.0; count],
            squares: vec![0.0; count],
        }
    }

    pub(super) fn sums(&self, input: &[f64]) -> Vec<f64> {
        let rows = self.weights.chunks_exact(self.inputs + 1);
        rows.map(|row| {
            let (bias, weights) = row.split_last().unwrap_or((&0.0, &[]));
            bias + weights
                .iter()
                .zip(input)
                .map(|(weight, x)| weight * x)
                .sum::<f64>()
        })
        .collect()
    }

    /// Adds to the gradients; gives the gradient of the input.
    pub(super) fn backward(&mut self, input: &[f64], slope: &[f64]) -> Vec<f64> {
        let mut back = vec![0.0; self.inputs];
        let rows = self.weights.chunks_exact(self.inputs + 1);
        let slopes = self.slopes.chunks_exact_mut(self.inputs + 1);
        for ((row, slopes), slope) in rows.zip(slopes).zip(slope) {
            for (index, x) in input.iter().enumerate() {
                slopes[index] += slope * x;
                back[index] += slope * row[index];
            }
            slopes[self.inputs] += slope;
        }
        back
    }

    /// One step of Adam, the `count`th.
    pub(super) fn step(&mut self, rate: f64, count: i32) {
        const KEEP: (f64, f64) = (0.9, 0.999);
        let (first, second) = (1.0 - KEEP.0.powi(count), 1.0 - KEEP.1.powi(count));
        for index in 0..self.weights.len() {
            let slope = self.slopes[index];
            self.means[index] = KEEP.0 * self.means[index] + (1.0 - KEEP.0) * slope;
            self.squares[index] = KEEP.1 * self.squares[index] + (1.0 - KEEP.1) * slope * slope;
            let mean = self.means[index] / first;
            self.weights[index] -= rate * mean / ((self.squares[index] / second).sqrt() + 1e-8);
        }
    }
}
