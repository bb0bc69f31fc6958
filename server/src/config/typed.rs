//! The configuration as the rest of the server reads it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use loopscope_protocol::{Setting, SettingSource};

use super::ConfigError;
use super::read::Reader;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on: a name or a number.
    pub host: String,
    /// Port to listen on; 0 for a free one.
    pub port: u16,
    /// Listeners of the contracts' own.
    pub listeners: Vec<Listener>,
    /// Certificate and key.
    pub tls: Option<Tls>,
    /// Host names under which browsers may reach us.
    pub hosts: Vec<String>,
    /// Foreign web origins that may talk to us.
    pub origins: Vec<String>,
    /// Loops to dial.
    pub convergence_urls: Vec<String>,
    /// Trainers to dial.
    pub training_urls: Vec<String>,
    /// Whether a simulated loop runs instead.
    pub mock: bool,
    /// The time between two beats of the simulated loop.
    pub mock_pace: Duration,
    /// Skills of orchestrators, as the file of `orchestrator.skills` describes them.
    pub skills: Vec<serde_json::Map<String, serde_json::Value>>,
    /// The database file.
    pub db_path: PathBuf,
    /// Its hard bound in bytes.
    pub db_max_bytes: Option<u64>,
    /// Days after which ended sessions are removed.
    pub retention_days: Option<u32>,
    /// Size above which the oldest ended sessions are removed.
    pub retention_bytes: Option<u64>,
    /// Who needs a token.
    pub auth: Auth,
    /// Whether webhooks to private addresses are refused.
    pub refuse_private_addresses: bool,
    /// Every bound.
    pub limits: Limits,
    /// The log filter.
    pub log: String,
    /// Every setting with its source, for people.
    pub report: Vec<Setting>,
}

/// Who needs a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Everyone but this machine.
    Auto,
    /// Everyone.
    Always,
    /// No one: something in front of the server sees to it.
    Never,
}

/// A listener for one contract, or for Prometheus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The contract: `agents`, `convergence`, `orchestrator`, `training`; or `metrics`.
    pub contract: String,
    /// Where.
    pub address: SocketAddr,
}

/// What TLS needs.
#[derive(Debug, Clone)]
pub struct Tls {
    /// Certificate chain, PEM.
    pub cert: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// Every bound; units are in the names.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is described in the table of settings")]
pub struct Limits {
    pub body_bytes: usize,
    pub frame_bytes: usize,
    pub batch_events: usize,
    pub json_depth: usize,
    pub string_bytes: usize,
    pub event_bytes: usize,
    pub subscriptions: usize,
    pub connections: usize,
    pub queue_bytes: usize,
    pub intake_per_second: u32,
    pub commands_per_second: u32,
    pub ring_events: usize,
    pub ring_bytes: usize,
    pub boards: usize,
}

impl Config {
    /// The defaults, as if nothing had been said.
    pub fn defaults() -> Result<Self, ConfigError> {
        super::resolve(&super::Layers::default())
    }

