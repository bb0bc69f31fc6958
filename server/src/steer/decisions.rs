//! Decisions as the server sees to them: read from events, answered by people, answered by time.

use loopscope_dialects::{facts, loopscope};
use loopscope_event::{CommandStep, Dialect, Event, Fact, Kind, ProjectId, RawJson, Timestamp};
use loopscope_journal::{EventFilter, EventQuery, JournalError, SessionQuery, SessionSort};
use loopscope_protocol::{
    ApiError, DecisionMade, DecisionRow, DecisionsFrame, DecisionsPage, ErrorCode, MakeDecision,
    NewCommand, SessionStatus,
};

use super::ask::{Beside, By};
use super::inbox::Listed;
use super::{Desk, Key};
use crate::life::now;

/// Rows and events read at once.
const PAGE: u32 = 500;

/// Of the sessions that have ended, the newest whose questions are read.
const ENDED: u32 = 100;

/// Who answers when nobody does.
const TIMEOUT: &str = "timeout";

impl Desk {
    /// Takes an event that may be about a decision.
    pub(crate) fn decision_event(&self, event: &Event) {
        // Who asked in a file waits for nobody.
        if self.0.journal.is_archived(event) {
            return;
        }
        let key: Key = (event.project.clone(), event.session_id.clone());
        for fact in facts(event) {
            if let Fact::Decision(fact) = fact {
                let (seq, id) = (event.seq.0, event.event_id.as_str());
                self.0.inbox.fact(&key, seq, id, event.received_at, fact);
                // It may be due sooner than what is waited for.
                self.0.seats.sooner.notify_one();
            }
        }
    }

    /// A session is over.
    pub(crate) fn drop_decisions(&self, key: &Key) {
        if self.0.inbox.has(key) {
            self.0.inbox.session_ended(key);
        }
    }

