//! A WebSocket to `/ws/v1`. In: where. Out: a greeted connection, and what the server said of itself.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, USER_AGENT};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use loopscope_protocol::{ClientMessage, Hello, MessageError, ServerMessage};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use tower::ServiceExt as _;

use crate::Error;
use crate::send::{Answer, Transport, agent, innermost};

/// The version of the protocol that this library speaks.
pub(crate) const PROTOCOL: u32 = 1;
/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(10);
/// A server sends pings more often than this; a line that is silent for longer is dead.
const SILENCE: Duration = Duration::from_mins(1);

/// A greeted connection.
pub(crate) struct Socket {
    stream: WebSocketStream<TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>>,
    url: String,
}

impl Socket {
    /// Dials, and waits for the greeting.
    pub(crate) async fn open(transport: &Transport) -> Result<(Self, Hello), Error> {
        match tokio::time::timeout(GREETING, Self::dial(transport)).await {
            Ok(opened) => opened,
            Err(_) => {
                Err(transport.unreachable(format!("no greeting within {} s", GREETING.as_secs())))
            }
        }
    }

    async fn dial(transport: &Transport) -> Result<(Self, Hello), Error> {
        let url = transport.address().as_str().to_owned();
        let route = transport.address().route("/ws/v1");
        let wrong = |why: String| Error::Url {
            url: url.clone(),
            why,
        };
        let uri: hyper::Uri = route
            .parse()
            .map_err(|_| wrong("it cannot be read".to_owned()))?;
        let connected = transport.connector().clone().oneshot(uri).await;
        let stream = connected.map_err(|error| transport.unreachable(innermost(&*error)))?;
        let mut request = route
            .replacen("http", "ws", 1)
            .into_client_request()
            .map_err(|error| wrong(error.to_string()))?;
        request.headers_mut().insert(USER_AGENT, agent());
        if let Some(bearer) = transport.address().bearer() {
            request.headers_mut().insert(AUTHORIZATION, bearer.clone());
        }
        let greeted = client_async(request, TokioIo::new(stream)).await;
        let (stream, _) = greeted.map_err(|error| of_handshake(transport, error))?;
        let mut socket = Self { stream, url };
        match socket.next().await? {
            ServerMessage::Hello(hello) if hello.protocol == PROTOCOL => Ok((socket, hello)),
            ServerMessage::Hello(hello) => Err(Error::Version {
                url: socket.url,
                theirs: hello.protocol,
                ours: PROTOCOL,
            }),
            _ => Err(Error::NotLoopscope {
                url: socket.url,
                why: "it does not greet".to_owned(),
            }),
        }
    }

    /// The next message. Kinds that this library does not know are passed over: a newer server may send more.
    pub(crate) async fn next(&mut self) -> Result<ServerMessage, Error> {
        loop {
            let Ok(frame) = tokio::time::timeout(SILENCE, self.stream.next()).await else {
                return Err(self.gone("it is silent".to_owned()));
            };
            let text = match frame {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(_))) | None => {
                    return Err(self.gone("the connection was closed".to_owned()));
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(self.gone(innermost(&error))),
            };
            match ServerMessage::from_json(&text) {
                Ok(message) => return Ok(message),
                Err(MessageError::UnknownType(_)) => {}
                Err(MessageError::Json(error)) => {
                    return Err(Error::NotLoopscope {
                        url: self.url.clone(),
                        why: format!("it sends what is no message: {error}"),
                    });
                }
            }
        }
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) -> Result<(), Error> {
        let sent = self.stream.send(Message::text(message.to_json())).await;
        sent.map_err(|error| self.gone(innermost(&error)))
    }

    /// Says farewell; nothing is waited for.
    pub(crate) async fn close(mut self) {
        let _ = self.stream.close(None).await;
    }

    fn gone(&self, why: String) -> Error {
        Error::Unreachable {
            url: self.url.clone(),
            why,
        }
    }
}

/// What a refused upgrade means.
fn of_handshake(transport: &Transport, error: tungstenite::Error) -> Error {
    let url = transport.address().as_str().to_owned();
    match error {
        tungstenite::Error::Http(response) => {
            let status = response.status();
            let answer = Answer {
                status,
                body: response.body().clone().map_or_else(Bytes::new, Bytes::from),
                retry_after: None,
            };
            if status == StatusCode::OK
                || answer.api_error().is_none() && status == StatusCode::NOT_FOUND
            {
                let why = format!(
                    "it answered with status {} where a WebSocket was asked for",
                    status.as_u16()
                );
                return Error::NotLoopscope { url, why };
            }
            transport.refusal(&answer)
        }
        tungstenite::Error::Io(error) => transport.unreachable(error.to_string()),
        other => Error::NotLoopscope {
            url,
            why: other.to_string(),
        },
    }
}
