//! What the contract types, with every alias and quirk.

use loopscope_event::{ContributionSource, SeedChange, SeedStage, Severity, TrainingFact};

use super::{all, measured, said};

#[test]
fn an_epoch_says_its_accuracy_and_zero_is_a_value() {
    let TrainingFact::Epoch(epoch) = said(
        r#"{"event_type":"EPOCH_COMPLETED","epoch":0,"data":{"env_idx":3,"val_accuracy":0.0,"val_loss":null,"host_accuracy":71.5}}"#,
    ) else {
        panic!("no epoch")
    };
    assert_eq!((epoch.env, epoch.epoch), (Some(3), Some(0)));
    assert_eq!((epoch.accuracy, epoch.loss), (Some(0.0), None));
    assert_eq!(epoch.host_accuracy, Some(71.5));
}

#[test]
fn the_environment_minus_one_is_not_known() {
    let TrainingFact::Seed(seed) = said(
        r#"{"event_type":"seed_germinated","slot_id":"r0c1","seed_id":"s1","data":{"env_id":-1,"blueprint_id":"norm","params":600}}"#,
    ) else {
        panic!("no seed")
    };
    assert_eq!(seed.env, None);
    assert_eq!(seed.slot.as_deref(), Some("r0c1"));
    assert_eq!(seed.seed.as_deref(), Some("s1"));
    assert_eq!(
        (seed.change, seed.stage),
        (SeedChange::Germinated, Some(SeedStage::Germinated))
    );
    assert_eq!(seed.params, Some(600));
}

