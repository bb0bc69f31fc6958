//! What is handed to intake, and by whom.

use bytes::Bytes;
use loopscope_dialects::Format;
use loopscope_event::{Dialect, ProjectId, SessionId};

use crate::runs::Source;

/// Bytes that hold events, and what is known of them.
#[derive(Clone)]
pub(crate) struct IntakeRequest {
    /// One body, frame or file.
    pub bytes: Bytes,
    /// How they are laid out.
    pub format: Format,
    /// What the producer speaks; `None`: told by looking.
    pub dialect: Option<Dialect>,
    /// The project that the events go to.
    pub project: ProjectId,
    /// The session of events that name none.
    pub session_hint: Option<SessionId>,
    /// The source that training events came from; `None`: the one of requests that name none.
    pub source: Option<Source>,
    /// Which way they came.
    pub transport: Transport,
}

impl IntakeRequest {
    /// JSON of any dialect for the default project.
    pub(crate) fn json(bytes: impl Into<Bytes>, transport: Transport) -> Self {
        Self {
            bytes: bytes.into(),
            format: Format::Json,
            dialect: None,
            project: ProjectId::default(),
            session_hint: None,
            source: None,
            transport,
        }
    }
}

/// Ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Transport {
    /// `POST /api/v1/events`.
    Http,
    /// A contract's webhook.
    Webhook,
    /// `publish` on `/ws/v1`.
    WebSocket,
    /// A producer's socket of a contract.
    Producer,
    /// `cli_event` over Socket.IO.
    SocketIo,
    /// A program that we dial.
    Bridge,
    /// The simulated loop.
    Mock,
    /// The server itself.
    Own,
}

impl Transport {
    /// The word in metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Webhook => "webhook",
            Self::WebSocket => "websocket",
            Self::Producer => "producer",
            Self::SocketIo => "socket.io",
            Self::Bridge => "bridge",
            Self::Mock => "mock",
            Self::Own => "own",
        }
    }
}
