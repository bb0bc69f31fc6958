-- Version 4: alert rules, what they remember, what they fired, and who is told. What only the server reads is JSON.

CREATE TABLE alert_rules (
    rule_id      TEXT PRIMARY KEY,
    shipped      INTEGER NOT NULL,
    body         TEXT NOT NULL,      -- JSON
    muted_until  INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) WITHOUT ROWID;

-- One row a firing.
CREATE TABLE alerts (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id  TEXT NOT NULL UNIQUE,
    rule_id   TEXT NOT NULL,
    session   INTEGER NOT NULL,
    firing    INTEGER NOT NULL,      -- 1 while it fires
    body      TEXT NOT NULL          -- JSON
);
-- A rule fires once at a time in a session, whatever the server believes.
CREATE UNIQUE INDEX alerts_firing ON alerts (rule_id, session) WHERE firing = 1;
CREATE INDEX alerts_by_session ON alerts (session, number);

-- What a rule remembers of a session, at `alert_place` or later.
CREATE TABLE alert_watches (
    session  INTEGER NOT NULL,
    rule_id  TEXT NOT NULL,
    memory   TEXT NOT NULL,          -- JSON
    PRIMARY KEY (session, rule_id)
) WITHOUT ROWID;

-- Up to which event rules have looked.
CREATE TABLE alert_place (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    offset  INTEGER NOT NULL
);

CREATE TABLE alert_channels (
    channel_id  TEXT PRIMARY KEY,
    body        TEXT NOT NULL,       -- JSON, with the secret
    created_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- The outbox.
CREATE TABLE alert_deliveries (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id  TEXT NOT NULL UNIQUE,
    channel_id   TEXT NOT NULL,
    alert_id     TEXT,
    state        INTEGER NOT NULL,   -- 0 to be sent, 1 received, 2 given up
    next_at      INTEGER NOT NULL,
    about        TEXT NOT NULL,      -- JSON, as it is shown
    body         TEXT NOT NULL       -- as it is sent, in every attempt
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (next_at) WHERE state = 0;

PRAGMA user_version = 4;
