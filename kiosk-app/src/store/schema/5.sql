-- Version 5: the technician's service. The PIN with the tries since it was last right, what happened to devices
-- (a ring, nothing about anybody), and the paper used.

CREATE TABLE service_pin (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  hash  TEXT NOT NULL,                     -- PHC string
  tries INTEGER NOT NULL DEFAULT 0         -- written before the hash is compared
) STRICT;

CREATE TABLE device_event (
  number INTEGER PRIMARY KEY,
  time   INTEGER NOT NULL,                 -- seconds since 1970
  device TEXT NOT NULL,
  what   TEXT NOT NULL,                    -- keys, never a value
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE paper (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  rows        INTEGER NOT NULL DEFAULT 0,  -- ever used, 8 to a millimetre
  cuts        INTEGER NOT NULL DEFAULT 0,
  retracts    INTEGER NOT NULL DEFAULT 0,
  slips       INTEGER NOT NULL DEFAULT 0,
  roll_mm     INTEGER NOT NULL DEFAULT 0,  -- length of the present roll when it was put in
  roll_since  INTEGER,                     -- seconds since 1970; NULL when none was ever entered
  roll_rows   INTEGER NOT NULL DEFAULT 0,  -- the counters above when it was put in
  roll_cuts   INTEGER NOT NULL DEFAULT 0,
  roll_slips  INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO paper (one) VALUES (1);
