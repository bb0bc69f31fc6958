//! Figures of a training run as words. In: a board's training. Out: texts; what is not known is dashes.

use loopscope_board::{Tone, Training};
use loopscope_event::SeedStage;

use crate::text;
use crate::ui::Look;

/// The epochs of an episode where the run does not say.
const USUAL_EPOCHS: u64 = 100;

/// `7 / 75`; `--/--` before the first.
pub(in crate::pages::session) fn epoch(run: &Training) -> String {
    let most = run.max_epochs().unwrap_or(USUAL_EPOCHS);
    run.epoch()
        .map_or_else(|| "--/--".to_owned(), |epoch| format!("{epoch} / {most}"))
}

/// Points with their sign: `+3.2`, `−0.3`, `0.0`.
pub(super) fn signed(points: f64) -> String {
    let rounded = format!("{:.1}", points.abs());
    match points {
        _ if rounded == "0.0" => rounded,
        points if points < 0.0 => format!("−{rounded}"),
        _ => format!("+{rounded}"),
    }
}

/// A small figure with as many places as it takes: `0.14`, `0.011`, `0`.
pub(super) fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 1e6 || (size < 1e-4 && size > 0.0) => format!("{value:.1e}"),
        size if size >= 0.1 || size == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// Parameters: `600`, `12.4K`, `1.2M`.
pub(super) fn params(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}K", text::decimal(count as f64 / 1e3, 1)),
        _ => format!("{}M", text::decimal(count as f64 / 1e6, 1)),
    }
}

/// The class of a tone; none for what is neither good nor bad.
pub(super) const fn tone(tone: Tone) -> Look {
    let (tone, icon) = match tone {
        Tone::Good => ("tone-success", "success"),
        Tone::Caution => ("tone-warning", "warning"),
        Tone::Bad => ("tone-error", "error"),
        Tone::Neutral => ("tone-plain", "info"),
    };
    Look { tone, icon }
}

/// How a stage looks.
pub(super) const fn stage(stage: SeedStage) -> Look {
    let (tone, icon) = match stage {
        SeedStage::Training => ("tone-work-1", "running"),
        SeedStage::Blending => ("tone-work-3", "running"),
        SeedStage::Holding => ("tone-work-4", "running"),
        SeedStage::Fossilized => ("tone-success", "converged"),
        SeedStage::Pruned => ("tone-error", "error"),
        SeedStage::Germinated => ("tone-work-2", "idle"),
        SeedStage::Unknown | SeedStage::Dormant | SeedStage::Embargoed | SeedStage::Resetting => {
            ("tone-idle", "idle")
        }
    };
    Look { tone, icon }
}

/// How an action looks.
pub(super) fn action(name: &str) -> &'static str {
    match name {
        "GERMINATE" => "did-act tone-success",
        "FOSSILIZE" => "did-act tone-work-1",
        "PRUNE" | "CULL" => "did-act tone-error",
        _ => "did-act tone-plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        for (points, expected) in [
            (3.12, "+3.1"),
            (-0.31, "−0.3"),
            (0.0, "0.0"),
            (-0.01, "0.0"),
        ] {
            assert_eq!(signed(points), expected);
        }
        for (value, expected) in [
            (0.14, "0.14"),
            (0.011, "0.011"),
            (0.0, "0.00"),
            (1e-6, "1.0e-6"),
        ] {
            assert_eq!(figure(value), expected);
        }
        for (count, expected) in [(600, "600"), (12_400, "12.4K"), (1_200_000, "1.2M")] {
            assert_eq!(params(count), expected);
        }
    }

    #[test]
    fn an_epoch_is_dashes_before_the_first() {
        assert_eq!(epoch(&Training::default()), "--/--");
    }
}
