//! Questions to people. In: a question, options, a default, how long to wait. Out: the answer, once.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::reply::Reply;
use crate::{Error, Session};

/// How much longer than its time a question with a default waits for the server, which answers with that default.
const GRACE: Duration = Duration::from_secs(5);

/// A question that is about to be asked. Awaiting it asks and waits; so does [`Question::wait`] without a runtime.
#[must_use = "nothing is asked before it is awaited, or `.wait()` is called"]
pub struct Question {
    session: Session,
    said: Map<String, Value>,
    options: Vec<Value>,
    default: Option<Value>,
    within: Option<Duration>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The choice: an option's id, or whatever was sent.
    pub choice: Value,
    /// Who answered; `timeout` where nobody did in time.
    pub by: String,
    /// Why, where it was said.
    pub reason: Option<String>,
}

impl Answer {
    /// Whether this option was chosen.
    pub fn is(&self, option: &str) -> bool {
        self.choice.as_str() == Some(option)
    }
}

impl Question {
    pub(crate) fn new(session: Session, question: String) -> Self {
        Self {
            session,
            said: Map::from_iter([("question".to_owned(), Value::from(question))]),
            options: Vec::new(),
            default: None,
            within: None,
        }
    }

    /// Something that can be chosen, by its own word.
    pub fn option(self, word: &str) -> Self {
        self.option_with(json!({"id": word, "label": word}))
    }

    /// Something that can be chosen: `id`, `label`, `description`, `consequences`, `pros`, `cons`.
    pub fn option_with(mut self, option: Value) -> Self {
        self.options.push(option);
        self
    }

    /// More about the question.
    pub fn description(mut self, words: &str) -> Self {
        self.said
            .insert("description".to_owned(), Value::from(words));
        self
    }

    /// How urgent: `low`, `medium`, `high`, `critical`.
    pub fn priority(mut self, word: &str) -> Self {
        self.said.insert("priority".to_owned(), Value::from(word));
        self
    }

    /// The option that the program would take.
    pub fn recommend(mut self, id: &str) -> Self {
        self.said.insert("recommended".to_owned(), Value::from(id));
        self
    }

    /// What stands where nobody answers in this time.
    pub fn default_after(mut self, within: Duration, choice: impl Into<Value>) -> Self {
        self.default = Some(choice.into());
        self.within = Some(within);
        self
    }

    /// Asks, and waits on this thread. In an `async fn`, await it instead.
    pub fn wait(self) -> Result<Answer, Error> {
        self.ask().wait()
    }

    /// Asks now; the answer can be awaited later.
    pub fn ask(mut self) -> Reply<Answer> {
        let id = loopscope_event::EventId::mint(crate::wait::now()).to_string();
        self.said
            .insert("decision_id".to_owned(), Value::from(id.as_str()));
        self.said
            .insert("options".to_owned(), Value::from(self.options));
        if let (Some(default), Some(within)) = (&self.default, self.within) {
            self.said.insert("default".to_owned(), default.clone());
            self.said.insert(
                "timeout_seconds".to_owned(),
                Value::from(within.as_secs_f64()),
            );
        }
        let session = self.session;
        let link = session.link();
        let coming = link.take_answer(&id);
        session.put("decision:point", None, &self.said);
        let (default, within) = (self.default, self.within);
        let client = session.client().clone();
        // A question that nobody waits for does not keep its session.
        let asker = session.downgrade();
        client.reply(async move {
            let command = match within {
                Some(within) => tokio::time::timeout(within + GRACE, coming).await.ok(),
                None => Some(coming.await),
            };
            let answer = match (command, default) {
                (Some(Ok(command)), _) => {
                    let record = command.record().clone();
                    let choice = command.parameters()["choice"].clone();
                    command.succeed(json!({"choice": choice}))?;
                    Answer {
                        choice,
                        by: record.by,
                        reason: record.reason,
                    }
                }
                (None, Some(choice)) => {
                    link.drop_question(&id);
                    let by = "timeout".to_owned();
                    Answer {
                        choice,
                        by,
                        reason: None,
                    }
                }
                _ => return Err(Error::Closed("the session ended before an answer came".to_owned())),
            };
            let told = json!({
                "decision_id": id, "choice": answer.choice, "made_by": answer.by, "reason": answer.reason,
            });
            if let Some(session) = asker.upgrade() {
                session.put("decision:made", None, &told);
            }
            Ok(answer)
        })
    }
}

impl IntoFuture for Question {
    type Output = Result<Answer, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let reply = self.ask();
        Box::pin(reply)
    }
}
