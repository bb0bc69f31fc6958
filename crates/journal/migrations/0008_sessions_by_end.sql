-- Version 8: the sort key of `SessionSort::Ended`, so that the latest to end are found without looking at every session.

CREATE INDEX sessions_by_end_key ON sessions (coalesce(ended_at, 9223372036854775807));

PRAGMA user_version = 8;
