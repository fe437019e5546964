-- A store that is cut into files by time.  These tables are used in the file
-- that has the store's own name, the rest.

-- The segments that there are.  What is not in here does not exist for anybody,
-- whatever lies in the folder; and this row is written in the same transaction
-- as what else a file of records or a drop changes in the rest.
CREATE TABLE lethe_segment (
  name TEXT NOT NULL PRIMARY KEY, -- 2026-11-22, 2026-W47, 2026-11
  first_day INTEGER NOT NULL,     -- civil dates, days since 1970-01-01
  last_day INTEGER NOT NULL,
  from_at INTEGER NOT NULL,       -- instants, Unix seconds: the first one,
  before_at INTEGER NOT NULL,     -- and the first one that is not in it
  key_id BLOB NOT NULL,           -- in the keyring; no two segments share one
  dropped INTEGER NOT NULL DEFAULT 0 -- 1: dead; its key and its file go
);

-- Between which values the first column of a segment's keys lies.  Never
-- narrowed: it tells where a key cannot be.
CREATE TABLE lethe_segment_key (
  segment TEXT NOT NULL,
  collection TEXT NOT NULL,
  least,
  most,
  PRIMARY KEY (segment, collection)
) WITHOUT ROWID;

-- Counts what changed any segment, so that one file tells of all of them.
CREATE TABLE lethe_segment_change (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  changes INTEGER NOT NULL
);

-- Which segment went, where the action is drop_segment.
ALTER TABLE lethe_evidence ADD COLUMN segment TEXT;
