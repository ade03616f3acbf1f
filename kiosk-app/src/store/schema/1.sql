-- Version 1: the chain, the outbox, what the city confirmed, device events, counters, settings.

CREATE TABLE chain (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  sequence INTEGER NOT NULL,               -- number of the next packet
  previous BLOB CHECK (length(previous) = 32)
) STRICT;
INSERT INTO chain (one, sequence, previous) VALUES (1, 1, NULL);

CREATE TABLE outbox (
  sequence   INTEGER PRIMARY KEY,
  id         BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  receipt    TEXT NOT NULL,
  header     BLOB NOT NULL,                -- exact bytes, signed
  signature  BLOB NOT NULL CHECK (length(signature) = 64),
  filed      INTEGER NOT NULL,             -- seconds since 1970
  state      TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'quarantined')),
  attempts   INTEGER NOT NULL DEFAULT 0,
  last_error TEXT                          -- key of the error, never a value
) STRICT;

-- 64 numbers for each packet, from 64 * sequence on: no index of its own, so that a commit touches few pages.
CREATE TABLE outbox_part (
  number     INTEGER PRIMARY KEY,
  sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
  ciphertext BLOB NOT NULL
) STRICT;

CREATE TABLE acknowledged (
  id        BLOB PRIMARY KEY CHECK (length(id) = 16),
  receipt   TEXT NOT NULL,
  bytes     BLOB NOT NULL,                 -- the city's exact bytes
  signature BLOB NOT NULL CHECK (length(signature) = 64),
  stored    INTEGER NOT NULL
) STRICT;
CREATE INDEX acknowledged_receipt ON acknowledged (receipt);

CREATE TABLE event (
  number INTEGER PRIMARY KEY,
  time   INTEGER NOT NULL,
  device TEXT NOT NULL,
  what   TEXT NOT NULL,
  detail TEXT
) STRICT;

CREATE TABLE counter (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;
