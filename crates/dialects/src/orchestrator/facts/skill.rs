//! Skills, and waves of them.

use loopscope_event::{Fact, Phase, SkillPart, StepFact};

use super::{duration, percent, why};
use crate::read::{Json, Object};

/// `skill:*`.
pub(super) fn skill(what: &str, data: &Object<'_>) -> Vec<Fact> {
    let names = ["skill_name", "skill", "name", "skill_id"];
    let name = data.first(&names, Json::word);
    let mut step = StepFact::new(phase(what), name.unwrap_or_else(|| "skill".to_owned()));
    common(&mut step, data);
    step.skill = Some(Box::new(SkillPart {
        id: data.get("skill_id").id(),
        index: data.first(&["step_index", "index"], Json::count),
        parameters: data.first(&["parameters", "params"], Json::raw),
        percent: data.first(&["progress", "percent", "progress_percent"], percent),
        duration: duration(data),
        result: data.get("result").raw(),
    }));
    vec![Fact::Step(Box::new(step))]
}

/// `wave:*`: a group of skills, as a step of its own.
pub(super) fn wave(what: &str, data: &Object<'_>) -> Vec<Fact> {
    let name = data.first(&["wave_name", "name"], Json::word);
    let number = || data.first(&["wave", "wave_number", "wave_id", "index"], Json::word);
    let name = name.or_else(|| number().map(|number| format!("wave {number}")));
    let mut step = StepFact::new(phase(what), name.unwrap_or_else(|| "wave".to_owned()));
    common(&mut step, data);
    vec![Fact::Step(Box::new(step))]
}

fn common(step: &mut StepFact, data: &Object<'_>) {
    step.message = data.first(&["message", "description"], Json::text);
    step.success = data.first(&["success", "status"], Json::truth);
    step.done = data.first(&["done", "completed"], Json::count);
    step.total = data.get("total").count();
    if step.phase == Phase::Failed || step.success == Some(false) {
        step.error = why(data);
    }
}

fn phase(what: &str) -> Phase {
    match what {
        "started" => Phase::Started,
        "completed" => Phase::Completed,
        "failed" => Phase::Failed,
        "skipped" => Phase::Skipped,
        "progress" => Phase::Progress,
        _ => Phase::Pending,
    }
}
