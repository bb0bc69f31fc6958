//! What skills work with. In: the house, and the skill in hand. Out: progress, tools with their lines, questions with
//! their answers, agents.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use crate::child::Output;
use crate::house::House;
use crate::run::{Planned, Question};

/// How long past a question's time the program waits for the server, which answers by itself.
const GRACE: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub struct Bench<'a> {
    /// What is shared.
    pub house: &'a House,
    planned: Planned,
    at: usize,
}

/// An option of a question.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Its id.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// What comes of it.
    pub consequence: &'static str,
}

impl<'a> Bench<'a> {
    /// The bench of the skill in hand.
    pub fn new(house: &'a House) -> Option<Self> {
        let run = house.run.borrow();
        let planned = run.current()?.clone();
        Some(Self {
            house,
            planned,
            at: run.at,
        })
    }

    /// Which skill it is.
    pub fn name(&self) -> &str {
        &self.planned.name
    }

    /// With what it was called.
    pub fn parameters(&self) -> &Map<String, Value> {
        &self.planned.parameters
    }

    /// Rests, then tells of a piece of work that begins.
    pub async fn piece(&self, done: usize, total: usize, message: &str) {
        sleep(self.house.pace()).await;
        self.house.tell(
            "skill:progress",
            json!({"skill_name": self.name(), "skill_id": self.planned.id, "step_index": self.at,
                   "progress": done * 100 / total.max(1), "message": message}),
        );
    }

    /// The files that the skill goes through: those it was given, else all sources.
    pub fn files(&self) -> anyhow::Result<Vec<String>> {
        let all = self.house.sources()?;
        Ok(
            match self.parameters().get("path").and_then(Value::as_str) {
                None => all,
                Some(path) => all
                    .into_iter()
                    .filter(|file| file == path || file.starts_with(&format!("{path}/")))
                    .collect(),
            },
        )
    }

    /// Runs a tool in silence.
    pub async fn tool(&self, program: &str, args: &[&str]) -> anyhow::Result<Output> {
        let house = self.house;
        let run = house.children.run(house.place(), program, args, &|_, _| {});
        run.await
    }

    /// Runs a tool as a check: its lines are told as they come, and how it ended.
    pub async fn check(&self, check: &str, program: &str, args: &[&str]) -> anyhow::Result<Output> {
        let house = self.house;
        let shown = program.rsplit('/').next().unwrap_or(program);
        let command = format!("{shown} {}", args.join(" "));
        house.tell(
            "validation:started",
            json!({"check_name": check, "command": command}),
        );
        let tell_line = |line: &str, is_stderr: bool| {
            if !line.trim().is_empty() {
                let stream = if is_stderr { "stderr" } else { "stdout" };
                house.tell(
                    "validation:output",
                    json!({"check_name": check, "line": line, "type": stream}),
                );
            }
        };
        let output = house
            .children
            .run(house.place(), program, args, &tell_line)
            .await;
        let ended = match &output {
            Ok(output) => json!({"check_name": check, "success": output.is_good(),
                                 "exit_code": output.code}),
            Err(error) => json!({"check_name": check, "success": false,
                                 "error": format!("{error:#}")}),
        };
        house.tell("validation:completed", ended);
        output
    }

    /// Asks, and waits for the answer: the id of an option. The first option is recommended, and what counts when
    /// nobody answers in time. Asked again after the program was killed, it has the answer that was given before.
    pub async fn ask(&self, question: &str, options: &[Choice]) -> anyhow::Result<String> {
        let house = self.house;
        let id = format!("{}-{}", house.run.borrow().number, self.planned.id);
        let fallback = options.first().map_or("", |option| option.id).to_owned();
        let given = || house.run.borrow().answers.get(&id).cloned();
        if let Some(answer) = given() {
            return Ok(answer);
        }
        let listed = options.iter().enumerate().map(|(place, option)| {
            json!({"option_id": option.id, "label": option.label, "recommended": place == 0,
                   "consequences": [option.consequence]})
        });
        let time = house.options.question_time;
        let told = json!({
            "decision_id": id, "question": question, "options": listed.collect::<Vec<_>>(),
            "default": fallback, "recommended": 0, "timeout_seconds": time.as_secs_f64(),
            "priority": "medium", "context": {"skill_name": self.name(), "step_index": self.at},
        });
        house.run.borrow_mut().question = Some(Question {
            id: id.clone(),
            options: options.iter().map(|option| option.id.to_owned()).collect(),
            labels: options
                .iter()
                .map(|option| option.label.to_owned())
                .collect(),
        });
        house.keep_run(vec![("decision:point", told)], None)?;
        let until = Instant::now() + time;
        loop {
            if let Some(answer) = given() {
                return Ok(answer);
            }
            // The server answers when the time is over; the program by itself only where there is none to do so.
            let own = if house.is_attached.get() {
                until + GRACE
            } else {
                until
            };
            tokio::select! {
                () = house.answered.notified() => {}
                () = sleep_until(own) => {
                    if house.is_attached.get() && Instant::now() < until + GRACE {
                        continue;
                    }
                    self.answer_by_time(&id, &fallback)?;
                }
            }
        }
    }

    fn answer_by_time(&self, id: &str, fallback: &str) -> anyhow::Result<()> {
        let mut run = self.house.run.borrow_mut();
        run.answers.insert(id.to_owned(), fallback.to_owned());
        run.question = None;
        drop(run);
        let told = json!({"decision_id": id, "choice": fallback, "made_by": "timeout",
                          "reason": "nobody answered in time"});
        self.house.keep_run(vec![("decision:made", told)], None)
    }

    /// Tells of an agent.
    pub fn agent(&self, what: &str, id: &str, more: Value) {
        let mut data = json!({"agent_id": id, "skill_name": self.name(), "step_index": self.at});
        if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
            data.extend(more);
        }
        self.house.tell(&format!("agent:{what}"), data);
    }

    /// The skill's own id, for what it names.
    pub fn id(&self) -> &str {
        &self.planned.id
    }
}