#[test]
fn stages_come_as_names_numbers_and_aliases() {
    let rows = [
        (r#""from":"TRAINING","to":"BLENDING""#, SeedStage::Blending),
        (r#""from_stage":4,"to_stage":6"#, SeedStage::Holding),
        (r#""to_stage":"PROBATIONARY""#, SeedStage::Holding),
        (r#""to":"CULLED""#, SeedStage::Pruned),
        (r#""to_stage":"SeedStage.EMBARGOED""#, SeedStage::Embargoed),
        (r#""to_stage":0"#, SeedStage::Unknown),
    ];
    for (fields, expected) in rows {
        let TrainingFact::Seed(seed) = said(&format!(
            r#"{{"event_type":"SEED_STAGE_CHANGED","data":{{"slot_id":"r0c0",{fields}}}}}"#
        )) else {
            panic!("no seed")
        };
        assert_eq!(seed.stage, Some(expected), "{fields}");
    }
}

#[test]
fn a_policy_update_derives_what_is_not_sent() {
    let TrainingFact::Policy(policy) = said(
        r#"{"event_type":"PPO_UPDATE_COMPLETED","epoch":12,"data":{"value_std":0.5,"entropy":0.0,"approx_kl":0.01}}"#,
    ) else {
        panic!("no policy")
    };
    assert_eq!(policy.value_variance, Some(0.25));
    assert_eq!((policy.entropy, policy.kl), (Some(0.0), Some(0.01)));
    let TrainingFact::Policy(skipped) =
        said(r#"{"event_type":"PPO_UPDATE_COMPLETED","data":{"reason":"nan","skipped":true}}"#)
    else {
        panic!("no policy")
    };
    assert!(skipped.skipped);
    assert_eq!(skipped.reason.as_deref(), Some("nan"));
}

#[test]
fn snapshots_are_told_apart_by_their_kind() {
    let of = |data: &str| {
        all(&format!(
            r#"{{"event_type":"ANALYTICS_SNAPSHOT","severity":"debug","data":{data}}}"#
        ))
    };
    let shapley = of(
        r#"{"kind":"shapley_computed","shapley_values":{"r0c0":{"mean":3.1,"std":0.2},"r0c1":{"mean":0}},"env_id":0}"#,
    );
    let TrainingFact::Contributions(found) = &shapley[0] else {
        panic!("{shapley:?}")
    };
    assert_eq!(found.source, ContributionSource::Shapley);
    assert_eq!(found.seeds[0], ("r0c0".to_owned(), 3.1, Some(0.2)));
    assert_eq!(found.seeds[1], ("r0c1".to_owned(), 0.0, None));
    let stats = of(
        r#"{"kind":"batch_stats","batch":4,"accuracy":70.5,"host_accuracy":69.0,"entropy":0.9}"#,
    );
    assert!(
        !stats
            .iter()
            .any(|fact| matches!(fact, TrainingFact::Performance(_))),
        "the batch's mean is no host-only baseline"
    );
    let TrainingFact::Action(action) =
        &of(r#"{"kind":"last_action","action_name":"wait","action_success":true,"env_id":2}"#)[0]
    else {
        panic!("no action")
    };
    assert_eq!(
        (action.action.as_str(), action.env, action.success),
        ("WAIT", Some(2), Some(true))
    );
    let kindless = of(
        r#"{"accuracy":75.0,"host_accuracy":null,"param_ratio":1.2,"seeds":[{"slot_id":"r0c0","blueprint":"norm","params":10,"contribution":1.5}]}"#,
    );
    let TrainingFact::Performance(performance) = &kindless[0] else {
        panic!("no performance")
    };
    assert_eq!(
        (performance.param_ratio, performance.host_accuracy),
        (Some(1.2), None)
    );
    for kind in ["throughput", "action_distribution"] {
        assert_eq!(of(&format!(r#"{{"kind":"{kind}"}}"#)).len(), 1, "{kind}");
    }
    for kind in [
        "reward_summary",
        "mask_hit_rates",
        "summary_table",
        "heuristic_config",
        "never_seen",
    ] {
        assert_eq!(of(&format!(r#"{{"kind":"{kind}"}}"#)), [], "{kind}");
    }
}

#[test]
fn a_matrix_says_the_hosts_accuracy_and_what_each_seed_brings() {
    let facts = all(
        r#"{"event_type":"COUNTERFACTUAL_MATRIX_COMPUTED","data":{"env_id":0,"slot_ids":["a","b"],"configs":[{"seed_mask":[false,false],"accuracy":70.0},{"seed_mask":[true,true],"accuracy":76.0},{"seed_mask":[false,true],"accuracy":72.0},{"seed_mask":[true,false],"accuracy":77.0}]}}"#,
    );
    let TrainingFact::Performance(host) = &facts[0] else {
        panic!("{facts:?}")
    };
    assert_eq!((host.env, host.all_off_accuracy), (Some(0), Some(70.0)));
    assert_eq!(host.host_accuracy, None, "nobody said it");
    let TrainingFact::Contributions(found) = &facts[1] else {
        panic!("{facts:?}")
    };
    assert_eq!(
        found.seeds,
        [("a".to_owned(), 4.0, None), ("b".to_owned(), -1.0, None)]
    );
}

#[test]
fn a_baseline_is_told_apart_from_what_is_said_of_the_host() {
    let TrainingFact::Performance(told) = said(
        r#"{"event_type":"COUNTERFACTUAL_COMPUTED","data":{"env_idx":1,"slot_id":"a","real_accuracy":66.0,"baseline_accuracy":60.0}}"#,
    ) else {
        panic!("no baseline")
    };
    assert_eq!((told.env, told.baseline_accuracy), (Some(1), Some(60.0)));
    assert_eq!((told.host_accuracy, told.all_off_accuracy), (None, None));
}

#[test]
fn episodes_that_are_over_are_told_by_updates_and_batches() {
    for (fields, expected) in [
        (r#""epoch":12,"data":{"episodes_completed":4}"#, Some(4)),
        (r#""epoch":12,"data":{}"#, Some(12)),
        (r#""epoch":null,"data":{"skipped":true}"#, None),
    ] {
        let update = said(&format!(
            r#"{{"event_type":"PPO_UPDATE_COMPLETED",{fields}}}"#
        ));
        let TrainingFact::Policy(update) = update else {
            panic!("no policy")
        };
        assert_eq!(update.episodes_completed, expected, "{fields}");
        let batch = said(&format!(r#"{{"event_type":"BATCH_COMPLETED",{fields}}}"#));
        let TrainingFact::Batch(batch) = batch else {
            panic!("no batch")
        };
        assert_eq!(batch.episodes_completed, expected, "{fields}");
    }
}

#[test]
fn an_action_of_the_policy_without_a_name_is_to_wait() {
    for (data, expected) in [
        ("null", "WAIT"),
        ("{}", "WAIT"),
        (r#"{"action":null,"action_name":""}"#, "WAIT"),
        (r#"{"action":"advance"}"#, "ADVANCE"),
    ] {
        let TrainingFact::Action(action) = said(&format!(
            r#"{{"event_type":"POLICY_ACTION","data":{data}}}"#
        )) else {
            panic!("no action")
        };
        assert_eq!(action.action, expected, "{data}");
    }
}

#[test]
fn alerts_have_their_words_and_notes_are_none() {
    let rows = [
        (
            r#""event_type":"GOVERNOR_ROLLBACK","message":"Loss ran away","data":{"reason":"x"}"#,
            Some(("Loss ran away", Severity::Critical)),
        ),
        (
            r#""event_type":"GRADIENT_ANOMALY","message":"","data":{"detail":"norm 1e9"}"#,
            Some(("norm 1e9", Severity::Medium)),
        ),
        (
            r#""event_type":"VALUE_COLLAPSE_DETECTED","data":null"#,
            Some(("VALUE_COLLAPSE_DETECTED", Severity::Medium)),
        ),
        (
            r#""event_type":"SOMETHING_DETECTED","data":{}"#,
            Some(("SOMETHING_DETECTED", Severity::Medium)),
        ),
        (
            r#""event_type":"EPOCH_COMPLETED","severity":"error","message":"odd","data":{}"#,
            Some(("odd", Severity::High)),
        ),
        (
            r#""event_type":"PLATEAU_DETECTED","severity":"warning","data":{}"#,
            None,
        ),
        (r#""event_type":"EPOCH_COMPLETED","data":{}"#, None),
    ];
    for (fields, expected) in rows {
        let facts = all(&format!("{{{fields}}}"));
        let alert = facts.iter().find_map(|fact| match fact {
            TrainingFact::Alert(alert) => Some((alert.text.as_str(), alert.severity)),
            _ => None,
        });
        assert_eq!(alert, expected, "{fields}");
    }
}

#[test]
fn every_number_is_a_metric_and_coordinates_are_none() {
    let metrics = measured(
        r#"{"event_type":"EPOCH_COMPLETED","epoch":7,"data":{"env_id":1,"inner_epoch":7,"val_accuracy":81.5,"passed":true,"seeds":{"r0c0":{"alpha":0.5,"stage":"BLENDING"}}}}"#,
    );
    assert_eq!((metrics.step, metrics.epoch), (None, Some(7.0)));
    assert_eq!(
        metrics.points,
        [
            ("epoch/val_accuracy/env1".to_owned(), 81.5),
            ("seed/r0c0/alpha/env1".to_owned(), 0.5)
        ]
    );
}

#[test]
fn a_skipped_updates_nans_are_points() {
    let metrics = measured(
        r#"{"event_type":"PPO_UPDATE_COMPLETED","epoch":4,"data":{"skipped":true,"op_q_values":[NaN,NaN,1.5],"q_variance":-Infinity,"unknown":null}}"#,
    );
    let names: Vec<&str> = metrics.points.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        [
            "ppo/op_q_values/0",
            "ppo/op_q_values/1",
            "ppo/op_q_values/2",
            "ppo/q_variance"
        ]
    );
    assert!(metrics.points[0].1.is_nan() && metrics.points[1].1.is_nan());
    assert!(metrics.points[3].1.is_infinite());
}

#[test]
fn an_event_has_at_most_256_points() {
    let many: Vec<String> = (0..400).map(|at| format!(r#""m{at}":{at}"#)).collect();
    let text = format!(
        r#"{{"event_type":"PPO_UPDATE_COMPLETED","data":{{{}}}}}"#,
        many.join(",")
    );
    assert_eq!(measured(&text).points.len(), 256);
}

#[test]
fn a_seed_of_64_bits_keeps_every_digit() {
    let TrainingFact::Run(run) = said(
        r#"{"event_type":"TRAINING_STARTED","data":{"task":"cifar10","seed":18446744073709551615,"n_envs":4}}"#,
    ) else {
        panic!("no run")
    };
    assert_eq!(run.seed.as_deref(), Some("18446744073709551615"));
}
