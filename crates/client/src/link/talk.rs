//! The conversation of a runner: attaches, answers for each command, and comes back where the line breaks.

use std::collections::VecDeque;
use std::sync::Weak;

use loopscope_event::{CommandRecord, CommandState, DeclaredCommand};
use loopscope_protocol::{
    Attach, ClientMessage, CommandReceipt, DetachReason, ErrorCode, GiveReceipt, ReceiptWord,
    ServerMessage,
};
use tokio::sync::mpsc;

use super::{Link, Order, Seat};
use crate::Error;
use crate::ledger::Known;
use crate::socket::Socket;
use crate::subscribe::is_mended_by_waiting;
use crate::wait::Backoff;

/// The id of the message that attaches.
const ATTACH: &str = "attach";

/// A runner at work.
struct Runner {
    seat: Seat,
    link: Weak<Link>,
    declared: Option<Vec<DeclaredCommand>>,
    /// Receipts that were not taken, by the number that is their message's id.
    open: VecDeque<(u64, CommandReceipt)>,
    /// Commands that are being acknowledged.
    offered: Vec<CommandRecord>,
    settling: Vec<std::sync::mpsc::Sender<()>>,
    next: u64,
    /// Whether this program was the runner before: then whoever sits there is its own ghost.
    was_attached: bool,
    /// Whether somebody else took its place, or the session ended.
    is_over: bool,
}

/// Keeps the link until the program lets go of it.
pub(super) async fn keep(seat: Seat, link: Weak<Link>, mut orders: mpsc::UnboundedReceiver<Order>) {
    let mut runner = Runner {
        seat,
        link,
        declared: None,
        open: VecDeque::new(),
        offered: Vec::new(),
        settling: Vec::new(),
        next: 0,
        was_attached: false,
        is_over: false,
    };
    let mut backoff = Backoff::default();
    let mut told = false;
    loop {
        while runner.declared.is_none() || runner.is_over {
            match orders.recv().await {
                Some(order) => runner.note(order),
                None => return runner.seat.ledger.remove(),
            }
        }
        let error = match Socket::open(&runner.seat.transport).await {
            Ok((socket, _)) => match runner.converse(socket, &mut orders, &mut backoff).await {
                Ok(()) => return runner.seat.ledger.remove(),
                Err(error) => error,
            },
            Err(error) => error,
        };
        if !is_mended_by_waiting(&error) && !std::mem::replace(&mut told, true) {
            (runner.seat.tell)(&format!("commands cannot be taken: {error}"));
        }
        tokio::time::sleep(backoff.next()).await;
    }
}

impl Runner {
    /// What the program says while there is no connection.
    fn note(&mut self, order: Order) {
        match order {
            Order::Declare(declared) => self.declared = Some(declared),
            Order::Receipt(receipt) => {
                self.seat.ledger.end(&receipt);
                self.next += 1;
                self.open.push_back((self.next, receipt));
            }
            Order::Settle(tell) => self.settling.push(tell),
        }
        if self.is_over {
            self.give_up();
        }
        self.settled();
    }

    /// Nobody asks this program any more.
    fn give_up(&mut self) {
        self.open.clear();
        if let Some(link) = self.link.upgrade() {
            link.end();
        }
        self.settled();
    }

    /// One connection. `Ok` when the program let go.
    async fn converse(
        &mut self,
        mut socket: Socket,
        orders: &mut mpsc::UnboundedReceiver<Order>,
        backoff: &mut Backoff,
    ) -> Result<(), Error> {
        self.offered.clear();
        socket.send(&self.attach()).await?;
        for (id, receipt) in self.open.clone() {
            socket.send(&self.give(id, receipt)).await?;
        }
        while !self.is_over {
            tokio::select! {
                order = orders.recv() => match order {
                    None => {
                        socket.close().await;
                        return Ok(());
                    }
                    Some(order) => {
                        let before = self.open.len();
                        let declares = matches!(order, Order::Declare(_));
                        self.note(order);
                        if declares {
                            socket.send(&self.attach()).await?;
                        }
                        if self.open.len() > before && let Some((id, receipt)) = self.open.back().cloned() {
                            socket.send(&self.give(id, receipt)).await?;
                        }
                    }
                },
                message = socket.next() => {
                    if let Some(answer) = self.hear(message?, backoff)? {
                        socket.send(&answer).await?;
                    }
                }
            }
        }
        socket.close().await;
        Err(Error::Closed("the session is over".to_owned()))
    }

