-- Version 7: widgets that people declare, states that programs push, and how both are arranged.

CREATE TABLE widgets (
    project     TEXT NOT NULL,
    name        TEXT NOT NULL,
    spec        TEXT,                -- JSON; none where a program pushes its state
    title       TEXT NOT NULL,
    since       INTEGER NOT NULL,    -- the Overview counts what came after this offset
    made_by     TEXT NOT NULL,
    made_at     INTEGER NOT NULL,
    PRIMARY KEY (project, name)
) WITHOUT ROWID;

-- What was pushed last.
CREATE TABLE widget_states (
    project     TEXT NOT NULL,
    session     INTEGER NOT NULL,    -- 0: of no session
    name        TEXT NOT NULL,
    state       TEXT NOT NULL,       -- JSON, as it came
    pushed_at   INTEGER NOT NULL,
    PRIMARY KEY (project, session, name)
) WITHOUT ROWID;
CREATE INDEX widget_states_by_session ON widget_states (session) WHERE session <> 0;

-- What a declared widget of the Overview has counted: derived, to go on from after a restart.
CREATE TABLE widget_folds (
    project     TEXT NOT NULL,
    name        TEXT NOT NULL,
    made_at     INTEGER NOT NULL,    -- of the declaration that it is of
    fold        TEXT NOT NULL,       -- JSON
    PRIMARY KEY (project, name)
) WITHOUT ROWID;

CREATE TABLE widget_arrangements (
    project     TEXT PRIMARY KEY,
    body        TEXT NOT NULL        -- JSON
) WITHOUT ROWID;

PRAGMA user_version = 7;
