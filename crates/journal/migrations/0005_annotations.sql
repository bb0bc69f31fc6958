-- Version 5: notes that people leave at a moment of a session. Each change is told by an event of the session, which
-- names the note and not its text: what is deleted is gone.
CREATE TABLE annotations (
    annotation_id  TEXT PRIMARY KEY,
    session        INTEGER NOT NULL,
    seq            INTEGER NOT NULL,  -- the event after which it stands
    at             INTEGER NOT NULL,  -- when that event happened
    iteration      INTEGER NOT NULL,
    text           TEXT NOT NULL,
    made_by        TEXT NOT NULL,
    made_at        INTEGER NOT NULL,
    edited_by      TEXT,
    edited_at      INTEGER
) WITHOUT ROWID;
CREATE INDEX annotations_by_session ON annotations (session, seq);

PRAGMA user_version = 5;
