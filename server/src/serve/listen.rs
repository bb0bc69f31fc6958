//! Listeners: they take connections and serve HTTP on them, until the server stops.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::ServeError;
use crate::access::Peer;
use crate::config::Config;
use crate::facades::orchestrator;
use crate::router;
use crate::state::AppState;

/// How long a client may take to say hello: the TLS handshake, and the head of each request.
const PATIENCE: Duration = Duration::from_secs(15);

/// Listeners that are bound and not served yet.
pub(super) struct Listeners {
    /// Where the main one listens.
    pub main: SocketAddr,
    /// Each with the contract that it is for; the main one is for all.
    bound: Vec<(Option<String>, TcpListener)>,
}

/// Takes the ports of a configuration.
pub(super) async fn bind(config: &Config) -> Result<Listeners, ServeError> {
    let refuse = |address: String, flag| {
        move |source| ServeError::Listen {
            address,
            flag,
            source,
        }
    };
    let host = config.host.trim_matches(['[', ']']);
    let shown = format!("{host}:{}", config.port);
    let main = TcpListener::bind((host, config.port))
        .await
        .map_err(refuse(shown.clone(), "--port"))?;
    let address = main.local_addr().map_err(refuse(shown, "--port"))?;
    let mut bound = vec![(None, main)];
    for listener in &config.listeners {
        let shown = listener.address.to_string();
        let own = TcpListener::bind(listener.address)
            .await
            .map_err(refuse(shown, "--listen"))?;
        bound.push((Some(listener.contract.clone()), own));
    }
    Ok(Listeners {
        main: address,
        bound,
    })
}

impl Listeners {
    /// Serves them, in the background.
    pub(super) fn serve(self, state: &AppState, tls: Option<&TlsAcceptor>) {
        let facade = orchestrator::open(state);
        let server = |router| {
            Arc::new(Server {
                router,
                tls: tls.cloned(),
                shutdown: state.life.shutdown.clone(),
            })
        };
        let everything = router::router(state.clone(), facade.clone());
        let main = server(everything.clone());
        let of_orchestrators = server(router::orchestrator_listener(
            state.clone(),
            facade,
            everything.clone(),
        ));
        let of_agents = server(router::agents_listener(state.clone(), everything.clone()));
        let of_metrics = server(router::metrics_listener(state.clone()));
        let of_training = server(router::training_listener(state.clone(), everything));
        let places = Arc::new(Semaphore::new(state.config.limits.connections));
        for (contract, listener) in self.bound {
            // What the convergence contract has stands at the root of the main port too.
            let server = match contract.as_deref() {
                Some("orchestrator") => Arc::clone(&of_orchestrators),
                Some("agents") => Arc::clone(&of_agents),
                Some("metrics") => Arc::clone(&of_metrics),
                Some("training") => Arc::clone(&of_training),
                _ => Arc::clone(&main),
            };
            let places = Arc::clone(&places);
            let tasks = state.life.tasks.clone();
            state.life.tasks.spawn(async move {
                tokio::select! {
                    () = take_connections(&listener, &server, &places, &tasks) => {}
                    () = server.shutdown.cancelled() => {}
                }
            });
        }
    }
}

struct Server {
    router: Router,
    tls: Option<TlsAcceptor>,
    shutdown: CancellationToken,
}

/// A connection's place among the bounded number of them. Whoever keeps the connection keeps this.
#[derive(Debug, Clone)]
pub(crate) struct Place(
    #[expect(dead_code, reason = "held, not read")] Arc<tokio::sync::OwnedSemaphorePermit>,
);

async fn take_connections(
    listener: &TcpListener,
    server: &Arc<Server>,
    places: &Arc<Semaphore>,
    tasks: &tokio_util::task::TaskTracker,
) {
    loop {
        // Connections above the bound wait in the system's queue until one of ours ends.
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            return;
        };
        let (stream, address) = match listener.accept().await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let peer = Peer {
            address,
            is_tls: server.tls.is_some(),
        };
        let server = Arc::clone(server);
        tasks.spawn(async move { server.serve(stream, peer, Place(Arc::new(place))).await });
    }
}

impl Server {
    /// Serves one connection.
    async fn serve(&self, stream: TcpStream, peer: Peer, place: Place) {
        // A frame that waits for the one before to be acknowledged is late.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return self.serve_http(stream, peer, place).await;
        };
        match tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
            Ok(Ok(stream)) => Box::pin(self.serve_http(stream, peer, place)).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn serve_http<S>(&self, stream: S, peer: Peer, place: Place)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer.clone());
            request.extensions_mut().insert(place.clone());
            let mut router = self.router.clone();
            async move {
                let response = router.call(request.map(Body::new)).await;
                response.map_err(|error: Infallible| match error {})
            }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .max_buf_size(64 * 1024);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = self.shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = result {
            tracing::trace!(%error, "a connection ended");
        }
    }
}
