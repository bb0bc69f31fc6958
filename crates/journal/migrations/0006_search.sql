-- Version 6: tags, saved views, quality as a column, and the words of events.

CREATE TABLE session_tags (
    session  INTEGER NOT NULL,
    tag      TEXT NOT NULL,
    PRIMARY KEY (session, tag)
) WITHOUT ROWID;
CREATE INDEX session_tags_by_tag ON session_tags (tag, session);

-- Lists of sessions that someone gave a name to.
CREATE TABLE saved_views (
    view_id     TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    query       TEXT NOT NULL,     -- the query string of the list
    project     TEXT,              -- NULL: of who may see every project
    who         TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- Mean quality in thousandths of a per cent, where the dialect measures one.
ALTER TABLE sessions ADD COLUMN quality_milli INTEGER;
UPDATE sessions SET quality_milli = (
    SELECT CAST(round((summary ->> '$.quality_percent') * 1000) AS INTEGER) FROM summaries
    WHERE session = sessions.key AND json_valid(summary)
);

-- The words of events, by offset: only which event has which word. Texts are read from the events themselves. Words come
-- folded, and are told apart by spaces: the tokenizer has nothing to decide.
CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Up to which event words are kept. What is behind it is brought in by a reader in the background.
CREATE TABLE search_place (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    offset  INTEGER NOT NULL
);
INSERT INTO search_place (id, offset) VALUES (1, 0);

PRAGMA user_version = 6;
