-- Version 2: the journal of print jobs, written before bytes reach the printer.

CREATE TABLE print_job (
  number       INTEGER PRIMARY KEY,
  job          TEXT NOT NULL UNIQUE,
  content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
  process_id   INTEGER NOT NULL,
  phase        TEXT NOT NULL,
  bytes        INTEGER NOT NULL,
  epoch        INTEGER NOT NULL,
  outcome      TEXT,                       -- JSON; NULL while it runs
  closed       INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
) STRICT;
CREATE INDEX print_job_open ON print_job (closed) WHERE closed = 0;