    pub(super) fn read(reader: &Reader<'_>, report: Vec<Setting>) -> Result<Self, ConfigError> {
        let mock = reader.switch("convergence.mock")?;
        Ok(Self {
            host: reader.text("server.host"),
            port: reader.number("server.port")?,
            listeners: listeners(reader)?,
            tls: tls(reader)?,
            hosts: reader.texts("server.hosts"),
            origins: reader.texts("access.origins"),
            convergence_urls: convergence_urls(reader, mock),
            training_urls: urls(reader, "training.urls"),
            mock,
            mock_pace: Duration::from_millis(
                reader.number::<u64>("convergence.mock_pace_ms")?.max(1),
            ),
            skills: skills(reader)?,
            db_path: PathBuf::from(reader.text("journal.path")),
            db_max_bytes: some(reader.number("journal.max_bytes")?),
            retention_days: some(reader.number("retention.max_age_days")?),
            retention_bytes: some(reader.number("retention.max_bytes")?),
            auth: auth(reader)?,
            refuse_private_addresses: reader.switch("alerts.refuse_private_addresses")?,
            limits: limits(reader)?,
            log: reader.text("log.level"),
            report,
        })
    }
}

/// Zero stands for "no bound".
fn some<T: Default + PartialEq>(number: T) -> Option<T> {
    (number != T::default()).then_some(number)
}

/// What may have a listener of its own: a contract, and the figures for Prometheus.
const CONTRACTS: [&str; 5] = [
    "agents",
    "convergence",
    "metrics",
    "orchestrator",
    "training",
];

fn listeners(reader: &Reader<'_>) -> Result<Vec<Listener>, ConfigError> {
    let key = "server.listen";
    let read = |text: String| {
        let (contract, address) = text.split_once('=')?;
        CONTRACTS.contains(&contract.trim()).then_some(())?;
        Some(Listener {
            contract: contract.trim().to_owned(),
            address: address.trim().parse().ok()?,
        })
    };
    reader
        .texts(key)
        .into_iter()
        .map(|text| {
            let message = format!(
                "expected as in agents=0.0.0.0:8000, for one of {}",
                CONTRACTS.join(", ")
            );
            read(text).ok_or_else(|| reader.refuse(key, message))
        })
        .collect()
}

/// A file with a list of skills, each an object with at least its `name`.
fn skills(
    reader: &Reader<'_>,
) -> Result<Vec<serde_json::Map<String, serde_json::Value>>, ConfigError> {
    let key = "orchestrator.skills";
    let Some(path) = reader.path(key) else {
        return Ok(Vec::new());
    };
    let refuse = |why: String| reader.refuse(key, &why);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| refuse(format!("{}: {error}", path.display())))?;
    let skills: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&text)
        .map_err(|error| refuse(format!("{}: {error}", path.display())))?;
    let is_named = |skill: &serde_json::Map<String, serde_json::Value>| {
        skill.get("name").is_some_and(serde_json::Value::is_string)
    };
    if !skills.iter().all(is_named) {
        return Err(refuse(format!(
            "{}: each skill needs a `name`",
            path.display()
        )));
    }
    Ok(skills)
}

fn tls(reader: &Reader<'_>) -> Result<Option<Tls>, ConfigError> {
    match (
        reader.path("server.tls_cert"),
        reader.path("server.tls_key"),
    ) {
        (Some(cert), Some(key)) => Ok(Some(Tls { cert, key })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(reader.refuse("server.tls_key", "the certificate needs its key")),
        (None, Some(_)) => Err(reader.refuse("server.tls_cert", "the key needs its certificate")),
    }
}

/// A simulated loop takes the place of the default address, not of addresses that someone asked for.
fn convergence_urls(reader: &Reader<'_>, mock: bool) -> Vec<String> {
    let key = "convergence.urls";
    if mock && reader.source(key) == SettingSource::Default {
        return Vec::new();
    }
    urls(reader, key)
}

/// Addresses to dial; `none` is none.
fn urls(reader: &Reader<'_>, key: &str) -> Vec<String> {
    let mut urls = reader.texts(key);
    urls.retain(|url| !url.eq_ignore_ascii_case("none"));
    urls
}

fn auth(reader: &Reader<'_>) -> Result<Auth, ConfigError> {
    match reader.text("access.auth").as_str() {
        "auto" => Ok(Auth::Auto),
        "always" => Ok(Auth::Always),
        "never" => Ok(Auth::Never),
        _ => Err(reader.refuse("access.auth", "auto, always or never is expected")),
    }
}

fn limits(reader: &Reader<'_>) -> Result<Limits, ConfigError> {
    Ok(Limits {
        body_bytes: reader.number("limits.body_bytes")?,
        frame_bytes: reader.number("limits.frame_bytes")?,
        batch_events: reader.number("limits.batch_events")?,
        json_depth: reader.number("limits.json_depth")?,
        string_bytes: reader.number("limits.string_bytes")?,
        event_bytes: reader.number("limits.event_bytes")?,
        subscriptions: reader.number("limits.subscriptions")?,
        connections: reader.number("limits.connections")?,
        queue_bytes: reader.number("limits.queue_bytes")?,
        intake_per_second: reader.number("limits.intake_per_second")?,
        commands_per_second: reader.number("limits.commands_per_second")?,
        ring_events: reader.number("limits.ring_events")?,
        ring_bytes: reader.number("limits.ring_bytes")?,
        boards: reader.number("limits.boards")?,
    })
}
