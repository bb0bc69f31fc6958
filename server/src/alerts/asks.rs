//! What people ask of an alert that fires: that it is known, that it is muted. In: a request. Out: the row as it is now.

use loopscope_event::Timestamp;
use loopscope_protocol::{AlertRow, ApiError, ErrorCode};
use tokio::sync::oneshot;

use super::Alerts;

/// What is to become of it.
pub(super) enum Act {
    /// Somebody knows.
    Ack,
    /// Nobody is told until then.
    Mute(Option<Timestamp>),
}

/// A request on its way to the engine.
pub(super) struct Ask {
    pub alert_id: String,
    /// The only project that whoever asks may see.
    pub project: Option<loopscope_event::ProjectId>,
    pub who: String,
    pub act: Act,
    pub reply: oneshot::Sender<Result<AlertRow, ApiError>>,
}

impl Alerts {
    /// Somebody says that they know of an alert.
    pub(crate) async fn ack(
        &self,
        who: &str,
        project: Option<loopscope_event::ProjectId>,
        alert_id: &str,
    ) -> Result<AlertRow, ApiError> {
        self.ask(who, project, alert_id, Act::Ack).await
    }

    /// Nobody is told of an alert until then; `None`: they are again.
    pub(crate) async fn mute(
        &self,
        who: &str,
        project: Option<loopscope_event::ProjectId>,
        alert_id: &str,
        until: Option<Timestamp>,
    ) -> Result<AlertRow, ApiError> {
        self.ask(who, project, alert_id, Act::Mute(until)).await
    }

    async fn ask(
        &self,
        who: &str,
        project: Option<loopscope_event::ProjectId>,
        alert_id: &str,
        act: Act,
    ) -> Result<AlertRow, ApiError> {
        let (reply, answer) = oneshot::channel();
        let ask = Ask {
            alert_id: alert_id.to_owned(),
            project,
            who: who.to_owned(),
            act,
            reply,
        };
        let busy =
            || ApiError::new(ErrorCode::Busy, "too many requests at once").retry_after_ms(250);
        self.0.asks.try_send(ask).map_err(|_| busy())?;
        let stops = || ApiError::new(ErrorCode::ShuttingDown, "the server stops");
        answer.await.map_err(|_| stops())?
    }
}
