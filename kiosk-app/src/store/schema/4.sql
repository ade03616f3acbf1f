-- Version 4: a print job that repeats a slip says which one, how often and why.

ALTER TABLE print_job ADD COLUMN reprint TEXT;  -- JSON; NULL for the first