    fn hear(
        &mut self,
        message: ServerMessage,
        backoff: &mut Backoff,
    ) -> Result<Option<ClientMessage>, Error> {
        match message {
            ServerMessage::Attached(_) => {
                self.was_attached = true;
                backoff.reset();
                Ok(None)
            }
            ServerMessage::Command(frame) => Ok(self.offered(&frame.command)),
            ServerMessage::ReceiptTaken(taken) => {
                let id = taken.id.and_then(|id| id.parse::<u64>().ok());
                self.open.retain(|(known, _)| Some(*known) != id);
                self.settled();
                Ok(self.begin(taken.command))
            }
            ServerMessage::CommandCancelled(cancelled) => {
                self.offered
                    .retain(|known| known.command_id != cancelled.command_id);
                Ok(None)
            }
            ServerMessage::Detached(detached) => {
                self.is_over = matches!(
                    detached.reason,
                    DetachReason::TakenOver | DetachReason::SessionEnded
                );
                if detached.reason == DetachReason::TakenOver {
                    (self.seat.tell)("another program took this session's commands over");
                }
                if self.is_over {
                    self.give_up();
                }
                Ok(None)
            }
            ServerMessage::Error(frame) if frame.id.as_deref() == Some(ATTACH) => {
                Err(Error::Refused(Box::new(frame.error)))
            }
            ServerMessage::Error(frame) => {
                let id = frame.id.and_then(|id| id.parse::<u64>().ok());
                if frame.error.code == ErrorCode::Busy || frame.error.code == ErrorCode::DiskFull {
                    return Err(Error::Refused(Box::new(frame.error)));
                }
                // A receipt that is refused for good is not given again.
                self.open.retain(|(known, _)| Some(*known) != id);
                self.settled();
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// A command is there: acknowledged where it is new, else answered with what is known of it.
    fn offered(&mut self, record: &CommandRecord) -> Option<ClientMessage> {
        let word = |status, error: Option<&str>| CommandReceipt {
            command_id: record.command_id.clone(),
            status,
            result: None,
            error: error.map(str::to_owned),
        };
        let receipt = match self.seat.ledger.get(&record.command_id) {
            Some(Known::Done(receipt)) => receipt.clone(),
            Some(Known::Begun) => word(ReceiptWord::Acknowledged, None),
            Some(Known::CutShort) => {
                let receipt = word(
                    ReceiptWord::Failed,
                    Some("the program that had begun it ended before it was done"),
                );
                self.seat.ledger.end(&receipt);
                receipt
            }
            None => {
                self.offered.push(record.clone());
                word(ReceiptWord::Acknowledged, None)
            }
        };
        if self.open.iter().any(|(_, open)| *open == receipt) {
            return None;
        }
        self.next += 1;
        self.open.push_back((self.next, receipt.clone()));
        Some(self.give(self.next, receipt))
    }

    /// A receipt was taken. Where it acknowledged a command that still stands, the program begins it now.
    fn begin(&mut self, command: CommandRecord) -> Option<ClientMessage> {
        let place = self
            .offered
            .iter()
            .position(|known| known.command_id == command.command_id)?;
        self.offered.remove(place);
        if command.state != CommandState::Acknowledged {
            return None;
        }
        let link = self.link.upgrade()?;
        self.seat.ledger.begin(&command.command_id);
        let command_id = command.command_id.clone();
        let why = link.hand_over(command)?;
        let receipt = CommandReceipt {
            command_id,
            status: ReceiptWord::Failed,
            result: None,
            error: Some(why.to_owned()),
        };
        self.note(Order::Receipt(receipt.clone()));
        Some(self.give(self.next, receipt))
    }

    fn settled(&mut self) {
        if self.open.is_empty() {
            for tell in self.settling.drain(..) {
                // Whoever waited may have gone.
                let _ = tell.send(());
            }
        }
    }

    fn attach(&self) -> ClientMessage {
        ClientMessage::Attach(Attach {
            id: Some(ATTACH.to_owned()),
            session_id: self.seat.session_id.clone(),
            project: Some(self.seat.project.clone()),
            name: Some(self.seat.name.clone()),
            commands: self.declared.clone().unwrap_or_default(),
            take_over: self.was_attached,
        })
    }

    fn give(&self, id: u64, receipt: CommandReceipt) -> ClientMessage {
        ClientMessage::Receipt(GiveReceipt {
            id: Some(id.to_string()),
            session_id: self.seat.session_id.clone(),
            project: Some(self.seat.project.clone()),
            command_id: receipt.command_id,
            status: receipt.status,
            result: receipt.result,
            error: receipt.error,
        })
    }
}
