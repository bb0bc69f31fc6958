//! What a crew's event says, in the normal form.

use loopscope_event::{
    AgentFact, AgentState, Event, Fact, HealthFact, Opportunity, Phase, QualityFact,
    ReputationFact, StepFact, SynthesisFact,
};

use super::{fields, names, points, severity};
use crate::read::{Json, Object, cut};

/// The most parts of one assessment.
const MAX_DIMENSIONS: usize = 32;

/// What an event says; a name that the table does not have is read like a loop's.
pub(crate) fn facts(event: &Event, data: &Object<'_>) -> Vec<Fact> {
    let Some((name, _)) = names::lookup(&event.name) else {
        return crate::convergence::facts(event, data);
    };
    let mut facts = said(name, event, data);
    facts.extend(points::points(name, data));
    facts
}

fn said(name: &str, event: &Event, data: &Object<'_>) -> Vec<Fact> {
    match name {
        "agent_execution_started" | "agent_started" => agent(AgentState::Busy, data),
        "agent_execution_completed" | "agent_completed" => {
            let state = match fields::success(event, data) {
                Some(false) => AgentState::Failed,
                _ => AgentState::Completed,
            };
            agent(state, data)
        }
        "agent_registered" => agent(AgentState::Idle, data),
        "opportunity_discovered" | "discovery_event" => vec![opportunity(event, data)],
        "synthesis_started" => synthesis(Phase::Started, data),
        "synthesis_completed" => synthesis(ended(event, data), data),
        "quality_score_updated" => vec![quality(data)],
        "error_occurred" => vec![Fact::Error(error(data))],
        "system_health_updated" => vec![health(data)],
        "reputation_updated" | "reputation_update" => vec![reputation(data)],
        "task_outcome_recorded" => vec![outcome(event, data)],
        "workflow_started" => vec![step("workflow", Phase::Started, data)],
        "workflow_completed" => vec![step("workflow", ended(event, data), data)],
        "task_started" => vec![step("task", Phase::Started, data)],
        "task_completed" => vec![step("task", ended(event, data), data)],
        _ => Vec::new(),
    }
}

fn ended(event: &Event, data: &Object<'_>) -> Phase {
    match fields::success(event, data) {
        Some(false) => Phase::Failed,
        _ => Phase::Completed,
    }
}

fn agent(state: AgentState, data: &Object<'_>) -> Vec<Fact> {
    let failed = state == AgentState::Failed;
    // An agent that is only registered has a name and perhaps a purpose, but no task.
    let task = if state == AgentState::Idle {
        None
    } else {
        fields::task(data)
    };
    let error = || {
        let said = fields::error_message(data);
        said.or_else(|| data.get("description").text())
    };
    vec![Fact::Agent(Box::new(AgentFact {
        id: fields::agent_id(data),
        name: fields::agent_name(data),
        state,
        begins: state == AgentState::Busy,
        role: data.first(&["role", "agent_type", "type"], Json::word),
        task,
        percent: None,
        duration: fields::duration(data),
        quality: fields::quality(data),
        data_source: data.get("data_source").text(),
        error: failed.then(error).flatten(),
    }))]
}

fn opportunity(event: &Event, data: &Object<'_>) -> Fact {
    let confidence = ["confidence_score", "confidence"];
    let revenue = data.first(&["revenue_potential", "revenue"], Json::text);
    let title = data.first(&["title", "name"], Json::text);
    Fact::Opportunity(Box::new(Opportunity {
        id: data
            .first(&["opportunity_id", "id"], Json::id)
            .unwrap_or_else(|| event.event_id.as_str().to_owned()),
        title: cut(&title.unwrap_or_default(), 160),
        description: data.first(&["description", "summary"], Json::text),
        confidence: data.first(&confidence, fields::share),
        revenue_potential: revenue
            .or_else(|| estimate(data))
            .map(|revenue| cut(&revenue, 48)),
        category: data.first(&["category", "type"], Json::word),
    }))
}

