//! How much a board may hold: whatever a session's length, a board stays within these bounds.

/// The most iteration rows; beyond, neighbouring rows merge and each stands for twice as many passes.
pub const MAX_ROWS: usize = 4_096;
/// The most distinct step names that are told apart; further ones are counted as `other`.
pub const MAX_STEP_NAMES: usize = 32;
/// The most distinct findings that are listed; fixed ones leave first, the rest is counted.
pub const MAX_FINDINGS: usize = 2_000;
/// The newest fixes that are listed.
pub const MAX_FIXES: usize = 500;
/// The newest errors that are listed.
pub const MAX_ERRORS: usize = 100;
/// The newest events that are listed as lines.
pub const MAX_LINES: usize = 100;
/// The most metrics that are told apart; points of further ones are counted.
pub const MAX_METRICS: usize = 512;
/// The most buckets of one metric's curve; beyond, neighbours merge, minimum and maximum kept.
pub const MAX_METRIC_BUCKETS: usize = 64;
/// The most steps that run at once; beyond, the oldest is forgotten.
pub const MAX_RUNNING: usize = 64;
/// The most buckets of the event density; beyond, each spans twice the time.
pub const MAX_DENSITY_BUCKETS: usize = 240;
/// The most spans of states that the replay bar shows; beyond, the shortest joins its neighbour.
pub const MAX_STATE_SPANS: usize = 160;
/// The most marks of what broke; beyond, those that lie closest become one.
pub const MAX_MARKS: usize = 96;
/// The most machine states that are told apart.
pub const MAX_STATES: usize = 32;
/// The longest sentence of an event line, in characters.
pub const MAX_SENTENCE_CHARS: usize = 200;
/// The longest figures of an event line, in characters.
pub const MAX_FIGURES_CHARS: usize = 64;
/// The largest configuration that is kept, in bytes.
pub const MAX_CONFIG_BYTES: usize = 64 * 1024;
/// The most skills that are listed; ended ones leave first, oldest first, and stay counted.
pub const MAX_SKILLS: usize = 500;
/// The largest parameters or result of a skill that are kept, in bytes.
pub const MAX_SKILL_VALUE_BYTES: usize = 2 * 1024;
/// The most files that are listed; the ones that changed longest ago leave first.
pub const MAX_FILES: usize = 500;
/// The largest diff that is kept of a file, in bytes.
pub const MAX_DIFF_BYTES: usize = 8 * 1024;
/// The most that all kept diffs hold, in bytes; the oldest leave first.
pub const MAX_DIFFS_BYTES: usize = 256 * 1024;
/// The most decisions that are listed; resolved ones leave first.
pub const MAX_DECISIONS: usize = 100;
/// The largest choice, default or context of a decision that is kept, in bytes.
pub const MAX_CHOICE_BYTES: usize = 4 * 1024;
/// The most validations that are listed; the oldest leave first.
pub const MAX_VALIDATIONS: usize = 50;
/// The newest output lines of validations that are kept.
pub const MAX_OUTPUT_LINES: usize = 500;
/// The most agents that are listed; those that ended leave first.
pub const MAX_AGENTS: usize = 200;
/// The newest checkpoints that are listed.
pub const MAX_CHECKPOINTS: usize = 200;
/// The newest commands that are listed.
pub const MAX_COMMANDS: usize = 200;
/// The largest parameters or result of a command that are kept, in bytes.
pub const MAX_COMMAND_VALUE_BYTES: usize = 4 * 1024;
/// The newest alerts that are listed; resolved ones leave first.
pub const MAX_ALERTS: usize = 100;
/// The most running agents that are counted beside those that are listed; beyond, the one that began first is forgotten.
pub const MAX_AGENTS_ASIDE: usize = 10_000;
/// The most opportunities that are listed; the oldest leave first, and stay counted.
pub const MAX_OPPORTUNITIES: usize = 1_000;
/// The most that all their descriptions hold, in bytes; the oldest leave first.
pub const MAX_OPPORTUNITY_TEXTS_BYTES: usize = 48 * 1024;
/// The most sources of quality that are told apart; assessments of further ones are counted.
pub const MAX_QUALITY_SOURCES: usize = 16;
/// The most parts of quality that are told apart.
pub const MAX_DIMENSIONS: usize = 12;
/// The most points of one score's line; beyond, neighbours merge, minimum and maximum kept.
pub const MAX_TRAIL_POINTS: usize = 64;
/// The largest score, either way: far beyond any that means something, and small enough for exact sums.
pub const MAX_SCORE: f64 = 1e6;
/// The newest phases of synthesis that are listed.
pub const MAX_SYNTHESES: usize = 200;
/// The most environments of a training run that are told apart.
pub const MAX_ENVS: usize = 64;
/// The most seeds that are listed; those that are gone leave first.
pub const MAX_SEEDS: usize = 200;
/// The most stages of one seed's life that are kept.
pub const MAX_STAGE_SPANS: usize = 24;
/// The newest actions of a policy that are listed.
pub const MAX_ACTIONS: usize = 8;
/// The most actions that are counted apart.
pub const MAX_ACTION_NAMES: usize = 32;
/// The newest alerts of a training run that are listed.
pub const MAX_TRAINING_ALERTS: usize = 50;
/// The newest notes of a training run that are listed.
pub const MAX_NOTES: usize = 20;
