//! What happens, in the contract's words. In: agents, reports, proposals. Out: events, given to the line.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::agents::{Agent, Report};
use crate::health::Pulse;
use crate::line::Line;
use crate::quality::Quality;
use crate::synthesis::{Proposal, counted};

/// Tells what happens.
#[derive(Debug)]
pub struct Teller {
    line: Line,
    active: AtomicUsize,
    started: Instant,
}

impl Teller {
    /// Tells it down this line.
    pub fn new(line: Line) -> Self {
        Self {
            line,
            active: AtomicUsize::new(0),
            started: Instant::now(),
        }
    }

    /// An agent is there.
    pub fn agent_registered(&self, agent: &Agent) {
        let reads: Vec<&str> = agent.reads.iter().map(|language| language.name()).collect();
        let data = json!({"agent_id": agent.id, "agent_name": agent.name,
            "task_description": agent.task, "reads": reads});
        self.tell("agent_registered", "info", data);
    }

    /// An agent begins.
    pub fn agent_started(&self, agent: &Agent) {
        self.active.fetch_add(1, Ordering::Relaxed);
        let data = json!({"agent_id": agent.id, "agent_name": agent.name, "task_description": agent.task,
            "description": format!("Agent {} started: {}", agent.name, agent.task)});
        self.tell("agent_execution_started", "info", data);
    }

    /// An agent ends.
    pub fn agent_completed(&self, agent: &Agent, report: &Report) {
        self.active.fetch_sub(1, Ordering::Relaxed);
        let duration_ms = milliseconds(report.took);
        let (word, severity) = if report.is_whole {
            ("completed", "success")
        } else {
            ("failed", "error")
        };
        let mut data = json!({"agent_id": agent.id, "agent_name": agent.name, "task_description": agent.task,
            "duration_ms": duration_ms, "success": report.is_whole, "quality_score": report.quality(),
            "data_source": format!("{} of {}", report.read, counted(report.meant, "file")),
            "files_read": report.read, "lines_read": report.lines, "findings": report.findings.len(),
            "description": format!("Agent {} {word} in {duration_ms:.0}ms", agent.name)});
        if agent.finds.is_none() {
            let counts = report.counts.iter().map(|(language, count)| {
                let count = json!({"files": count.files, "code": count.code, "comment": count.comment,
                    "blank": count.blank, "items": count.items});
                (language.name().to_owned(), count)
            });
            data["languages"] = Value::Object(counts.collect());
        }
        if !report.is_whole {
            data["error"] = json!("the program was stopped");
        }
        self.tell("agent_execution_completed", severity, data);
    }

    /// A part of the synthesis begins.
    pub fn synthesis_started(&self, phase: &str, description: &str) {
        let data = json!({"phase": phase, "description": description});
        self.tell("synthesis_started", "info", data);
    }

    /// A part of the synthesis ends.
    pub fn synthesis_completed(&self, phase: &str, took: Duration, patterns: usize) {
        let data = json!({"phase": phase, "duration_ms": milliseconds(took), "patterns_found": patterns,
            "description": format!("Synthesis completed: {patterns} patterns found")});
        self.tell("synthesis_completed", "success", data);
    }

    /// Something that could be done.
    pub fn opportunity(&self, proposal: &Proposal, round: u64) {
        let evidence: Vec<String> = proposal.evidence.iter().map(ToString::to_string).collect();
        let data = json!({"opportunity_id": proposal.id, "title": proposal.title,
            "description": proposal.description, "confidence_score": proposal.confidence,
            "revenue_potential": proposal.gain, "category": proposal.kind.name(),
            "evidence": evidence, "lines_saved": proposal.lines_saved, "round": round});
        self.tell("opportunity_discovered", "success", data);
    }

    /// How good a round was, with its figures.
    pub fn quality(&self, quality: &Quality, round: u64, metrics: &Map<String, Value>) {
        let overall = quality.overall();
        let severity = match overall {
            95.0.. => "success",
            90.0.. => "warning",
            _ => "error",
        };
        let dimensions = json!({"completeness": quality.completeness,
            "verification": quality.verification, "depth": quality.depth});
        let data = json!({"source": "second look", "overall_score": overall, "dimension_scores": dimensions,
            "step": round, "metrics": metrics, "description": format!("Quality score: {overall:.1}%")});
        self.tell("quality_score_updated", severity, data);
    }

    /// Something could not be done.
    pub fn error(&self, source: &str, kind: &str, message: &str) {
        let data = json!({"source": source, "error_message": message, "error_type": kind,
            "description": format!("Error in {source}: {message}")});
        self.tell("error_occurred", "error", data);
    }

    /// How the machine is.
    pub fn health(&self, pulse: &Pulse) {
        let active = self.active.load(Ordering::Relaxed);
        let uptime = self.started.elapsed().as_secs_f64();
        let data = json!({"cpu_percent": pulse.cpu_percent, "memory_percent": pulse.memory_percent,
            "active_agents": active, "uptime_seconds": uptime, "own_memory_mib": pulse.own_memory_mib,
            "description": format!("System health: {active} active agents, {uptime:.0}s uptime")});
        self.tell("system_health_updated", "info", data);
    }

    /// What came of a task after the second look.
    pub fn outcome(&self, agent: &Agent, report: &Report, round: u64, quality: Option<f64>) {
        let word = if report.is_whole {
            "completed"
        } else {
            "failed"
        };
        let task = format!("round-{round}");
        let data = json!({"agent_id": agent.id, "agent_name": agent.name, "success": report.is_whole,
            "quality_score": quality, "duration_ms": milliseconds(report.took),
            "description": format!("{} {word} task {task}", agent.name), "task_id": task});
        let severity = if report.is_whole { "success" } else { "error" };
        self.tell("task_outcome_recorded", severity, data);
    }

    /// An agent's standing over all rounds, from 0 to 1.
    pub fn reputation(&self, agent: &Agent, old: f64, new: f64, tasks: u64) {
        let change = new - old;
        let trend = match change {
            0.001.. => "improving",
            -0.001.. => "stable",
            _ => "declining",
        };
        let data = json!({"agent_id": agent.id, "agent_name": agent.name, "old_score": old, "new_score": new,
            "change": change, "total_tasks": tasks, "trend": trend,
            "description": format!("{} reputation: {:.1}% ({:+.1}% change, {trend})",
                agent.name, 100.0 * new, 100.0 * change)});
        let severity = if change >= 0.0 { "success" } else { "warning" };
        self.tell("reputation_updated", severity, data);
    }

    fn tell(&self, kind: &str, severity: &str, data: Value) {
        self.line.tell(event(kind, severity, data));
    }
}

/// An event as the contract has it.
pub fn event(kind: &str, severity: &str, data: Value) -> Map<String, Value> {
    let mut event = Map::new();
    event.insert("event_id".to_owned(), json!(Uuid::new_v4().to_string()));
    event.insert("event_type".to_owned(), json!(kind));
    // UTC without a zone, as the contract wants it.
    let now = Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S%.6f")
        .to_string();
    event.insert("timestamp".to_owned(), json!(now));
    event.insert("data".to_owned(), data);
    event.insert("severity".to_owned(), json!(severity));
    event
}

fn milliseconds(length: Duration) -> f64 {
    length.as_secs_f64() * 1000.0
}
