//! The session's runner: takes commands from the server, hands each to the program once, and sees that its receipts
//! arrive.
//!
//! In: frames of `/ws/v1`, receipts of the program. Out: commands to the program. The connection is made anew where it
//! breaks; receipts that were not taken are given again. What was begun stands in the ledger, on disk.

mod talk;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use loopscope_event::{CommandId, CommandRecord, DeclaredCommand, ProjectId, SessionId};
use loopscope_protocol::{CommandReceipt, ReceiptWord};
use tokio::sync::{mpsc, oneshot};

use crate::command::Command;
use crate::ledger::Ledger;
use crate::send::Transport;

/// What the link is told by the program.
pub(crate) enum Order {
    /// These commands are obeyed from now on.
    Declare(Vec<DeclaredCommand>),
    /// What became of a command.
    Receipt(CommandReceipt),
    /// Call back when no receipt is under way.
    Settle(std::sync::mpsc::Sender<()>),
}

/// A link; see the module. The program holds it by its session and its commands.
pub(crate) struct Link {
    orders: mpsc::UnboundedSender<Order>,
    takers: Mutex<Takers>,
}

/// Who takes what comes.
#[derive(Default)]
struct Takers {
    declared: Vec<DeclaredCommand>,
    commands: Option<mpsc::UnboundedSender<Command>>,
    /// Questions that wait for their answer, by id.
    questions: HashMap<String, oneshot::Sender<Command>>,
}

/// For whom the link is.
pub(crate) struct Seat {
    pub(crate) session_id: SessionId,
    pub(crate) project: ProjectId,
    pub(crate) name: String,
    pub(crate) ledger: Ledger,
    pub(crate) transport: Transport,
    pub(crate) tell: Box<dyn Fn(&str) + Send>,
}

impl Link {
    /// A link, and the work that keeps it.
    pub(crate) fn new(seat: Seat) -> (Arc<Self>, impl Future<Output = ()> + Send) {
        let (orders, coming) = mpsc::unbounded_channel();
        let link = Arc::new(Self {
            orders,
            takers: Mutex::default(),
        });
        let work = talk::keep(seat, Arc::downgrade(&link), coming);
        (link, work)
    }

    /// Takes commands of these types; none means all.
    pub(crate) fn take_commands(
        &self,
        declared: Vec<DeclaredCommand>,
    ) -> mpsc::UnboundedReceiver<Command> {
        let (tell, coming) = mpsc::unbounded_channel();
        let mut takers = self.takers();
        takers.commands = Some(tell);
        takers.declared = declared;
        self.declare(&takers);
        coming
    }

    /// Waits for the answer to a question.
    pub(crate) fn take_answer(&self, decision_id: &str) -> oneshot::Receiver<Command> {
        let (tell, coming) = oneshot::channel();
        let mut takers = self.takers();
        takers.questions.insert(decision_id.to_owned(), tell);
        self.declare(&takers);
        coming
    }

    /// The question is not asked any more.
    pub(crate) fn drop_question(&self, decision_id: &str) {
        self.takers().questions.remove(decision_id);
    }

    /// What became of a command.
    pub(crate) fn receipt(
        &self,
        command_id: &CommandId,
        status: ReceiptWord,
        result: Option<loopscope_event::RawJson>,
        error: Option<String>,
    ) {
        // Nobody listens where the client is shut.
        let _ = self.orders.send(Order::Receipt(CommandReceipt {
            command_id: command_id.clone(),
            status,
            result,
            error,
        }));
    }

    /// Waits until no receipt is under way.
    pub(crate) fn settle_within(&self, within: Duration) {
        if crate::wait::is_own_thread() {
            return;
        }
        let (tell, told) = std::sync::mpsc::channel();
        let sent = self.orders.send(Order::Settle(tell));
        if sent.is_ok() {
            // Where the server is away, the end does not wait for ever.
            let _ = told.recv_timeout(within);
        }
    }

    /// Gives a command to whom it is for; else says why nobody takes it.
    fn hand_over(self: &Arc<Self>, record: CommandRecord) -> Option<&'static str> {
        let mut takers = self.takers();
        if record.kind.eq_ignore_ascii_case("DECISION") {
            let parameters = record.parameters.value();
            let id = parameters["decision_id"].as_str().unwrap_or_default();
            if let Some(question) = takers.questions.remove(id) {
                let command = Command::new(Arc::clone(self), record);
                // Who asked may have gone; the command then says so of itself.
                drop(question.send(command));
                return None;
            }
            if takers.commands.is_none() {
                return Some("no such question is open in this program");
            }
        }
        match &takers.commands {
            Some(commands) if !commands.is_closed() => {
                drop(commands.send(Command::new(Arc::clone(self), record)));
                None
            }
            _ => Some("the program takes no commands of this type"),
        }
    }

    /// Nothing comes any more: whoever waits is told so.
    fn end(&self) {
        let mut takers = self.takers();
        takers.commands = None;
        takers.questions.clear();
    }

    fn declare(&self, takers: &Takers) {
        let mut declared = takers.declared.clone();
        let none_but_answers = takers.commands.is_none();
        let names_answers = declared
            .iter()
            .any(|known| known.kind.eq_ignore_ascii_case("DECISION"));
        if none_but_answers || (!declared.is_empty() && !names_answers) {
            declared.push(DeclaredCommand {
                kind: "DECISION".to_owned(),
                label: None,
                parameters: None,
            });
        }
        let _ = self.orders.send(Order::Declare(declared));
    }

    fn takers(&self) -> MutexGuard<'_, Takers> {
        self.takers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
