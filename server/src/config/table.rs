//! The one list of settings. Names of the convergence contract are kept as they are; new ones start with `LOOPSCOPE_`.

/// One setting: its name in the file, its flag, its variable, its default.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Its place in `loopscope.toml`: `server.port`.
    pub key: &'static str,
    /// Its flag, without the dashes.
    pub flag: Option<&'static str>,
    /// Its environment variable.
    pub env: &'static str,
    /// Its value where nothing else is said; empty for none.
    pub default: &'static str,
    /// How the value is called in the help (`PORT`); empty for a switch, which is on or off.
    pub value: &'static str,
    /// Whether it may be given several times; commas separate the values in a variable.
    pub many: bool,
    /// What it does, in one line.
    pub help: &'static str,
}

const fn one(
    key: &'static str,
    flag: &'static str,
    env: &'static str,
    default: &'static str,
    value: &'static str,
    help: &'static str,
) -> Spec {
    Spec {
        key,
        flag: Some(flag),
        env,
        default,
        value,
        many: false,
        help,
    }
}

/// A setting that is rare enough to have no flag.
const fn rare(
    key: &'static str,
    env: &'static str,
    default: &'static str,
    value: &'static str,
    help: &'static str,
) -> Spec {
    Spec {
        flag: None,
        ..one(key, "", env, default, value, help)
    }
}

const fn many(spec: Spec) -> Spec {
    Spec { many: true, ..spec }
}

/// Every setting, in the order that they are shown.
#[rustfmt::skip]
pub const SETTINGS: &[Spec] = &[
    one("server.host", "host", "DASHBOARD_HOST", "0.0.0.0", "ADDRESS",
        "Address to listen on"),
    one("server.port", "port", "DASHBOARD_PORT", "8766", "PORT",
        "Port to listen on; 0 picks a free port"),
    many(one("server.listen", "listen", "LOOPSCOPE_LISTEN", "", "CONTRACT=ADDRESS:PORT",
        "Separate listener for one contract, such as agents=0.0.0.0:8000, or for Prometheus: metrics=127.0.0.1:9090")),
    one("server.tls_cert", "tls-cert", "LOOPSCOPE_TLS_CERT", "", "FILE",
        "Certificate chain in PEM; with a key, the port speaks TLS only"),
    one("server.tls_key", "tls-key", "LOOPSCOPE_TLS_KEY", "", "FILE",
        "Private key of the certificate, in PEM"),
    many(rare("server.hosts", "LOOPSCOPE_HOSTS", "", "NAME",
        "Host names under which browsers may reach the server, besides localhost and IP addresses")),
    many(one("convergence.urls", "convergence-url", "CONVERGENCE_WS_URL", "ws://localhost:8765", "URL",
        "Convergence loop to connect to; none or empty for no loop")),
    many(one("training.urls", "training-url", "LOOPSCOPE_TRAINING_URLS", "", "URL",
        "Trainer to connect to by WebSocket, such as ws://localhost:8765")),
    one("convergence.mock", "mock", "DASHBOARD_MOCK", "false", "",
        "Follow a simulated loop instead of real ones"),
    rare("convergence.mock_pace_ms", "LOOPSCOPE_MOCK_PACE_MS", "2000", "MILLISECONDS",
        "Time between two steps of the simulated loop"),
    rare("orchestrator.skills", "LOOPSCOPE_ORCHESTRATOR_SKILLS", "", "FILE",
        "JSON list of skills that orchestrators know, shown together with those seen in runs"),
    one("journal.path", "db-path", "DASHBOARD_DB_PATH", "./dashboard.db", "FILE",
        "Database file; its folder is created if missing"),
    rare("journal.max_bytes", "LOOPSCOPE_JOURNAL_MAX_BYTES", "0", "BYTES",
        "Hard limit of the database file, at which intake answers as on a full disk; 0 for no limit"),
    one("retention.max_age_days", "retention-days", "LOOPSCOPE_RETENTION_MAX_AGE_DAYS", "0", "DAYS",
        "Ended sessions older than this are removed; 0 keeps them"),
    one("retention.max_bytes", "retention-bytes", "LOOPSCOPE_RETENTION_MAX_BYTES", "0", "BYTES",
        "Size of the database above which the oldest ended sessions are removed; 0 for no limit"),
    one("access.auth", "auth", "LOOPSCOPE_AUTH", "auto", "WHEN",
        "Who needs a token: auto (everyone but this machine), always, or never"),
    rare("alerts.refuse_private_addresses", "LOOPSCOPE_ALERTS_REFUSE_PRIVATE", "false", "",
        "Refuse webhooks to this machine and to private networks"),
    many(rare("access.origins", "LOOPSCOPE_ORIGINS", "", "ORIGIN",
        "Additional web origins that may call the server, such as https://example.org")),
    rare("limits.body_bytes", "LOOPSCOPE_LIMIT_BODY_BYTES", "16777216", "BYTES",
        "Maximum size of a request body, after decompression"),
    rare("limits.frame_bytes", "LOOPSCOPE_LIMIT_FRAME_BYTES", "4194304", "BYTES",
        "Maximum size of a WebSocket message"),
    rare("limits.batch_events", "LOOPSCOPE_LIMIT_BATCH_EVENTS", "10000", "COUNT",
        "Maximum number of events in one body or message"),
    rare("limits.json_depth", "LOOPSCOPE_LIMIT_JSON_DEPTH", "64", "LEVELS",
        "Maximum nesting depth of an event"),
    rare("limits.string_bytes", "LOOPSCOPE_LIMIT_STRING_BYTES", "999999", "BYTES",
        "Maximum length of a string in an event"),
    rare("limits.event_bytes", "LOOPSCOPE_LIMIT_EVENT_BYTES", "1048576", "BYTES",
        "Maximum size of the payload of an event"),
    rare("limits.subscriptions", "LOOPSCOPE_LIMIT_SUBSCRIPTIONS", "64", "COUNT",
        "Maximum number of streams on one WebSocket"),
    rare("limits.connections", "LOOPSCOPE_LIMIT_CONNECTIONS", "50000", "COUNT",
        "Maximum number of concurrent connections"),
    rare("limits.queue_bytes", "LOOPSCOPE_LIMIT_QUEUE_BYTES", "67108864", "BYTES",
        "Maximum size of events waiting for the disk; above it, intake answers busy"),
    rare("limits.intake_per_second", "LOOPSCOPE_LIMIT_INTAKE_PER_SECOND", "0", "COUNT",
        "Maximum intake requests per second from one token or address; 0 for no limit"),
    rare("limits.commands_per_second", "LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND", "20", "COUNT",
        "Maximum commands per second from one token or address; 0 for no limit"),
    rare("limits.ring_events", "LOOPSCOPE_LIMIT_RING_EVENTS", "65536", "COUNT",
        "Maximum number of events kept in memory for live readers"),
    rare("limits.ring_bytes", "LOOPSCOPE_LIMIT_RING_BYTES", "67108864", "BYTES",
        "Maximum memory for these events"),
    rare("limits.boards", "LOOPSCOPE_LIMIT_BOARDS", "1000", "COUNT",
        "Maximum number of sessions whose page is kept ready in memory"),
    one("log.level", "log-level", "LOOPSCOPE_LOG", "info", "LEVEL",
        "error, warn, info, debug or trace; also filters such as info,loopscope=debug"),
];
