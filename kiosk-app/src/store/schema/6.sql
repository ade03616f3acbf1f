-- Version 6: what the city told of its event chain. A story is what one city told without contradicting itself; it is
-- never written over by the next one.

CREATE TABLE event_head (
  story    INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  hash     BLOB NOT NULL,
  kept     INTEGER NOT NULL,               -- seconds since 1970
  PRIMARY KEY (story, sequence)
) STRICT;

CREATE TABLE event_fault (
  story        INTEGER PRIMARY KEY,        -- the one that the city contradicted
  sequence     INTEGER NOT NULL,           -- where
  noticed      INTEGER NOT NULL,           -- seconds since 1970
  acknowledged INTEGER                     -- when somebody looked; NULL until then
) STRICT;
