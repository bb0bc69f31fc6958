//! What an order does to a run. In: the order. Out: events to tell, the result for the receipt, and what is left to do.

use serde_json::{Map, Value, json};

use super::{Restoring, Run, Stage};
use crate::order::{Back, Order, Place};
use crate::skills;

/// What is left to do once the order is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Nothing,
    /// The running tools stand still, or go on.
    Stand,
    /// The skill in hand is let go; the run goes on at its place.
    Leave,
    /// The skill in hand is let go, and the tree goes back to where [`Run::restoring`] says.
    Restore,
    /// A checkpoint is taken.
    Checkpoint(String),
    /// A file goes back to how it was at the last checkpoint.
    Revert(String),
    /// The run ends.
    Cancel,
}

/// What an order came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Obeyed {
    /// What to tell, by name and data.
    pub events: Vec<(&'static str, Value)>,
    /// For the receipt; of what is left to do the engine adds its own.
    pub result: Value,
    /// What is left to do.
    pub then: Then,
}

impl Obeyed {
    fn new(result: Value, then: Then) -> Self {
        Self {
            events: Vec::new(),
            result,
            then,
        }
    }

    fn tell(mut self, name: &'static str, data: Value) -> Self {
        self.events.push((name, data));
        self
    }
}

impl Run {
    /// Obeys, or says why it cannot; then nothing has changed.
    pub fn obey(
        &mut self,
        order: Order,
        command_id: &str,
        by: &str,
        reason: Option<&str>,
    ) -> Result<Obeyed, String> {
        if self.is_over {
            return Err("the run is over".to_owned());
        }
        match order {
            Order::Halt => Ok(self.halt(reason)),
            Order::Resume => self.resume(),
            Order::Rollback(back) => self.roll_back(&back, command_id),
            Order::RedirectSkill(name) => self.redirect(&name),
            Order::RedirectPath(path) => self.focus(&path),
            Order::Decision(id, choice) => self.decide(&id, &choice, by, reason),
            Order::Inject(name, parameters, place) => self.inject(&name, parameters, place),
            Order::Checkpoint(label) => Ok(Obeyed::new(Value::Null, Then::Checkpoint(label))),
            Order::Approve(path) => Ok(Obeyed::new(json!({"file_path": path}), Then::Nothing)
                .tell("file:approved", json!({"file_path": path, "by": by}))),
            Order::Revert(path) => Ok(Obeyed::new(json!({"file_path": path}), Then::Revert(path))),
            Order::Cancel => Ok(Obeyed::new(json!({}), Then::Cancel)),
            Order::SetPace(millis) => {
                self.pace_ms = millis;
                Ok(Obeyed::new(json!({"milliseconds": millis}), Then::Nothing))
            }
        }
    }

    fn halt(&mut self, reason: Option<&str>) -> Obeyed {
        let reason = reason.unwrap_or("halted from the dashboard").to_owned();
        let result = json!({"current_step": self.at, "was_halted": self.halted.is_some()});
        let told = json!({"reason": reason, "current_step": self.at,
                          "steps_total": self.plan.len(), "can_resume": true});
        self.halted = Some(reason);
        Obeyed::new(result, Then::Stand).tell("execution:halted", told)
    }

    fn resume(&mut self) -> Result<Obeyed, String> {
        if self.halted.take().is_none() {
            return Err("Cannot resume - execution is running".to_owned());
        }
        let told = json!({"current_step": self.at, "steps_remaining": self.plan.len() - self.at});
        Ok(Obeyed::new(json!({"current_step": self.at}), Then::Stand)
            .tell("execution:resumed", told))
    }

    fn roll_back(&mut self, back: &Back, command_id: &str) -> Result<Obeyed, String> {
        let there = self.checkpoints.len();
        let place = match back {
            Back::By(steps) => there.checked_sub(*steps).ok_or_else(|| {
                format!("{steps} steps back are beyond the start; {there} are possible")
            })?,
            Back::To(id) => self
                .checkpoints
                .iter()
                .rposition(|checkpoint| checkpoint.commit == *id)
                .ok_or_else(|| format!("there is no checkpoint {id} to go back to"))?,
        };
        let steps = there - place;
        self.restoring = Some(Restoring {
            checkpoint: place,
            command_id: command_id.to_owned(),
        });
        let commit = &self.checkpoints[place].commit;
        let told = json!({"checkpoint_id": commit, "steps": steps, "current_step": self.at});
        let result = json!({"steps": steps, "checkpoint_id": commit});
        Ok(Obeyed::new(result, Then::Restore).tell("execution:rollback_started", told))
    }

    /// The tree is back: so is the run. Gives what to tell.
    pub fn restored(&mut self) -> Vec<(&'static str, Value)> {
        let Some(restoring) = self.restoring.take() else {
            return Vec::new();
        };
        let mut events = Vec::new();
        if let Some(left) = self.begin_again() {
            events.push((
                "skill:skipped",
                with(left, "message", "left for a rollback"),
            ));
        }
        let Some(checkpoint) = self.checkpoints.get(restoring.checkpoint).cloned() else {
            return events;
        };
        self.checkpoints.truncate(restoring.checkpoint + 1);
        self.at = checkpoint.at;
        for at in self.at..self.plan.len() {
            if self.plan[at].stage == Stage::Over {
                self.completed = self.completed.saturating_sub(1);
            }
            self.renew(at);
        }
        let told = json!({"checkpoint_id": checkpoint.commit, "label": checkpoint.label,
                          "current_step": self.at});
        events.push(("execution:rollback_completed", told));
        events
    }

