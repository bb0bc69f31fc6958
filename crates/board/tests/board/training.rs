//! Training runs: what the page shows after which events.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use loopscope_board::{Board, Tone};
use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{Dialect, Event, Offset, ProjectId, SeedStage, Seq, SessionId, Timestamp};
use loopscope_protocol::SessionStatus;
use proptest::prelude::*;

fn event(frame: &str, seq: u64) -> Event {
    let mut ctx = DecodeContext::new(Timestamp::from_micros(
        1_767_607_200_000_000 + i64::try_from(seq).unwrap() * 1_000_000,
    ));
    ctx.dialect = Some(Dialect::Training);
    let decoded = decode(frame.as_bytes(), &ctx).unwrap();
    let (event, _) = decoded.items.into_iter().next().unwrap().unwrap();
    event.placed(Offset(seq), Seq(seq))
}

pub(crate) fn fold<'a>(frames: impl IntoIterator<Item = &'a str>) -> Board {
    let mut board = Board::new(ProjectId::default(), SessionId::new("training").unwrap());
    for (frame, seq) in frames.into_iter().zip(1..) {
        board.apply(&event(frame, seq));
    }
    board
}

pub(crate) const START: &str = r#"{"event_type":"TRAINING_STARTED","data":{"task":"cifar10","n_envs":2,"max_epochs":75,"n_episodes":4,"host_params":1000,"reward_mode":"simplified","seed":42}}"#;
const EPOCH_0: &str = r#"{"event_type":"EPOCH_COMPLETED","epoch":7,"data":{"env_id":0,"val_accuracy":80.0,"val_loss":0.5}}"#;
const EPOCH_1: &str = r#"{"event_type":"EPOCH_COMPLETED","epoch":7,"data":{"env_id":1,"val_accuracy":70.0,"val_loss":0.7}}"#;
const MATRIX: &str = r#"{"event_type":"COUNTERFACTUAL_MATRIX_COMPUTED","data":{"env_id":0,"slot_ids":["r0c0"],"configs":[{"seed_mask":[false],"accuracy":60.0},{"seed_mask":[true],"accuracy":66.0}]}}"#;
const GERMINATED: &str = r#"{"event_type":"SEED_GERMINATED","slot_id":"r0c0","data":{"env_id":0,"blueprint_id":"norm","params":200}}"#;
const BLENDING: &str = r#"{"event_type":"SEED_STAGE_CHANGED","data":{"slot_id":"r0c0","env_id":0,"from":"TRAINING","to":"BLENDING"}}"#;
const FOSSILIZED: &str =
    r#"{"event_type":"SEED_FOSSILIZED","data":{"slot_id":"r0c0","env_id":0,"improvement":1.5}}"#;
const TO_PRUNED: &str =
    r#"{"event_type":"SEED_STAGE_CHANGED","data":{"slot_id":"r0c0","env_id":0,"to_stage":8}}"#;
const PRUNED: &str =
    r#"{"event_type":"SEED_PRUNED","data":{"slot_id":"r0c0","env_id":0,"reason":"no gain"}}"#;
const PPO: &str = r#"{"event_type":"PPO_UPDATE_COMPLETED","epoch":2,"data":{"value_std":0.5,"entropy":0.8,"kl_divergence":0.011}}"#;
const PPO_ZERO: &str = r#"{"event_type":"PPO_UPDATE_COMPLETED","epoch":3,"data":{"value_variance":null,"entropy":0.0,"kl_divergence":0}}"#;
const PPO_SKIPPED: &str = r#"{"event_type":"PPO_UPDATE_COMPLETED","epoch":3,"data":{"skipped":true,"entropy":9.0,"op_q_values":[NaN,NaN]}}"#;
const SHAPLEY: &str = r#"{"event_type":"ANALYTICS_SNAPSHOT","severity":"debug","data":{"kind":"shapley_computed","env_id":0,"shapley_values":{"r0c0":{"mean":3.1,"std":0.1,"n_samples":9}}}}"#;
const OF_THE_PAGE: &str = r#"{"event_type":"ANALYTICS_SNAPSHOT","data":{"accuracy":70.0,"host_accuracy":66.0,"seeds":[{"slot_id":"r0c0","params":5},{"slot_id":"r0c1","contribution":1.0}]}}"#;
const BASELINE: &str = r#"{"event_type":"COUNTERFACTUAL_COMPUTED","data":{"env_idx":1,"slot_id":"r0c0","baseline_accuracy":60.0}}"#;
const WAIT: &str = r#"{"event_type":"ANALYTICS_SNAPSHOT","severity":"debug","data":{"kind":"last_action","action_name":"WAIT","env_id":0}}"#;
const ROLLBACK: &str = r#"{"event_type":"GOVERNOR_ROLLBACK","message":"Loss ran away","data":{"env_id":0,"loss_at_panic":NaN}}"#;
const PLATEAU: &str = r#"{"event_type":"PLATEAU_DETECTED","severity":"warning","data":{"batch":1,"rolling_delta":0.1}}"#;
const BATCH: &str = r#"{"event_type":"BATCH_EPOCH_COMPLETED","data":{"episodes_completed":2,"batch_idx":1,"avg_accuracy":50.0,"total_episodes":4}}"#;
pub(crate) const DONE: &str = r#"{"event_type":"BATCH_EPOCH_COMPLETED","data":{"episodes_completed":4,"batch_idx":2,"avg_accuracy":51.0,"total_episodes":4}}"#;
const ZERO: &str = r#"{"event_type":"EPOCH_COMPLETED","epoch":0,"data":{"env_id":0,"val_accuracy":0.0,"val_loss":null}}"#;

