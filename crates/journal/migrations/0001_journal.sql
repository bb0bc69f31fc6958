-- The journal, version 1. Times are microseconds since the Unix epoch, UTC. Words of an enum are the small
-- integers of src/store/code.rs, which are never given another meaning.

-- One row: what holds for the whole file.
CREATE TABLE journal (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    epoch           INTEGER NOT NULL DEFAULT 0,  -- rises with every opening after an unclean end
    clean           INTEGER NOT NULL DEFAULT 1,  -- 1 while closed in order, 0 while open
    head            INTEGER NOT NULL DEFAULT 0,  -- no offset up to here is given again; behind the truth while open
    horizon         INTEGER NOT NULL DEFAULT 0,  -- the newest offset that retention removed
    tokens_version  INTEGER NOT NULL DEFAULT 0   -- rises with every change to a token's rights
);
INSERT INTO journal (id) VALUES (1);

-- From which offset on an epoch counts.
CREATE TABLE epochs (
    epoch         INTEGER PRIMARY KEY,
    first_offset  INTEGER NOT NULL
);

CREATE TABLE projects (
    key   INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE
);

-- One row a run. The writer keeps the first block; the rest is what the server's fold makes of the events.
CREATE TABLE sessions (
    key                    INTEGER PRIMARY KEY,
    project                INTEGER NOT NULL REFERENCES projects (key),
    session_id             TEXT NOT NULL,
    last_seq               INTEGER NOT NULL,
    last_offset            INTEGER NOT NULL,
    last_event_at          INTEGER NOT NULL,           -- received_at of the newest event
    first_seq              INTEGER NOT NULL DEFAULT 1, -- above 1 where retention took the oldest events

    source                 TEXT,                       -- the address that is dialled for it, where one is

    dialect                INTEGER NOT NULL,
    status                 TEXT NOT NULL DEFAULT 'running',
    name                   TEXT,
    target                 TEXT,
    state                  TEXT,
    started_at             INTEGER NOT NULL,
    ended_at               INTEGER,
    duration_us            INTEGER NOT NULL DEFAULT 0,
    iteration              INTEGER NOT NULL DEFAULT 0,
    max_iterations         INTEGER,
    findings_total         INTEGER NOT NULL DEFAULT 0,
    findings_open          INTEGER NOT NULL DEFAULT 0,
    critical               INTEGER NOT NULL DEFAULT 0,
    high                   INTEGER NOT NULL DEFAULT 0,
    medium                 INTEGER NOT NULL DEFAULT 0,
    low                    INTEGER NOT NULL DEFAULT 0,
    info                   INTEGER NOT NULL DEFAULT 0,
    open_critical          INTEGER NOT NULL DEFAULT 0,
    open_high              INTEGER NOT NULL DEFAULT 0,
    open_medium            INTEGER NOT NULL DEFAULT 0,
    open_low               INTEGER NOT NULL DEFAULT 0,
    open_info              INTEGER NOT NULL DEFAULT 0,
    fixes_total            INTEGER NOT NULL DEFAULT 0,
    vulnerabilities_total  INTEGER NOT NULL DEFAULT 0,
    errors                 INTEGER NOT NULL DEFAULT 0,
    summary_seq            INTEGER NOT NULL DEFAULT 0, -- the seq up to which the second block was derived
    UNIQUE (project, session_id)
);
CREATE INDEX sessions_by_start ON sessions (started_at);
CREATE INDEX sessions_by_last_event ON sessions (last_event_at);
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- The opaque summary stands apart, so that the writer's update of a session stays small.
CREATE TABLE summaries (
    session  INTEGER PRIMARY KEY,
    summary  TEXT NOT NULL
);

CREATE TABLE events (
    offset       INTEGER PRIMARY KEY,
    session      INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    project      INTEGER NOT NULL,
    event_id     BLOB NOT NULL,     -- 16 bytes for a UUID in its usual spelling, else TEXT
    kind         INTEGER NOT NULL,
    severity     INTEGER,
    iteration    INTEGER NOT NULL,
    dialect      INTEGER NOT NULL,
    timestamp    INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    name         TEXT NOT NULL,
    state        TEXT,
    data         TEXT NOT NULL
);
-- Idempotency. UUIDs of version 7 go to its right edge; those of version 4 cost a page each.
CREATE UNIQUE INDEX events_by_id ON events (event_id, project);
-- Our own events (dialect 5), which are few, so that they can be told from the producers' without a look at those.
CREATE INDEX events_own ON events (project) WHERE dialect = 5;
-- A session in its order, with what the page filters on, so that a filter reads no payload.
CREATE INDEX events_by_session ON events (session, seq, kind, severity, iteration);

-- Sessions whose row is gone and whose events are being removed, a chunk at a time.
CREATE TABLE doomed (
    session  INTEGER PRIMARY KEY
);

-- States of the fold on the way, so that a page need not fold from the first event.
CREATE TABLE snapshots (
    session  INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    offset   INTEGER NOT NULL,
    board    BLOB NOT NULL,
    PRIMARY KEY (session, version, seq)
) WITHOUT ROWID;

CREATE TABLE tokens (
    id            TEXT PRIMARY KEY,
    hash          BLOB NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    project       TEXT,             -- NULL: every project
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER,
    revoked_at    INTEGER,
    last_used_at  INTEGER
) WITHOUT ROWID;
CREATE TRIGGER tokens_made AFTER INSERT ON tokens
BEGIN UPDATE journal SET tokens_version = tokens_version + 1; END;
CREATE TRIGGER tokens_changed AFTER UPDATE OF role, project, expires_at, revoked_at ON tokens
BEGIN UPDATE journal SET tokens_version = tokens_version + 1; END;
CREATE TRIGGER tokens_removed AFTER DELETE ON tokens
BEGIN UPDATE journal SET tokens_version = tokens_version + 1; END;

CREATE TABLE audit (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    who      TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL           -- JSON
);

PRAGMA user_version = 1;
