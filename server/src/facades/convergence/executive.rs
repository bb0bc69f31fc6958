//! The reference page's executive numbers, from real data or `null` (section 4). In: rows. Out: its keys.
//!
//! The reference system invents most of these. Here a number that nothing measures is `null`, and stays so.

use loopscope_event::Severities;
use loopscope_protocol::SessionSummary;
use serde::Serialize;

use super::evidence::IDLE;

/// `GET /api/security`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Security {
    /// 0 to 100 by open findings (section 7); null before anything was looked at.
    pub(crate) risk_score: Option<u64>,
    /// Open findings.
    pub(crate) vulnerabilities: OpenFindings,
    /// Nothing measures it.
    pub(crate) trend: Option<()>,
    /// No event feeds it.
    pub(crate) compliance: Compliance,
    /// Nothing measures it.
    pub(crate) last_incident: Option<()>,
    /// Nothing plans it.
    pub(crate) next_audit: Option<()>,
}

/// Open findings by severity; null before anything was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct OpenFindings {
    critical: Option<u64>,
    high: Option<u64>,
    medium: Option<u64>,
    low: Option<u64>,
}

/// The keys of the reference's compliance panel.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Compliance {
    pci_dss: Assessed,
    soc2: Assessed,
    iso27001: Iso27001,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
struct Assessed {
    status: Option<()>,
    last_assessed: Option<()>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
struct Iso27001 {
    status: Option<()>,
    progress: Option<()>,
}

impl Security {
    /// The posture that open findings amount to; `None` before anything was looked at.
    pub(crate) fn of(open: Option<Severities>) -> Self {
        Self {
            risk_score: open.map(|open| risk_score(&open)),
            vulnerabilities: OpenFindings {
                critical: open.map(|open| open.critical),
                high: open.map(|open| open.high),
                medium: open.map(|open| open.medium),
                low: open.map(|open| open.low),
            },
            ..Self::default()
        }
    }
}

/// `max(0, 100 − 15·critical − 8·high − 3·medium)` (section 7).
pub(crate) fn risk_score(open: &Severities) -> u64 {
    let lost = open
        .critical
        .saturating_mul(15)
        .saturating_add(open.high.saturating_mul(8))
        .saturating_add(open.medium.saturating_mul(3));
    100_u64.saturating_sub(lost)
}

/// `GET /api/convergence/metrics`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ConvergenceMetrics {
    /// Mean iterations of the sessions that converged; null before the first.
    pub(crate) iterations_to_convergence: Option<f64>,
    /// Mean duration of the sessions that converged, as text (`4.2h`); null before the first.
    pub(crate) mttr: Option<String>,
    /// Nothing tells which fixes held.
    pub(crate) autofix_success_rate: Option<()>,
    /// Nothing measures it.
    pub(crate) cost_savings_ytd: Option<()>,
    /// How far the current session's iteration is, in per cent; null without one.
    pub(crate) current_progress: Option<u64>,
    /// The current session's stage; null without one.
    pub(crate) current_stage: Option<String>,
    /// The six stages.
    pub(crate) stages: [Stage; 6],
}

/// One dot of the progress row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Stage {
    name: &'static str,
    status: &'static str,
}

const STAGES: [(&str, &str); 6] = [
    ("Idle", IDLE),
    ("Diagnose", "DIAGNOSING"),
    ("Fix", "FIXING"),
    ("Attack", "ATTACKING"),
    ("Validate", "VALIDATING"),
    ("Converged", "CONVERGED"),
];

impl ConvergenceMetrics {
    /// The numbers of the sessions that converged (mean iterations, mean seconds), and the current session's stage.
    pub(crate) fn of(converged: Option<(f64, f64)>, current: Option<&SessionSummary>) -> Self {
        let place = current.and_then(|row| place(&row.state));
        Self {
            iterations_to_convergence: converged.map(|(iterations, _)| two_decimals(iterations)),
            mttr: converged.map(|(_, seconds)| span(seconds)),
            autofix_success_rate: None,
            cost_savings_ytd: None,
            current_progress: place.map(|place| place as u64 * 100 / 5),
            current_stage: current.map(|row| row.state.clone()),
            stages: stages(place),
        }
    }
}

fn place(state: &str) -> Option<usize> {
    STAGES.iter().position(|(_, known)| *known == state)
}

/// What is before the current stage is completed, what is behind it pending. A failed session has no current stage.
fn stages(place: Option<usize>) -> [Stage; 6] {
    let mut index = 0;
    STAGES.map(|(name, _)| {
        let status = match place {
            Some(place) if index < place || (place == 5 && index == 5) => "completed",
            Some(place) if index == place => "active",
            _ => "pending",
        };
        index += 1;
        Stage { name, status }
    })
}

/// Rounded to two decimals.
pub(crate) fn two_decimals(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// A span as the reference writes it: one decimal and a unit.
fn span(seconds: f64) -> String {
    match seconds {
        _ if seconds < 60.0 => format!("{seconds:.1}s"),
        _ if seconds < 3600.0 => format!("{:.1}m", seconds / 60.0),
        _ => format!("{:.1}h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risk_falls_with_open_findings_and_stops_at_zero() {
        let open = |critical, high, medium| Severities {
            critical,
            high,
            medium,
            low: 50,
            info: 50,
        };
        assert_eq!(risk_score(&open(0, 0, 0)), 100);
        assert_eq!(risk_score(&open(1, 2, 3)), 60);
        assert_eq!(risk_score(&open(7, 0, 0)), 0);
        assert_eq!(risk_score(&open(u64::MAX, u64::MAX, 1)), 0);
    }

    #[test]
    fn stages_stand_before_at_and_behind_the_current_one() {
        let shown = |place| stages(place).map(|stage| stage.status.chars().next().unwrap_or('?'));
        assert_eq!(String::from_iter(shown(None)), "pppppp");
        assert_eq!(String::from_iter(shown(Some(0))), "appppp");
        assert_eq!(String::from_iter(shown(Some(3))), "cccapp");
        assert_eq!(String::from_iter(shown(Some(5))), "cccccc");
    }

    #[test]
    fn what_is_not_known_is_null() {
        let metrics = serde_json::to_value(ConvergenceMetrics::of(None, None)).unwrap();
        for key in [
            "iterations_to_convergence",
            "mttr",
            "autofix_success_rate",
            "cost_savings_ytd",
            "current_progress",
            "current_stage",
        ] {
            assert_eq!(metrics[key], serde_json::Value::Null, "{key}");
        }
        let security = serde_json::to_value(Security::of(None)).unwrap();
        assert_eq!(security["risk_score"], serde_json::Value::Null);
        assert_eq!(
            security["compliance"]["iso27001"]["progress"],
            serde_json::Value::Null
        );
    }

    #[test]
    fn spans_have_the_unit_that_fits() {
        assert_eq!(span(0.25), "0.2s");
        assert_eq!(span(90.0), "1.5m");
        assert_eq!(span(15_120.0), "4.2h");
    }
}