const ALL: &[&str] = &[
    START,
    EPOCH_0,
    EPOCH_1,
    MATRIX,
    GERMINATED,
    BLENDING,
    FOSSILIZED,
    TO_PRUNED,
    PRUNED,
    PPO,
    PPO_ZERO,
    PPO_SKIPPED,
    SHAPLEY,
    OF_THE_PAGE,
    BASELINE,
    WAIT,
    ROLLBACK,
    PLATEAU,
    BATCH,
    DONE,
    ZERO,
];

#[test]
fn performance_follows_from_what_is_sent() {
    let board = fold([START, EPOCH_0, EPOCH_1]);
    let run = board.training();
    assert_eq!((run.epoch(), run.max_epochs()), (Some(7), Some(75)));
    assert_eq!((run.accuracy(), run.accuracy_delta()), (Some(75.0), None));
    assert_eq!((run.param_ratio(), run.efficiency()), (1.0, 1.0));
    assert_eq!(run.known_efficiency(), None);
    assert_eq!(run.mode(), "SIMPLIFIED");
    let board = fold([START, EPOCH_0, EPOCH_1, MATRIX, GERMINATED]);
    let run = board.training();
    assert_eq!(
        (run.host_accuracy(), run.accuracy_delta()),
        (Some(60.0), Some(15.0))
    );
    // 200 parameters in one of two environments.
    assert!((run.param_ratio() - 1.1).abs() < 1e-9);
    assert!((run.efficiency() - 75.0 / 60.0 / 1.1).abs() < 1e-9);
}

