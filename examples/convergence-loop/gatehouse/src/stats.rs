//! Figures over measured samples. Samples that are not numbers (NaN) are left out.

/// The mean; `None` without samples.
pub fn mean(samples: &[f64]) -> Option<f64> {
    let samples = numbers(samples);
    if samples.is_empty() {
        return None;
    }
    Some(samples.iter().sum::<f64>() / samples.len() as f64)
}

/// The smallest sample that at least `percent` of all samples do not exceed; `None` without samples.
pub fn percentile(samples: &[f64], percent: u8) -> Option<f64> {
    let mut sorted = numbers(samples);
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * usize::from(percent.min(100))).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// How many samples lie in `low..high`.
pub fn count_between(samples: &[f64], low: f64, high: f64) -> usize {
    samples
        .iter()
        .filter(|sample| (low..high).contains(*sample))
        .count()
}

fn numbers(samples: &[f64]) -> Vec<f64> {
    samples
        .iter()
        .copied()
        .filter(|sample| !sample.is_nan())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means() {
        assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
        assert_eq!(mean(&[]), None);
    }

    #[test]
    fn percentiles() {
        let samples = [15.0, 20.0, 35.0, 40.0, 50.0];
        assert_eq!(percentile(&samples, 50), Some(35.0));
        assert_eq!(percentile(&samples, 40), Some(20.0));
        assert_eq!(percentile(&samples, 100), Some(50.0));
    }

    #[test]
    fn the_upper_bound_is_left_out() {
        assert_eq!(count_between(&[1.0, 2.0, 3.0], 1.0, 3.0), 2);
    }
}
