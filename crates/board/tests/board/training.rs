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
    assert_eq!((run.param_ratio(), run.efficiency()), (1.0, None));
    assert_eq!(run.mode(), "SIMPLIFIED");
    let board = fold([START, EPOCH_0, EPOCH_1, MATRIX, GERMINATED]);
    let run = board.training();
    assert_eq!(
        (run.host_accuracy(), run.accuracy_delta()),
        (Some(60.0), Some(15.0))
    );
    // 200 parameters in one of two environments.
    assert!((run.param_ratio() - 1.1).abs() < 1e-9);
    assert!((run.efficiency().unwrap() - 75.0 / 60.0 / 1.1).abs() < 1e-9);
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
