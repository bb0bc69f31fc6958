//! The rules that come with Loopscope. Enabled are those whose cause is never wanted: the training contract's own
//! alerts, a loss that is no number, a program whose link stays lost. The others are there to be switched on: a loop
//! that finds something critical, or is silent for a while, may be doing just what it should.

use loopscope_event::{Dialect, Severity};
use loopscope_protocol::{AlertCondition, AlertRuleBody, AlertScope};

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn rule(name: &str, enabled: bool, severity: Severity, condition: AlertCondition) -> AlertRuleBody {
    AlertRuleBody {
        name: name.to_owned(),
        enabled,
        severity,
        scope: AlertScope::default(),
        condition,
        cool_down_seconds: 60.0,
        resolve_seconds: 300.0,
        channels: None,
    }
}

fn of_training(mut rule: AlertRuleBody) -> AlertRuleBody {
    rule.scope.dialect = Some(Dialect::Training);
    rule
}

/// Each with its id, which never changes its meaning.
pub fn shipped() -> Vec<(&'static str, AlertRuleBody)> {
    let mut rules = enabled();
    rules.extend(disabled());
    rules
}

fn enabled() -> Vec<(&'static str, AlertRuleBody)> {
    let rollback = ["GOVERNOR_ROLLBACK", "GOVERNOR_PANIC"];
    vec![
        (
            "training-rollback",
            of_training(rule(
                "Training rolled back",
                true,
                Severity::Critical,
                AlertCondition::Event {
                    names: words(&rollback),
                    severity: None,
                    all: false,
                    except: Vec::new(),
                },
            )),
        ),
        (
            "training-anomaly",
            of_training(rule(
                "Training anomaly",
                true,
                Severity::High,
                AlertCondition::Event {
                    names: words(&[
                        "*_DETECTED",
                        "GRADIENT_ANOMALY",
                        "MEMORY_WARNING",
                        "PERFORMANCE_DEGRADATION",
                        "REWARD_HACKING_SUSPECTED",
                    ]),
                    // Their word for it is `warning`.
                    severity: Some(Severity::Medium),
                    all: false,
                    except: words(&[
                        "PLATEAU_DETECTED",
                        "DEGRADATION_DETECTED",
                        "IMPROVEMENT_DETECTED",
                        rollback[0],
                        rollback[1],
                    ]),
                },
            )),
        ),
        (
            "loss-not-finite",
            rule(
                "Loss is not a number",
                true,
                Severity::Critical,
                AlertCondition::NonFinite {
                    metrics: words(&[
                        "loss",
                        "*/loss",
                        "*train_loss",
                        "*val_loss",
                        "*policy_loss",
                        "*value_loss",
                    ]),
                },
            ),
        ),
        (
            "program-lost",
            rule(
                "Link to the program is lost",
                true,
                Severity::High,
                AlertCondition::Stuck {
                    state: Some("interrupted".to_owned()),
                    seconds: 60.0,
                },
            ),
        ),
    ]
}

fn disabled() -> Vec<(&'static str, AlertRuleBody)> {
    vec![
        (
            "critical-finding",
            rule(
                "New critical finding",
                false,
                Severity::Critical,
                AlertCondition::NewCriticalFinding {
                    severity: Severity::Critical,
                },
            ),
        ),
        (
            "step-failed",
            rule(
                "Step failed",
                false,
                Severity::Medium,
                AlertCondition::StepFailed { step: None },
            ),
        ),
        (
            "silent",
            rule(
                "No event for 15 minutes",
                false,
                Severity::Medium,
                AlertCondition::Silence { seconds: 900.0 },
            ),
        ),
        (
            "stuck",
            rule(
                "In one state for 30 minutes",
                false,
                Severity::Medium,
                AlertCondition::Stuck {
                    state: None,
                    seconds: 1_800.0,
                },
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_rule_is_a_good_rule_of_its_own_id() {
        let rules = shipped();
        let mut ids: Vec<&str> = rules.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), rules.len());
        for (id, rule) in &rules {
            assert_eq!(crate::check(rule), Ok(()), "{id}");
        }
    }
}
