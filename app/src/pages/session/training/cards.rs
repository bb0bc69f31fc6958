//! The run's six figures, each with one line of meaning: what it is against, or how it reads.

use leptos::prelude::*;
use loopscope_board::{Board, Reading, Tone, Training};

use super::words::{self, figure, params, signed};
use crate::pages::session::state::SessionState;
use crate::part::IntoPart as _;
use crate::ui::small_icon;

/// What a card says.
#[derive(Debug, Clone, PartialEq)]
struct Card {
    label: &'static str,
    value: String,
    unit: &'static str,
    note: String,
    tone: Tone,
}

fn card(label: &'static str, value: Option<String>, unit: &'static str) -> Card {
    let unit = if value.is_some() { unit } else { "" };
    Card {
        label,
        value: value.unwrap_or_else(|| "–".to_owned()),
        unit,
        note: "not measured yet".to_owned(),
        tone: Tone::Neutral,
    }
}

fn accuracy(run: &Training) -> Card {
    let accuracy = run.accuracy().map(|accuracy| format!("{accuracy:.1}"));
    let plain = card("Accuracy", accuracy, "%");
    match run.accuracy_delta() {
        Some(delta) => Card {
            note: format!("{}% vs host-only", signed(delta)),
            tone: match delta {
                delta if delta > 0.0 => Tone::Good,
                delta if delta < 0.0 => Tone::Bad,
                _ => Tone::Neutral,
            },
            ..plain
        },
        None if run.accuracy().is_some() => Card {
            note: "-- vs host-only".to_owned(),
            ..plain
        },
        None => plain,
    }
}

fn ratio(run: &Training) -> Card {
    let note = match run.config().host_params {
        Some(host) => {
            let more = (run.param_ratio() - 1.0) * host as f64;
            let more = params(more.max(0.0).round() as u64);
            format!("{more} on top of {}", params(host))
        }
        None => "host params".to_owned(),
    };
    Card {
        note,
        ..card(
            "Parameter ratio",
            Some(format!("{:.2}", run.param_ratio())),
            "×",
        )
    }
}

fn efficiency(run: &Training) -> Card {
    let value = format!("{:.2}", run.efficiency());
    let plain = card("Efficiency", Some(value), "×");
    let (note, tone) = match run.known_efficiency() {
        Some(value) if value > 1.0 => ("acc/param, pays for its size", Tone::Good),
        Some(value) if value < 1.0 => ("acc/param, below 1", Tone::Bad),
        Some(_) => ("acc/param, as the host", Tone::Neutral),
        None => ("host accuracy not known", Tone::Neutral),
    };
    Card {
        note: note.to_owned(),
        tone,
        ..plain
    }
}

fn health(label: &'static str, value: Option<f64>, reading: Option<Reading>) -> Card {
    let plain = card(label, value.map(figure), "");
    match reading {
        Some(Reading { word, tone, bound }) => Card {
            note: format!("{word}, {bound}"),
            tone,
            ..plain
        },
        None => plain,
    }
}

fn cards(board: &Board) -> Vec<Card> {
    let run = board.training();
    let policy = run.policy();
    vec![
        accuracy(run),
        ratio(run),
        efficiency(run),
        health(
            "Value variance",
            policy.value_variance,
            policy.variance_reading(),
        ),
        health("Entropy", policy.entropy, policy.entropy_reading()),
        health("KL divergence", policy.kl, policy.kl_reading()),
    ]
}

/// The cards.
#[component]
pub(super) fn Cards(state: SessionState) -> impl IntoView {
    let all = state.part(cards);
    let one = |card: &Card| {
        let look = words::tone(card.tone);
        let mark = (card.tone != Tone::Neutral).then(|| small_icon(look.icon));
        let class = if card.tone == Tone::Neutral {
            "n".to_owned()
        } else {
            format!("n said {}", look.tone)
        };
        view! {
            <div class="metric" role="group" aria-label=card.label>
                <span class="l">{card.label}</span>
                <span class="v">{card.value.clone()}<small>{card.unit}</small></span>
                <span class=class><span class="cut" title=card.note.clone()>{mark}{card.note.clone()}</span></span>
            </div>
        }
        .part()
    };
    view! {
        <section class="metrics six" aria-label="Performance">
            {move || all.with(|all| all.iter().map(one).collect_view())}
        </section>
    }
    .part()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_dash_or_the_hosts_own_and_never_zero() {
        let all = [accuracy, ratio, efficiency].map(|of| of(&Training::default()));
        assert_eq!(all[0].value, "–");
        assert_eq!(all[1].value, "1.00");
        assert_eq!((all[2].value.as_str(), all[2].unit), ("1.00", "×"));
        assert_eq!(all[2].tone, Tone::Neutral);
    }
}
