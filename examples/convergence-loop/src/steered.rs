//! One client's part in steering: a Loopscope that dialled us is told which session it may command, and answered.
//!
//! In: frames of the client, changes at the helm. Out: frames for it: `attach` and `receipt`. Other clients than
//! Loopscope, which says so in its `User-Agent`, are told nothing.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use crate::helm::Helm;

/// See the module.
#[derive(Debug)]
pub struct Steered {
    helm: Helm,
    session: watch::Receiver<Option<Arc<str>>>,
    receipts: broadcast::Receiver<Value>,
}

impl Steered {
    /// For a client that is a Loopscope.
    pub fn new(helm: Helm) -> Self {
        let mut session = helm.session();
        session.mark_changed();
        Self {
            session,
            receipts: helm.receipts(),
            helm,
        }
    }

    /// The next frame that it is to get by itself.
    pub async fn next(&mut self) -> String {
        loop {
            tokio::select! {
                changed = self.session.changed() => {
                    let session = self.session.borrow_and_update().clone();
                    match (changed, session) {
                        (Ok(()), Some(session)) => return attach(&session),
                        (Ok(()), None) => {}
                        (Err(_), _) => return std::future::pending().await,
                    }
                }
                receipt = self.receipts.recv() => match receipt {
                    Ok(receipt) => return receipt.to_string(),
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
                }
            }
        }
    }

    /// Takes a frame; gives the answer, where there is one. A command is begun only when the server has it on record
    /// that it is in our hands.
    pub fn take(&self, text: &str) -> Option<String> {
        let frame: Value = serde_json::from_str(text).ok()?;
        let command = &frame["command"];
        let id = command["command_id"].as_str()?;
        match frame["type"].as_str()? {
            "command" => match self.helm.known(id) {
                Some(receipt) => receipt.map(|receipt| receipt.to_string()),
                None => Some(
                    json!({"type": "receipt", "id": "begin", "session_id": command["session_id"],
                           "command_id": id, "status": "acknowledged"})
                    .to_string(),
                ),
            },
            "receipt_taken" if frame["id"] == "begin" && command["state"] == "acknowledged" => {
                let session = self.session.borrow().clone();
                if command["session_id"].as_str() == session.as_deref() {
                    let kind = command["type"].as_str().unwrap_or_default();
                    self.helm.obey(id, kind, command["reason"].as_str());
                }
                None
            }
            _ => None,
        }
    }
}

fn attach(session: &str) -> String {
    json!({"type": "attach", "id": "attach", "session_id": session, "name": "convergence loop",
           "commands": [{"type": "HALT", "label": "Halt"}, {"type": "RESUME", "label": "Resume"}],
           "take_over": true})
    .to_string()
}
