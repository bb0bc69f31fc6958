//! Percentiles. In: samples. Out: the value that so many of them do not exceed.

/// The nearest-rank percentile (`0.99` for p99); 0 without samples. Sorts the samples.
pub(crate) fn percentile(samples: &mut [u32], rank: f64) -> u32 {
    samples.sort_unstable();
    let index = (samples.len() as f64 * rank).ceil() as usize;
    samples.get(index.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_is_taken() {
        let mut samples: Vec<u32> = (1..=100).rev().collect();
        assert_eq!(percentile(&mut samples, 0.99), 99);
        assert_eq!(percentile(&mut samples, 0.5), 50);
        assert_eq!(percentile(&mut samples, 1.0), 100);
        assert_eq!(percentile(&mut [], 0.99), 0);
        assert_eq!(percentile(&mut [7], 0.99), 7);
    }
}
