//! How people steer a session's program: commands, questions, and what it says of halting.

use std::sync::Arc;

use loopscope_event::{DeclaredCommand, ProjectId};
use serde_json::json;

use super::Session;
use crate::ledger::Ledger;
use crate::link::{Link, Seat};
use crate::{Commands, Question};

impl Session {
    /// The program stands still, because it was told to or of its own.
    pub fn halted(&self, why: &str) {
        self.put("execution:halted", None, &json!({"reason": why}));
    }

    /// The program goes on.
    pub fn resumed(&self) {
        self.put("execution:resumed", None, &json!({}));
    }

    /// A question to a person.
    pub fn decision(&self, question: impl Into<String>) -> Question {
        Question::new(self.clone(), question.into())
    }

    /// Takes what people ask of the program: it is the session's runner from now on, and says which commands it obeys.
    /// None named: all are given to it.
    pub fn commands<'a>(&self, obeyed: impl IntoIterator<Item = &'a str>) -> Commands {
        let declared = obeyed.into_iter().map(|kind| DeclaredCommand {
            kind: kind.to_owned(),
            label: None,
            parameters: None,
        });
        self.commands_as(declared.collect())
    }

    /// The same, with labels for the buttons and with what each command takes.
    pub fn commands_as(&self, obeyed: Vec<DeclaredCommand>) -> Commands {
        let coming = self.link().take_commands(obeyed);
        Commands::new(self.client().clone(), coming)
    }

    /// What takes commands; made when it is first asked for.
    pub(crate) fn link(&self) -> Arc<Link> {
        let made = self.run.link.get_or_init(|| {
            let client = self.client();
            let teller = client.teller();
            let (link, work) = Link::new(Seat {
                session_id: self.run.emitter.id().clone(),
                // It was checked when the client was made.
                project: ProjectId::new(client.project()).unwrap_or_default(),
                name: runner_name(),
                ledger: Ledger::open(client.spill_dir(), client.server(), self.id()),
                transport: client.transport().clone(),
                tell: Box::new(move |words| teller(words)),
            });
            client.spawn(work);
            link
        });
        Arc::clone(made)
    }
}

/// The program and the process, for people.
fn runner_name() -> String {
    let program = std::env::args().next().unwrap_or_default();
    let program = std::path::Path::new(&program).file_stem();
    let program = program.map(|stem| stem.to_string_lossy().into_owned());
    format!(
        "{} ({})",
        program.as_deref().unwrap_or("program"),
        std::process::id()
    )
}
