//! Round steps of plain numbers: 1, 2, 5 and their powers of ten.

use crate::format::trimmed;

/// The smallest round step, not under `least`, that is enough. The widest of the ones tried where none is.
pub(super) fn step(span: f64, most: usize, least: f64, enough: impl Fn(f64) -> bool) -> f64 {
    let ideal = (span / most as f64).max(f64::MIN_POSITIVE);
    let exponent = ideal.log10().floor() as i32 - 1;
    let mut widest = least.max(f64::MIN_POSITIVE);
    for power in 0..4 {
        for digit in [1.0, 2.0, 5.0] {
            widest = (digit * power_of_ten(exponent + power)).max(least);
            if enough(widest) {
                return widest;
            }
        }
    }
    widest
}

/// A tick's value with as many decimals as its step has, and letters from ten thousand on.
pub(super) fn label(value: f64, step: f64) -> String {
    let magnitude = value.abs();
    if magnitude >= 1e15 || (step < 1e-5 && value != 0.0) {
        return format!("{value:e}")
            .parse::<f64>()
            .map_or_else(|_| String::new(), |v| format!("{}", Short(v)));
    }
    for (unit, letter) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] {
        if magnitude >= unit && (unit > 1e3 || magnitude >= 1e4) {
            return format!("{}{letter}", trimmed(value / unit, decimals(step / unit)));
        }
    }
    trimmed(value, decimals(step))
}

/// `2e-7`, `1.25e18`: the figures that matter and the power.
struct Short(f64);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.3e}", self.0);
        let (figures, power) = text.split_once('e').unwrap_or((&text, "0"));
        let figures = figures.trim_end_matches('0').trim_end_matches('.');
        write!(f, "{figures}e{power}")
    }
}

fn decimals(step: f64) -> usize {
    if step >= 1.0 && step.fract() == 0.0 {
        return 0;
    }
    // 0.2 needs one, 0.25 two.
    (0..8)
        .find(|places| {
            let scaled = step * power_of_ten(*places);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1.0) && scaled.round() > 0.0
        })
        .map_or(8, |places| places as usize)
}

fn power_of_ten(exponent: i32) -> f64 {
    10_f64.powi(exponent.clamp(-307, 308))
}
