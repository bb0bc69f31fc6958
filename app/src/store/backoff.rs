//! How long to wait before the next attempt. In: how many failed in a row, and chance. Out: milliseconds.

/// The longest wait.
pub const MAX_MS: u32 = 30_000;
const FIRST_MS: u32 = 500;

/// Doubles from half a second to [`MAX_MS`]; the second half of it is chance, so that many pages do not come back
/// at once. `chance` is from 0.0 to 1.0.
pub fn wait_ms(failures: u32, chance: f64) -> u32 {
    let full = FIRST_MS.saturating_mul(1 << failures.min(16)).min(MAX_MS);
    spread(full, chance)
}

/// Between half of it and all of it.
pub fn spread(full_ms: u32, chance: f64) -> u32 {
    let half = f64::from(full_ms) / 2.0;
    (half + half * chance.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_the_longest_and_never_waits_for_nothing() {
        for (failures, least, most) in [
            (0, 250, 500),
            (1, 500, 1000),
            (3, 2000, 4000),
            (6, 15_000, 30_000),
            (u32::MAX, 15_000, 30_000),
        ] {
            assert_eq!(wait_ms(failures, 0.0), least);
            assert_eq!(wait_ms(failures, 1.0), most);
        }
    }
}
