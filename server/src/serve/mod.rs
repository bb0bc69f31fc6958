//! Start and stop. In: a configuration. Out: a [`Running`] server.
//!
//! Order of start: journal, ring (with the newest events), fold, door, listeners, then the programs that are dialled.
//! Order of stop: no new connections, farewells, the fold's last rows, the journal's clean mark.

mod announce;
mod listen;
mod parts;
mod tls;
mod upkeep;

use std::net::SocketAddr;

use loopscope_journal::{JournalError, OpenError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use listen::Place;

use crate::access::{Secret, first_token};
use crate::config::{Auth, Config};
use crate::state::AppState;

/// Why the server did not start, or did not stop in order.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database could not be read or closed.
    #[error("the journal: {0}")]
    Journal(#[from] JournalError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}{}", advice(source, flag))]
    Listen {
        /// The address.
        address: String,
        /// The flag that names another.
        flag: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("{path}: {message}")]
    Tls {
        /// The file.
        path: std::path::PathBuf,
        /// Why not.
        message: String,
    },
}

/// What helps where another program has the port.
fn advice(error: &std::io::Error, flag: &str) -> String {
    if error.kind() == std::io::ErrorKind::AddrInUse {
        format!("; stop the program that listens there, or choose another port with {flag}")
    } else {
        String::new()
    }
}

/// A server that runs. Dropping it does not stop it; [`Running::stop`] does.
pub struct Running {
    address: SocketAddr,
    first_token: Option<Secret>,
    state: AppState,
    fold: TaskTracker,
    fold_stop: CancellationToken,
}

/// Starts the server; returns when it answers.
pub async fn serve(config: Config) -> Result<Running, ServeError> {
    let listeners = listen::bind(&config).await?;
    let acceptor = config.tls.as_ref().map(tls::acceptor).transpose()?;
    let address = listeners.main;
    let (state, reader) = parts::assemble(config).await?;
    let fold = TaskTracker::new();
    let fold_stop = CancellationToken::new();
    parts::start_ring_and_fold(&state, reader, &fold, &fold_stop);
    state.desk.load().await?;
    let left = state.journal.unended_with_source().await?;
    state.trainers.begin(&state, left).await;
    state.alerts.load().await?;
    upkeep::start(&state);
    let first_token = if is_token_needed(&state.config, address) {
        first_token(&state.journal).await?
    } else {
        None
    };
    listeners.serve(&state, acceptor.as_ref());
    announce::started(&state.config, address, first_token.as_ref());
    parts::start_sources(&state).await;
    Ok(Running {
        address,
        first_token,
        state,
        fold,
        fold_stop,
    })
}

/// Whether there is anyone who cannot get in without a token.
fn is_token_needed(config: &Config, address: SocketAddr) -> bool {
    match config.auth {
        Auth::Always => true,
        Auth::Never => false,
        Auth::Auto => !address.ip().is_loopback(),
    }
}

impl Running {
    /// Where the server listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address to open in a browser on this machine.
    pub fn url(&self) -> String {
        announce::url(&self.state.config, self.address)
    }

    /// The admin token that was made because there was none; it is shown only now.
    pub fn first_token(&self) -> Option<&str> {
        self.first_token.as_ref().map(Secret::reveal)
    }

    /// Resolves when the system asks the process to stop.
    pub async fn asked_to_stop(&self) {
        crate::life::stop_signal().await;
    }

    /// Stops in order: within ten seconds, and with everything that was acknowledged on the disk.
    pub async fn stop(self) -> Result<(), ServeError> {
        tracing::info!("stopping");
        self.state.life.stop().await;
        self.fold_stop.cancel();
        self.fold.close();
        if tokio::time::timeout(crate::life::STOP_GRACE / 2, self.fold.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                "the newest rows were not written; they are derived again at the next start"
            );
        }
        self.state.journal.close().await?;
        tracing::info!("stopped");
        Ok(())
    }
}
