//! A small HTTP client for servers of ours. In: a path and a body. Out: the status and the body of the answer.
//!
//! A connection a request: whoever sends a batch now and then gains nothing by keeping one.

use std::fmt::Display;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::http::request::Builder;
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The largest answer that is read.
const ANSWER_BYTES: usize = 32 << 20;

/// See the module.
pub(crate) struct Client {
    host: String,
    address: String,
    base: String,
    token: Option<String>,
}

/// An answer.
pub(crate) struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Bytes,
}

impl Client {
    /// A client of the server at an address such as `http://localhost:8766`.
    pub(crate) fn new(server: &str, token: Option<String>) -> Result<Self, String> {
        let uri: Uri = server.parse().map_err(say)?;
        if uri.scheme_str().is_some_and(|scheme| scheme != "http") {
            return Err("only addresses that begin with http:// are spoken to".to_owned());
        }
        let authority = uri.authority().ok_or("the address names no host")?;
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self {
            host: authority.as_str().to_owned(),
            address: format!("{}:{port}", authority.host()),
            base: uri.path().trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, String> {
        self.send(Request::get(format!("{}{path}", self.base)), Bytes::new())
            .await
    }

    /// POST.
    pub(crate) async fn post(
        &self,
        path: &str,
        media: &str,
        body: Bytes,
    ) -> Result<Answer, String> {
        let request = Request::post(format!("{}{path}", self.base)).header(CONTENT_TYPE, media);
        self.send(request, body).await
    }

    /// PUT.
    pub(crate) async fn put(&self, path: &str, media: &str, body: Bytes) -> Result<Answer, String> {
        let request = Request::put(format!("{}{path}", self.base)).header(CONTENT_TYPE, media);
        self.send(request, body).await
    }

    /// DELETE.
    pub(crate) async fn delete(&self, path: &str) -> Result<Answer, String> {
        self.send(
            Request::delete(format!("{}{path}", self.base)),
            Bytes::new(),
        )
        .await
    }

    async fn send(&self, request: Builder, body: Bytes) -> Result<Answer, String> {
        let mut request = request.header(HOST, &self.host);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Full::new(body)).map_err(say)?;
        let stream = TcpStream::connect(&self.address).await.map_err(say)?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(say)?;
        let connection = tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(say)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES);
        let body = body.collect().await.map_err(say)?.to_bytes();
        connection.abort();
        Ok(Answer { status, body })
    }
}

fn say(error: impl Display) -> String {
    error.to_string()
}