fn snapshot(data: &str) -> String {
    format!(r#"{{"event_type":"ANALYTICS_SNAPSHOT","data":{data}}}"#)
}

#[test]
fn the_hosts_accuracy_is_what_was_said_else_a_matrix_else_a_baseline() {
    let epoch = |env: &str, host: &str| {
        format!(
            r#"{{"event_type":"EPOCH_COMPLETED","epoch":1,"data":{{{env}"val_accuracy":75.0,"host_accuracy":{host}}}}}"#
        )
    };
    let matrix = |env: u32, accuracy: f64| {
        format!(
            r#"{{"event_type":"COUNTERFACTUAL_MATRIX_COMPUTED","data":{{"env_id":{env},"slot_ids":["a"],"configs":[{{"seed_mask":[false],"accuracy":{accuracy}}}]}}}}"#
        )
    };
    let baseline = |env: u32, accuracy: f64| {
        format!(
            r#"{{"event_type":"COUNTERFACTUAL_COMPUTED","data":{{"env_idx":{env},"slot_id":"a","baseline_accuracy":{accuracy}}}}}"#
        )
    };
    let of = |frames: &[String]| {
        let board = fold(frames.iter().map(String::as_str));
        board.training().host_accuracy()
    };
    for env in ["", "\"env_id\":0,"] {
        let said = epoch(env, "70.0");
        assert_eq!(
            of(&[said.clone(), matrix(0, 65.0), baseline(0, 60.0)]),
            Some(70.0)
        );
        assert_eq!(
            of(&[matrix(0, 65.0), baseline(1, 60.0), said.clone()]),
            Some(70.0)
        );
        assert_eq!(of(&[said.clone(), epoch(env, "null")]), Some(70.0));
        assert_eq!(of(&[said, epoch(env, "0.0")]), Some(0.0));
    }
    assert_eq!(of(&[matrix(0, 65.0), baseline(0, 60.0)]), Some(65.0));
    assert_eq!(of(&[baseline(0, 60.0)]), Some(60.0));
    assert_eq!(
        of(&[matrix(0, 65.0), matrix(1, 55.0)]),
        Some(60.0),
        "the mean"
    );
    let (zero, one) = ("\"env_id\":0,", "\"env_id\":1,");
    assert_eq!(of(&[epoch(zero, "70.0"), epoch(one, "60.0")]), Some(65.0));
    // The page's own snapshot is of the whole; an epoch after it is of its environment again.
    let whole = snapshot(r#"{"host_accuracy":72.0}"#);
    assert_eq!(
        of(&[epoch(zero, "70.0"), epoch(one, "60.0"), whole.clone()]),
        Some(72.0)
    );
    assert_eq!(
        of(&[epoch(zero, "70.0"), whole, epoch(one, "60.0")]),
        Some(65.0)
    );
}

#[test]
fn earlier_lives_of_a_slot_are_no_part_of_the_network() {
    const FROM_FOSSIL: &str = r#"{"event_type":"SEED_FOSSILIZED","data":{"slot_id":"r0c0","env_id":0,"params_added":200}}"#;
    const ONE: &str = r#"{"event_type":"TRAINING_STARTED","data":{"n_envs":1,"host_params":1000}}"#;
    let mut frames = vec![ONE];
    for episode in 0..3 {
        frames.extend([GERMINATED, FROM_FOSSIL]);
        let ratio = fold(frames.iter().copied()).training().param_ratio();
        assert!((ratio - 1.2).abs() < 1e-9, "episode {episode}: {ratio}");
    }
    frames.push(PRUNED);
    assert!((fold(frames).training().param_ratio() - 1.0).abs() < 1e-9);
}

#[test]
fn the_pages_own_snapshot_tells_of_seeds_at_once() {
    let frame = snapshot(
        r#"{"seeds":[{"slot_id":"r0c0","blueprint":"conv","params":12400,"contribution":3.2,"efficiency":12.0},{"slot_id":"r0c1","blueprint":"norm","params":10,"contribution":null}]}"#,
    );
    let board = fold([&*frame]);
    let rows = board.training().seeds().newest();
    assert_eq!(rows.len(), 2);
    assert_eq!((&*rows[0].slot, &*rows[1].slot), ("r0c0", "r0c1"));
    assert_eq!(rows[0].blueprint.as_deref(), Some("conv"));
    assert_eq!(
        (rows[0].params, rows[0].efficiency),
        (Some(12_400), Some(12.0))
    );
    assert_eq!(
        (rows[0].contribution(), rows[1].contribution()),
        (Some(3.2), None)
    );
}

#[test]
fn a_value_without_an_environment_is_of_the_slot_in_all() {
    const OF_ALL: &str = r#"{"event_type":"ANALYTICS_SNAPSHOT","data":{"kind":"shapley_computed","shapley_values":{"r0c0":{"mean":2.5}}}}"#;
    let other = GERMINATED.replace("\"env_id\":0", "\"env_id\":1");
    let board = fold([GERMINATED, PRUNED, GERMINATED, &other, OF_ALL]);
    let seeds = board.training().seeds();
    let of_all: Vec<_> = seeds.iter().map(|row| row.shapley).collect();
    assert_eq!(
        of_all,
        [None, Some(2.5), Some(2.5)],
        "the newest life in each"
    );
}

#[test]
fn the_newest_word_on_accuracy_counts() {
    let ten = snapshot(r#"{"accuracy":10.0}"#);
    let of = |frames: &[&str]| fold(frames.iter().copied()).training().accuracy();
    assert_eq!(of(&[&ten, BATCH]), Some(50.0), "a run without an epoch");
    assert_eq!(of(&[BATCH, &ten]), Some(10.0));
    assert_eq!(
        of(&[EPOCH_0, &ten, BATCH]),
        Some(10.0),
        "batches only stand in"
    );
    assert_eq!(of(&[&ten, EPOCH_0, EPOCH_1, BATCH]), Some(75.0));
}

#[test]
fn an_update_completes_a_run_too() {
    for update in [
        r#"{"event_type":"PPO_UPDATE_COMPLETED","data":{"episodes_completed":4}}"#,
        r#"{"event_type":"PPO_UPDATE_COMPLETED","epoch":4,"data":{"skipped":true}}"#,
    ] {
        let board = fold([START, update]);
        assert_eq!(board.status(), SessionStatus::Completed, "{update}");
        assert_eq!(board.training().episodes_completed(), Some(4));
    }
    assert_eq!(fold([START, PPO]).status(), SessionStatus::Running);
}

#[test]
fn a_batch_stands_in_where_no_epoch_is_ever_sent_and_moves_no_epoch() {
    let board = fold([BATCH]);
    assert_eq!(board.training().accuracy(), Some(50.0));
    assert_eq!(board.training().epoch(), None);
    assert_eq!(board.training().mode(), "SHAPED");
    assert_eq!(fold([BATCH, EPOCH_0]).training().accuracy(), Some(80.0));
}

#[test]
fn zero_replaces_and_null_does_not() {
    let board = fold([EPOCH_0, ZERO, PPO, PPO_ZERO]);
    let run = board.training();
    assert_eq!((run.epoch(), run.accuracy()), (Some(0), Some(0.0)));
    assert_eq!(run.loss(), Some(0.5), "null is not measured");
    let policy = run.policy();
    assert_eq!((policy.entropy, policy.kl), (Some(0.0), Some(0.0)));
    assert_eq!(policy.value_variance, Some(0.25));
}

#[test]
fn a_skipped_update_says_nothing_of_the_policy() {
    let board = fold([PPO, PPO_SKIPPED]);
    let policy = board.training().policy();
    assert_eq!((policy.entropy, policy.skipped), (Some(0.8), 1));
    assert_eq!(policy.entropy_reading().unwrap().word, "exploring");
    assert_eq!(policy.kl_reading().unwrap().tone, Tone::Good);
    assert_eq!(
        board.metrics().get("ppo/op_q_values/0").unwrap().non_finite,
        1
    );
}

#[test]
fn a_seeds_life_is_kept_stage_by_stage_whichever_of_a_pair_comes_first() {
    for pair in [[TO_PRUNED, PRUNED], [PRUNED, TO_PRUNED]] {
        let board = fold([GERMINATED, BLENDING].into_iter().chain(pair));
        let rows = board.training().seeds().newest();
        let stages: Vec<SeedStage> = rows[0].life.iter().map(|span| span.stage).collect();
        assert_eq!(
            stages,
            [
                SeedStage::Germinated,
                SeedStage::Blending,
                SeedStage::Pruned
            ]
        );
        assert_eq!(rows[0].reason.as_deref(), Some("no gain"));
        assert_eq!(rows.len(), 1);
    }
    let again = fold([GERMINATED, PRUNED, GERMINATED]);
    assert_eq!(again.training().seeds().iter().count(), 2);
    assert_eq!(again.training().seeds().newest().len(), 1);
}

#[test]
fn a_contribution_is_the_best_that_is_known() {
    let of = |frames: &[&str]| {
        let board = fold(frames.iter().copied());
        board.training().seeds().newest()[0].contribution()
    };
    assert_eq!(of(&[GERMINATED, FOSSILIZED]), Some(1.5));
    assert_eq!(of(&[GERMINATED, FOSSILIZED, MATRIX]), Some(6.0));
    assert_eq!(of(&[GERMINATED, FOSSILIZED, MATRIX, SHAPLEY]), Some(3.1));
}

#[test]
fn actions_alerts_and_notes_are_told_apart() {
    let board = fold([GERMINATED, WAIT, FOSSILIZED, PRUNED, ROLLBACK, PLATEAU]);
    let recent = board.training().recent();
    let actions: Vec<&str> = recent.actions.iter().map(|row| &*row.action).collect();
    assert_eq!(actions, ["GERMINATE", "WAIT", "FOSSILIZE", "PRUNE"]);
    assert_eq!((recent.alert_count, recent.notes.len()), (1, 1));
    assert_eq!(recent.alerts[0].alert.text, "Loss ran away");
}

#[test]
fn a_run_completes_with_its_last_episode_and_not_before() {
    assert_eq!(fold([START, BATCH]).status(), SessionStatus::Running);
    let board = fold([START, BATCH, DONE]);
    assert_eq!(board.status(), SessionStatus::Completed);
    assert!(board.header().ended_at.is_some());
    let best = r#"{"event_type":"CHECKPOINT_LOADED","data":{"source":"best_state"}}"#;
    assert_eq!(fold([START, best]).status(), SessionStatus::Completed);
}

proptest! {
    #[test]
    fn a_stored_board_goes_on_as_if_it_had_not_been(
        picks in proptest::collection::vec(0..ALL.len(), 1..40),
        cut in 0_usize..40,
    ) {
        let events: Vec<Event> = picks.iter().zip(1..).map(|(pick, seq)| event(ALL[*pick], seq)).collect();
        let mut whole = Board::new(ProjectId::default(), SessionId::new("training").unwrap());
        let mut stored = whole.clone();
        for event in &events {
            whole.apply(event);
        }
        for (place, event) in events.iter().enumerate() {
            if place == cut {
                stored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
            }
            stored.apply(event);
        }
        prop_assert_eq!(whole, stored);
    }
}
