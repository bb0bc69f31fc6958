//! How a client is made: where to, as whom, and with which bounds. In: the caller's word, else the environment's.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use loopscope_event::ProjectId;

use crate::send::Address;
use crate::{Client, Error};

/// Where a server is where nobody says.
const DEFAULT_URL: &str = "http://localhost:8766";

/// What is told when something goes wrong behind the program's back.
pub(crate) type Teller = Arc<dyn Fn(&str) + Send + Sync>;

/// Makes a [`Client`].
#[derive(Clone)]
pub struct ClientBuilder {
    url: Option<String>,
    token: Option<String>,
    project: Option<String>,
    spill: Spilling,
    bounds: Bounds,
    tell: Teller,
}

/// Where what waits is kept.
#[derive(Debug, Clone)]
enum Spilling {
    Default,
    In(PathBuf),
    Off,
}

/// How much may wait, and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) queue_events: usize,
    pub(crate) queue_bytes: usize,
    pub(crate) memory_bytes: u64,
    pub(crate) spill_bytes: u64,
    pub(crate) linger: Duration,
    pub(crate) shut_within: Duration,
}

/// The whole of it, checked.
pub(crate) struct Config {
    pub(crate) address: Address,
    pub(crate) project: ProjectId,
    pub(crate) spill_dir: Option<PathBuf>,
    pub(crate) bounds: Bounds,
    pub(crate) tell: Teller,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            url: None,
            token: None,
            project: None,
            spill: Spilling::Default,
            bounds: Bounds {
                queue_events: 16_384,
                queue_bytes: 16 << 20,
                memory_bytes: 16 << 20,
                spill_bytes: 256 << 20,
                linger: Duration::from_millis(10),
                shut_within: Duration::from_secs(3),
            },
            tell: Arc::new(|words| eprintln!("loopscope: {words}")),
        }
    }
}

impl ClientBuilder {
    /// The server's address; else `LOOPSCOPE_URL`, else `http://localhost:8766`.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The token to show; else `LOOPSCOPE_TOKEN`, else none, which is enough on the server's own machine.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The project of everything that is sent; else `LOOPSCOPE_PROJECT`, else `default`.
    #[must_use]
    pub fn project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// The folder where what waits is kept; else `LOOPSCOPE_SPILL_DIR`, else `loopscope/spill` in the user's state
    /// folder. Programs may share one.
    #[must_use]
    pub fn spill_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.spill = Spilling::In(dir.into());
        self
    }

    /// Keeps what waits in memory only: it is lost with the program.
    #[must_use]
    pub fn no_spill(mut self) -> Self {
        self.spill = Spilling::Off;
        self
    }

    /// How many bytes may wait on disk (256 MiB).
    #[must_use]
    pub const fn spill_bytes(mut self, bytes: u64) -> Self {
        self.bounds.spill_bytes = bytes;
        self
    }

    /// How many bytes may wait in memory, beside those on disk (16 MiB).
    #[must_use]
    pub const fn memory_bytes(mut self, bytes: u64) -> Self {
        self.bounds.memory_bytes = bytes;
        self
    }

    /// How long events wait for company before they are written and sent (10 ms).
    #[must_use]
    pub const fn linger(mut self, linger: Duration) -> Self {
        self.bounds.linger = linger;
        self
    }

    /// How long the last handle waits for receipts when it is dropped, and [`crate::Session::finish`] (3 s).
    #[must_use]
    pub const fn shut_within(mut self, most: Duration) -> Self {
        self.bounds.shut_within = most;
        self
    }

    /// Who is told, in words for people, that the server is away, that events were refused or dropped. Without, it is
    /// written to standard error. Called from the client's own thread, seldom.
    #[must_use]
    pub fn on_trouble(mut self, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.tell = Arc::new(tell);
        self
    }

    /// Makes the client and starts its thread. Does not wait for the server: see [`Client::check`].
    pub fn build(self) -> Result<Client, Error> {
        Client::start(self.checked()?)
    }

    fn checked(self) -> Result<Config, Error> {
        let url = self.url.or_else(|| var("LOOPSCOPE_URL"));
        let token = self.token.or_else(|| var("LOOPSCOPE_TOKEN"));
        let project = self.project.or_else(|| var("LOOPSCOPE_PROJECT"));
        let project = match project {
            Some(word) => ProjectId::new(word)
                .map_err(|error| Error::invalid("project", error.to_string()))?,
            None => ProjectId::default(),
        };
        let spill_dir = match self.spill {
            Spilling::In(dir) => Some(dir),
            Spilling::Off => None,
            Spilling::Default => var("LOOPSCOPE_SPILL_DIR")
                .map(PathBuf::from)
                .or_else(state_dir),
        };
        Ok(Config {
            address: Address::read(url.as_deref().unwrap_or(DEFAULT_URL), token)?,
            project,
            spill_dir,
            bounds: self.bounds,
            tell: self.tell,
        })
    }
}

fn var(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// The user's state folder by the XDG rules, and by their like elsewhere.
fn state_dir() -> Option<PathBuf> {
    let base = var("XDG_STATE_HOME")
        .or_else(|| var("LOCALAPPDATA"))
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".local/state")))?;
    base.is_absolute().then(|| base.join("loopscope/spill"))
}
