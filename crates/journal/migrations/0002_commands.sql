-- Version 2: commands to running programs, the programs that take them, and whose session an audit entry is about.

CREATE TABLE commands (
    number           INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they were asked for
    command_id       TEXT NOT NULL UNIQUE,
    session          INTEGER NOT NULL,
    position         INTEGER NOT NULL,                  -- the lowest goes first
    state            INTEGER NOT NULL,                  -- below 3: not over
    type             TEXT NOT NULL,
    parameters       TEXT NOT NULL,                     -- JSON
    asked_by         TEXT NOT NULL,
    reason           TEXT,
    idempotency_key  TEXT,
    created_at       INTEGER NOT NULL,
    delivered_at     INTEGER,
    acknowledged_at  INTEGER,
    ended_at         INTEGER,
    expires_at       INTEGER,
    runner           TEXT,
    result           TEXT,                              -- JSON
    error            TEXT,
    replay_of        TEXT,
    attempts         INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX commands_by_key ON commands (session, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX commands_by_session ON commands (session, number);
CREATE INDEX commands_unfinished ON commands (session, position) WHERE state < 3;

-- One program at a time takes a session's commands.
CREATE TABLE runners (
    session    INTEGER PRIMARY KEY,
    runner_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    since      INTEGER NOT NULL
);

ALTER TABLE audit ADD COLUMN project TEXT;
ALTER TABLE audit ADD COLUMN session_id TEXT;
CREATE INDEX audit_by_session ON audit (session_id, id) WHERE session_id IS NOT NULL;

PRAGMA user_version = 2;