    fn redirect(&mut self, name: &str) -> Result<Obeyed, String> {
        let skill = known(name)?;
        let later = (self.at + 1..self.plan.len()).find(|at| self.plan[*at].name == skill);
        let from = self.at;
        let mut events = Vec::new();
        let to = if let Some(later) = later {
            for at in from..later {
                events.push((
                    "skill:skipped",
                    with(self.of(at), "message", "redirected past it"),
                ));
                self.plan[at].stage = Stage::Over;
            }
            later
        } else {
            // What was done already, or was never planned, is done now; then the plan goes on behind the one in hand.
            let mut place = from;
            if let Some(planned) = self.plan.get_mut(from) {
                planned.stage = Stage::Over;
                events.push((
                    "skill:skipped",
                    with(self.of(from), "message", "redirected past it"),
                ));
                place += 1;
            }
            let planned = self.planned(skill, Map::new());
            self.insert(place, planned);
            place
        };
        self.question = None;
        self.at = to;
        let result = json!({"target": skill, "from_step": from, "to_step": to});
        let told = json!({"target_skill": skill, "from_step": from, "to_step": to});
        events.push(("execution:redirect", told));
        Ok(Obeyed {
            events,
            result,
            then: Then::Leave,
        })
    }

    fn focus(&mut self, path: &str) -> Result<Obeyed, String> {
        let at = self.at;
        let Some(planned) = self.plan.get(at) else {
            return Err("no skill is left".to_owned());
        };
        let name = planned.name.clone();
        if !skills::find(&name).is_some_and(|skill| skill.by_file) {
            return Err(format!("{name} works on the whole crate, not on a path"));
        }
        let mut events = Vec::new();
        if let Some(left) = self.begin_again() {
            events.push((
                "skill:skipped",
                with(left, "message", "redirected to a path"),
            ));
        }
        self.plan[at]
            .parameters
            .insert("path".to_owned(), json!(path));
        events.push((
            "execution:redirect",
            json!({"target_path": path, "to_step": at}),
        ));
        Ok(Obeyed {
            events,
            result: json!({"target": path, "to_step": at}),
            then: Then::Leave,
        })
    }

    fn inject(
        &mut self,
        name: &str,
        parameters: Map<String, Value>,
        place: Place,
    ) -> Result<Obeyed, String> {
        let skill = known(name)?;
        let first = match self.current() {
            Some(planned) if planned.stage == Stage::InHand => self.at + 1,
            _ => self.at,
        };
        let place = match place {
            Place::Next => first,
            Place::End => self.plan.len(),
            Place::At(place) if place < first => {
                return Err(format!(
                    "place {place} is past; {first} is the first that is not"
                ));
            }
            Place::At(place) => place.min(self.plan.len()),
        };
        let planned = self.planned(skill, parameters);
        self.insert(place, planned);
        let result = json!({"skill_name": skill, "position": place});
        Ok(Obeyed::new(result, Then::Nothing)
            .tell("skill:injected", with(self.of(place), "position", place)))
    }

    fn decide(
        &mut self,
        id: &str,
        choice: &Value,
        by: &str,
        reason: Option<&str>,
    ) -> Result<Obeyed, String> {
        if let Some(made) = self.answers.get(id) {
            return Err(format!("it was decided already: {made}"));
        }
        let Some(question) = self.question.as_ref().filter(|question| question.id == id) else {
            return Err(format!("there is no question {id:?} now"));
        };
        let by_place = choice
            .as_u64()
            .and_then(|place| usize::try_from(place).ok());
        let place = by_place.or_else(|| {
            let word = choice.as_str()?;
            let ids = question.options.iter().position(|id| id == word);
            ids.or_else(|| question.labels.iter().position(|label| label == word))
        });
        let Some(chosen) = place.and_then(|place| question.options.get(place)).cloned() else {
            let options = question.options.join(", ");
            return Err(format!("{choice} is no option; there are {options}"));
        };
        self.answers.insert(id.to_owned(), chosen.clone());
        self.question = None;
        let mut told = json!({"decision_id": id, "choice": chosen, "made_by": by});
        if let Some(reason) = reason {
            told["reason"] = json!(reason);
        }
        let result = json!({"decision_id": id, "choice": chosen});
        Ok(Obeyed::new(result, Then::Nothing).tell("decision:made", told))
    }

    /// Puts a skill into the plan; checkpoints behind it move along.
    fn insert(&mut self, place: usize, planned: super::Planned) {
        self.plan.insert(place, planned);
        for checkpoint in &mut self.checkpoints {
            checkpoint.at += usize::from(checkpoint.at >= place && checkpoint.at > self.at);
        }
    }
}

fn known(name: &str) -> Result<&'static str, String> {
    skills::find(name).map(|skill| skill.name).ok_or_else(|| {
        let names: Vec<_> = skills::ALL.iter().map(|skill| skill.name).collect();
        format!("there is no skill {name:?}; there are {}", names.join(", "))
    })
}

/// An object with one field more.
pub(crate) fn with(mut object: Value, field: &str, value: impl Into<Value>) -> Value {
    object[field] = value.into();
    object
}
