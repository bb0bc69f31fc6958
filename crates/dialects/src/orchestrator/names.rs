//! The one table of names and their normal form. A name matches in any letter case, with `:`, `_`, `.` or `-` between
//! its words: `skill:started`, `skill_started` and `skill.started` are one.

use loopscope_event::Kind;

/// Names as the contract writes them, and their normal form.
pub const NAMES: &[(&str, Kind)] = &[
    ("skill:pending", Kind::StepProgress),
    ("skill:queued", Kind::StepProgress),
    ("skill:injected", Kind::Command),
    ("skill:started", Kind::StepStarted),
    ("skill:progress", Kind::StepProgress),
    ("skill:completed", Kind::StepCompleted),
    ("skill:failed", Kind::StepFailed),
    ("skill:skipped", Kind::StepCompleted),
    ("wave:started", Kind::StepStarted),
    ("wave:completed", Kind::StepCompleted),
    ("wave:failed", Kind::StepFailed),
    ("file:created", Kind::FileChange),
    ("file:modified", Kind::FileChange),
    ("file:changed", Kind::FileChange),
    ("file:deleted", Kind::FileChange),
    ("file:moved", Kind::FileChange),
    ("file:approved", Kind::FileChange),
    ("file:reverted", Kind::FileChange),
    ("decision:point", Kind::Decision),
    ("decision:required", Kind::Decision),
    ("decision:made", Kind::Decision),
    ("validation:started", Kind::Validation),
    ("validation:output", Kind::Log),
    ("validation:completed", Kind::Validation),
    ("validation:result", Kind::Validation),
    ("validation:failed", Kind::Validation),
    ("agent:spawned", Kind::Agent),
    ("agent:started", Kind::Agent),
    ("agent:progress", Kind::Agent),
    ("agent:idle", Kind::Agent),
    ("agent:completed", Kind::Agent),
    ("agent:failed", Kind::Agent),
    ("checkpoint:created", Kind::Checkpoint),
    ("checkpoint:restored", Kind::Checkpoint),
    ("execution:started", Kind::SessionStarted),
    ("execution:progress", Kind::StepProgress),
    ("execution:halted", Kind::StateChanged),
    ("execution:paused", Kind::StateChanged),
    ("execution:resumed", Kind::StateChanged),
    ("execution:completed", Kind::SessionEnded),
    ("execution:failed", Kind::SessionEnded),
    ("execution:rollback", Kind::Command),
    ("execution:redirect", Kind::Command),
    ("execution:rollback_started", Kind::Checkpoint),
    ("execution:rollback_completed", Kind::Checkpoint),
    ("execution:rollback_failed", Kind::Checkpoint),
    ("error:occurred", Kind::Error),
    ("error:recovered", Kind::Log),
    ("session:created", Kind::SessionStarted),
    ("producer:disconnected", Kind::SourceLost),
    ("command:result", Kind::Command),
    ("server:shutdown", Kind::Log),
];

/// Names that are not relayed as events: the transport's own.
pub const RESERVED: &[&str] = &[
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// The longest name of the table, in bytes.
const LONGEST: usize = 32;

/// The table's spelling of a name and its normal form; `None` where the table does not have it.
pub fn lookup(name: &str) -> Option<(&'static str, Kind)> {
    let name = name.trim();
    if name.len() > LONGEST {
        return None;
    }
    let plain = |byte: u8| match byte {
        b':' | b'.' | b'-' => b'_',
        other => other.to_ascii_lowercase(),
    };
    let same = |known: &&(&str, Kind)| known.0.bytes().map(plain).eq(name.bytes().map(plain));
    NAMES.iter().find(same).copied()
}

/// The normal form of a name; [`Kind::Generic`] where the table does not have it.
pub fn kind(name: &str) -> Kind {
    lookup(name).map_or(Kind::Generic, |(_, kind)| kind)
}

/// Whether a name says that a program halted or resumed, whatever its dialect: `execution:halted`, `EXECUTION_RESUMED`.
pub(crate) fn is_halting(name: &str) -> bool {
    let halting = ["execution:halted", "execution:paused", "execution:resumed"];
    lookup(name).is_some_and(|(known, _)| halting.contains(&known))
}

/// The normal form of a name that programs of no dialect use as orchestrators do: `decision:point`,
/// `checkpoint:created`, `file:modified`, `validation:completed`. Only as the contract writes it, with a colon.
pub(crate) fn borrowed(name: &str) -> Option<Kind> {
    let areas = ["decision", "checkpoint", "file", "validation"];
    let (area, _) = name.split_once(':')?;
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known
        .filter(|_| areas.contains(&area))
        .map(|(_, kind)| *kind)
}

/// Whether a name alone tells an orchestrator: words joined by a colon, or a name of the table that no other dialect
/// has. `agent_started` and its like belong to others too.
pub fn tells(name: &str) -> bool {
    let words = |text: &str| {
        let word = |sign: char| sign.is_ascii_lowercase() || sign == '_';
        !text.is_empty() && text.chars().all(word)
    };
    if let Some((first, rest)) = name.split_once(':') {
        return words(first) && words(rest);
    }
    let own = ["skill", "execution", "file", "wave"];
    let mut parts = name.split(['_', '.']);
    let lower = name.bytes().all(|byte| !byte.is_ascii_uppercase());
    lower && parts.next().is_some_and(|part| own.contains(&part)) && lookup(name).is_some()
}