/// What producers estimate as two numbers.
fn estimate(data: &Object<'_>) -> Option<String> {
    let bound = |field: &str| data.get(field).finite().map(money);
    match (
        bound("estimated_revenue_min"),
        bound("estimated_revenue_max"),
    ) {
        (Some(least), Some(most)) if least == most => Some(least),
        (Some(least), Some(most)) => Some(format!("{least} – {most}")),
        (Some(least), None) => Some(format!("from {least}")),
        (None, Some(most)) => Some(format!("up to {most}")),
        (None, None) => None,
    }
}

fn money(amount: f64) -> String {
    match amount.abs() {
        size if size >= 1e9 => format!("${:.1}B", amount / 1e9),
        size if size >= 1e6 => format!("${:.1}M", amount / 1e6),
        size if size >= 1e3 => format!("${:.0}K", amount / 1e3),
        _ => format!("${amount:.0}"),
    }
}

fn synthesis(phase: Phase, data: &Object<'_>) -> Vec<Fact> {
    let name = data.first(&["phase", "name"], Json::word);
    let name = name.unwrap_or_else(|| "synthesis".to_owned());
    let fact = SynthesisFact {
        name: name.clone(),
        phase,
        description: data.get("description").text(),
        duration: fields::duration(data),
        patterns_found: data.get("patterns_found").size(),
    };
    let mut step = StepFact::new(phase, name);
    step.message.clone_from(&fact.description);
    step.error = fields::error_message(data).filter(|_| phase == Phase::Failed);
    vec![Fact::Synthesis(Box::new(fact)), Fact::Step(Box::new(step))]
}

fn quality(data: &Object<'_>) -> Fact {
    let dimensions = data.first(&["dimension_scores", "dimensions"], |value| {
        let fields = value.object();
        (!fields.is_empty()).then_some(fields)
    });
    let dimensions = dimensions.unwrap_or_default();
    let parts = dimensions
        .iter()
        .filter_map(|(name, value)| Some((cut(name, 64), value.finite()?)));
    Fact::Quality(Box::new(QualityFact {
        source: fields::source(data),
        score: data.first(&["overall_score", "score"], Json::finite),
        dimensions: parts.take(MAX_DIMENSIONS).collect(),
    }))
}

fn error(data: &Object<'_>) -> String {
    let message = fields::error_message(data).or_else(|| data.get("description").text());
    let message = message.unwrap_or_else(|| "no message".to_owned());
    match fields::source(data) {
        source if source.is_empty() => message,
        source => format!("{source}: {message}"),
    }
}

fn health(data: &Object<'_>) -> Fact {
    Fact::Health(HealthFact {
        cpu_percent: data.get("cpu_percent").finite(),
        memory_percent: data.get("memory_percent").finite(),
        active_agents: data.get("active_agents").count(),
        uptime_seconds: data.get("uptime_seconds").finite(),
    })
}

fn reputation(data: &Object<'_>) -> Fact {
    let score = ["new_score", "score", "reputation"];
    Fact::Reputation(Box::new(ReputationFact::Changed {
        agent_id: fields::agent_id(data),
        agent_name: fields::agent_name(data),
        old_score: data.get("old_score").finite(),
        new_score: data.first(&score, Json::finite),
        change: severity::change(data),
        total_tasks: data.get("total_tasks").count(),
        trend: data.get("trend").word(),
    }))
}

fn outcome(event: &Event, data: &Object<'_>) -> Fact {
    Fact::Reputation(Box::new(ReputationFact::Outcome {
        agent_id: fields::agent_id(data),
        agent_name: fields::agent_name(data),
        task_id: data.first(&["task_id", "task"], Json::text),
        success: fields::success(event, data),
        quality: fields::quality(data),
        duration: fields::duration(data),
    }))
}

fn step(kind: &str, phase: Phase, data: &Object<'_>) -> Fact {
    let names = match kind {
        "workflow" => ["workflow_name", "workflow_id", "name"],
        _ => ["task_name", "task_type", "name"],
    };
    let name = data.first(&names, Json::word);
    let mut step = StepFact::new(phase, name.unwrap_or_else(|| kind.to_owned()));
    step.message = data.get("description").text();
    step.error = fields::error_message(data).filter(|_| phase == Phase::Failed);
    Fact::Step(Box::new(step))
}
