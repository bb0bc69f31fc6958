//! What the loop is told down the link: HALT and RESUME.
//!
//! In: commands of a Loopscope that dialled us. Out: a gate that stands before each step and before each tool of a
//! step; receipts. A tool that runs is let finish: a HALT is done, and told, when the loop stands at the gate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use crate::teller::Teller;

/// Receipts that a slow listener may be behind.
const BACKLOG: usize = 64;

/// Shared by the session, which passes the gate, and the clients, which bring commands.
#[derive(Debug, Clone)]
pub struct Helm(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// The session under way.
    session: watch::Sender<Option<Arc<str>>>,
    /// Whether the loop is to stand still.
    wanted: watch::Sender<bool>,
    receipts: broadcast::Sender<Value>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether it stands.
    stands: bool,
    reason: Option<String>,
    /// Commands that are done when the loop stands, or goes.
    waiting: Vec<String>,
    /// The last receipt of each command of the session: none is begun twice.
    ledger: HashMap<String, Option<Value>>,
}

impl Helm {
    /// A helm at which nobody stands.
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            session: watch::Sender::new(None),
            wanted: watch::Sender::new(false),
            receipts: broadcast::Sender::new(BACKLOG),
            state: Mutex::default(),
        }))
    }

    /// A session begins.
    pub fn begin(&self, session_id: &str) {
        *self.state() = State::default();
        self.0.wanted.send_replace(false);
        self.0.session.send_replace(Some(session_id.into()));
    }

    /// It ended: what waits has failed.
    pub fn end(&self) {
        self.settle(Err("the session ended first"));
        self.0.wanted.send_replace(false);
        self.0.session.send_replace(None);
    }

    /// The session under way, and its changes.
    pub fn session(&self) -> watch::Receiver<Option<Arc<str>>> {
        self.0.session.subscribe()
    }

    /// Receipts as they come about.
    pub fn receipts(&self) -> broadcast::Receiver<Value> {
        self.0.receipts.subscribe()
    }

    /// Whether the loop is to stand still.
    pub fn is_halting(&self) -> bool {
        *self.0.wanted.borrow()
    }

    /// What became of a command, if it was begun: its receipt, or none yet.
    pub fn known(&self, command_id: &str) -> Option<Option<Value>> {
        self.state().ledger.get(command_id).cloned()
    }

    /// Begins a command that was not begun before.
    pub fn obey(&self, command_id: &str, kind: &str, reason: Option<&str>) {
        let mut state = self.state();
        if state.ledger.contains_key(command_id) {
            return;
        }
        state.ledger.insert(command_id.to_owned(), None);
        let wanted = self.is_halting();
        let halt = match kind.to_ascii_uppercase().as_str() {
            "HALT" => true,
            "RESUME" if wanted => false,
            "RESUME" => {
                let error = "Cannot resume - execution is running";
                return self.receipt(&mut state, command_id, Err(error));
            }
            _ => {
                return self.receipt(
                    &mut state,
                    command_id,
                    Err("this loop obeys HALT and RESUME"),
                );
            }
        };
        if halt && state.stands {
            return self.receipt(&mut state, command_id, Ok(()));
        }
        if !halt && !state.stands {
            // It never stood: the halt is taken back.
            for id in std::mem::take(&mut state.waiting) {
                self.receipt(&mut state, &id, Err("resumed before it stood still"));
            }
            self.receipt(&mut state, command_id, Ok(()));
        } else {
            state.waiting.push(command_id.to_owned());
        }
        if halt {
            state.reason = reason.map(str::to_owned);
        }
        drop(state);
        self.0.wanted.send_replace(halt);
    }

    /// Passes the gate: at once, or, where the loop is to stand still, when it may go on.
    pub async fn pass(&self, teller: &Teller) {
        while self.is_halting() {
            let reason = self.state().reason.clone();
            let reason = reason.unwrap_or_else(|| "halted from the dashboard".to_owned());
            teller.tell(
                "EXECUTION_HALTED",
                json!({"reason": reason, "can_resume": true}),
            );
            teller.log("halted");
            self.state().stands = true;
            self.settle(Ok(()));
            let mut wanted = self.0.wanted.subscribe();
            // The sender lives in `self`, so that the wait cannot fail.
            let _ = wanted.wait_for(|wanted| !wanted).await;
            teller.tell("EXECUTION_RESUMED", json!({}));
            teller.log("resumed");
            self.state().stands = false;
            self.settle(Ok(()));
        }
    }

    /// What waits is done, or failed.
    fn settle(&self, done: Result<(), &str>) {
        let mut state = self.state();
        for id in std::mem::take(&mut state.waiting) {
            self.receipt(&mut state, &id, done);
        }
    }

    fn receipt(&self, state: &mut State, command_id: &str, done: Result<(), &str>) {
        let session = self.0.session.borrow().clone();
        let mut receipt = json!({"type": "receipt", "id": "over", "session_id": session.as_deref(),
                                 "command_id": command_id, "status": "succeeded"});
        if let Err(error) = done {
            receipt["status"] = json!("failed");
            receipt["error"] = json!(error);
        }
        state
            .ledger
            .insert(command_id.to_owned(), Some(receipt.clone()));
        // An error only says that nobody listens.
        let _ = self.0.receipts.send(receipt);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Helm {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Duration, timeout};

    use super::*;
    use crate::bus::Bus;

    fn status(helm: &Helm, id: &str) -> Option<String> {
        let receipt = helm.known(id)??;
        receipt["status"].as_str().map(str::to_owned)
    }

    #[tokio::test]
    async fn a_halt_is_done_when_the_loop_stands_and_the_gate_holds_until_it_is_resumed() {
        let (helm, teller) = (Helm::new(), Teller::new(Bus::new(), "s"));
        helm.begin("s");
        helm.pass(&teller).await;
        helm.obey("h", "halt", Some("look"));
        assert_eq!(helm.known("h"), Some(None), "it does not stand yet");
        let pass = helm.pass(&teller);
        tokio::pin!(pass);
        assert!(timeout(Duration::from_millis(50), &mut pass).await.is_err());
        assert_eq!(status(&helm, "h").as_deref(), Some("succeeded"));
        helm.obey("h2", "HALT", None);
        assert_eq!(status(&helm, "h2").as_deref(), Some("succeeded"));
        helm.obey("r", "RESUME", None);
        helm.obey("h", "HALT", None); // again: it was begun
        pass.await;
        assert_eq!(status(&helm, "r").as_deref(), Some("succeeded"));
        helm.obey("r2", "RESUME", None);
        assert_eq!(status(&helm, "r2").as_deref(), Some("failed"));
    }

    #[test]
    fn what_waits_when_the_session_ends_has_failed() {
        let helm = Helm::new();
        helm.begin("s");
        helm.obey("h", "HALT", None);
        helm.end();
        assert_eq!(status(&helm, "h").as_deref(), Some("failed"));
        assert!(!helm.is_halting());
    }
}