    /// Answers a question, once.
    pub(crate) async fn decide(
        &self,
        by: By<'_>,
        key: &Key,
        id: &str,
        made: MakeDecision,
    ) -> Result<DecisionMade, ApiError> {
        self.0
            .inbox
            .undecided(key, id)
            .map_err(|error| match error.code {
                ErrorCode::InvalidField => ApiError::new(ErrorCode::NotFound, error.message),
                _ => error,
            })?;
        if made.choice.as_str().trim() == "null" {
            let message = "decision_id and choice are required";
            return Err(ApiError::field("choice", message));
        }
        let asked = self
            .ask(by, key, answer(id, &made.choice, made.reason))
            .await?;
        let decision = self.0.inbox.one(key, id);
        let decision =
            decision.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "the decision is gone"))?;
        Ok(DecisionMade {
            command: asked.command,
            decision: self.named(decision),
        })
    }

    /// A list of questions.
    pub(crate) fn decisions(&self, wanted: &Listed) -> DecisionsPage {
        let rows = self.0.inbox.list(wanted);
        DecisionsPage {
            decisions: rows.into_iter().map(|row| self.named(row)).collect(),
            pending: self.0.inbox.pending(wanted.project.as_ref()),
            server_time: now(),
        }
    }

    /// How many questions wait.
    pub(crate) fn waiting(&self, project: Option<&ProjectId>) -> u64 {
        self.0.inbox.pending(project)
    }

    /// What changed since this was asked last.
    pub(crate) fn changed_decisions(&self) -> Vec<DecisionRow> {
        let rows = self.0.inbox.take_changed();
        rows.into_iter().map(|row| self.named(row)).collect()
    }

    /// Changed rows as watchers of a project, or of all, are told.
    pub(crate) fn decisions_frame(
        &self,
        decisions: Vec<DecisionRow>,
        project: Option<&ProjectId>,
    ) -> DecisionsFrame {
        DecisionsFrame {
            decisions,
            pending: self.0.inbox.pending(project),
            server_time: now(),
        }
    }

    /// The row with its session's name for people.
    fn named(&self, mut row: DecisionRow) -> DecisionRow {
        if let Some(session) = self.0.fold.live_row(&row.project, &row.session_id) {
            row.session_name = session.name;
        }
        row
    }

    /// Answers what has waited as long as it was to. Answers when the next is due, and whether all went well.
    pub(super) async fn decide_by_time(&self, at: Timestamp) -> (Option<Timestamp>, bool) {
        let (due, next) = self.0.inbox.due(at);
        let mut all_done = true;
        for row in due {
            let key: Key = (row.project.clone(), row.session_id.clone());
            let Some(choice) = row.default else {
                self.0.inbox.wait_on(&key, &row.decision_id);
                continue;
            };
            let id = &row.decision_id;
            let (project, session) = key.clone();
            let event = loopscope::decision_expired(project, session, at, id, Some(&choice));
            let beside = Beside {
                event: Some(event),
                ..Beside::default()
            };
            let reason = Some("nobody answered in time".to_owned());
            let new = answer(id, &choice, reason);
            match self.ask_with(TIMEOUT, &key, new, beside).await {
                Ok(_) => {}
                Err(error) if matches!(error.code, ErrorCode::AlreadyDecided) => {}
                Err(error)
                    if matches!(
                        error.code,
                        ErrorCode::Conflict
                            | ErrorCode::NotFound
                            | ErrorCode::InvalidField
                            | ErrorCode::TooLarge
                    ) =>
                {
                    self.0.inbox.give_up(&key, id);
                }
                Err(error) => {
                    tracing::warn!(%error, "a decision's default could not be applied yet");
                    all_done = false;
                }
            }
        }
        (next, all_done)
    }

    /// Reads what waits in the sessions that have not ended, and then what was asked in those that ended last: once, at
    /// the start, beside everything else.
    pub(crate) async fn load_decisions(self) {
        if let Err(error) = self.read_decisions().await {
            tracing::warn!(%error, "decisions of the last run could not be read");
        }
    }

    async fn read_decisions(&self) -> Result<(), JournalError> {
        let statuses = [
            SessionStatus::Running,
            SessionStatus::Halted,
            SessionStatus::Interrupted,
        ];
        let mut query = SessionQuery {
            statuses: statuses.map(|status| status.as_str().to_owned()).to_vec(),
            limit: PAGE,
            ..SessionQuery::default()
        };
        loop {
            let page = self.0.journal.sessions(&query).await?;
            for row in page.rows {
                self.read_session(&(row.project, row.session_id)).await?;
            }
            query.after = page.next;
            if self.0.shutdown.is_cancelled() {
                return Ok(());
            }
            if query.after.is_none() {
                break;
            }
        }
        let ended = SessionQuery {
            statuses: [
                SessionStatus::Completed,
                SessionStatus::Converged,
                SessionStatus::Failed,
            ]
            .map(|status| status.as_str().to_owned())
            .to_vec(),
            // Crews and trainers ask nobody, and have the most events to look through.
            dialects: vec![
                Dialect::Orchestrator,
                Dialect::Generic,
                Dialect::Convergence,
            ],
            sort: SessionSort::Ended,
            limit: ENDED,
            ..SessionQuery::default()
        };
        for row in self.0.journal.sessions(&ended).await?.rows {
            if self.0.shutdown.is_cancelled() {
                return Ok(());
            }
            self.read_session(&(row.project, row.session_id)).await?;
        }
        Ok(())
    }

    async fn read_session(&self, key: &Key) -> Result<(), JournalError> {
        let mut query = EventQuery {
            limit: PAGE,
            filter: EventFilter {
                kinds: vec![Kind::Decision, Kind::Command],
                ..EventFilter::default()
            },
            ..EventQuery::default()
        };
        loop {
            let page = self
                .0
                .journal
                .session_events(&key.0, &key.1, &query)
                .await?;
            query.after = page.events.last().map(|event| event.seq);
            for event in &page.events {
                if event.kind == Kind::Decision {
                    self.decision_event(event);
                } else {
                    self.standing_event(event);
                    self.command_event(event).await?;
                }
            }
            if !page.more {
                break;
            }
        }
        self.read_standing(key).await?;
        if self.0.inbox.has(key)
            && let Ok(Some(board)) = self.board(key).await
            && board.status().is_ended()
        {
            self.0.inbox.session_ended(key);
        }
        Ok(())
    }

    /// A command that may have carried an answer, as it stands now.
    async fn command_event(&self, event: &Event) -> Result<(), JournalError> {
        for fact in facts(event) {
            if let Fact::Command(fact) = fact
                && fact.step == CommandStep::Queued
                && fact.kind.eq_ignore_ascii_case("DECISION")
                && let Ok(id) = fact.command_id.parse()
                && let Some(row) = self.0.journal.command(&id).await?
            {
                // As it was when it was asked for, and as it stands.
                let asked = loopscope_event::CommandRecord {
                    state: loopscope_event::CommandState::Queued,
                    ..row.clone()
                };
                self.0.inbox.command(&asked);
                self.0.inbox.command(&row);
            }
        }
        Ok(())
    }
}

/// The command that carries an answer.
fn answer(id: &str, choice: &RawJson, reason: Option<String>) -> NewCommand {
    let id = serde_json::Value::from(id);
    let parameters = format!(r#"{{"decision_id":{id},"choice":{}}}"#, choice.as_str());
    NewCommand {
        kind: "DECISION".to_owned(),
        parameters: Some(RawJson::from_trusted(parameters)),
        reason,
        idempotency_key: None,
        expires_in_seconds: None,
    }
}
