//! A network of a few layers. In: a point. Out: its output, and with what came of it the gradients of every weight.

use super::dense::Dense;
use crate::random::Random;

/// What bends the sums of a hidden layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bend {
    /// The hyperbolic tangent.
    Tanh,
    /// The sine, which goes round as spirals do.
    Sine,
}

impl Bend {
    fn of(self, sum: f64) -> f64 {
        match self {
            Self::Tanh => sum.tanh(),
            Self::Sine => sum.sin(),
        }
    }

    fn slope(self, sum: f64) -> f64 {
        match self {
            Self::Tanh => 1.0 - sum.tanh().powi(2),
            Self::Sine => sum.cos(),
        }
    }
}

/// A network; its last layer is not bent.
#[derive(Debug, Clone)]
pub struct Mlp {
    layers: Vec<Dense>,
    bend: Bend,
    steps: i32,
}

/// What a network made of a point, for the way back.
#[derive(Debug, Clone)]
pub struct Trace {
    /// What went into each layer.
    inputs: Vec<Vec<f64>>,
    /// What each layer summed up.
    sums: Vec<Vec<f64>>,
}

impl Trace {
    /// What came out.
    pub fn output(&self) -> &[f64] {
        self.sums.last().map_or(&[], Vec::as_slice)
    }
}

impl Mlp {
    /// A network of these widths, first the input's. `scale` spreads the first weights of its first layer.
    pub fn new(widths: &[usize], bend: Bend, scale: f64, random: &mut Random) -> Self {
        let pairs = widths.iter().zip(widths.iter().skip(1)).enumerate();
        let layer = |(index, (inputs, outputs)): (usize, (&usize, &usize))| {
            let scale = if index == 0 { scale } else { 1.0 };
            Dense::new(*inputs, *outputs, scale, random)
        };
        Self {
            layers: pairs.map(layer).collect(),
            bend,
            steps: 0,
        }
    }

    /// How many weights it has.
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.weights.len()).sum()
    }

    /// Makes the last layer's weights smaller, so that it begins by saying little.
    #[must_use]
    pub fn quiet(mut self, factor: f64) -> Self {
        for weight in self
            .layers
            .last_mut()
            .into_iter()
            .flat_map(|layer| &mut layer.weights)
        {
            *weight *= factor;
        }
        self
    }

    /// The output of a point, and the way there.
    pub fn forward(&self, point: &[f64]) -> Trace {
        let mut trace = Trace {
            inputs: vec![point.to_vec()],
            sums: Vec::new(),
        };
        for (index, layer) in self.layers.iter().enumerate() {
            let sums = layer.sums(&trace.inputs[index]);
            if index + 1 < self.layers.len() {
                trace
                    .inputs
                    .push(sums.iter().map(|sum| self.bend.of(*sum)).collect());
            }
            trace.sums.push(sums);
        }
        trace
    }

    /// Adds to the gradients what a gradient of the output asks for.
    pub fn backward(&mut self, trace: &Trace, slope: &[f64]) {
        let mut slope = slope.to_vec();
        for (index, layer) in self.layers.iter_mut().enumerate().rev() {
            let back = layer.backward(&trace.inputs[index], &slope);
            if let Some(below) = index.checked_sub(1) {
                let sums = trace.sums[below].iter().zip(back);
                slope = sums
                    .map(|(sum, back)| back * self.bend.slope(*sum))
                    .collect();
            }
        }
    }

    /// Forgets the gradients.
    pub fn clear(&mut self) {
        for layer in &mut self.layers {
            layer.slopes.fill(0.0);
        }
    }

    /// The gradients' length.
    pub fn gradient_norm(&self) -> f64 {
        self.gradients()
            .map(|slope| slope * slope)
            .sum::<f64>()
            .sqrt()
    }

    /// How many gradients are no numbers.
    pub fn bad_gradients(&self) -> usize {
        self.gradients().filter(|slope| !slope.is_finite()).count()
    }

    /// Shortens the gradients by a factor.
    pub fn scale_gradients(&mut self, factor: f64) {
        for slope in self.layers.iter_mut().flat_map(|layer| &mut layer.slopes) {
            *slope *= factor;
        }
    }

    /// One step down the gradients, by Adam.
    pub fn step(&mut self, rate: f64) {
        self.steps = self.steps.saturating_add(1);
        for layer in &mut self.layers {
            layer.step(rate, self.steps);
        }
    }

    fn gradients(&self) -> impl Iterator<Item = f64> {
        self.layers
            .iter()
            .flat_map(|layer| layer.slopes.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Half the square of the first output less 0.3.
    fn loss(net: &Mlp, point: &[f64]) -> f64 {
        0.5 * (net.forward(point).output()[0] - 0.3).powi(2)
    }

    proptest! {
        #[test]
        fn gradients_are_finite_differences(seed: u64, sine: bool, x in -1.0..1.0, y in -1.0..1.0) {
            let bend = if sine { Bend::Sine } else { Bend::Tanh };
            let mut net = Mlp::new(&[2, 4, 3, 1], bend, 2.0, &mut Random::new(seed, 0));
            let trace = net.forward(&[x, y]);
            net.backward(&trace, &[trace.output()[0] - 0.3]);
            for layer in 0..3 {
                for index in 0..net.layers[layer].weights.len() {
                    const STEP: f64 = 1e-5;
                    let mut moved = net.clone();
                    moved.layers[layer].weights[index] += STEP;
                    let above = loss(&moved, &[x, y]);
                    moved.layers[layer].weights[index] -= 2.0 * STEP;
                    let slope = (above - loss(&moved, &[x, y])) / (2.0 * STEP);
                    let found = net.layers[layer].slopes[index];
                    prop_assert!((slope - found).abs() < 1e-5 * (1.0 + slope.abs()), "{} {}", slope, found);
                }
            }
        }
    }

    #[test]
    fn adam_goes_down() {
        let mut net = Mlp::new(&[2, 4, 1], Bend::Tanh, 1.0, &mut Random::new(1, 0));
        let before = loss(&net, &[0.5, -0.5]);
        for _ in 0..100 {
            net.clear();
            let trace = net.forward(&[0.5, -0.5]);
            net.backward(&trace, &[trace.output()[0] - 0.3]);
            net.step(0.01);
        }
        assert!(loss(&net, &[0.5, -0.5]) < before / 100.0);
        assert_eq!(net.parameters(), 3 * 4 + 5);
    }
}
