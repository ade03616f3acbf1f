-- Version 7: numbers of the queue that this kiosk may give without the city, and those it gave of which the city has
-- still to hear. Nothing in here names anybody.

CREATE TABLE ticket_range (
  day   TEXT NOT NULL,                     -- YYYY-MM-DD
  first INTEGER NOT NULL,
  last  INTEGER NOT NULL,
  next  INTEGER NOT NULL,                  -- beyond `last` when it is used up
  PRIMARY KEY (day, first)
) STRICT;

CREATE TABLE ticket_given (
  id     BLOB PRIMARY KEY CHECK (length(id) = 16),
  number TEXT NOT NULL,
  given  INTEGER NOT NULL                  -- seconds since 1970
) STRICT;
