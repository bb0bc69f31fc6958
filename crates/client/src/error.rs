//! What can go wrong, in words that say what to do.

use std::path::PathBuf;
use std::time::Duration;

use loopscope_protocol::ApiError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server's address cannot be read.
    #[error(
        "`{url}` is no address of a server: {why}; give one such as http://localhost:8766, by `url` or LOOPSCOPE_URL"
    )]
    Url {
        /// As given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody answers there.
    #[error(
        "no server answers at {url}: {why}; is it running (`loopscope serve`), and may this machine reach it?"
    )]
    Unreachable {
        /// Where.
        url: String,
        /// The system's word.
        why: String,
    },
    /// Somebody answers, and it is no Loopscope server.
    #[error("{url} answers, but is no Loopscope server: {why}; check the address and the port")]
    NotLoopscope {
        /// Where.
        url: String,
        /// What was answered.
        why: String,
    },
    /// The server speaks another version of the protocol.
    #[error(
        "{url} speaks version {theirs} of the protocol, this library version {ours}; update the older of the two"
    )]
    Version {
        /// Where.
        url: String,
        /// The server's.
        theirs: u32,
        /// This library's.
        ours: u32,
    },
    /// No token, or one that does not hold.
    #[error(
        "{url} does not take the token: {why}; make one with `loopscope token create my-program --role ingest` and give it by `token` or LOOPSCOPE_TOKEN"
    )]
    Unauthorized {
        /// Where.
        url: String,
        /// The server's word.
        why: String,
    },
    /// The token's role does not allow it.
    #[error(
        "the token may not do this on {url}: {why}; sending needs the role `ingest`, reading `view`, steering `control`"
    )]
    Forbidden {
        /// Where.
        url: String,
        /// The server's word.
        why: String,
    },
    /// The server refused what was asked.
    #[error("the server refused: {}{}{}", .0.message, of_field(.0), of_limit(.0))]
    Refused(Box<ApiError>),
    /// A value that was given here cannot be used.
    #[error("`{field}` {why}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The folder for what waits cannot be used.
    #[error(
        "{path}: {source}; give another folder by `spill_dir` or LOOPSCOPE_SPILL_DIR, or keep it in memory only",
        path = path.display()
    )]
    Spill {
        /// The folder or file.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// Not everything was acknowledged in time.
    #[error("{waiting} events wait for their receipt after {} ms; {}", after.as_millis(), kept(*.spilled))]
    Deadline {
        /// How many.
        waiting: u64,
        /// How long was waited.
        after: Duration,
        /// Whether they are on disk.
        spilled: bool,
    },
    /// The client is shut, or its thread could not be started.
    #[error("the client is shut: {0}")]
    Closed(String),
}

fn of_field(error: &ApiError) -> String {
    let field = error.field.as_deref();
    field.map_or_else(String::new, |field| format!(" (field `{field}`)"))
}

fn of_limit(error: &ApiError) -> String {
    let limit = error.limit.as_deref();
    limit.map_or_else(String::new, |limit| format!(" (the limit is {limit})"))
}

const fn kept(spilled: bool) -> &'static str {
    if spilled {
        "they are kept on disk, and the next program that sends to this server sends them too"
    } else {
        "they are kept in memory only and are lost when the program ends"
    }
}

impl Error {
    /// A value that cannot be used.
    pub(crate) fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            why: why.into(),
        }
    }

    /// Whether trying again later may help without anyone doing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Deadline { .. })
    }
}
