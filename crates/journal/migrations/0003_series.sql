-- Version 3: metric series at full resolution. All of it is derived from the events: what is dropped here is made
-- again from them.

-- One row a session whose series were written: by which rules, and up to which of its events.
CREATE TABLE series (
    session   INTEGER PRIMARY KEY,
    version   INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    left_out  INTEGER NOT NULL  -- points of metrics beyond the most that are kept apart
);

-- Its metrics, numbered in the order in which they came.
CREATE TABLE series_metrics (
    session  INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    name     TEXT NOT NULL,
    total    BLOB NOT NULL,     -- what is known of all its points
    PRIMARY KEY (session, number)
) WITHOUT ROWID;

-- Runs of points in the order in which they came, with their extremes at two coarser scales. The smallest column
-- stands first: SQLite reads no further into a row than it must.
CREATE TABLE series_chunks (
    session  INTEGER NOT NULL,
    metric   INTEGER NOT NULL,
    first    INTEGER NOT NULL,  -- how many points of the metric come before
    count    INTEGER NOT NULL,
    whole    BLOB NOT NULL,
    buckets  BLOB NOT NULL,
    points   BLOB NOT NULL
);
CREATE UNIQUE INDEX series_chunks_in_order ON series_chunks (session, metric, first, count);

PRAGMA user_version = 3;
